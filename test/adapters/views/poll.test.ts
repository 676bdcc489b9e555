import { describe, expect, it } from 'vitest';
import { createPoll } from '../../../src/adapters/views/poll.ts';
import { createVirtualClock } from '../../../src/adapters/virtual-clock.ts';

describe('createPoll', () => {
  it('hands out the answers of one look one after the other: what follows one is done before the next', async () => {
    const clock = createVirtualClock();
    const poll = createPoll({ clock, look: async () => (name) => name });
    const seen: string[] = [];

    await Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        seen.push(`${await poll.wait(name)} begins`);
        for (let steps = 0; steps < 5; steps += 1) await undefined;
        seen.push(`${name} ends`);
      }),
    );

    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('tells who has not got an answer yet that it was stopped', async () => {
    const clock = createVirtualClock();
    const poll = createPoll({ clock, look: async () => (name) => name });

    const first = poll.wait('first').then(() => poll.stop(new Error('the run has ended')));
    const second = poll.wait('second');

    await first;
    await expect(second).rejects.toThrow('the run has ended');
  });

  it('rejects everybody with what the look failed with', async () => {
    const clock = createVirtualClock();
    const refused = async () => Promise.reject(new Error('refused'));
    const poll = createPoll({ clock, look: refused });

    const answers = await Promise.allSettled(['a', 'b'].map((name) => poll.wait(name)));

    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
