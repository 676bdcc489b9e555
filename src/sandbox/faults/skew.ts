/** A clock that is wrong. */
import type { Clock } from '../../ports.ts';

/** The clock, this much ahead; the very same one for nothing. */
export function ahead(clock: Clock, milliseconds: number): Clock {
  if (milliseconds === 0) return clock;
  return { now: () => clock.now() + milliseconds, sleep: (wait, signal) => clock.sleep(wait, signal) };
}
