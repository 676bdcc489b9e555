/** uninstall: the same declarations, backwards. Only what carries our mark; nothing that something else still needs. */

import { awaited, stillWaiting } from './apply.ts';
import type { StepOutcome } from './events.ts';
import { inOrder, removalOrder } from './graph.ts';
import { type LaneOutcome, leftovers, report, tellChange, workLanes } from './lanes.ts';
import { asStep } from './plan.ts';
import type { Run } from './run.ts';
import type { Resource, Step } from './step.ts';

export async function uninstallSteps<C>(run: Run<C>): Promise<void> {
  const { steps, dryRun = false } = run.work;
  const before = dryRun ? () => [] : removalOrder(steps);
  await inOrder(steps, before, (step, broken) => asStep(run, step, () => removeStep(run, step, dryRun), broken));
}

async function removeStep<C>(run: Run<C>, step: Step<C>, dryRun: boolean): Promise<StepOutcome> {
  const declared = await step.resources(run.work.context);
  // Backwards, and what is not declared any more last: a label that keeps ACM off a cluster goes after ACM has gone.
  const all = [...(await leftovers(run, step, declared)), ...declared].toReversed();
  const outcomes = await workLanes(run, step, all, (resource) => removeResource(run, step, resource, dryRun));
  return [...outcomes.values()].find((outcome) => outcome !== 'done') ?? 'done';
}

async function removeResource<C>(
  run: Run<C>,
  step: Step<C>,
  resource: Resource,
  dryRun: boolean,
): Promise<LaneOutcome> {
  const change = await resource.planRemoval();
  tellChange(run, step, resource, change, false);
  if (dryRun || change.kind === 'none' || change.kind === 'skip') return 'done';
  if (change.kind === 'unknown') {
    report(run, step, resource, stillWaiting(resource, change.because));
    return 'waiting';
  }
  run.signal.throwIfAborted();
  await resource.remove(change);
  tellChange(run, step, resource, change, true);
  const answer = await awaited(run, step, resource, () => resource.gone());
  if (answer.state === 'ready') return 'done';
  if (answer.state === 'failed') {
    report(run, step, resource, answer.problem);
    return 'failed';
  }
  report(run, step, resource, stillWaiting(resource, answer.state === 'waiting' ? answer.message : answer.because));
  return 'waiting';
}
