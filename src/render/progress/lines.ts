/**
 * Progress where nothing may be repainted (a log, a pipeline, a screen reader): one line per change of state, append only,
 * and a sign of life when nothing has changed for a while.
 */
import type { RunEvent, RunResult } from '../../engine/events.ts';
import type { Clock } from '../../ports.ts';
import { padEnd, span } from '../layout.ts';
import { asciiText, plainText } from '../plain.ts';
import { paint, type Style, type Tone, tones, words } from '../style.ts';
import { longestWait, type Standing, type StandingTracker } from './standing.ts';

export interface ProgressOptions {
  readonly style: Style;
  readonly clock: Clock;
  readonly tracker: StandingTracker;
  write(text: string): void;
}

/** Milliseconds of silence after which a sign of life is given. */
const silence = 30_000;

export async function showLines(
  events: AsyncGenerator<RunEvent, RunResult>,
  { style, clock, tracker, write }: ProgressOptions,
): Promise<RunResult> {
  const print = (line: string | undefined) => {
    if (line === undefined) return;
    write(`${style.ascii ? asciiText(line) : line}\n`);
  };
  let lastHeard = clock.now();
  const over = new AbortController();
  const watching = watchSilence(clock, over.signal, {
    lastHeard: () => lastHeard,
    isSilent: () => {
      if (!style.quiet) for (const line of signOfLife(tracker.standing, clock.now(), style)) print(line);
    },
  });
  try {
    for (;;) {
      const next = await events.next();
      if (next.done) return next.value;
      lastHeard = clock.now();
      const line = lineFor(next.value, tracker.standing, lastHeard, style);
      tracker.add(next.value);
      print(line);
    }
  } finally {
    over.abort();
    await watching;
  }
}

interface Silence {
  /** Milliseconds since the epoch. */
  lastHeard(): number;
  isSilent(): void;
}

/** Tells of every silence, until aborted. One timer for all events: of a fleet there are thousands in a second. */
async function watchSilence(clock: Clock, signal: AbortSignal, { lastHeard, isSilent }: Silence): Promise<void> {
  let lastTold = 0;
  while (!signal.aborted) {
    const left = Math.max(lastHeard(), lastTold) + silence - clock.now();
    if (left <= 0) {
      isSilent();
      lastTold = clock.now();
      continue;
    }
    await clock.sleep(left, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

/** The line for an event, if it is one a reader wants to see. */
function lineFor(event: RunEvent, standing: Standing, now: number, style: Style): string | undefined {
  switch (event.type) {
    case 'change':
      return event.applied ? changed(event, style) : undefined;
    case 'waiting':
      return style.quiet ? undefined : row(style, 'wait', 'attention', event.cluster, waitText(event));
    case 'ready': {
      const wait = standing.steps.get(event.step)?.waiting.get(`${event.cluster} ${event.resource}`);
      if (style.quiet || (wait === undefined && style.verbosity === 0)) return undefined;
      const took = wait === undefined ? '' : `  ${span(now - wait.since)}`;
      const note = event.note === undefined ? '' : ` (${event.note})`;
      return row(style, 'ok', 'good', event.cluster, `${event.resource} is ready${note}${took}`);
    }
    case 'problem': {
      const { problem, cluster } = event;
      const word = problem.code === 'timed-out' ? 'wait' : 'FAIL';
      return row(style, word, word === 'FAIL' ? 'bad' : 'attention', cluster, `${problem.message}  ${problem.code}`);
    }
    case 'step-ended':
      return style.quiet ? undefined : stepEnded(event, style);
    case 'finding':
      return found(event, style);
    case 'note':
      return style.quiet ? undefined : row(style, 'note', 'neutral', '', event.message);
    case 'run-started':
    case 'step-started':
      return undefined;
  }
}

function changed(event: RunEvent & { type: 'change' }, style: Style): string | undefined {
  if (style.quiet) return undefined;
  const verbs: Record<string, string> = { create: 'created', update: 'changed', remove: 'removed' };
  return row(
    style,
    'done',
    'good',
    event.cluster,
    `${event.resource} ${verbs[event.change.kind] ?? event.change.kind}`,
  );
}

function stepEnded(event: RunEvent & { type: 'step-ended' }, style: Style): string {
  const reason = event.reason === undefined ? '' : ` (${event.reason})`;
  const text = `${event.step}${reason}  ${span(event.milliseconds)}`;
  switch (event.outcome) {
    case 'done':
      return row(style, 'done', 'good', 'step', text);
    case 'skipped':
      return row(style, 'skip', 'neutral', 'step', `${event.step}${reason}`);
    case 'waiting':
      return row(style, 'wait', 'attention', 'step', `${text}, still converging`);
    default:
      return row(style, 'FAIL', 'bad', 'step', text);
  }
}

/** The answer shows every finding; on the way only those are told that are not well, or all with -v. */
function found({ finding, check, cluster, title }: RunEvent & { type: 'finding' }, style: Style): string | undefined {
  const { verdict } = finding;
  const bad = verdict === 'fail' || verdict === 'warn' || verdict === 'unknown';
  if (!bad && (style.verbosity === 0 || style.quiet)) return undefined;
  const text = bad ? `${check}: ${finding.problem.message}  ${finding.problem.code}` : `${check}: ${title}`;
  return row(style, words[verdict], tones[verdict], cluster, text);
}

function signOfLife(standing: Standing, now: number, style: Style): string[] {
  return [...standing.steps].flatMap(([id, step]) => {
    if (step.state !== 'busy') return [];
    const wait = longestWait(step);
    const more = step.waiting.size > 1 ? ` and ${step.waiting.size - 1} more` : '';
    if (wait === undefined) return [row(style, 'wait', 'attention', 'step', `still at ${id}`)];
    const text = `still ${waitText(wait)}, ${span(now - wait.since)} so far${more}`;
    return [row(style, 'wait', 'attention', wait.cluster, text)];
  });
}

/** What is waited for, and until when by the clock. */
export function waitText(wait: { resource: string; message: string; deadline: number }): string {
  return `${wait.resource}: ${wait.message}, until ${new Date(wait.deadline).toISOString().slice(11, 16)}Z`;
}

/** State first, as a word; then where, then what: one line, whatever is in the texts. */
function row(style: Style, word: string, tone: Tone, where: string, text: string): string {
  const place = plainText(where).replaceAll('\n', ' ');
  const flat = plainText(text).replaceAll('\n', ' ');
  if (style.accessible) return `${word}: ${place === '' ? '' : `${place}: `}${flat}`;
  return `${paint(style, tone, padEnd(word, 7))}${padEnd(place, 15)} ${flat}`;
}
