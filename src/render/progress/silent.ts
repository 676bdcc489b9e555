/** No progress: for runs whose reader is a program. */
import type { RunEvent, RunResult } from '../../engine/events.ts';
import type { StandingTracker } from './standing.ts';

export async function showNothing(
  events: AsyncGenerator<RunEvent, RunResult>,
  tracker: StandingTracker,
): Promise<RunResult> {
  for (;;) {
    const next = await events.next();
    if (next.done) return next.value;
    tracker.add(next.value);
  }
}
