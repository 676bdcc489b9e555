/** The multicluster-observability-operator on the hub: makes the objects of the one CR, and says how it stands. */
import {
  ConfigMapKind,
  DeploymentKind,
  type Kind,
  type KubeObject,
  type MultiClusterObservability,
  MultiClusterObservabilityKind,
  SecretKind,
  StatefulSetKind,
  StorageClassKind,
  type Workload,
} from '../../../kinds.ts';
import type { Clock } from '../../../ports.ts';
import type { ControllerClient } from '../client.ts';
import type { Delays } from '../delays.ts';
import { type Informers, isStatusOnly, type News } from '../informer.ts';
import { isDefaultClass } from '../kubelet/volumes.ts';
import { customRules, hubNamespace } from '../names.ts';
import {
  covers,
  ensureAll,
  isRecord,
  type Known,
  secretText,
  setFinalizer,
  timestamp,
  type Wanted,
} from '../objects.ts';
import { type Log, type Outcome, type Running, startController, watching } from '../runtime.ts';
import { withVolumesAsTheyAre } from '../thanos/operator.ts';
import type { Features, Version } from '../versions.ts';
import { adoptUserObjects } from './adopt.ts';
import { conditionsOf, stamped } from './conditions.ts';
import { finalize, finalizersOf } from './finalize.ts';
import { field, type HubFacts, wantsAddonArchitecture } from './objects/context.ts';
import { hubObjects } from './objects/index.ts';
import {
  addonObstacle,
  globalHubInstalled,
  hubIsSettled,
  missingAddonCrds,
  operatorRuns,
  watchPrerequisites,
} from './prerequisites.ts';
import { storageProblem } from './storage.ts';

export interface OperatorOptions {
  readonly informers: Informers;
  readonly clock: Clock;
  readonly delays: Delays;
  readonly version: Version;
  readonly features: Features;
  readonly hub: HubFacts;
  /** The list every collector starts from, by key of its ConfigMap. */
  readonly defaultAllowlist: Record<string, string>;
  readonly log?: Log;
}

interface Context extends OperatorOptions {
  readonly client: ControllerClient;
  readonly since: Map<string, number>;
}

/** Starts it. */
export function startObservabilityOperator(options: OperatorOptions): Running {
  const { informers, clock, delays, log } = options;
  const context: Context = { ...options, client: informers.client, since: new Map() };
  const all = (): readonly string[] => [render, status];
  // Pods coming up change the status of workloads often: then only the state is looked at.
  const workload = (news: News<Workload>): readonly string[] => (isStatusOnly(news) ? [status] : all());
  return startController({
    name: 'multicluster-observability-operator',
    cluster: informers.client.name,
    clock,
    delays,
    gatherMs: delays.ms('gather'),
    ...(log && { log }),
    watches: [
      watching(informers.of(MultiClusterObservabilityKind), (news) => (isStatusOnly(news) ? [] : all())),
      watching(informers.of(StorageClassKind), () => [render]),
      ...watchPrerequisites(informers, () => [render]),
      watching(informers.of(ConfigMapKind), all, hubNamespace),
      watching(informers.of(SecretKind), all, hubNamespace),
      watching(informers.of(DeploymentKind), workload, hubNamespace),
      watching(informers.of(StatefulSetKind), workload, hubNamespace),
    ],
    reconcile: (key) => reconcile(context, key),
  });
}

/** What a reconcile is for: making the objects, or only telling how they stand. */
const render = 'render';
const status = 'status';

async function reconcile(context: Context, key: string): Promise<Outcome | undefined> {
  const { client, delays, features, informers } = context;
  if (!operatorRuns(informers)) return undefined;
  const all = await client.list(MultiClusterObservabilityKind);
  let again: Outcome | undefined;
  for (const cr of all) if (cr.metadata.deletionTimestamp !== undefined) again = (await finalize(context, cr)) ?? again;
  const crs = all.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const [cr] = crs;
  if (cr === undefined || cr.metadata.annotations?.['mco-pause'] === 'true') return again;
  if (crs.length === 1 && key === status) {
    await reportAgain(context, cr);
    return again;
  }
  if (features.silencedByGlobalHub && globalHubInstalled(informers)) {
    say(context, 'info', 'MCGH CRD exists, Observability is not supported');
    return again;
  }
  if (!hubIsSettled(informers)) return { againInMs: delays.ms('hubNotReady') };
  if (crs.length === 1) await reconcileOne(context, cr);
  else await reportAll(context, crs);
  return again;
}

/** More than one: each is told the same, and nothing is done for any. */
async function reportAll(context: Context, crs: readonly MultiClusterObservability[]): Promise<void> {
  say(context, 'error', 'more than one MultiClusterObservability: multiple instances are not supported');
  for (const cr of crs) await report(context, cr, []);
}

async function reconcileOne(context: Context, cr: MultiClusterObservability): Promise<void> {
  const { client, features } = context;
  const wanted = wantsAddonArchitecture(cr, features);
  const missingCrds = wanted ? missingAddonCrds(context.informers) : [];
  // From 2.17 a controller of its own tells the state, whatever the others do; before, the state is told last.
  if (features.conditions === 'exact') await report(context, cr, missingCrds);
  for (const finalizer of finalizersOf(features)) await addFinalizer(context, cr, finalizer);
  const addonArchitecture = wanted && missingCrds.length === 0;
  const obstacle = addonArchitecture ? await addonObstacle(client) : undefined;
  if (obstacle === undefined) await renderObjects(context, cr, addonArchitecture);
  else say(context, 'error', obstacle);
  if (features.conditions === 'sticky') await report(context, cr, missingCrds);
}

/** Nothing is told before the operator has set to work; to 2.16, before the first objects are made. */
async function reportAgain(context: Context, cr: MultiClusterObservability): Promise<void> {
  const { informers, features } = context;
  if ((cr.status?.conditions ?? []).length === 0) return;
  await report(context, cr, wantsAddonArchitecture(cr, features) ? missingAddonCrds(informers) : []);
}

async function addFinalizer({ client }: Context, { metadata }: MultiClusterObservability, finalizer: string) {
  const live = await client.get(MultiClusterObservabilityKind, metadata);
  if (live !== undefined && live.metadata.deletionTimestamp === undefined)
    await setFinalizer(client, MultiClusterObservabilityKind, live, finalizer, true);
}

async function renderObjects(
  context: Context,
  cr: MultiClusterObservability,
  addonArchitecture: boolean,
): Promise<void> {
  const { client, informers, version, features, hub, defaultAllowlist } = context;
  await adoptUserObjects(informers, cr);
  const wanted = hubObjects({
    version,
    features,
    cr,
    hub,
    addonArchitecture,
    storageClass: storageClassOf(informers, cr),
    customRules: informers.of(ConfigMapKind).get({ name: customRules, namespace: hubNamespace }) !== undefined,
    accessorToken: accessorToken(context),
    allowlist: defaultAllowlist,
  });
  const kept: Wanted[] = [];
  for (const item of wanted) kept.push(await respectingVolumes(context, item));
  await ensureAll(client, kept, knownTo(informers));
  const other = addonArchitecture ? 'endpoint-observability-operator' : 'multicluster-observability-addon-manager';
  await client.delete(DeploymentKind, { name: other, namespace: hubNamespace });
  if (addonArchitecture) await client.delete(SecretKind, { name: 'hub-info-secret', namespace: hubNamespace });
}

/** The class asked for where it exists, else the default one: an unknown name is no error (measured.md §3). */
function storageClassOf(informers: Informers, cr: MultiClusterObservability): string | undefined {
  const classes = informers.of(StorageClassKind).list();
  const asked = cr.spec?.storageConfig?.storageClass;
  return (classes.find(({ metadata }) => metadata.name === asked) ?? classes.find(isDefaultClass))?.metadata.name;
}

/** To 2.16 somebody else fills the token, from 2.17 the operator asks for it. */
function accessorToken({ informers, features }: Context): string | undefined {
  if (!features.accessorTokenSecret) return 'sandbox-token';
  const name = 'observability-alertmanager-accessor-token';
  return secretText(informers.of(SecretKind).get({ name, namespace: hubNamespace }), 'token');
}

/** Kinds whose objects are watched here, so that they need not be read. */
const watched: readonly Kind[] = [ConfigMapKind, SecretKind, DeploymentKind, StatefulSetKind];

function knownTo(informers: Informers): Known {
  return (kind, key) => (watched.includes(kind) ? (informers.of(kind).get(key) ?? 'absent') : undefined);
}

/** Volumes of a StatefulSet cannot change: from 2.17 it is deleted to be made anew, before nothing happens. */
async function respectingVolumes({ client, features }: Context, wanted: Wanted): Promise<Wanted> {
  if (wanted.kind !== StatefulSetKind) return wanted;
  const live = await client.get(StatefulSetKind, wanted.object.metadata);
  if (live === undefined || !features.recreatesOnStorageClass) return withVolumesAsTheyAre(wanted, live);
  const same = covers(volumeTemplates(live), volumeTemplates(wanted.object));
  if (!same) await client.delete(StatefulSetKind, live.metadata);
  return wanted;
}

function volumeTemplates({ spec }: KubeObject): unknown {
  return isRecord(spec) ? spec.volumeClaimTemplates : undefined;
}

async function report(context: Context, cr: MultiClusterObservability, missingCrds: readonly string[]): Promise<void> {
  const { client, clock, informers, features } = context;
  const live = await client.get(MultiClusterObservabilityKind, cr.metadata);
  if (live === undefined) return;
  const before = live.status?.conditions ?? [];
  const { name = '', key = '' } = cr.spec?.storageConfig?.metricObjectStorage ?? {};
  const secret = name === '' ? undefined : informers.of(SecretKind).get({ name, namespace: hubNamespace });
  const wanted = conditionsOf(
    before,
    {
      storage: storageProblem(secret, { name, key }, features.conditions),
      deployment: (one) => informers.of(DeploymentKind).get({ name: one, namespace: hubNamespace }),
      statefulSet: (one) => informers.of(StatefulSetKind).get({ name: one, namespace: hubNamespace }),
      metricsEnabled: field(cr, 'observabilityAddonSpec', 'enableMetrics') !== false,
      missingCrds,
    },
    features,
  );
  const conditions = stamped(before, wanted, timestamp(clock.now()));
  if (conditions !== undefined)
    await client.status(MultiClusterObservabilityKind, { ...live, status: { ...live.status, conditions } });
}

function say({ log, client }: Context, level: 'info' | 'error', message: string): void {
  log?.({ controller: 'multicluster-observability-operator', cluster: client.name, level, message });
}
