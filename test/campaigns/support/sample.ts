/**
 * How much of a campaign is run: everything with `CAMPAIGN=full`, every n-th of it with `CAMPAIGN_STRIDE=n` as well, else a
 * sample from a seed.
 */

const full = process.env.CAMPAIGN === 'full';
/** Of a full campaign, every how manieth is tried. */
export const stride = Math.max(1, Number(process.env.CAMPAIGN_STRIDE ?? 1) || 1);

/** What every campaign draws from, unless told otherwise. */
export const seed = 20261122;

/** Mulberry32: the same numbers in every run of the tests. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** All of them (or every n-th) in the full campaign; else one from each of `count` equal parts: no stretch is left out. */
export function sampled<T>(all: readonly T[], count: number): readonly T[] {
  if (full) return all.filter((_, at) => at % stride === Math.floor(stride / 2));
  if (all.length <= count) return all;
  const next = random(seed);
  const picked = Array.from({ length: count }, (_, part) => Math.floor(((part + next()) * all.length) / count));
  return picked.flatMap((at) => all.slice(at, at + 1));
}

/** One number for the sample and another for the full campaign. */
export function often(sample: number, whole: number): number {
  return full ? whole : sample;
}

/** 1, 2, … count */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

/** Milliseconds a test may take: generous, because the machine may be busy. */
export const patience = often(600_000, 3 * 3_600_000);
