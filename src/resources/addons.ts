/**
 * What ACM installed on the managed clusters, watched on its way out: the object is gone before its add-ons are, and until
 * they are, ACM still edits the clusters' monitoring configuration (acm.md §12.2).
 */
import type { Right } from '../engine/rights.ts';
import type { Readiness, Resource } from '../engine/step.ts';
import type { Hub } from '../hub.ts';
import {
  ManagedClusterAddOnKind,
  ManifestWorkKind,
  type MultiClusterObservability,
  type ObjectMeta,
  ObservabilityAddonKind,
} from '../kinds.ts';
import { type Cluster, isApiError } from '../ports.ts';
import { on } from './rights.ts';

/** Label of the ManifestWorks by which the operator brings its parts to the clusters. */
const operatorsWorks = 'owner=multicluster-observability-operator';
/** Field of the one add-on, among all add-ons of all clusters. */
const observabilityAddOn = 'metadata.name=observability-controller';

/** What each architecture is called where it tells how it stands: its add-on, and the label of its ManifestWorks (acm.md §5.1, §9.2). */
export function addOnOf(architecture: Hub['architecture']): { readonly name: string; readonly works: string } {
  const name = 'multicluster-observability-addon';
  return architecture === 'mcoa'
    ? { name, works: `open-cluster-management.io/addon-name=${name}` }
    : { name: 'observability-controller', works: operatorsWorks };
}

export function addonsResource(cluster: Cluster, reachable: ReadonlySet<string>): Resource {
  const left = () => leftOnClusters(cluster, reachable);
  return {
    name: 'ACM’s add-ons on the managed clusters',
    cluster: cluster.name,
    plan: async () => ({ kind: 'none' }),
    apply: async () => {},
    ready: async () => ({ state: 'ready' }),
    async planRemoval() {
      const count = await left();
      return count.total === 0 ? { kind: 'none' } : { kind: 'remove', note: `ACM takes them away: ${count.text}` };
    },
    remove: async () => {},
    async gone() {
      const count = await left();
      return count.total === 0 ? { state: 'ready' } : { state: 'waiting', message: `ACM still has ${count.text}` };
    },
    rights: (mode) => (mode === 'uninstall' ? addonRights(cluster) : []),
  };
}

/** While the object is being deleted: which finalizers hold it, and what they wait for. */
export async function removalHeldBy(
  cluster: Cluster,
  live: MultiClusterObservability,
  reachable: ReadonlySet<string>,
): Promise<Readiness> {
  const { name, finalizers = [], deletionTimestamp } = live.metadata;
  if (deletionTimestamp === undefined) return { state: 'waiting', message: `${name} is still there` };
  const { text } = await leftOnClusters(cluster, reachable);
  return {
    state: 'waiting',
    message: `${name} is being deleted, held by ${finalizers.join(', ') || 'nothing'}; ${text} left`,
  };
}

/** What looking for them takes. */
export function addonRights(cluster: Cluster): Right[] {
  const kinds = [ObservabilityAddonKind, ManifestWorkKind, ManagedClusterAddOnKind];
  return kinds.flatMap((kind) => on(cluster, kind, {}, ['list']));
}

/** Objects of clusters that are offline are not waited for: ACM gives up on those by itself. */
async function leftOnClusters(
  cluster: Cluster,
  reachable: ReadonlySet<string>,
): Promise<{ total: number; text: string }> {
  const [addons, works, clusterAddons] = await Promise.all([
    known(cluster.listMetadata(ObservabilityAddonKind)),
    known(cluster.listMetadata(ManifestWorkKind, { labelSelector: operatorsWorks })),
    known(cluster.listMetadata(ManagedClusterAddOnKind, { fieldSelector: observabilityAddOn })),
  ]);
  const counts = [
    ['ObservabilityAddons', addons.filter(here).length],
    ['ManifestWorks', works.filter(here).length],
    ['ManagedClusterAddOns', clusterAddons.filter(here).length],
  ] as const;
  const some = counts.filter(([, count]) => count > 0);
  const total = some.reduce((sum, [, count]) => sum + count, 0);
  return { total, text: some.map(([name, count]) => `${count} ${name}`).join(', ') || 'nothing' };

  function here({ namespace = '' }: ObjectMeta): boolean {
    return reachable.has(namespace);
  }
}

async function known<T>(listing: Promise<T[]>): Promise<T[]> {
  try {
    return await listing;
  } catch (error) {
    if (isApiError(error, 404)) return [];
    throw error;
  }
}
