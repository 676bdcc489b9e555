/**
 * Who on the hub already declares the monitoring configuration of clusters, and would put back what we change: an enforced
 * Policy, a ManifestWork, an Argo CD application, a Hive sync set (transport.md §6.8). Looked for before anything is written.
 */
import { groupBy } from '../engine/groups.ts';
import {
  ApplicationKind,
  ClusterDeploymentKind,
  type Kind,
  type KubeObject,
  type ManagedCluster,
  ManifestWorkKind,
  type ObjectMeta,
  PolicyKind,
  SelectorSyncSetKind,
  SyncSetKind,
} from '../kinds.ts';
import { type Cluster, isApiError } from '../ports.ts';
import { marks } from '../resources/marks.ts';
import { declares, list, record, text } from './declarations.ts';

export interface Rivals {
  /** Those that declare it on this cluster: `Policy openshift-acm-policies/uwm`. */
  on(cluster: string): readonly string[];
  /** What could not be looked at. */
  readonly unseen: readonly string[];
}

interface Rival {
  readonly name: string;
  /** Absent: on every cluster. */
  readonly clusters?: ReadonlySet<string>;
}

/** ManifestWorks read in full, at most: each may be 40 KB large. */
const worksRead = 50;
/** Made by ACM and by add-ons: never what people declare. */
const ownWorks = /-klusterlet(-crds)?$|^addon-/;
/** The copies for each cluster say nothing that their policy does not. */
const ofPeople = '!policy.open-cluster-management.io/root-policy';
const foreignWorks = 'owner!=multicluster-observability-operator,!open-cluster-management.io/addon-name';

export async function findRivals(hub: Cluster, clusters: readonly ManagedCluster[]): Promise<Rivals> {
  const unseen: string[] = [];
  const seen = async <T>(kind: Kind, looking: () => Promise<T[]>): Promise<T[]> => {
    try {
      return await looking();
    } catch (error) {
      // A hub without Argo CD or Hive has none of these.
      if (isApiError(error, 404)) return [];
      if (!isApiError(error, 403)) throw error;
      unseen.push(`${kind.plural} (not permitted)`);
      return [];
    }
  };
  const [policies, works, applications, selectors, sets] = await Promise.all([
    seen(PolicyKind, async () => (await hub.list(PolicyKind, { labelSelector: ofPeople }, policy)).flat()),
    seen(ManifestWorkKind, () => manifestWorks(hub, unseen)),
    seen(ApplicationKind, async () =>
      (await hub.list(ApplicationKind, {}, (one) => application(one, clusters))).flat(),
    ),
    seen(SelectorSyncSetKind, () => selectorSyncSets(hub)),
    seen(SyncSetKind, async () => (await hub.list(SyncSetKind, {}, syncSet)).flat()),
  ]);
  const all = [...policies, ...works, ...applications, ...selectors, ...sets];
  return {
    on: (cluster) => all.filter((rival) => rival.clusters?.has(cluster) ?? true).map(({ name }) => name),
    unseen,
  };
}

/** An enforced root policy of somebody else; its status names the clusters it is placed on. */
function policy(object: KubeObject): Rival[] {
  const spec = record(object.spec);
  const [managedBy, us] = marks.managedBy;
  if (object.metadata.labels?.[managedBy] === us) return [];
  if (spec.disabled === true || !isEnforced(spec) || !declares(spec['policy-templates'])) return [];
  const status = record(object.status);
  const placed = list(status.status).map((entry) => text(record(entry).clustername));
  return [{ name: nameOf(object), ...(status.status === undefined ? {} : { clusters: new Set(placed) }) }];
}

/** What the policy says goes before what its templates say (transport.md §6.1). */
function isEnforced(spec: Record<string, unknown>): boolean {
  const templates = list(spec['policy-templates']).map((entry) => record(record(entry).objectDefinition));
  const own = text(spec.remediationAction).toLowerCase();
  if (own !== '') return own === 'enforce';
  return templates.some((template) => text(record(template.spec).remediationAction).toLowerCase() === 'enforce');
}

async function manifestWorks(hub: Cluster, unseen: string[]): Promise<Rival[]> {
  const all = await hub.listMetadata(ManifestWorkKind, { labelSelector: foreignWorks });
  const foreign = all.filter(({ name }) => !ownWorks.test(name));
  // Those of one set are alike.
  const setOf = ({ labels, namespace, name }: ObjectMeta) =>
    labels?.['work.open-cluster-management.io/manifestworkreplicaset'] ?? `${namespace}/${name}`;
  const groups = [...groupBy(foreign, setOf).values()];
  if (groups.length > worksRead) unseen.push(`${groups.length - worksRead} further manifestworks`);
  const found = groups.slice(0, worksRead).map(async (works): Promise<Rival[]> => {
    const [first] = works;
    if (first?.namespace === undefined) return [];
    const live = await hub.get(ManifestWorkKind, { namespace: first.namespace, name: first.name });
    const spec = record(live?.spec);
    if (live === undefined || !declares(record(spec.workload).manifests) || onlyReads(spec)) return [];
    return [{ name: nameOf(live), clusters: new Set(works.map(({ namespace = '' }) => namespace)) }];
  });
  return (await Promise.all(found)).flat();
}

/** A strategy under which the agent never writes an object that is there (transport.md §2.3). */
function onlyReads(spec: Record<string, unknown>): boolean {
  return list(spec.manifestConfigs).some((entry) => {
    const { resourceIdentifier, updateStrategy } = record(entry);
    const type = text(record(updateStrategy).type);
    const isIt = text(record(resourceIdentifier).name) === 'cluster-monitoring-config';
    return isIt && (type === 'ReadOnly' || type === 'CreateOnly');
  });
}

/** Argo CD lists what an application holds; its destination is a name or a URL. */
function application(object: KubeObject, clusters: readonly ManagedCluster[]): Rival[] {
  const held = list(record(object.status).resources).map(record);
  const isHeld = held.some(
    ({ kind, namespace, name }) =>
      kind === 'ConfigMap' && namespace === 'openshift-monitoring' && name === 'cluster-monitoring-config',
  );
  if (!isHeld) return [];
  const { name, server } = record(record(object.spec).destination);
  const there = clusters.filter((cluster) => leadsTo(cluster, text(name), text(server)));
  return [{ name: nameOf(object), clusters: new Set(there.map((cluster) => cluster.metadata.name)) }];
}

function leadsTo({ metadata, spec, status }: ManagedCluster, name: string, server: string): boolean {
  const isHub = metadata.labels?.['local-cluster'] === 'true';
  if (name === 'in-cluster' || server === 'https://kubernetes.default.svc') return isHub;
  const urls = [
    ...(spec?.managedClusterClientConfigs ?? []).map(({ url = '' }) => url),
    ...(status?.clusterClaims ?? []).filter((one) => one.name === 'apiserverurl.openshift.io').map((one) => one.value),
  ];
  return metadata.name === name || (server !== '' && urls.includes(server));
}

async function selectorSyncSets(hub: Cluster): Promise<Rival[]> {
  const found = (await hub.list(SelectorSyncSetKind)).filter((object) => declares(record(object.spec).resources));
  if (found.length === 0) return [];
  const deployments = await hub.list(ClusterDeploymentKind);
  return found.map((object) => {
    const { matchLabels } = record(record(object.spec).clusterDeploymentSelector);
    const wanted = Object.entries(record(matchLabels));
    const matched = deployments.filter(({ metadata: { labels = {} } }) =>
      wanted.every(([key, value]) => labels[key] === value),
    );
    return { name: nameOf(object), clusters: new Set(matched.map(({ metadata }) => metadata.name)) };
  });
}

function syncSet(object: KubeObject): Rival[] {
  const spec = record(object.spec);
  if (!declares(spec.resources)) return [];
  return [
    { name: nameOf(object), clusters: new Set(list(spec.clusterDeploymentRefs).map((one) => text(record(one).name))) },
  ];
}

function nameOf({ kind, metadata: { namespace, name } }: KubeObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
