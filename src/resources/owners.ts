/**
 * The operator makes itself owner of our pull secret (measured.md §1.2). When that owner is long gone, the garbage collector
 * will take the secret at some later time: such an ownerReference is taken off.
 */
import type { Resource } from '../engine/step.ts';
import {
  describe,
  type Key,
  type Kind,
  type KubeObject,
  MultiClusterObservabilityKind,
  type OwnerReference,
} from '../kinds.ts';
import { type Cluster, isApiError } from '../ports.ts';
import { isOurs } from './ownership.ts';
import { on, readsOnly } from './rights.ts';

export interface OwnersOptions {
  readonly cluster: Cluster;
  readonly kind: Kind;
  readonly key: Key;
  readonly step: string;
  /** The objects that may own it, as they were when the hub was looked at. */
  readonly living: readonly KubeObject[];
}

/** Reading again after somebody else's write: this often. */
const tries = 5;

export function livingOwners({ cluster, kind, key, step, living }: OwnersOptions): Resource {
  const known = new Set(living.map((object) => object.metadata.uid));
  const dead = async (live: KubeObject): Promise<OwnerReference[]> => {
    const owners = live.metadata.ownerReferences ?? [];
    const strange = owners.filter(
      ({ kind: other, uid }) => other === MultiClusterObservabilityKind.kind && !known.has(uid),
    );
    if (strange.length === 0) return [];
    // Perhaps only younger than our picture of the hub: another run may have made it while we waited for our turn.
    const now = new Set((await cluster.list(MultiClusterObservabilityKind)).map((object) => object.metadata.uid));
    return strange.filter(({ uid }) => !now.has(uid));
  };

  return {
    name: `owners of ${describe(kind, key)}`,
    cluster: cluster.name,
    async plan() {
      const live = await cluster.get(kind, key);
      const gone = live !== undefined && isOurs(live, step) ? await dead(live) : [];
      if (gone.length === 0) return { kind: 'none' };
      return {
        kind: 'update',
        diff: gone.map((owner) => `- owner ${owner.kind} ${owner.name} (${owner.uid}), which is gone`),
      };
    },
    async apply() {
      for (let attempt = 1; ; attempt += 1) {
        const live = await cluster.get(kind, key);
        if (live === undefined) return;
        const gone = new Set((await dead(live)).map((owner) => owner.uid));
        const ownerReferences = (live.metadata.ownerReferences ?? []).filter((owner) => !gone.has(owner.uid));
        try {
          await cluster.replace(kind, { ...live, metadata: { ...live.metadata, ownerReferences } });
          return;
        } catch (error) {
          // Somebody wrote in between: what they wrote is read first.
          if (!isApiError(error, 409) || attempt === tries) throw error;
        }
      }
    },
    ready: async () => ({ state: 'ready' }),
    planRemoval: async () => ({ kind: 'none' }),
    remove: async () => {},
    gone: async () => ({ state: 'ready' }),
    rights: (mode) =>
      mode === 'uninstall' ? [] : on(cluster, kind, key, readsOnly(mode) ? ['get'] : ['get', 'update']),
  };
}
