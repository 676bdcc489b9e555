import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createPace } from '../../../src/adapters/kubernetes/pace.ts';

/** So much work that it is long enough in one go. */
function work(): void {
  const until = performance.now() + 25;
  while (performance.now() < until);
}

describe('pace', () => {
  it('lets sockets be served between the pieces of work of many', async () => {
    const pace = createPace();
    const done: string[] = [];
    const one = async (name: string) => {
      for (let piece = 0; piece < 3; piece += 1) {
        await pace();
        work();
        done.push(name);
      }
    };

    const all = Promise.all(['a', 'b'].map(one));
    let turns = 0;
    while (done.length < 6) {
      await turn();
      turns += 1;
    }
    await all;

    // Without it all six would be done before the first turn; then as many turns as pieces, but for those that come at once.
    expect(turns).toBeGreaterThan(3);
    expect(done.toSorted().join('')).toBe('aaabbb');
  });

  it('holds nobody up who has only begun', () => {
    const pace = createPace();

    expect([pace(), pace(), pace()]).toEqual([undefined, undefined, undefined]);
  });
});
