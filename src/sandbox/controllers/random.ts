/** Chance that can be repeated: the same seed and names give the same numbers, in any order of asking. */

/** A number in [0, 1) that depends on nothing but the seed and the words. */
export function chance(seed: number, ...words: readonly string[]): number {
  return hashOf(seed, words) / 2 ** 32;
}

function hashOf(seed: number, words: readonly string[]): number {
  // FNV-1a over the words, then a finaliser, so that near names land far apart.
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  const text = words.join('\0');
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 0;
  return (hash ^ (hash >>> 16)) >>> 0;
}

const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** A name suffix in the alphabet Kubernetes uses for generated names; up to six characters differ by chance. */
export function suffix(length: number, seed: number, ...words: readonly string[]): string {
  let rest = hashOf(seed, words);
  let made = '';
  for (let at = 0; at < length; at += 1) {
    made += letters.charAt(rest % letters.length);
    rest = Math.floor(rest / letters.length);
  }
  return made;
}
