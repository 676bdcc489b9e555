/** Chance that can be repeated: the same seed and names give the same numbers, in any order of asking. */

/** A number in [0, 1) that depends on nothing but the seed and the words. */
export function chance(seed: number, ...words: readonly string[]): number {
  // FNV-1a over the words, then a finaliser, so that near names land far apart.
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (const character of words.join('\0')) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 0;
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** A name suffix in the alphabet Kubernetes uses for generated names. */
export function suffix(length: number, seed: number, ...words: readonly string[]): string {
  return Array.from({ length }, (_, at) =>
    letters.charAt(Math.floor(chance(seed, ...words, String(at)) * letters.length)),
  ).join('');
}
