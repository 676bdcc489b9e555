/**
 * Progress on a terminal: one row per step, repainted in place at most ten times a second. Clusters are counted inside a
 * row, never given rows of their own: listr2 takes seconds of CPU for hundreds of them (libraries.md §4.3).
 */
import { DefaultRenderer, Listr, ListrLogger, ProcessOutput, Spinner } from 'listr2';
import type { RunEvent, RunResult } from '../../engine/events.ts';
import { padEnd, span, widthOf } from '../layout.ts';
import { asciiText, plainText } from '../plain.ts';
import { paint, type Style, type Tone } from '../style.ts';
import type { ProgressOptions } from './lines.ts';
import { longestWait, type Standing, type StepStanding } from './standing.ts';

/** Milliseconds between two repaints. */
const pace = 100;

export interface ListrOptions extends ProgressOptions {
  /** The terminal. */
  readonly stream: NodeJS.WriteStream;
  /** Ends the repainting at once, so that what is written next is seen. */
  readonly signal: AbortSignal;
}

/** The state is a word in the row's own text; nothing needs to turn. */
class StillSpinner extends Spinner {
  override fetch(): string {
    return '';
  }
}

/** listr2 asks whether standard output is a terminal; ours paints standard error, and the caller has asked that one. */
class TerminalRenderer extends DefaultRenderer {
  static override nonTTY = true;
}

interface Row {
  title: string;
}

export async function showRows(events: AsyncGenerator<RunEvent, RunResult>, options: ListrOptions): Promise<RunResult> {
  const { tracker } = options;
  const first = await events.next();
  if (first.done) return first.value;
  tracker.add(first.value);

  const board = openBoard(options);
  try {
    for (;;) {
      const next = await events.next();
      if (next.done) return next.value;
      tracker.add(next.value);
    }
  } finally {
    await board.close();
  }
}

/** The rows on the screen, until closed. */
function openBoard({ tracker, style, clock, stream, signal }: ListrOptions): { close(): Promise<void> } {
  const rows = new Map<string, Row>();
  let close = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const repaint = () => {
    for (const [id, row] of rows) {
      const text = rowText(id, tracker.standing, clock.now(), style);
      if (row.title !== text) row.title = text;
    }
  };
  const tasks = rowIds(tracker.standing).map((id) => ({
    title: rowText(id, tracker.standing, clock.now(), style),
    task: (_: unknown, row: Row) => {
      rows.set(id, row);
      repaint(); // A short run may be over before its rows are there.
      return closed;
    },
  }));
  const running = createList(tasks, tracker.standing, style, stream).run();
  const timer = setInterval(repaint, pace);
  const stop = () => {
    clearInterval(timer);
    repaint();
    close();
  };
  signal.addEventListener('abort', stop, { once: true });
  return {
    async close() {
      signal.removeEventListener('abort', stop);
      stop();
      await running;
    },
  };
}

function createList(
  tasks: { title: string; task(context: unknown, row: Row): Promise<void> }[],
  { mode }: Standing,
  style: Style,
  stream: NodeJS.WriteStream,
) {
  const asIs = (text?: string) => text ?? '';
  const levels = ['PENDING', 'COMPLETED', 'WAITING'] as const;
  return new Listr(tasks, {
    concurrent: true,
    exitOnError: false,
    registerSignalListeners: false,
    renderer: TerminalRenderer,
    fallbackRendererCondition: false,
    rendererOptions: {
      logger: new ListrLogger({ useIcons: false, processOutput: new ProcessOutput(stream, stream) }),
      spinner: new StillSpinner(),
      icon: Object.fromEntries(levels.map((level) => [level, ''])),
      ...(style.color ? {} : { color: Object.fromEntries(levels.map((level) => [level, asIs])) }),
      // The answer of a run that only looks says it all again, and better.
      clearOutput: mode === 'plan' || mode === 'verify',
    },
  });
}

const checks = 'checks';

function rowIds({ steps, mode }: Standing): string[] {
  const declared = [...steps.keys()].filter((id) => id !== checks);
  return [...declared, ...(mode === 'plan' || mode === 'uninstall' ? [] : [checks])];
}

function rowText(id: string, standing: Standing, now: number, style: Style): string {
  const width = Math.max(...rowIds(standing).map(widthOf));
  const step = standing.steps.get(id);
  const asked = id === checks || step === undefined;
  const [word, tone, detail] = asked ? checksState(standing, now) : stepState(step, now);
  const text = `${paint(style, tone, padEnd(word, 6))} ${padEnd(id, width)}  ${plainText(detail)}`.trimEnd();
  return style.ascii ? asciiText(text) : text;
}

function checksState({ findings, steps }: Standing, now: number): [string, Tone, string] {
  const { asked, bad } = findings;
  const waiting = steps.get(checks);
  if (asked === 0)
    return waiting === undefined ? ['todo', 'neutral', ''] : ['wait', 'attention', busyText(waiting, now)];
  return bad > 0 ? ['FAIL', 'bad', `${bad} of ${asked} not well`] : ['ok', 'good', `${asked} well`];
}

function stepState(step: StepStanding, now: number): [string, Tone, string] {
  const reason = step.reason ?? '';
  switch (step.state) {
    case 'todo':
      return ['todo', 'neutral', ''];
    case 'busy':
      return ['wait', 'attention', busyText(step, now)];
    case 'done':
      return step.failed > 0 ? ['FAIL', 'bad', `${step.failed} not well`] : ['done', 'good', reason];
    case 'skipped':
      return ['skip', 'neutral', reason];
    case 'waiting':
      return ['wait', 'attention', `still converging ${reason}`];
    default:
      return ['FAIL', 'bad', reason];
  }
}

/** What is waited for, how long so far, and until when by the clock on the wall. */
function busyText(step: StepStanding, now: number): string {
  const wait = longestWait(step);
  if (wait === undefined) return step.title;
  const until = new Date(wait.deadline);
  const clock = [until.getHours(), until.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  const more = step.waiting.size > 1 ? ` (and ${step.waiting.size - 1} more)` : '';
  return `${wait.cluster}: ${wait.message.replaceAll('\n', ' ')}${more}  ${span(now - wait.since)}, until ${clock}`;
}
