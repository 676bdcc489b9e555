import { executionAsyncResource } from 'node:async_hooks';
import { setTimeout as realSleep, setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tracked } from '../../src/adapters/tracked.ts';
import { createVirtualClock } from '../../src/adapters/virtual-clock.ts';

describe('createVirtualClock', () => {
  it('lets an hour of waiting pass in no time', async () => {
    const clock = createVirtualClock({ startMs: 1_000 });

    for (let n = 0; n < 3_600; n += 1) await clock.sleep(1_000);

    expect(clock.now()).toBe(3_601_000);
  });

  it('wakes everybody at their time, in the order of deadlines and then of arrival', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(50), { maxLength: 30 }), async (delays) => {
        const clock = createVirtualClock({ quietTurns: 1 });
        const woken: { index: number; at: number }[] = [];

        await Promise.all(
          delays.map(async (delay, index) => {
            await clock.sleep(delay);
            woken.push({ index, at: clock.now() });
          }),
        );

        const expected = delays.map((at, index) => ({ index, at })).sort((a, b) => a.at - b.at || a.index - b.index);
        expect(woken).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('never goes back, whatever sleeps inside what', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.nat(20), { maxLength: 6 }), { maxLength: 8 }), async (lanes) => {
        const clock = createVirtualClock({ quietTurns: 1 });
        const times: number[] = [];

        await Promise.all(
          lanes.map(async (delays) => {
            for (const delay of delays) {
              const due = clock.now() + delay;
              await clock.sleep(delay);
              expect(clock.now()).toBe(due);
              times.push(clock.now());
            }
          }),
        );

        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });

  it('stands still while tracked work is under way', async () => {
    const clock = createVirtualClock();
    const seen: number[] = [];
    const sleeper = clock.sleep(10).then(() => seen.push(clock.now()));

    await clock.track(realSleep(30).then(() => seen.push(clock.now())));
    await sleeper;

    expect(seen).toEqual([0, 10]);
  });

  it('does not stand still for work that itself sleeps, however deep', async () => {
    const clock = createVirtualClock();

    const result = await clock.run(() => clock.run(async () => clock.run(() => clock.sleep(5_000)).then(() => 'done')));

    expect(result).toBe('done');
    expect(clock.now()).toBe(5_000);
  });

  it('lets time pass for a work that sleeps inside a work of another clock', async () => {
    const [clock, other] = [createVirtualClock(), createVirtualClock()];

    await clock.run(() => other.run(() => clock.run(() => other.run(() => clock.sleep(5_000)))));

    expect(clock.now()).toBe(5_000);
    expect(other.now()).toBe(0);
  });

  it('leaves nothing behind that every promise of the process would have to carry on', async () => {
    // What Node hands on from promise to promise it keeps as properties of each.
    const carried = () => createVirtualClock().run(async () => Object.getOwnPropertySymbols(executionAsyncResource()));

    const first = await carried();
    for (let clocks = 0; clocks < 10; clocks += 1) await carried();

    expect(await carried()).toHaveLength(first.length);
  });

  it('stands still while one branch of a work is busy and another sleeps', async () => {
    const clock = createVirtualClock();
    const seen: [string, number][] = [];

    await clock.run(() =>
      Promise.all([
        clock.sleep(1_000).then(() => seen.push(['slept', clock.now()])),
        clock.run(() => realSleep(30)).then(() => seen.push(['worked', clock.now()])),
      ]),
    );

    expect(seen).toEqual([
      ['worked', 0],
      ['slept', 1_000],
    ]);
  });

  it('is not held up by a loop that a finished work left behind', async () => {
    const clock = createVirtualClock();
    let rounds = 0;

    await clock.run(async () => {
      void (async () => {
        for (; rounds < 5; rounds += 1) await clock.sleep(100);
      })();
    });
    await clock.sleep(1_000);

    expect(rounds).toBe(5);
    expect(clock.now()).toBe(1_000);
  });

  it('counts work that failed as done', async () => {
    const clock = createVirtualClock();

    await expect(clock.track(Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(clock.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await clock.sleep(10);

    expect(clock.now()).toBe(10);
  });

  it('wakes with the signal’s reason and forgets the sleeper', async () => {
    const clock = createVirtualClock();
    const controller = new AbortController();
    const sleeping = clock.run(() => clock.sleep(1_000, controller.signal));

    controller.abort(new Error('enough'));

    await expect(sleeping).rejects.toThrow('enough');
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow('enough');
    await clock.sleep(10);
    expect(clock.now()).toBe(10);
  });

  it('moves no more once stopped', async () => {
    const clock = createVirtualClock();
    let woken = false;
    void clock.sleep(10).then(() => {
      woken = true;
    });

    clock.stop();
    for (let n = 0; n < 20; n += 1) await turn();

    expect(woken).toBe(false);
    expect(clock.now()).toBe(0);
  });
});

describe('tracked', () => {
  const port = {
    name: 'port',
    size: () => 3,
    fetch: async (value: string) => {
      await realSleep(20);
      return value;
    },
    fail: () => {
      throw new Error('at once');
    },
    async *events(signal: AbortSignal) {
      yield 1;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      yield 2;
    },
  };

  it('leaves values, synchronous answers and errors as they are', () => {
    const wrapped = tracked(createVirtualClock(), port);

    expect(wrapped.name).toBe('port');
    expect(wrapped.size()).toBe(3);
    expect(() => wrapped.fail()).toThrow('at once');
  });

  it('holds time up while a call is under way', async () => {
    const clock = createVirtualClock();
    const order: string[] = [];

    await Promise.all([
      clock.sleep(1).then(() => order.push('slept')),
      tracked(clock, port)
        .fetch('answer')
        .then((answer) => order.push(answer)),
    ]);

    expect(order).toEqual(['answer', 'slept']);
  });

  it('lets time pass while a stream is quiet, even when the reader is tracked', async () => {
    const clock = createVirtualClock();
    const controller = new AbortController();
    const seen: [number, number][] = [];
    void clock.sleep(60_000).then(() => controller.abort());

    await clock.run(async () => {
      for await (const event of tracked(clock, port).events(controller.signal)) seen.push([event, clock.now()]);
    });

    expect(seen).toEqual([
      [1, 0],
      [2, 60_000],
    ]);
  });

  it('closes the stream behind it when the reader leaves', async () => {
    let closed = false;
    const source = {
      async *events() {
        try {
          for (;;) yield 1;
        } finally {
          closed = true;
        }
      },
    };

    for await (const _ of tracked(createVirtualClock(), source).events()) break;

    expect(closed).toBe(true);
  });
});
