/** Which managed clusters a run is about, and which of them it leaves alone, each with its reason (transport.md §1). */
import type { Config } from '../config/config.ts';
import { Problem } from '../engine/problem.ts';
import type { Hub } from '../hub.ts';
import { type ClusterDeployment, ClusterDeploymentKind, condition, type ManagedCluster } from '../kinds.ts';
import { byCodeUnits } from '../order.ts';
import { type Cluster, isApiError } from '../ports.ts';
import { matchesLabels, parseSelector } from './selector.ts';

export interface Member {
  readonly name: string;
  readonly isHub: boolean;
  readonly object: ManagedCluster;
  /** Not applicable here, and why: fine. */
  readonly skip?: string;
  /** It should be done and cannot be reached now, and why: makes the run partial. */
  readonly offline?: string;
  /** Why the hub does not hear from it, also where there is nothing to do there. */
  readonly away?: string;
}

/** What narrows the configuration's choice for one run: `--clusters`, `--exclude`, `-l`. */
export interface Narrowing {
  readonly clusters?: readonly string[];
  readonly exclude: readonly string[];
  readonly selector?: string;
}

/**
 * The members a run is about, hub first, then by name.
 * @throws Problem `usage` naming a cluster that does not exist.
 */
export async function chooseMembers(
  hub: Hub,
  cluster: Cluster,
  config: Config,
  narrowing: Narrowing,
): Promise<Member[]> {
  const all = hub.managedClusters;
  const names = new Set(all.map((object) => object.metadata.name));
  const named = [...(narrowing.clusters ?? []), ...(config.clusters.select.names ?? [])];
  const missing = named.filter((name) => !names.has(name));
  if (missing.length > 0) {
    throw new Problem('usage', `no managed cluster named ${missing.join(', ')}`, {
      fix: 'List them with `oc get managedclusters`.',
    });
  }
  const chosen = all.filter((object) => isChosen(object, config, narrowing));
  const asleep = chosen.some((object) => !isAvailable(object)) ? await hibernating(cluster) : new Set<string>();
  return chosen
    .map((object) => memberOf(object, asleep))
    .sort((a, b) => Number(b.isHub) - Number(a.isHub) || byCodeUnits(a.name, b.name));
}

/** Whether the configuration means this cluster; also what `clusters.collection: selected` goes by. */
export function isSelected(object: ManagedCluster, config: Config): boolean {
  const { select, exclude } = config.clusters;
  const { name, labels = {} } = object.metadata;
  if (exclude.includes(name)) return false;
  if (select.names !== undefined) return select.names.includes(name);
  if (select.selector !== undefined) return matchesLabels(labels, parseSelector(select.selector));
  return select.all !== false;
}

function isChosen(object: ManagedCluster, config: Config, narrowing: Narrowing): boolean {
  const { name, labels = {} } = object.metadata;
  if (!isSelected(object, config) || narrowing.exclude.includes(name)) return false;
  if (narrowing.clusters !== undefined && !narrowing.clusters.includes(name)) return false;
  return narrowing.selector === undefined || matchesLabels(labels, parseSelector(narrowing.selector));
}

function memberOf(object: ManagedCluster, asleep: ReadonlySet<string>): Member {
  const { name, labels = {} } = object.metadata;
  const isHub = labels['local-cluster'] === 'true';
  const skip = notApplicable(object);
  const away = unreachable(object, asleep);
  return {
    name,
    isHub,
    object,
    ...(skip === undefined ? {} : { skip }),
    ...(away === undefined ? {} : { away }),
    ...(away === undefined || skip !== undefined ? {} : { offline: away }),
  };
}

const openshift = new Set(['OpenShift', 'ARO', 'ROKS']);
/** Red Hat's SRE own the monitoring configuration there: a change would be undone (transport.md §1). */
export const serviceOwned = new Set(['ROSA', 'OpenShiftDedicated']);

/** Why user-workload monitoring is not for this cluster; `undefined` where it is. */
export function notApplicable(object: ManagedCluster): string | undefined {
  const { labels = {}, deletionTimestamp } = object.metadata;
  const product = claim(object, 'product.open-cluster-management.io');
  const version = labels.openshiftVersion ?? claim(object, 'version.openshift.io');
  if (deletionTimestamp !== undefined) return 'it is being deleted';
  if (product === 'MicroShift' || labels.microshiftVersion !== undefined)
    return 'MicroShift has no monitoring operator';
  if (serviceOwned.has(product ?? ''))
    return `${product} is service-owned: its monitoring is configured by the service`;
  if (labels.vendor === undefined || labels.vendor === 'auto-detect') return 'ACM has not detected its vendor yet';
  if (version === undefined && !openshift.has(product ?? '')) return `${labels.vendor} is not OpenShift`;
  if (version === undefined) return 'ACM has not detected its OpenShift version yet';
  return undefined;
}

function unreachable(object: ManagedCluster, asleep: ReadonlySet<string>): string | undefined {
  if (object.spec?.hubAcceptsClient === false) return 'the hub has not accepted it';
  if (isAvailable(object)) return undefined;
  if (asleep.has(object.metadata.name)) return 'it is hibernating';
  const available = condition(object, 'ManagedClusterConditionAvailable');
  const since = available?.lastTransitionTime === undefined ? '' : ` since ${available.lastTransitionTime}`;
  if (available?.status === 'False') return `its API server is unavailable${since}`;
  return `it has not been heard of${since}`;
}

export function isAvailable(object: ManagedCluster): boolean {
  return condition(object, 'ManagedClusterConditionAvailable')?.status === 'True';
}

export function claim(object: ManagedCluster, name: string): string | undefined {
  return object.status?.clusterClaims?.find((entry) => entry.name === name)?.value;
}

/** Clusters that Hive has put to sleep. A hub without Hive has none. */
async function hibernating(cluster: Cluster): Promise<Set<string>> {
  const sleeping = (object: ClusterDeployment) => object.spec?.powerState === 'Hibernating';
  try {
    const deployments = await cluster.list(ClusterDeploymentKind);
    return new Set(deployments.filter(sleeping).map((object) => object.metadata.name));
  } catch (error) {
    // Not being allowed to look makes them "not heard of", which they are.
    if (isApiError(error, 404) || isApiError(error, 403)) return new Set();
    throw error;
  }
}
