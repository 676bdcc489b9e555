/** A rule pack, loaded: parameters filled in, matrix written out, every expression plain PromQL that parses. */

export interface RecordingRule {
  readonly record: string;
  /** Plain PromQL as its author wrote it, with comments and line breaks. */
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  /** Prometheus duration. */
  readonly for?: string;
  /** Always has `severity`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Always has `runbook_url`. */
  readonly annotations: Readonly<Record<string, string>>;
}

export type HubRule = RecordingRule | AlertingRule;

/** Rules of one group run one after the other, each seeing the results above it (measured.md §5). */
export interface HubGroup {
  readonly name: string;
  /** Prometheus duration. */
  readonly interval: string;
  readonly rules: readonly HubRule[];
}

/** What the collectors of the managed clusters are to send. */
export interface Collection {
  /** Metric names. */
  readonly names: readonly string[];
  /** Bodies of selectors, without braces. */
  readonly matches: readonly string[];
  /** Evaluated on the managed cluster at every push; they cannot build on each other (acm.md §6.5). */
  readonly recordingRules: readonly RecordingRule[];
}

/** A question that proves the pack works. */
export interface ProofQuery {
  readonly title: string;
  readonly expr: string;
  /** `some`: at least one series. `none`: no series. */
  readonly expect: 'some' | 'none';
  /** How long after an apply it may take to come true; Prometheus duration. */
  readonly within: string;
  /** `cluster`: to be answered for every managed cluster of the run, by the label `cluster`. */
  readonly per: 'cluster' | 'hub';
}

export interface DashboardFile {
  /** `leaderboard.json` */
  readonly file: string;
  /** Absolute path, for messages. */
  readonly path: string;
  /** Grafana folder. */
  readonly folder: string;
  /** The file's text: a dashboard model as JSON. */
  readonly text: string;
}

export interface Pack {
  readonly name: string;
  readonly title: string;
  /** Absolute. */
  readonly folder: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly collect: { readonly platform: Collection; readonly userWorkload: Collection };
  readonly hub: { readonly groups: readonly HubGroup[] };
  readonly verify: readonly ProofQuery[];
  readonly dashboards: readonly DashboardFile[];
}

export function isAlert(rule: HubRule): rule is AlertingRule {
  return 'alert' in rule;
}
