/**
 * Everything a command may touch of the process it runs in, as one value: a test hands in streams and a clock of its own,
 * and no command ever sees `process`.
 */
import { setMaxListeners } from 'node:events';
import { systemClock } from '../adapters/clock.ts';
import type { Doors } from '../commands/doors.ts';
import type { Clock, RequestCounts } from '../ports.ts';
import type { ProgramRun } from './run.ts';

/** A stream that text is written to; a terminal knows its width. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: Input;
  /** The answer, and nothing else. */
  readonly stdout: Output;
  /** Progress, questions, failures. */
  readonly stderr: Output;
  /** Standard input and output are both terminals. */
  readonly isTTY: boolean;
  /** Width to design for; 80 where nobody says. */
  readonly columns: number;
  /** Aborts on SIGINT and SIGTERM; the reason is an {@link Interrupted}. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /**
   * Registers what tells where a run stands when it is interrupted: called at once, inside the signal handler, and
   * expected to return a line or two. The returned function takes the registration back.
   */
  onInterrupt(tell: () => string): () => void;
  /** The run this shell serves, once the command line is understood. */
  readonly run?: ProgramRun;
  /** Another way to the clusters than a kubeconfig: the sandbox in the same process. */
  readonly doors?: (counts: RequestCounts) => Promise<Doors>;
}

/** Why the signal of a {@link Shell} aborted. */
export class Interrupted extends Error {
  readonly by: 'SIGINT' | 'SIGTERM';

  constructor(by: 'SIGINT' | 'SIGTERM') {
    super(`interrupted by ${by}`);
    this.name = 'Interrupted';
    this.by = by;
  }

  get exitCode(): number {
    return this.by === 'SIGINT' ? 130 : 143;
  }
}

/** The process as a shell, and the way for the signal handlers to stop it. */
export function processShell(): { shell: Shell; interrupt(by: Interrupted['by']): string[] } {
  const controller = new AbortController();
  // Every request and every wait of a run listens to it: many are no leak.
  setMaxListeners(0, controller.signal);
  const tellers = new Set<() => string>();
  const { stdout } = process;
  const shell: Shell = {
    env: process.env,
    cwd: process.cwd(),
    // Opened when somebody reads or writes: each costs, and few commands need all three.
    get stdin() {
      return process.stdin;
    },
    stdout: heedlessOfReaders(stdout),
    get stderr() {
      return heedlessOfReaders(process.stderr);
    },
    isTTY: stdout.isTTY === true && process.stdin.isTTY === true,
    columns: widthOf(stdout, process.env),
    signal: controller.signal,
    clock: systemClock(),
    onInterrupt: (tell) => {
      tellers.add(tell);
      return () => tellers.delete(tell);
    },
  };
  const interrupt = (by: Interrupted['by']): string[] => {
    const lines = [...tellers].map((tell) => tell());
    controller.abort(new Interrupted(by));
    return lines;
  };
  return { shell, interrupt };
}

/** The shell with its run. What it opens on demand stays unopened. */
export function withRun<R extends ProgramRun>(shell: Shell, run: R): Shell & { readonly run: R } {
  const { run: _, ...rest } = Object.getOwnPropertyDescriptors(shell);
  return Object.defineProperties({ run }, rest) as Shell & { readonly run: R };
}

/** A reader that went away (`| head`) is no error; the verdict stays in the exit code. */
function heedlessOfReaders<S extends NodeJS.WriteStream>(stream: S): S {
  if (!stream.listeners('error').includes(unlessGone)) stream.on('error', unlessGone);
  return stream;
}

function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** `COLUMNS` wins over what the terminal says; 80 is the width everything is designed for. */
function widthOf(stdout: Output, env: Shell['env']): number {
  const asked = Number(env.COLUMNS);
  return Number.isInteger(asked) && asked > 0 ? asked : (stdout.columns ?? 80);
}
