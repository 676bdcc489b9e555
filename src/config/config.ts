/**
 * The configuration a run works with: parsed once, complete, frozen. No secret is in it: secrets are read from the
 * environment at the moment they are needed (`credentials.ts`) and never travel further.
 */

export type Provider = 's3' | 'bucketclaim' | 'existing' | 'azure' | 'gcs';
type UwmMode = 'auto' | 'action' | 'policy' | 'contexts' | 'off';

export interface PackReference {
  /** A shipped pack's name or a folder. */
  readonly name?: string;
  readonly path?: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Dashboards of the folder `Custom` are named by their file alone. */
export interface DashboardReference {
  /** A file or a glob, relative to the configuration file. */
  readonly path: string;
  /** Title of the folder in Grafana. */
  readonly folder?: string;
}

interface Acceptance {
  readonly code: string;
  readonly cluster?: string;
  readonly reason: string;
  /** ISO date; the finding counts again from the day after. */
  readonly until: string;
}

export interface Config {
  /** Whose packs, metrics and dashboards these are, where another configuration keeps the installation. */
  readonly team?: string;
  readonly hub: { readonly clusterID?: string; readonly context?: string };
  readonly storage: {
    readonly provider: Provider;
    readonly bucket?: string;
    readonly region?: string;
    /** URL; absent for AWS. */
    readonly endpoint?: string;
    readonly caFile?: string;
    readonly create: boolean;
    /** `provider: existing`: the Secret that is already there. */
    readonly existingSecret?: { readonly name: string; readonly key: string };
  };
  readonly observability: {
    readonly name: string;
    /** Seconds. */
    readonly interval: number;
    readonly instanceSize?: string;
    readonly storageClass?: string;
    /** Thanos durations (`30d`). */
    readonly retention: { readonly raw: string; readonly fiveMinutes: string; readonly oneHour: string };
    readonly spec: Readonly<Record<string, unknown>>;
  };
  readonly clusters: {
    readonly select: {
      readonly all?: boolean;
      readonly names?: readonly string[];
      readonly selector?: string;
    };
    readonly exclude: readonly string[];
    readonly canary: readonly string[];
    readonly collection: 'all' | 'selected';
  };
  readonly userWorkloadMonitoring: { readonly mode: UwmMode; readonly contexts: Readonly<Record<string, string>> };
  readonly packs: readonly PackReference[];
  readonly metrics: { readonly platform: readonly string[]; readonly userWorkload: readonly string[] };
  readonly dashboards: readonly (string | DashboardReference)[];
  readonly grafana: { readonly dev: boolean; readonly admins: readonly string[] };
  readonly accept: readonly Acceptance[];
  /** Folder that relative paths start from. */
  readonly baseFolder: string;
}
