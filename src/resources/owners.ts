/**
 * The operator makes itself owner of our pull secret (measured.md §1.2). When that owner is long gone, the garbage collector
 * will take the secret at some later time: such an ownerReference is taken off.
 */
import type { Resource } from '../engine/step.ts';
import { describe, type Key, type Kind, type KubeObject, type OwnerReference } from '../kinds.ts';
import type { Cluster } from '../ports.ts';
import { isOurs } from './ownership.ts';
import { on, readsOnly } from './rights.ts';

export interface OwnersOptions {
  readonly cluster: Cluster;
  readonly kind: Kind;
  readonly key: Key;
  readonly step: string;
  /** The objects that may own it: all there are of their kind. */
  readonly living: readonly KubeObject[];
}

export function livingOwners({ cluster, kind, key, step, living }: OwnersOptions): Resource {
  const uids = new Set(living.map((object) => object.metadata.uid));
  const dead = (live: KubeObject | undefined): OwnerReference[] => {
    const owners = live?.metadata.ownerReferences ?? [];
    return owners.filter((owner) => owner.kind === 'MultiClusterObservability' && !uids.has(owner.uid));
  };

  return {
    name: `owners of ${describe(kind, key)}`,
    cluster: cluster.name,
    async plan() {
      const live = await cluster.get(kind, key);
      const gone = live !== undefined && isOurs(live, step) ? dead(live) : [];
      if (gone.length === 0) return { kind: 'none' };
      return {
        kind: 'update',
        diff: gone.map((owner) => `- owner ${owner.kind} ${owner.name} (${owner.uid}), which is gone`),
      };
    },
    async apply() {
      const live = await cluster.get(kind, key);
      if (live === undefined) return;
      const gone = new Set(dead(live).map((owner) => owner.uid));
      const ownerReferences = (live.metadata.ownerReferences ?? []).filter((owner) => !gone.has(owner.uid));
      await cluster.replace(kind, { ...live, metadata: { ...live.metadata, ownerReferences } });
    },
    ready: async () => ({ state: 'ready' }),
    planRemoval: async () => ({ kind: 'none' }),
    remove: async () => {},
    gone: async () => ({ state: 'ready' }),
    rights: (mode) =>
      mode === 'uninstall' ? [] : on(cluster, kind, key, readsOnly(mode) ? ['get'] : ['get', 'update']),
  };
}
