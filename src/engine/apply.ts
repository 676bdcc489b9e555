/**
 * apply: plan each resource, write only where the plan says so, and wait until what was made has come true. `wait` is the
 * same without the writing.
 */
import type { Clock } from '../ports.ts';
import type { StepOutcome } from './events.ts';
import { inOrder, requirements } from './graph.ts';
import { conflictProblem, type LaneOutcome, leftovers, report, tellChange, workLanes } from './lanes.ts';
import { asStep, planned } from './plan.ts';
import { NotYet, Problem } from './problem.ts';
import type { Run } from './run.ts';
import type { Change, Readiness, Resource, Step } from './step.ts';
import { waitFor } from './wait.ts';

/** Returns whether every step ended well, so that asking for metrics makes sense. */
export async function applySteps<C>(run: Run<C>): Promise<boolean> {
  const { steps } = run.work;
  let well = true;
  await inOrder(steps, requirements, async (step, broken) => {
    const ended = await asStep(run, step, () => applyStep(run, step), broken);
    well &&= ended;
    return ended;
  });
  return well && run.wait;
}

async function applyStep<C>(run: Run<C>, step: Step<C>): Promise<StepOutcome> {
  const declared = await declaredResources(run, step);
  const met = metInPlan(run, step);
  const outcomes = await workLanes(run, step, declared, async (resource) => {
    if (run.work.mode === 'apply') return applyResource(run, step, resource);
    if (!met.has(`${resource.cluster} ${resource.name}`)) return waitReady(run, step, resource);
    run.troubled.add(resource.cluster);
    return 'failed';
  });
  if (run.work.mode === 'apply') await prune(run, step, declared);
  return outcomeOf(outcomes, run.work.hub);
}

/** What the plan before a wait had a problem with, by cluster and name. */
function metInPlan<C>({ work }: Run<C>, step: Step<C>): ReadonlySet<string> {
  const problems = work.mode === 'wait' ? (work.plan?.problems ?? []) : [];
  const own = problems.filter((entry) => entry.step === step.id);
  return new Set(own.map(({ cluster, resource }) => `${cluster} ${resource}`));
}

/** An input that does not exist yet is waited for. */
async function declaredResources<C>(run: Run<C>, step: Step<C>): Promise<readonly Resource[]> {
  let found: readonly Resource[] = [];
  const deadline = deadlineOf(run);
  const answer = await waitFor(
    async () => {
      found = await step.resources(run.work.context);
      return { state: 'ready' };
    },
    {
      clock: run.clock,
      signal: run.signal,
      deadline,
      onWaiting: (message) => tellWaiting(run, step, run.work.hub, step.title, message, deadline),
    },
  );
  if (answer.state === 'waiting') throw new Problem('timed-out', `${step.title}: still waiting for ${answer.message}`);
  return found;
}

async function applyResource<C>(run: Run<C>, step: Step<C>, resource: Resource): Promise<LaneOutcome> {
  const change = await knownChange(run, step, resource);
  tellChange(run, step, resource, change, false);
  switch (change.kind) {
    case 'skip':
      return 'done';
    case 'conflict':
      report(run, step, resource, conflictProblem(resource, change));
      return 'conflict';
    case 'unknown':
      report(run, step, resource, stillWaiting(resource, change.because));
      return 'waiting';
    case 'none':
      break;
    default:
      run.signal.throwIfAborted();
      await resource.apply(change);
      tellChange(run, step, resource, change, true);
  }
  return run.wait ? waitReady(run, step, resource) : 'done';
}

/** What is unknown in a plan is waited for in an apply. */
async function knownChange<C>(run: Run<C>, step: Step<C>, resource: Resource): Promise<Change> {
  let change: Change = { kind: 'unknown', because: 'not looked at yet' };
  const deadline = deadlineOf(run);
  await waitFor(
    async () => {
      change = await planned(run, resource);
      return change.kind === 'unknown' ? { state: 'waiting', message: change.because } : { state: 'ready' };
    },
    {
      clock: resting(run, resource),
      signal: run.signal,
      deadline,
      onWaiting: (message) => tellWaiting(run, step, resource.cluster, resource.name, message, deadline),
    },
  );
  return change;
}

async function waitReady<C>(run: Run<C>, step: Step<C>, resource: Resource): Promise<LaneOutcome> {
  const answer = await awaited(run, step, resource, () => resource.ready());
  if (answer.state === 'ready') {
    const note = answer.note === undefined ? {} : { note: answer.note };
    run.emit({ type: 'ready', step: step.id, cluster: resource.cluster, resource: resource.name, ...note });
    return 'done';
  }
  if (answer.state === 'failed') {
    report(run, step, resource, answer.problem);
    return 'failed';
  }
  const because = answer.state === 'waiting' ? answer.message : answer.because;
  report(run, step, resource, stillWaiting(resource, because));
  return 'waiting';
}

/** Waits for a resource's readiness (or its going), telling what it waits for and until when. */
export async function awaited<C>(
  run: Run<C>,
  step: Step<C>,
  resource: Resource,
  look: () => Promise<Readiness>,
): Promise<Readiness> {
  const deadline = deadlineOf(run);
  return waitFor(look, {
    clock: resting(run, resource),
    signal: run.signal,
    deadline,
    onWaiting: (message) => tellWaiting(run, step, resource.cluster, resource.name, message, deadline),
  });
}

export function stillWaiting(resource: Resource, because: string): Problem {
  return new Problem('timed-out', `${resource.name}: ${because}`, { cluster: resource.cluster });
}

async function prune<C>(run: Run<C>, step: Step<C>, declared: readonly Resource[]): Promise<void> {
  const members = await leftovers(run, step, declared).catch((error: unknown) => {
    if (error instanceof NotYet) return [];
    throw error;
  });
  await workLanes(run, step, members, async (resource) => {
    const change = await resource.planRemoval();
    if (change.kind === 'none' || change.kind === 'skip') return 'done';
    await resource.remove(change);
    tellChange(run, step, resource, change, true);
    if (!run.wait) return 'done';
    const answer = await awaited(run, step, resource, () => resource.gone());
    if (answer.state === 'ready') return 'done';
    report(
      run,
      step,
      resource,
      stillWaiting(resource, answer.state === 'waiting' ? answer.message : 'it is still there'),
    );
    return 'waiting';
  });
}

/** The hub's lane decides about what comes after; of the others, only all of them together. */
function outcomeOf(outcomes: ReadonlyMap<string, LaneOutcome>, hub: string): StepOutcome {
  const own = outcomes.get(hub);
  if (own !== undefined && own !== 'done') return own;
  const others = [...outcomes].filter(([cluster]) => cluster !== hub).map(([, outcome]) => outcome);
  if (own === undefined && others.length > 0 && others.every((outcome) => outcome !== 'done')) {
    return others[0] ?? 'failed';
  }
  return 'done';
}

/** A lane that waits leaves its place in the pool to others: of a large fleet most wait at the same time. */
function resting<C>({ clock, pool, work }: Run<C>, { cluster }: Resource): Clock {
  // The hub has no place in it.
  if (cluster === work.hub) return clock;
  return {
    now: () => clock.now(),
    sleep: (milliseconds, signal) => pool.aside(() => clock.sleep(milliseconds, signal)),
  };
}

function deadlineOf<C>(run: Run<C>): number {
  return Math.min(run.deadline, run.clock.now() + run.timeoutMs);
}

function tellWaiting<C>(
  run: Run<C>,
  step: Step<C>,
  cluster: string,
  resource: string,
  message: string,
  deadline: number,
): void {
  run.emit({ type: 'waiting', step: step.id, cluster, resource, message, since: run.clock.now(), deadline });
}
