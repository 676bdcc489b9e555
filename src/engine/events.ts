/** What a run tells while it goes on. Renderers turn these into lines, rows or JSON; nothing else leaves the engine. */
import type { Problem } from './problem.ts';
import type { Change, Finding } from './step.ts';

export type Mode = 'plan' | 'apply' | 'wait' | 'verify' | 'uninstall';

/** How a step ended. `waiting` is a time-out: still converging. */
export type StepOutcome = 'done' | 'failed' | 'skipped' | 'waiting' | 'conflict';

export type RunEvent =
  | {
      /** Always the first: what the run will go through. */
      readonly type: 'run-started';
      readonly mode: Mode;
      readonly steps: readonly { readonly step: string; readonly title: string }[];
    }
  | { readonly type: 'step-started'; readonly step: string; readonly title: string }
  | {
      readonly type: 'change';
      readonly step: string;
      readonly cluster: string;
      readonly resource: string;
      readonly change: Change;
      /** True when it has been written; a plan never sets it. */
      readonly applied: boolean;
      readonly warnings?: readonly string[];
    }
  | {
      readonly type: 'waiting';
      readonly step: string;
      readonly cluster: string;
      readonly resource: string;
      readonly message: string;
      /** Milliseconds since the epoch. */
      readonly since: number;
      readonly deadline: number;
    }
  | {
      readonly type: 'ready';
      readonly step: string;
      readonly cluster: string;
      readonly resource: string;
      readonly note?: string;
    }
  | {
      readonly type: 'problem';
      readonly step: string;
      readonly cluster: string;
      readonly resource?: string;
      readonly problem: Problem;
    }
  | {
      readonly type: 'step-ended';
      readonly step: string;
      readonly title: string;
      readonly outcome: StepOutcome;
      /** Why it was skipped or did not end well. */
      readonly reason?: string;
      readonly milliseconds: number;
    }
  | {
      readonly type: 'finding';
      readonly check: string;
      /** `hub`: asked about the hub as a hub. Absent for what a step declares. */
      readonly scope?: 'hub' | 'cluster';
      readonly title: string;
      readonly cluster: string;
      readonly finding: Finding;
    }
  | { readonly type: 'note'; readonly message: string };

/** One row of the report's `changes`. */
export interface ChangeRecord {
  readonly step: string;
  readonly cluster: string;
  readonly resource: string;
  readonly change: Change;
  readonly applied: boolean;
  readonly problem?: Problem;
}

/** One row of the report's `checks`. */
export interface FindingRecord {
  readonly check: string;
  /** `hub`: asked about the hub as a hub, not as one cluster among others. Absent: by the cluster's name. */
  readonly scope?: 'hub' | 'cluster';
  readonly title: string;
  readonly cluster: string;
  readonly finding: Finding;
}

/** What a whole run came to. The exit code and every report are computed from this. */
export interface RunResult {
  readonly mode: Mode;
  readonly changes: readonly ChangeRecord[];
  readonly findings: readonly FindingRecord[];
  readonly problems: readonly {
    readonly step?: string;
    readonly cluster: string;
    readonly resource?: string;
    readonly problem: Problem;
  }[];
  readonly steps: readonly { readonly step: string; readonly outcome: StepOutcome; readonly reason?: string }[];
}
