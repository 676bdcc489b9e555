/** What a run has come to, at its end or on the way: collected from its events. */
import type { ChangeRecord, FindingRecord, RunEvent, RunResult, StepOutcome } from './events.ts';
import type { Problem } from './problem.ts';
import type { Work } from './run.ts';

/** What was to be done: it decides the order in which it is told. */
export type Declared<C> = Pick<Work<C>, 'mode' | 'steps' | 'checks' | 'clusters' | 'hub'>;

export interface RunRecord {
  add(event: RunEvent): void;
  /** Of the events so far. */
  result(): RunResult;
}

/** Collects the result from the same events a reader sees, so that the two cannot disagree. */
export function createRecord<C>(work: Declared<C>): RunRecord {
  const changes = new Map<string, ChangeRecord>();
  const findings: FindingRecord[] = [];
  const problems: { step?: string; cluster: string; resource?: string; problem: Problem }[] = [];
  const steps: { step: string; outcome: StepOutcome; reason?: string }[] = [];

  return {
    add(event: RunEvent) {
      switch (event.type) {
        case 'change': {
          const { step, cluster, resource, change, applied } = event;
          changes.set(`${step} ${cluster} ${resource}`, { step, cluster, resource, change, applied });
          break;
        }
        case 'finding': {
          const { type: _, ...finding } = event;
          findings.push(finding);
          break;
        }
        case 'problem':
          problems.push({
            step: event.step,
            cluster: event.cluster,
            problem: event.problem,
            ...(event.resource === undefined ? {} : { resource: event.resource }),
          });
          break;
        case 'step-ended':
          steps.push({
            step: event.step,
            outcome: event.outcome,
            ...(event.reason === undefined ? {} : { reason: event.reason }),
          });
          break;
        default:
          break;
      }
    },
    result(): RunResult {
      // Told in the order of the declarations, whatever ended first: two runs of the same thing read alike.
      const place = orderOf(work);
      return {
        mode: work.mode,
        changes: [...changes.values()].sort((a, b) => place(a.step, a.cluster) - place(b.step, b.cluster)),
        findings: findings.toSorted((a, b) => place(a.check, a.cluster) - place(b.check, b.cluster)),
        problems,
        steps: steps.toSorted((a, b) => place(a.step) - place(b.step)),
      };
    },
  };
}

/** Steps before checks, each in its order; inside one the hub first, then the clusters as they were given. */
function orderOf<C>({ steps, checks = [], clusters = [], hub }: Declared<C>): (id: string, cluster?: string) => number {
  const ids = new Map([...steps, ...checks].map(({ id }, index) => [id, index]));
  const lanes = new Map([hub, ...clusters.filter((name) => name !== hub)].map((name, index) => [name, index]));
  return (id, cluster = hub) => (ids.get(id) ?? ids.size) * (lanes.size + 1) + (lanes.get(cluster) ?? lanes.size);
}
