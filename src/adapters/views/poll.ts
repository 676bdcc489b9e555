/** Asks for the answers of all who wait by one request, quickly at first, then patiently. */
import type { Clock } from '../../ports.ts';

export interface PollOptions<O> {
  readonly clock: Clock;
  /** One request: an answer to those it has one for, by name. Who gets `undefined` waits on. */
  look(): Promise<(name: string) => O | undefined>;
}

export interface Poll<O> {
  /** The answer to one name; rejects with what `look` failed with, or with the reason of `stop`. */
  wait(name: string): Promise<O>;
  /** Who waits, and who comes later, is told so. */
  stop(reason: Error): void;
}

interface Waiting<O> {
  settle(outcome: O): void;
  fail(error: unknown): void;
}

const firstPauseMs = 100;
const longestPauseMs = 2_000;
const growth = 1.5;

export function createPoll<O>({ clock, look }: PollOptions<O>): Poll<O> {
  const waiting = new Map<string, Waiting<O>>();
  const stopped = new AbortController();
  const pauses = createPauses(clock, stopped.signal);
  let polling = false;

  async function loop(): Promise<void> {
    polling = true;
    try {
      while (waiting.size > 0) {
        await pauses.next();
        // Who comes while we look was perhaps not there yet when the server answered.
        const asked = [...waiting];
        const answer = await look();
        for (const [name, one] of asked) {
          const outcome = answer(name);
          if (outcome === undefined) continue;
          waiting.delete(name);
          one.settle(outcome);
          // What thirty of them do next, a document merged each, is not done on end.
          await clock.sleep(0, stopped.signal);
        }
      }
    } catch (error) {
      const all = [...waiting.values()];
      waiting.clear();
      for (const one of all) one.fail(error);
    } finally {
      polling = false;
    }
  }

  return {
    wait: (name) =>
      new Promise((settle, fail) => {
        if (stopped.signal.aborted) return fail(stopped.signal.reason);
        waiting.set(name, { settle, fail });
        pauses.shorten();
        if (!polling) void loop();
      }),
    stop: (reason) => stopped.abort(reason),
  };
}

/** Pauses that grow; somebody new makes them short again, the one under way too. */
function createPauses(clock: Clock, stopped: AbortSignal) {
  let pause = firstPauseMs;
  let nap: { readonly until: number; readonly controller: AbortController } | undefined;

  return {
    async next(): Promise<void> {
      const controller = new AbortController();
      const milliseconds = pause;
      nap = { until: clock.now() + milliseconds, controller };
      pause = Math.min(pause * growth, longestPauseMs);
      try {
        await clock.sleep(milliseconds, AbortSignal.any([controller.signal, stopped]));
      } catch (error) {
        if (stopped.aborted || !controller.signal.aborted) throw error;
        await clock.sleep(firstPauseMs, stopped);
      } finally {
        nap = undefined;
      }
    },
    shorten(): void {
      pause = firstPauseMs;
      if (nap !== undefined && nap.until - clock.now() > firstPauseMs) nap.controller.abort();
    },
  };
}
