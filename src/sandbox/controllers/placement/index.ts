/**
 * The operator's placement controller: for every managed cluster the objects that bring the add-on there, and on the way
 * out the order in which they go (acm.md §5.1, §12.1). A key is a cluster's name, or `hub` for what is there once.
 */
import {
  ConfigMapKind,
  type KubeObject,
  ManagedClusterAddOnKind,
  ManagedClusterKind,
  type MultiClusterObservability,
  MultiClusterObservabilityKind,
  RouteKind,
  SecretKind,
} from '../../../kinds.ts';
import type { Clock } from '../../../ports.ts';
import { defaultLists, listsData, mergedLists } from '../allowlist/configmap.ts';
import type { ControllerClient } from '../client.ts';
import type { Delays } from '../delays.ts';
import { type Informers, isStatusOnly, type News } from '../informer.ts';
import { AddOnDeploymentConfigKind, AddonKind, ClusterManagementAddOnKind, WorkKind } from '../kinds.ts';
import { addonName, customAllowlist, defaultPullSecret, hubNamespace, ownerLabel, workName } from '../names.ts';
import { ensure, ensureAll, objectOf, secretText, timestamp } from '../objects.ts';
import { addonBindings, addonRoles } from '../observability-operator/objects/access.ts';
import { consoleLink } from '../observability-operator/objects/addon-architecture.ts';
import { type HubFacts, wantsAddonArchitecture } from '../observability-operator/objects/context.ts';
import { homeUid } from '../observability-operator/objects/dashboards.ts';
import {
  hubIsSettled,
  missingAddonCrds,
  operatorRuns,
  watchPrerequisites,
} from '../observability-operator/prerequisites.ts';
import { type Log, type Outcome, type Running, startController, watching } from '../runtime.ts';
import type { Features, Version } from '../versions.ts';
import { leave, leaveHub } from './leave.ts';
import { isReconfigured, proxyFor } from './proxy.ts';
import { selectionOf } from './selection.ts';
import { addonSpec, addonWork, type WorkContext } from './work.ts';

export interface PlacementOptions {
  readonly informers: Informers;
  readonly clock: Clock;
  readonly delays: Delays;
  readonly version: Version;
  readonly features: Features;
  readonly hub: HubFacts;
  readonly log?: Log;
}

export interface Context extends PlacementOptions {
  readonly client: ControllerClient;
  /** When each cluster's add-on was first seen leaving. */
  readonly leaving: Map<string, number>;
  readonly merged: { version?: string | undefined; lists?: Record<string, string> };
}

const hubKey = 'hub/';

/** Starts it. */
export function startPlacement(options: PlacementOptions): Running {
  const { informers, clock, delays, log } = options;
  const context: Context = { ...options, client: informers.client, leaving: new Map(), merged: {} };
  const clusters = informers.of(ManagedClusterKind);
  const everyone = (): string[] => [hubKey, ...clusters.list().map(({ metadata }) => metadata.name)];
  const named =
    (names: RegExp) =>
    ({ object }: News<{ apiVersion: string; kind: string; metadata: { name: string } }>) =>
      names.test(object.metadata.name) ? everyone() : [];
  const ofCluster = (news: News<KubeObject>): string[] =>
    isStatusOnly(news) ? [] : [news.object.metadata.namespace ?? ''];
  return startController({
    name: 'placement',
    cluster: informers.client.name,
    clock,
    delays,
    workers: 8,
    gatherMs: delays.ms('gather'),
    ...(log && { log }),
    watches: [
      watching(clusters, (news) => (isStatusOnly(news) ? [] : [news.object.metadata.name])),
      ...watchPrerequisites(informers, everyone),
      watching(informers.of(MultiClusterObservabilityKind), (news) => (isStatusOnly(news) ? [] : everyone())),
      watching(informers.of(ConfigMapKind), named(/^observability-metrics-custom-allowlist$/), hubNamespace),
      watching(informers.of(SecretKind), named(/pull-secret|accessor|server-ca-certs$/), hubNamespace),
      watching(informers.of(RouteKind), everyone, hubNamespace),
      watching(informers.of(AddonKind), ofCluster),
      watching(informers.of(WorkKind), ofCluster),
      watching(informers.of(ManagedClusterAddOnKind), (news) => (isReconfigured(news) ? ofCluster(news) : [])),
      watching(informers.of(AddOnDeploymentConfigKind), ofCluster),
    ],
    reconcile: async (key) => {
      if (!operatorRuns(informers)) return undefined;
      return key === hubKey ? await reconcileHub(context) : await reconcileCluster(context, key);
    },
  });
}

type Plan = { readonly do: 'collect'; readonly work: WorkContext } | { readonly do: 'leave' } | { readonly do: 'wait' };

/** What the CR asks for, for all clusters alike. */
function planOf(context: Context): Plan {
  const { informers, features, version, hub } = context;
  const all = informers.of(MultiClusterObservabilityKind).list();
  const crs = all.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const [cr] = crs;
  if (cr === undefined) return { do: 'leave' };
  if (crs.length > 1 || cr.metadata.annotations?.['mco-pause'] === 'true') return { do: 'wait' };
  const switched = wantsAddonArchitecture(cr, features);
  if (switched && missingAddonCrds(informers).length === 0) return { do: 'leave' };
  const accessorToken = prerequisites(context);
  if (accessorToken === undefined || !hubIsSettled(informers)) return { do: 'wait' };
  const pullSecret = informers
    .of(SecretKind)
    .get({ name: cr.spec?.imagePullSecret ?? defaultPullSecret, namespace: hubNamespace });
  return { do: 'collect', work: { version, features, hub, cr, lists: listsOf(context), pullSecret, accessorToken } };
}

/** The token for alert forwarding, once everything the clusters need is there; while not, nothing tells. */
function prerequisites({ informers, log, client }: Context): string | undefined {
  const secrets = informers.of(SecretKind);
  const authority = secrets.get({ name: 'observability-server-ca-certs', namespace: hubNamespace });
  const accessor = secrets.get({ name: 'observability-alertmanager-accessor', namespace: hubNamespace });
  const route = informers.of(RouteKind).get({ name: 'observatorium-api', namespace: hubNamespace });
  const host = route?.status?.ingress?.[0]?.host;
  const missing = [
    ...(authority === undefined ? ['observability-server-ca-certs not found'] : []),
    ...(secretText(accessor, 'token') === undefined ? ['service account token not populated'] : []),
    ...(host === undefined ? ['route observatorium-api has no host'] : []),
  ];
  if (missing.length === 0) return secretText(accessor, 'token');
  log?.({ controller: 'placement', cluster: client.name, level: 'error', message: missing.join('; ') });
  return undefined;
}

/** The merged lists as the clusters get them; merged once for each version of the custom list. */
function listsOf({ informers, features, log, client, merged }: Context): Record<string, string> {
  const custom = informers.of(ConfigMapKind).get({ name: customAllowlist, namespace: hubNamespace });
  const version = custom?.metadata.resourceVersion;
  if (merged.lists !== undefined && merged.version === version) return merged.lists;
  merged.version = version;
  merged.lists = listsData(
    mergedLists(defaultLists, custom?.data, features, (message) =>
      log?.({ controller: 'placement', cluster: client.name, level: 'error', message }),
    ),
  );
  return merged.lists;
}

async function reconcileCluster(context: Context, cluster: string): Promise<Outcome | undefined> {
  const managed = context.informers.of(ManagedClusterKind).get({ name: cluster });
  // Objects of other namespaces that are no cluster's.
  const known = managed !== undefined || context.informers.of(AddonKind).list(cluster).length > 0;
  if (!known) return undefined;
  const selection = managed === undefined ? 'switched off' : selectionOf(managed);
  if (selection === 'hub' || selection === 'not ready') return undefined;
  const plan = planOf(context);
  if (plan.do === 'wait') return undefined;
  if (plan.do === 'leave' || selection === 'switched off') return await leave(context, cluster);
  context.leaving.delete(cluster);
  await collect(context, plan.work, cluster);
  return undefined;
}

async function collect({ client, clock, informers }: Context, work: WorkContext, cluster: string): Promise<void> {
  await ensureAll(client, addonBindings(cluster));
  const spec = await ensureAddon(client, work.cr, cluster);
  await ensure(
    client,
    addonWork(work, cluster, { spec, proxy: proxyFor(informers, cluster) }),
    informers.of(WorkKind).get({ name: workName(cluster), namespace: cluster }),
  );
  await ensureManagedAddon(informers, cluster, timestamp(clock.now()));
}

/** The CR's values, unless this cluster's were set apart by hand; gives back those in force. */
async function ensureAddon(client: ControllerClient, cr: MultiClusterObservability, cluster: string): Promise<unknown> {
  const key = { name: 'observability-addon', namespace: cluster };
  const source = 'observability.open-cluster-management.io/addon-source';
  const live = await client.get(AddonKind, key);
  if (live?.metadata.annotations?.[source] === 'override') return live.spec;
  const spec = addonSpec(cr);
  const metadata = { ...key, labels: ownerLabel, annotations: { [source]: 'mco' } };
  await ensure(client, { kind: AddonKind, object: objectOf(AddonKind, metadata, { spec }) }, live);
  return spec;
}

/** The add-on as the console shows it; its first word is `Addon Installing`, the rest comes from the cluster. */
async function ensureManagedAddon({ client, of }: Informers, namespace: string, now: string): Promise<void> {
  const key = { name: addonName, namespace };
  const metadata = { ...key, labels: ownerLabel };
  if (of(ManagedClusterAddOnKind).get(key) !== undefined) return;
  await ensure(client, {
    kind: ManagedClusterAddOnKind,
    object: objectOf(ManagedClusterAddOnKind, metadata, { spec: {} }),
  });
  const live = await client.get(ManagedClusterAddOnKind, key);
  if (live === undefined) return;
  const first = {
    type: 'Progressing',
    status: 'True',
    reason: 'ManifestWorkCreated',
    message: 'Addon Installing',
    lastTransitionTime: now,
  } as const;
  // One that was deleted and made again says at once what the cluster has said.
  const known = of(AddonKind).get({ name: 'observability-addon', namespace })?.status?.conditions ?? [];
  const said = known.filter(({ type }) => ['Available', 'Progressing', 'Degraded'].includes(type));
  const conditions = said.length > 0 ? said : [first];
  await client.status(ManagedClusterAddOnKind, { ...live, status: { ...live.status, conditions } });
}

/** What is there once: roles, the add-on's entry in the console, and the hub's own add-on in its namespace (acm.md §4.7). */
async function reconcileHub(context: Context): Promise<Outcome | undefined> {
  const { client, clock, hub } = context;
  const plan = planOf(context);
  if (plan.do === 'wait') return undefined;
  if (plan.do === 'leave') return await leaveHub(context);
  const entry = objectOf(
    ClusterManagementAddOnKind,
    { name: addonName, annotations: consoleLink({ hub }, homeUid.legacy) },
    { spec: { addOnMeta: { displayName: 'Observability Controller' } } },
  );
  await ensureAll(client, [
    ...addonRoles(),
    { kind: ClusterManagementAddOnKind, object: entry },
    ...addonBindings(hub.name, hubNamespace),
  ]);
  await ensureManagedAddon(context.informers, hubNamespace, timestamp(clock.now()));
  return undefined;
}
