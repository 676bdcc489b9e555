/** Waiting: every wait has a deadline, says what it waits for, and can be interrupted. */
import type { Clock } from '../ports.ts';
import { NotYet } from './problem.ts';
import type { Readiness } from './step.ts';

/** Milliseconds between two looks: short at first, because most things are there at once; then patient. */
const firstPause = 200;
const longestPause = 10_000;
const growth = 1.6;

export interface WaitOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** Told when what it waits for changes. */
  onWaiting?(message: string): void;
}

/**
 * Looks until it is ready or has failed, or the deadline passes; then the last answer stands. `NotYet` thrown by the look
 * means waiting. Rejects with the signal's reason when interrupted.
 */
export async function waitFor(look: () => Promise<Readiness>, options: WaitOptions): Promise<Readiness> {
  let pause = firstPause;
  let told: string | undefined;
  for (;;) {
    options.signal.throwIfAborted();
    const answer = await look().catch(waitingForInput);
    const message = messageOf(answer);
    if (message === undefined) return answer;
    if (message !== told) options.onWaiting?.(message);
    told = message;
    const left = options.deadline - options.clock.now();
    if (left <= 0) return answer;
    await options.clock.sleep(Math.min(pause, left), options.signal);
    pause = Math.min(pause * growth, longestPause);
  }
}

function messageOf(answer: Readiness): string | undefined {
  if (answer.state === 'waiting') return answer.message;
  // Could not look is not an answer either: it may be the moment between two tokens.
  if (answer.state === 'unknown') return `cannot look: ${answer.because}`;
  return undefined;
}

function waitingForInput(error: unknown): Readiness {
  if (error instanceof NotYet) return { state: 'waiting', message: error.message };
  throw error;
}
