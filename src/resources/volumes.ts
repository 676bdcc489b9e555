/**
 * The volumes ACM leaves behind (acm.md §12.3). They are ACM's to make; removing them loses up to a day of metrics that were
 * not shipped to the store yet, so it happens for `--delete-data` only.
 */
import type { Resource } from '../engine/step.ts';
import { type PersistentVolumeClaim, PersistentVolumeClaimKind } from '../kinds.ts';
import type { Cluster } from '../ports.ts';
import { on } from './rights.ts';

const ours = /^(data-observability-|alertmanager-db-observability-)/;

export function volumesResource(cluster: Cluster, namespace: string, deleteData: boolean): Resource {
  const left = async (): Promise<PersistentVolumeClaim[]> => {
    const all = await cluster.list(PersistentVolumeClaimKind, { namespace });
    return all.filter((claim) => ours.test(claim.metadata.name));
  };

  return {
    name: `volumes of ${namespace}`,
    cluster: cluster.name,
    plan: async () => ({ kind: 'none' }),
    apply: async () => {},
    ready: async () => ({ state: 'ready' }),
    async planRemoval() {
      const claims = await left();
      if (claims.length === 0) return { kind: 'none' };
      if (!deleteData) return { kind: 'skip', reason: `${claims.length} volumes stay: --delete-data removes them` };
      return { kind: 'remove', note: `${claims.length} volumes, with the metrics not shipped yet` };
    },
    async remove() {
      const key = (name: string) => ({ namespace, name });
      for (const claim of await left()) await cluster.delete(PersistentVolumeClaimKind, key(claim.metadata.name));
    },
    async gone() {
      const claims = await left();
      if (claims.length === 0) return { state: 'ready' };
      return { state: 'waiting', message: `${claims.length} volumes are still there` };
    },
    rights(mode) {
      if (mode !== 'uninstall') return [];
      return on(cluster, PersistentVolumeClaimKind, { namespace }, deleteData ? ['list', 'delete'] : ['list']);
    },
  };
}
