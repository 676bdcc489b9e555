/** The order of steps: each starts as soon as what it requires has ended, several at once. */
import type { Step } from './step.ts';

/** What must have ended before a step may start. */
export type Edges<C> = (step: Step<C>) => readonly Step<C>[];

export function requirements<C>(step: Step<C>): readonly Step<C>[] {
  return step.requires ?? [];
}

/**
 * Removal turns `requires` round: nothing goes while something that needs it is still there. A step that is removed after
 * one it requires says so, and that holds.
 */
export function removalOrder<C>(steps: readonly Step<C>[]): Edges<C> {
  return (step) => [
    ...steps.filter((other) => other.requires?.includes(step) === true && other.removedAfter?.includes(step) !== true),
    ...(step.removedAfter ?? []).filter((other) => steps.includes(other)),
  ];
}

/**
 * Runs every step once; `task` gets the steps before it that did not end well (`false`).
 * Steps outside the list count as ended well: `--only` trusts what is already there.
 */
export async function inOrder<C>(
  steps: readonly Step<C>[],
  before: Edges<C>,
  task: (step: Step<C>, broken: readonly Step<C>[]) => Promise<boolean>,
): Promise<void> {
  const started = new Map<Step<C>, Promise<boolean>>();
  const start = (step: Step<C>): Promise<boolean> => {
    const known = started.get(step);
    if (known) return known;
    const running = (async () => {
      const needed = before(step).filter((other) => steps.includes(other));
      const ended = await Promise.all(needed.map(start));
      return task(
        step,
        needed.filter((_, index) => ended[index] === false),
      );
    })();
    started.set(step, running);
    return running;
  };
  const all = await Promise.allSettled(steps.map(start));
  const crashed = all.find((outcome) => outcome.status === 'rejected');
  if (crashed) throw crashed.reason;
}
