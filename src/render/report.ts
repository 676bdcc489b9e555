/** The report of cli.md, schemaVersion 1: the one shape behind every output format. */

export interface Report {
  schemaVersion: 1;
  command: string;
  /** Four hex digits. */
  run: string;
  startedAt: string;
  finishedAt: string;
  verdict:
    | 'pass'
    | 'changed'
    | 'unchanged'
    | 'differences'
    | 'fail'
    | 'warn'
    | 'partial'
    | 'error'
    | 'timeout'
    | 'locked';
  exitCode: number;
  hub?: { name: string; api: string; acmVersion: string; architecture: 'legacy' | 'mcoa'; clusterID?: string };
  /** What a person must know before approving: blast radius, adoption, volumes. */
  notes: string[];
  changes: ReportChange[];
  checks: ReportCheck[];
  clusters: ReportCluster[];
  /** Present when the run ended early. */
  problem?: ReportProblem;
  requests: { kubernetes: number; objectStore: number; metrics: number };
}

export interface ReportChange {
  step: string;
  cluster: string;
  resource: string;
  change: 'none' | 'create' | 'update' | 'remove' | 'skip' | 'conflict' | 'unknown';
  diff: string[];
  applied: boolean;
  code?: string;
  reason?: string;
  /** Who changed a field of ours by hand. */
  drift?: { field: string; by: string; at?: string }[];
}

export interface ReportCheck {
  id: string;
  cluster: string;
  title: string;
  verdict: 'pass' | 'warn' | 'fail' | 'skip' | 'unknown';
  code?: string;
  evidence: string;
  fix?: string;
  /** ISO date an accepted finding is accepted until. */
  acceptedUntil?: string;
}

export interface ReportCluster {
  name: string;
  verdict: 'pass' | 'warn' | 'fail' | 'skip' | 'unknown';
  unchanged: number;
  changed: number;
  failed: number;
  newestSampleAgeSeconds?: number;
  reason?: string;
}

export interface ReportProblem {
  code: string;
  what: string;
  proof?: string;
  likely: string;
  fix: string;
  docs: string;
  cluster?: string;
}
