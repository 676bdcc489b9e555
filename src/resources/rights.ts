/** Rights on objects, told by kind and key; on a cluster that is reached through the hub they are rights to Views and Actions. */
import type { Right, RightsMode } from '../engine/rights.ts';
import { type Kind, ManagedClusterActionKind, ManagedClusterViewKind } from '../kinds.ts';
import type { Cluster } from '../ports.ts';

export type Verb = 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete';

interface Place {
  readonly namespace?: string;
  readonly name?: string;
}

/** What the way to a cluster lets be seen: enough to know whose rights it takes. */
type Way = Pick<Cluster, 'name' | 'capabilities'>;

/** The right to do this with objects of a kind. RBAC cannot limit `create` and `list` to a name: there it is left out. */
export function on(cluster: Way, kind: Kind, place: Place, verbs: readonly Verb[]): Right[] {
  if (!cluster.capabilities.list) return throughHub(cluster.name, verbs);
  const { name, namespace } = place;
  return verbs.map((verb) => ({
    cluster: cluster.name,
    verb,
    ...resourceOfKind(kind),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined || verb === 'create' || verb === 'list' ? {} : { name }),
  }));
}

/** The same rights, without which only something is told less well. */
export function optional(what: string, rights: readonly Right[]): Right[] {
  return rights.map((right) => ({ ...right, optional: what }));
}

/** A resource that only asks the hub, or nobody, in every mode. */
export const noRights = (): readonly Right[] => [];

/** Reads are Views, writes are Actions, each made and deleted in the cluster's namespace and looked for in all at once. */
function throughHub(namespace: string, verbs: readonly Verb[]): Right[] {
  const kinds = [
    ...(verbs.includes('get') ? [ManagedClusterViewKind] : []),
    ...(verbs.some((verb) => verb !== 'get' && verb !== 'list') ? [ManagedClusterActionKind] : []),
  ];
  return kinds.flatMap((kind): Right[] => [
    { verb: 'list', ...resourceOfKind(kind) },
    { verb: 'create', ...resourceOfKind(kind), namespace, fleet: true },
    { verb: 'delete', ...resourceOfKind(kind), namespace, fleet: true },
  ]);
}

function resourceOfKind({ apiVersion, plural }: Kind): { group: string; resource: string } {
  const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : [''];
  return { group, resource: plural };
}

/** Reading is all a mode does, but for its Views. */
export function readsOnly(mode: RightsMode): boolean {
  return mode === 'plan' || mode === 'verify';
}
