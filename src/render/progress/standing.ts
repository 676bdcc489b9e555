/** Where a run stands, from its events: for the rows of a terminal, for signs of life, and for the moment it is stopped. */
import type { Mode, RunEvent, StepOutcome } from '../../engine/events.ts';

export interface Waiting {
  readonly cluster: string;
  readonly resource: string;
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly deadline: number;
}

/** One step as its row shows it. */
export interface StepStanding {
  readonly title: string;
  state: 'todo' | 'busy' | StepOutcome;
  reason?: string;
  /** What has been written, planned or found for it. */
  touched: number;
  failed: number;
  /** Resources waited for, by cluster and name. */
  readonly waiting: Map<string, Waiting>;
}

export interface Standing {
  readonly steps: ReadonlyMap<string, StepStanding>;
  mode: Mode;
  /** Writes that have been made. */
  written: number;
  findings: { asked: number; bad: number };
}

export interface StandingTracker {
  readonly standing: Standing;
  add(event: RunEvent): void;
}

export function trackStanding(): StandingTracker {
  const steps = new Map<string, StepStanding>();
  const standing: Standing = { steps, mode: 'plan', written: 0, findings: { asked: 0, bad: 0 } };
  const of = (step: string, title = step): StepStanding => {
    const known = steps.get(step);
    if (known) return known;
    const fresh: StepStanding = { title, state: 'todo', touched: 0, failed: 0, waiting: new Map() };
    steps.set(step, fresh);
    return fresh;
  };

  const add = (event: RunEvent): void => {
    switch (event.type) {
      case 'run-started':
        standing.mode = event.mode;
        for (const { step, title } of event.steps) of(step, title);
        break;
      case 'step-started':
        of(event.step, event.title).state = 'busy';
        break;
      case 'change':
        of(event.step).touched += 1;
        if (event.applied) standing.written += 1;
        break;
      case 'waiting': {
        const { cluster, resource, message, deadline } = event;
        const key = `${cluster} ${resource}`;
        const since = of(event.step).waiting.get(key)?.since ?? event.since;
        of(event.step).waiting.set(key, { cluster, resource, message, since, deadline });
        break;
      }
      case 'ready':
        of(event.step).waiting.delete(`${event.cluster} ${event.resource}`);
        break;
      case 'problem':
        of(event.step).failed += 1;
        of(event.step).waiting.delete(`${event.cluster} ${event.resource ?? ''}`);
        break;
      case 'step-ended': {
        const step = of(event.step, event.title);
        step.state = event.outcome;
        if (event.reason !== undefined) step.reason = event.reason;
        step.waiting.clear();
        break;
      }
      case 'finding':
        standing.findings.asked += 1;
        if (event.finding.verdict === 'fail' || event.finding.verdict === 'unknown') standing.findings.bad += 1;
        break;
      case 'note':
        break;
    }
  };
  return { standing, add };
}

/** What is in place, for somebody who stops a run or sees it end early: the truth, and that running again is safe. */
export function standingSentence(standing: Standing): string {
  const steps = [...standing.steps];
  const done = steps.filter(([, { state }]) => state === 'done' || state === 'skipped').length;
  const busy = steps.filter(([, { state }]) => state === 'busy').map(([id]) => id);
  if (standing.mode !== 'apply' && standing.mode !== 'uninstall') return 'Nothing was changed.';
  const at = busy.length === 0 ? '' : ` At work: ${busy.join(', ')}.`;
  if (standing.written === 0) return `Nothing was changed yet.${at} Running again is safe.`;
  const writes = standing.written === 1 ? '1 change was' : `${standing.written} changes were`;
  return `${done} of ${steps.length} steps are through, ${writes} made and stay.${at} Running again is safe and goes on from here.`;
}

/** The wait that will last longest, for a row that has room for one. */
export function longestWait(step: StepStanding): Waiting | undefined {
  return [...step.waiting.values()].toSorted((a, b) => a.since - b.since)[0];
}
