/** Names that are made up, and the same again for the same seed. */
import { createHash } from 'node:crypto';

/** A UUID (version 4 by its look) that depends on nothing but the seed and the words. */
export function uuidOf(seed: number, ...words: readonly string[]): string {
  const hex = createHash('sha256')
    .update(`${seed}\0${words.join('\0')}`)
    .digest('hex');
  const variant = 'ab89'.charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}

/** `hub.example.com`: the base domain of a cluster. */
export function domainOf(cluster: string): string {
  return `${cluster === 'local-cluster' ? 'hub' : cluster}.example.com`;
}
