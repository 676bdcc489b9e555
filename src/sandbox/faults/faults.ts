/** The faults a sandbox can be started with, each by its name. */
import { chance } from '../controllers/random.ts';

interface FaultWords {
  readonly meaning: string;
  /** Share of requests (or clusters) it strikes when none is given. */
  readonly probability: number;
}

export const faults = {
  latency: { meaning: 'answers come up to two seconds late', probability: 0.3 },
  conflict: {
    meaning: 'updates and patches are refused with 409, as if somebody had written in between',
    probability: 0.2,
  },
  throttled: { meaning: 'requests are refused with 429 and Retry-After', probability: 0.2 },
  'server-error': { meaning: 'requests end in 500, 503 or 504', probability: 0.1 },
  reset: { meaning: 'the connection breaks in the middle of the answer; a write has been done', probability: 0.05 },
  refused: { meaning: 'the connection is refused', probability: 0.1 },
  'expired-token': { meaning: 'requests are refused with 401, as with a token that has expired', probability: 1 },
  'stale-watch': { meaning: 'watches end at once with 410: their version is too old', probability: 0.5 },
  'slow-webhook': { meaning: 'writes to MultiClusterObservability take nine seconds longer', probability: 1 },
  offline: { meaning: 'managed clusters are offline', probability: 0.25 },
  'clock-skew': { meaning: 'the clocks of the hub, its clusters and the store are 20 minutes ahead', probability: 1 },
} as const satisfies Record<string, FaultWords>;

export type FaultName = keyof typeof faults;

export interface Fault {
  readonly name: FaultName;
  /** 0 to 1. */
  readonly probability: number;
}

/** How far `clock-skew` is off, in milliseconds: more than S3 allows. */
export const clockSkewMs = 20 * 60_000;

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faults, name);
}

/** `throttled` or `throttled:0.5`. Throws a RangeError that says what there is. */
export function parseFault(text: string): Fault {
  const [name = '', share, ...rest] = text.split(':');
  if (!isFaultName(name)) {
    throw new RangeError(
      `there is no fault ${JSON.stringify(name)}; there are ${Object.keys(faults).join(', ')}, and the states of docs/verify.md`,
    );
  }
  const probability = share === undefined ? faults[name].probability : Number(share);
  if (rest.length > 0 || share === '' || !(probability >= 0 && probability <= 1)) {
    throw new RangeError(`${JSON.stringify(text)}: the probability is a number from 0 to 1`);
  }
  return { name, probability };
}

/** Draws for one fault: the same seed gives the same sequence. */
export function dice(seed: number, { name, probability }: Fault, where: string): () => boolean {
  let drawn = 0;
  return () => {
    drawn += 1;
    return chance(seed, name, where, String(drawn)) < probability;
  };
}

/** Whether a fault that strikes clusters strikes this one. */
export function strikes(found: readonly Fault[], name: FaultName, seed: number, cluster: string): boolean {
  const fault = found.find((one) => one.name === name);
  return fault !== undefined && chance(seed, name, cluster) < fault.probability;
}
