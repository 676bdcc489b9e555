/** Every command by name, with its own options: the seam between the command line and what the commands do. */
import type { LintFlags } from '../commands/rules/lint.ts';
import type { RenderFlags } from '../commands/rules/render.ts';
import type { SimulateFlags } from '../commands/rules/simulate.ts';
import type { TestFlags } from '../commands/rules/test.ts';
import type { RightsMode } from '../engine/rights.ts';
import type { GrafanaMode } from './grafana.ts';
import type { GlobalOptions } from './options.ts';
import type { CommandResult } from './output.ts';
import type { Shell } from './shell.ts';

type Action<Own = object> = (options: GlobalOptions & Own, shell: Shell) => Promise<CommandResult>;

interface ApplyFlags {
  /** Take a bucket that another hub has marked as its own. */
  readonly adoptBucket: boolean;
  /** Clusters done and verified first. */
  readonly canary?: readonly string[];
}

export interface VerifyFlags {
  /** One metric, followed the whole way. */
  readonly metric?: string;
  /** Somebody whose Grafana is asked about. */
  readonly forUser?: string;
  /** Groups of theirs besides. */
  readonly forGroups?: readonly string[];
  /** Only this pack's queries. */
  readonly pack?: string;
  /** Milliseconds looked back at: metrics must have arrived all the time. */
  readonly since?: number;
  /** Repeat until everything holds. */
  readonly until: boolean;
  /** Milliseconds everything must hold before it counts. */
  readonly stable: number;
}

interface UninstallFlags {
  /** Also the volumes, the bucket and what is in it. */
  readonly deleteData: boolean;
  /** The bucket's name, typed in advance where nobody can be asked. */
  readonly confirmDeleteData?: string;
}

interface RbacFlags {
  readonly mode: RightsMode | GrafanaMode;
  /** `NAMESPACE:NAME` of who is to be bound. */
  readonly serviceaccount?: string;
}

interface BundleFlags {
  /** The archive. */
  readonly to?: string;
}

export interface SandboxFlags {
  readonly dir?: string;
  readonly size?: number;
  readonly scenario?: string;
  /** Version: `2.14`. */
  readonly acm?: string;
  readonly architecture?: 'legacy' | 'mcoa';
  readonly state?: 'fresh' | 'installed';
  /** How many times faster delays and intervals pass. */
  readonly speed?: number;
  readonly seed?: number;
  readonly fault: readonly string[];
}

interface ExportFlags {
  /** Title or uid; absent: `all`. */
  readonly dashboard?: string;
  readonly all: boolean;
  readonly folder?: string;
  /** Where the files go. */
  readonly to?: string;
}

export interface Commands {
  /** Without a command: one screen, never any work. */
  readonly status: Action;
  readonly check: Action;
  readonly setup: Action;
  readonly plan: Action<ApplyFlags>;
  readonly apply: Action<ApplyFlags>;
  readonly verify: Action<VerifyFlags>;
  readonly wait: Action;
  readonly uninstall: Action<UninstallFlags>;
  readonly rbac: Action<RbacFlags>;
  readonly bundle: Action<BundleFlags>;
  /** Absent topic: the list of what can be explained. */
  readonly explain: Action<{ readonly topic?: string }>;
  readonly sandbox: Action<SandboxFlags>;
  readonly demo: Action;
  readonly configShow: Action<{ readonly origin: boolean }>;
  readonly configSchema: Action<{ readonly pack: boolean }>;
  readonly configImport: Action;
  readonly rulesLint: Action<LintFlags>;
  readonly rulesTest: Action<TestFlags>;
  readonly rulesRender: Action<RenderFlags>;
  readonly grafanaDeploy: Action;
  readonly grafanaClean: Action;
  readonly grafanaGrantAdmin: Action<{ readonly users: readonly string[] }>;
  readonly grafanaImport: Action<{ readonly files: readonly string[]; readonly folder?: string }>;
  readonly grafanaExport: Action<ExportFlags>;
  readonly grafanaDiff: Action;
  readonly grafanaLint: Action<{ readonly files: readonly string[]; readonly live: boolean }>;
  readonly grafanaPromote: Action<{ readonly dashboard: string; readonly folder?: string }>;
  readonly rulesSimulate: Action<SimulateFlags>;
}

/** Commands that are not there are not offered. */
export type Registry = Partial<Commands>;
