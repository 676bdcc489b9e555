/**
 * The one loop. plan, apply, wait, verify and uninstall are five readings of the same declarations: steps declare
 * resources, and nothing but this folder decides in which order they are read, compared, made and removed.
 */
import { setMaxListeners } from 'node:events';
import type { Clock } from '../ports.ts';
import { applySteps } from './apply.ts';
import { breath } from './breath.ts';
import type { Mode, RunEvent, RunResult } from './events.ts';
import { planSteps } from './plan.ts';
import { createPool, type Pool } from './pool.ts';
import { createQueue } from './queue.ts';
import { createRecord } from './record.ts';
import type { Check, Step } from './step.ts';
import { uninstallSteps } from './uninstall.ts';
import { awaitChecks, runChecks, verifySteps } from './verify.ts';

export interface RunOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Managed clusters at work at once; those that only wait do not count. */
  readonly parallel: number;
  /** Milliseconds a single wait may last. */
  readonly timeoutMs: number;
  /** Milliseconds the whole run may last. */
  readonly deadlineMs: number;
  /** false: apply does not wait for what it made to become ready. */
  readonly wait: boolean;
  /** Stop everything at the first lane that fails. */
  readonly failFast: boolean;
  /** Accept hub-side evidence instead of visiting a cluster, where a resource offers it. */
  readonly evidence: boolean;
  /** `verify`: managed clusters without evidence that are visited all the same, at most; absent: all of them. */
  readonly visits?: number;
  /** `verify`: repeats the checks until they hold, and have held for so many milliseconds; absent: asks once. */
  readonly stableMs?: number;
}

export interface Work<C> {
  readonly mode: Mode;
  readonly steps: readonly Step<C>[];
  readonly context: C;
  /** The hub's name: its lane decides about the steps that come after. */
  readonly hub: string;
  /** Asked after the steps: once by `verify`, until they hold by `apply` and `wait`. */
  readonly checks?: readonly Check<C>[];
  /** Of checks that a step would bring about which was left out of this run, the step: what does not hold there is a skip. */
  readonly leftOut?: ReadonlyMap<string, string>;
  /** Clusters the checks are about. */
  readonly clusters?: readonly string[];
  /** The context as it is now; asked for before the checks when something was written. */
  refresh?(): Promise<C>;
  /** Uninstall: look only. */
  readonly dryRun?: boolean;
  /** Wait: the plan just made. A resource it had a problem with is neither asked nor told of again. */
  readonly plan?: Pick<RunResult, 'problems'>;
}

/** What the parts of a run share. */
export interface Run<C> extends RunOptions {
  readonly work: Work<C>;
  readonly deadline: number;
  /** Managed clusters at work; one that only waits gives its place away. */
  readonly pool: Pool;
  /** Set by the first failure of a run with `failFast`: what has not begun yet is left alone. */
  readonly halt: { by?: string };
  /** Whether anything has been written yet. */
  readonly written: { yes: boolean };
  /** Clusters with a problem in this run: whether metrics arrive from there is asked, and not waited for. */
  readonly troubled: Set<string>;
  emit(event: RunEvent): void;
}

/**
 * Runs, telling every event as it happens; returns what it came to. Ending the iteration early stops the run.
 * @throws what no person can act on (our bug), and the signal's reason when interrupted.
 */
export async function* run<C>(work: Work<C>, options: RunOptions): AsyncGenerator<RunEvent, RunResult> {
  const queue = createQueue<RunEvent>();
  const record = createRecord(work);
  const stopped = new AbortController();
  const signal = AbortSignal.any([options.signal, stopped.signal]);
  // Every lane listens to it: many are no leak.
  setMaxListeners(0, signal);
  const shared: Run<C> = {
    ...options,
    signal,
    work,
    deadline: options.clock.now() + options.deadlineMs,
    pool: createPool(options.parallel),
    halt: {},
    written: { yes: false },
    troubled: new Set(),
    emit(event) {
      if (event.type === 'change' && event.applied) shared.written.yes = true;
      record.add(event);
      queue.push(event);
    },
  };

  const steps = work.steps.map(({ id, title }) => ({ step: id, title }));
  shared.emit({ type: 'run-started', mode: work.mode, steps });
  const done = drive(shared).finally(queue.close);
  done.catch(() => {}); // The rejection is delivered by the await below; until then it is not unhandled.
  try {
    yield* queue;
  } finally {
    stopped.abort(new Error('the run was ended by its reader'));
  }
  await done;
  await breath();
  return record.result();
}

async function drive<C>(run: Run<C>): Promise<void> {
  switch (run.work.mode) {
    case 'plan':
      return planSteps(run);
    case 'apply':
    case 'wait':
      if (await applySteps(run)) await awaitChecks(run);
      return;
    case 'verify':
      await verifySteps(run);
      return run.stableMs === undefined ? runChecks(run) : awaitChecks(run);
    case 'uninstall':
      return uninstallSteps(run);
  }
}
