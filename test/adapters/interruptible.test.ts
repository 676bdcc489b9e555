import { describe, expect, it } from 'vitest';
import { interruptible } from '../../src/adapters/interruptible.ts';

const never = () => new Promise<string>(() => {});

describe('work that can be interrupted', () => {
  it('gives its own answer, good or bad', async () => {
    const { signal } = new AbortController();

    expect(await interruptible(Promise.resolve('done'), signal)).toBe('done');
    await expect(interruptible(Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken');
    expect(await interruptible(Promise.resolve('done'), undefined)).toBe('done');
  });

  it('is let go of with the reason of the signal', async () => {
    const stop = new AbortController();

    const work = interruptible(never(), stop.signal);
    stop.abort(new Error('interrupted here'));

    await expect(work).rejects.toThrow('interrupted here');
  });

  it('goes on when it was begun after that', async () => {
    expect(await interruptible(Promise.resolve('tidied up'), AbortSignal.abort())).toBe('tidied up');
  });
});
