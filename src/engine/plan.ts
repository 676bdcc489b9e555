/** plan: what apply would do. Reads and dry runs only. */
import type { StepOutcome } from './events.ts';
import { toProblem } from './failure.ts';
import { leftovers, report, tellChange, workLanes } from './lanes.ts';
import { NotYet } from './problem.ts';
import type { Run } from './run.ts';
import type { Change, Resource, Step } from './step.ts';

export async function planSteps<C>(run: Run<C>): Promise<void> {
  await Promise.all(run.work.steps.map((step) => asStep(run, step, () => planStep(run, step))));
}

async function planStep<C>(run: Run<C>, step: Step<C>): Promise<StepOutcome> {
  const declared = await step.resources(run.work.context);
  const outcomes = await workLanes(run, step, declared, async (resource) => {
    tellChange(run, step, resource, await planned(run, resource), false);
    return 'done';
  });
  const gone = await leftovers(run, step, declared);
  await workLanes(run, step, gone, async (resource) => {
    const change = await resource.planRemoval();
    if (change.kind !== 'none') tellChange(run, step, resource, change, false);
    return 'done';
  });
  return outcomes.get(run.work.hub) === 'failed' ? 'failed' : 'done';
}

/** The change, or the evidence that there is none. An input that does not exist yet makes it `unknown`. */
export async function planned<C>(run: Run<C>, resource: Resource): Promise<Change> {
  try {
    if (run.evidence && resource.evidence !== undefined && (await resource.evidence())) return { kind: 'none' };
    return await resource.plan();
  } catch (error) {
    if (error instanceof NotYet) return { kind: 'unknown', because: error.message };
    throw error;
  }
}

/**
 * The frame of a step in every mode: told when it starts and ends, skipped with its reason, its Problems told instead of
 * thrown. Returns whether what comes after may go on.
 */
export async function asStep<C>(
  run: Run<C>,
  step: Step<C>,
  work: () => Promise<StepOutcome>,
  broken: readonly Step<C>[] = [],
): Promise<boolean> {
  const { id, title } = step;
  const began = run.clock.now();
  const ended = (outcome: StepOutcome, reason?: string) => {
    const milliseconds = run.clock.now() - began;
    run.emit({
      type: 'step-ended',
      step: id,
      title,
      outcome,
      milliseconds,
      ...(reason === undefined ? {} : { reason }),
    });
    return outcome === 'done' || (outcome === 'skipped' && broken.length === 0);
  };

  if (run.halt.by !== undefined) {
    ended('skipped', `stopped: ${run.halt.by}`);
    return false;
  }
  if (broken.length > 0) return ended('skipped', `needs ${broken.map((other) => other.id).join(', ')}`);
  const reason = run.work.mode === 'uninstall' ? undefined : step.skip?.(run.work.context);
  if (reason !== undefined) return ended('skipped', reason);
  run.emit({ type: 'step-started', step: id, title });
  try {
    return ended(await work());
  } catch (error) {
    run.signal.throwIfAborted();
    const frame = placeholder(step, run.work.hub);
    if (error instanceof NotYet) {
      tellChange(run, step, frame, { kind: 'unknown', because: error.message }, false);
      return ended('done');
    }
    report(run, step, frame, toProblem(error, title, run.work.hub));
    return ended('failed');
  }
}

/** Stands for a step whose resources could not even be named. */
function placeholder<C>(step: Step<C>, hub: string): Resource {
  const never = () => Promise.reject(new Error(`${step.id}: its resources are not known`));
  return {
    name: step.title,
    cluster: hub,
    plan: never,
    apply: never,
    ready: never,
    planRemoval: never,
    remove: never,
    gone: never,
    rights: () => [],
  };
}
