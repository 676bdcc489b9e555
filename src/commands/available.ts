/** Parts of the contract whose turn has not come: asking for one is refused, never ignored. */
import type { Config } from '../config/config.ts';
import { Problem } from '../engine/problem.ts';

/** @throws Problem `not-available` naming the key and what to set instead. */
export function refuseUnavailable({ storage }: Config): void {
  const { provider } = storage;
  if (provider !== 's3' && provider !== 'existing') {
    refuse(
      `storage.provider: ${provider}`,
      'Set storage.provider: existing and make the Secret, or use an S3-compatible store.',
    );
  }
}

function refuse(what: string, fix: string): never {
  throw new Problem('not-available', `this version does not have ${what}`, { fix });
}
