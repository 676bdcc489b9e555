/**
 * Proof that the store works, before anything depends on it: a small object is put, got, listed and deleted with the very
 * endpoint, CA and keys that Thanos will get. Nothing is written when Thanos already has exactly those.
 */
import { Problem } from '../engine/problem.ts';
import type { Right, RightsMode } from '../engine/rights.ts';
import type { Resource } from '../engine/step.ts';
import type { ObjectStore } from '../ports.ts';

const prefix = 'acm-observability/probe/';

export interface StoreProofOptions {
  readonly hub: string;
  readonly bucket: string;
  /** Names the probe's object; unique to the run. */
  readonly runId: string;
  store(): Promise<ObjectStore>;
  /** Whether the Thanos secret already holds what it is to hold. */
  unchanged(): Promise<boolean>;
  /** What `unchanged` reads on the hub. */
  reads(mode: RightsMode): readonly Right[];
}

export function storeProof(options: StoreProofOptions): Resource {
  return {
    name: `Proof that Thanos can use bucket ${options.bucket}`,
    cluster: options.hub,
    async plan() {
      if (await options.unchanged()) return { kind: 'none' };
      return { kind: 'update', diff: ['+ put, get, list and delete a small object with the keys Thanos will get'] };
    },
    apply: () => probe(options),
    ready: async () => ({ state: 'ready' }),
    planRemoval: async () => ({ kind: 'none' }),
    remove: async () => {},
    gone: async () => ({ state: 'ready' }),
    rights: options.reads,
  };
}

async function probe(options: StoreProofOptions): Promise<void> {
  const store = await options.store();
  const key = `${prefix}${options.runId}`;
  const body = `written by run ${options.runId}\n`;
  let left: readonly string[] = [];
  await store.write(key, body);
  try {
    const back = await store.read(key);
    if (back !== body) {
      throw new Problem(
        'store-probe',
        `an object of ${body.length} bytes came back ${back === undefined ? 'missing' : 'changed'}`,
      );
    }
    const keys = await store.list(prefix);
    if (!keys.includes(key)) throw new Problem('store-probe', 'an object just written is not in the list');
    left = keys.filter((other) => other !== key);
  } finally {
    await store.remove(key);
  }
  // Of runs that were killed in the middle of this: we hold the lease, so nobody else is.
  for (const other of left) await store.remove(other);
}
