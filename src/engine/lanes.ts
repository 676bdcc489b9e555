/** Managed clusters are lanes inside a step: each goes its own way, and one that fails never stops another. */
import { breath } from './breath.ts';
import type { RunEvent } from './events.ts';
import { toProblem } from './failure.ts';
import { Problem } from './problem.ts';
import type { Run } from './run.ts';
import type { Change, Resource, Step } from './step.ts';

/** How one lane ended. */
export type LaneOutcome = 'done' | 'failed' | 'waiting' | 'conflict';

/** Resources by cluster, in the order of their first appearance. */
function lanesOf(resources: readonly Resource[]): Map<string, Resource[]> {
  const lanes = new Map<string, Resource[]>();
  for (const resource of resources) {
    const lane = lanes.get(resource.cluster);
    if (lane) lane.push(resource);
    else lanes.set(resource.cluster, [resource]);
  }
  return lanes;
}

/**
 * Works on all lanes of a step, managed clusters as many at once as the pool allows, the hub besides; inside a lane one
 * resource after the other, until one does not end well.
 */
export async function workLanes<C>(
  run: Run<C>,
  step: Step<C>,
  resources: readonly Resource[],
  work: (resource: Resource) => Promise<LaneOutcome>,
): Promise<ReadonlyMap<string, LaneOutcome>> {
  const outcomes = new Map<string, LaneOutcome>();
  const walk = async (cluster: string, lane: readonly Resource[]): Promise<void> => {
    for (const resource of lane) {
      run.signal.throwIfAborted();
      if (run.halt.by !== undefined) {
        tellChange(run, step, resource, { kind: 'unknown', because: `not begun: ${run.halt.by}` }, false);
        continue;
      }
      const outcome = await guarded(run, step, resource, () => work(resource));
      outcomes.set(cluster, outcome);
      if (outcome !== 'done') break;
    }
  };
  await breath();
  await Promise.all(
    [...lanesOf(resources)].map(([cluster, lane]) =>
      cluster === run.work.hub ? walk(cluster, lane) : run.pool(() => walk(cluster, lane)),
    ),
  );
  return outcomes;
}

/** A Problem becomes an event and a failed lane; anything else is thrown on. */
async function guarded<C>(
  run: Run<C>,
  step: Step<C>,
  resource: Resource,
  work: () => Promise<LaneOutcome>,
): Promise<LaneOutcome> {
  try {
    return await work();
  } catch (error) {
    run.signal.throwIfAborted();
    const problem = toProblem(error, resource.name, resource.cluster);
    report(run, step, resource, problem);
    return problem.code === 'timed-out' ? 'waiting' : 'failed';
  }
}

export function report<C>(run: Run<C>, step: Step<C>, resource: Resource, problem: Problem): void {
  run.emit({ type: 'problem', step: step.id, cluster: resource.cluster, resource: resource.name, problem });
  run.troubled.add(resource.cluster);
  if (run.failFast) run.halt.by ??= `${resource.name} on ${resource.cluster} failed`;
}

export function tellChange<C>(run: Run<C>, step: Step<C>, resource: Resource, change: Change, applied: boolean): void {
  const event: RunEvent = {
    type: 'change',
    step: step.id,
    cluster: resource.cluster,
    resource: resource.name,
    change,
    applied,
    ...(resource.warnings === undefined ? {} : { warnings: resource.warnings }),
  };
  run.emit(event);
}

/** Why nothing is written: in an apply, a verify and a promotion the same words. */
export function conflictProblem(resource: Resource, change: Change & { kind: 'conflict' }): Problem {
  return new Problem('field-conflict', `${resource.name}: ${change.owner} owns ${change.fields.join(', ')}`, {
    cluster: resource.cluster,
    ...(change.told ?? { proof: `field manager ${change.owner}` }),
  });
}

/** Members of the step's set that are no longer declared. */
export async function leftovers<C>(run: Run<C>, step: Step<C>, declared: readonly Resource[]): Promise<Resource[]> {
  if (step.owned === undefined) return [];
  const known = new Set(declared.map((resource) => `${resource.cluster} ${resource.name}`));
  const owned = await step.owned(run.work.context);
  return owned.filter((resource) => !known.has(`${resource.cluster} ${resource.name}`));
}
