import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';

describe('systemClock', () => {
  it('tells the machine’s time and sleeps', async () => {
    const clock = systemClock();
    const before = Date.now();

    await clock.sleep(5);

    expect(clock.now()).toBeGreaterThanOrEqual(before + 4);
  });

  it('wakes with the signal’s reason', async () => {
    const controller = new AbortController();
    const sleeping = systemClock().sleep(60_000, controller.signal);

    controller.abort(new Error('enough'));

    await expect(sleeping).rejects.toThrow('enough');
    await expect(systemClock().sleep(1, controller.signal)).rejects.toThrow('enough');
  });

  it('does not take a month for a moment', async () => {
    const controller = new AbortController();
    const month = systemClock().sleep(31 * 24 * 3600 * 1000, controller.signal);

    const first = await Promise.race([
      month.then(() => 'month'),
      systemClock()
        .sleep(20)
        .then(() => 'moment'),
    ]);
    controller.abort(new Error('enough'));

    expect(first).toBe('moment');
    await expect(month).rejects.toThrow('enough');
  });
});
