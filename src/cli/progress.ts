/** Shows a run while it goes on, in the way that suits where it is shown, and hands back what it came to. */
import type { RunEvent, RunResult } from '../engine/events.ts';
import { isProblem } from '../engine/problem.ts';
import { type StandingTracker, standingSentence, trackStanding } from '../render/progress/standing.ts';
import type { GlobalOptions } from './options.ts';
import { styleFor } from './output.ts';
import type { Output, Shell } from './shell.ts';

/**
 * Drains the events of a run; the progress goes to standard error. When the run is stopped or ended by a Problem, says
 * what is in place. `hear` gets every event as it happens.
 */
export async function follow(
  events: AsyncGenerator<RunEvent, RunResult>,
  options: GlobalOptions,
  shell: Shell,
  hear: (event: RunEvent) => void = () => {},
): Promise<RunResult> {
  const { stderr } = shell;
  const style = styleFor(stderr, options, shell);
  const tracker = overheard(trackStanding(), hear);
  const common = { style, clock: shell.clock, tracker, write: (text: string) => void stderr.write(text) };
  const forget = shell.onInterrupt(() => standingSentence(tracker.standing));
  try {
    if (isTerminal(stderr) && mayRepaint(options, shell) && !style.accessible) {
      const { showRows } = await import('../render/progress/listr.ts');
      return await showRows(events, { ...common, stream: stderr, signal: shell.signal });
    }
    if (answersProgram(options))
      return await (await import('../render/progress/silent.ts')).showNothing(events, tracker);
    return await (await import('../render/progress/lines.ts')).showLines(events, common);
  } catch (error) {
    if (isProblem(error)) common.write(`${standingSentence(tracker.standing)}\n`);
    throw error;
  } finally {
    forget();
  }
}

/** Every way of showing a run tells the tracker each event: who listens there misses none. */
function overheard({ standing, add }: StandingTracker, hear: (event: RunEvent) => void): StandingTracker {
  return {
    standing,
    add(event) {
      add(event);
      hear(event);
    },
  };
}

function isTerminal(stream: Output): stream is NodeJS.WriteStream & Output {
  return stream.isTTY === true;
}

function mayRepaint(options: GlobalOptions, shell: Shell): boolean {
  const ci = shell.env.CI !== undefined && shell.env.CI !== '' && shell.env.CI !== 'false';
  return !ci && !options.quiet && shell.env.TERM !== 'dumb';
}

const forPeople: ReadonlySet<string> = new Set(['text', 'short', 'markdown']);

/** Standard output is for a program, and nobody watches standard error. */
function answersProgram({ output }: GlobalOptions): boolean {
  return output.some(({ format, file }) => file === undefined && !forPeople.has(format));
}
