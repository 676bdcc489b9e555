/**
 * The endpoint operator of one cluster: forwards alerts, runs the collectors, says how it stands, and cleans up when its
 * add-on goes. On the hub it runs beside observability itself, without an add-on (acm.md §4.7, §5).
 */
import { ConfigMapKind, DeploymentKind, MultiClusterObservabilityKind, StatefulSetKind } from '../../../kinds.ts';
import { type Clock, isApiError } from '../../../ports.ts';
import type { Connection } from '../agents/connection.ts';
import type { ControllerClient } from '../client.ts';
import { collectorDeployments } from '../collector/index.ts';
import type { Delays } from '../delays.ts';
import type { Informers } from '../informer.ts';
import { AddonKind, ClusterRoleBindingKind } from '../kinds.ts';
import type { Forwarding } from '../monitoring/forwarding.ts';
import {
  addonFinalizer,
  addonNamespace,
  allowlist,
  customAllowlist,
  hubNamespace,
  monitoringConfig,
  platformMonitoring,
  userWorkloadConfig,
  userWorkloadMonitoring,
} from '../names.ts';
import { ensure, ensureAll, setFinalizer } from '../objects.ts';
import { type Log, type Outcome, type Running, startController, watching } from '../runtime.ts';
import type { Features } from '../versions.ts';
import { type Component, type ComponentState, stateOf } from './conditions.ts';
import { createLoopDetector, forward, type LoopDetector, platformMap, revert, userWorkloadMap } from './forward.ts';
import { forwardingOf, listsOf, proxyOf, type Settings, settingsOf, userWorkloadRuns } from './inputs.ts';
import { collector, sharedObjects } from './objects.ts';
import { tellAddon } from './status.ts';

export interface EndpointOptions {
  /** The cluster it runs on. */
  readonly managed: Informers;
  /** The hub; the same as `managed` where the hub collects from itself. */
  readonly hub: Informers;
  /** The ManagedCluster's name. */
  readonly cluster: string;
  readonly clusterID: string;
  readonly isHub: boolean;
  /** Whether it has OpenShift's monitoring stack. */
  readonly openshift: boolean;
  readonly features: Features;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly delays: Delays;
  readonly log?: Log;
}

export interface Context extends EndpointOptions {
  readonly client: ControllerClient;
  readonly namespace: string;
  readonly loop: LoopDetector;
  readonly state: {
    runningSince: number | undefined;
    userWorkloadSince: number | undefined;
    forwarding: Forwarding | undefined;
    /** Unknown at the start: an earlier run may have left it on. */
    userForwarded: boolean | undefined;
  };
}

/** Starts it; it works while its Deployment runs. */
export function startEndpointOperator(options: EndpointOptions): Running {
  const { managed, hub, cluster, isHub, connection, clock, delays, log } = options;
  const namespace = isHub ? hubNamespace : addonNamespace;
  const context: Context = {
    ...options,
    namespace,
    client: managed.client.as('endpoint-monitoring-operator'),
    loop: createLoopDetector(delays.interval(300)),
    state: { runningSince: undefined, userWorkloadSince: undefined, forwarding: undefined, userForwarded: undefined },
  };
  const only = (): readonly string[] => ['endpoint'];
  const named =
    (...names: string[]) =>
    ({ object }: { readonly object: { metadata: { name: string } } }) =>
      names.includes(object.metadata.name) ? only() : [];
  const configMaps = managed.of(ConfigMapKind);
  return startController({
    name: 'endpoint-observability-operator',
    cluster,
    clock,
    delays,
    ...(log && { log }),
    watches: [
      watching(managed.of(DeploymentKind), only, namespace),
      watching(configMaps, named(allowlist, customAllowlist), namespace),
      watching(configMaps, named(monitoringConfig), platformMonitoring),
      watching(configMaps, named(userWorkloadConfig), userWorkloadMonitoring),
      watching(managed.of(StatefulSetKind), only, userWorkloadMonitoring),
      isHub ? watching(hub.of(MultiClusterObservabilityKind), only) : watching(managed.of(AddonKind), only, namespace),
      ...(isHub ? [] : [watching(hub.of(AddonKind), only, cluster)]),
      connection.watching(only),
    ],
    reconcile: () => reconcile(context),
  });
}

async function reconcile(context: Context): Promise<Outcome | undefined> {
  const { clock, delays, isHub, managed, namespace, state } = context;
  const itself = managed.of(DeploymentKind).get({ name: 'endpoint-observability-operator', namespace });
  const running = (itself?.status?.readyReplicas ?? 0) > 0;
  const settings = settingsOf(context);
  // On the hub its Deployment goes with the CR; what it wrote is taken back all the same.
  if (settings === undefined)
    return running || (isHub && state.forwarding !== undefined) ? await cleanUp(context) : undefined;
  if (!running) return undefined;
  state.runningSince ??= clock.now();
  const wait = state.runningSince + delays.ms('addonStart') - clock.now();
  if (wait > 0) return { againInMs: wait };
  await holdOnHub(context);
  return settings.enabled ? await run(context, settings) : await disable(context);
}

/** The hub's copy of the add-on may not go before this cluster is cleaned up. */
async function holdOnHub({ isHub, hub, cluster, connection }: Context): Promise<void> {
  if (isHub || !connection.online) return;
  const addon = hub.of(AddonKind).get({ name: 'observability-addon', namespace: cluster });
  if (addon === undefined || addon.metadata.deletionTimestamp !== undefined) return;
  await setFinalizer(hub.client.as('endpoint-observability-operator'), AddonKind, addon, addonFinalizer, true);
}

async function run(context: Context, settings: Settings): Promise<Outcome | undefined> {
  const { client, clock, delays, namespace, state, openshift } = context;
  const userWorkload = openshift && userWorkloadRuns(context);
  if (userWorkload) state.userWorkloadSince ??= clock.now();
  else state.userWorkloadSince = undefined;
  const wait = (state.userWorkloadSince ?? 0) + delays.ms('userWorkloadCollector') - clock.now();
  if (wait > 0) return { againInMs: wait };
  // A map nobody can read stops everything, and nothing on the add-on tells.
  if (openshift && (await forwardAlerts(context, userWorkload)) === 'unreadable') return undefined;
  const words = { lists: await listsOf(context), intervalSeconds: settings.intervalSeconds, proxy: proxyOf(context) };
  await ensureAll(client, sharedObjects(namespace));
  const changed: Partial<Record<Component, boolean>> = {};
  for (const component of ['MetricsCollector', 'UwlMetricsCollector'] as const) {
    const wanted = component === 'MetricsCollector' || userWorkload;
    if (wanted) changed[component] = (await ensure(client, collector(component, namespace, words))) !== 'unchanged';
    else await client.delete(DeploymentKind, { name: collectorDeployments[component], namespace });
  }
  await tell(context, changed, userWorkload);
  return context.loop.detected(clock.now()) ? { againInMs: delays.interval(300) } : undefined;
}

async function forwardAlerts(context: Context, userWorkload: boolean): Promise<'unreadable' | undefined> {
  const { client, clock, features, loop } = context;
  const forwarding = await forwardingOf(context);
  if (forwarding === undefined) return undefined;
  context.state.forwarding = forwarding;
  const platform = await forward(client, platformMap, forwarding);
  if (platform === 'written') loop.wrote(clock.now());
  if (platform === 'unreadable') return 'unreadable';
  if (!features.forwardsUserAlerts) return undefined;
  if (userWorkload) {
    if ((await forward(client, userWorkloadMap, forwarding)) === 'written') loop.wrote(clock.now());
  } else if (context.state.userForwarded !== false) await revert(client, userWorkloadMap, forwarding);
  context.state.userForwarded = userWorkload;
  return undefined;
}

async function tell(
  context: Context,
  changed: Partial<Record<Component, boolean>>,
  userWorkload: boolean,
): Promise<void> {
  const { managed, clock, client, isHub, features, loop } = context;
  if (isHub) return;
  const before =
    managed.of(AddonKind).get({ name: 'observability-addon', namespace: addonNamespace })?.status?.conditions ?? [];
  const states: Partial<Record<Component, ComponentState>> = {};
  for (const component of ['MetricsCollector', 'UwlMetricsCollector'] as const) {
    const old = before.find(({ type }) => type === component)?.reason;
    const disabled = component === 'UwlMetricsCollector' && !userWorkload;
    const fresh = changed[component] === true || old === undefined || old === 'Disabled';
    if (disabled) states[component] = stateOf(component, 'Disabled');
    else if (fresh) states[component] = stateOf(component, 'UpdateSuccessful');
    if (component !== 'MetricsCollector' || !features.detectsReconcileLoop) continue;
    if (loop.detected(clock.now())) states[component] = stateOf(component, 'CMOReconcileLoopDetected');
    else if (old === 'CMOReconcileLoopDetected') states[component] = stateOf(component, 'CMOReconcileLoopStopped');
  }
  await tellAddon(client, clock, states);
}

async function disable(context: Context): Promise<undefined> {
  const { client, clock, isHub } = context;
  await removeCollectors(context);
  if (isHub) return undefined;
  await tellAddon(client, clock, {
    MetricsCollector: stateOf('MetricsCollector', 'Disabled'),
    UwlMetricsCollector: stateOf('UwlMetricsCollector', 'Disabled'),
  });
  return undefined;
}

async function removeCollectors({ client, namespace }: Context): Promise<void> {
  for (const name of Object.values(collectorDeployments)) await client.delete(DeploymentKind, { name, namespace });
}

/** Takes back what it wrote, then lets the hub's copy go. */
async function cleanUp(context: Context): Promise<Outcome | undefined> {
  const { client, hub, cluster, isHub, connection, namespace, openshift, state } = context;
  const forwarding = state.forwarding ?? (await forwardingOf(context));
  if (openshift && forwarding !== undefined) {
    await revert(client, platformMap, forwarding);
    await revert(client, userWorkloadMap, forwarding);
  }
  await removeCollectors(context);
  await client.delete(ClusterRoleBindingKind, { name: 'metrics-collector-view' });
  await client.delete(ConfigMapKind, { name: 'metrics-collector-serving-certs-ca-bundle', namespace });
  state.forwarding = undefined;
  state.runningSince = undefined;
  if (isHub || !connection.online) return undefined;
  const addon = await hub.client.get(AddonKind, { name: 'observability-addon', namespace: cluster });
  if (addon?.metadata.deletionTimestamp === undefined) return undefined;
  await setFinalizer(hub.client.as('endpoint-observability-operator'), AddonKind, addon, addonFinalizer, false).catch(
    ignoreGone,
  );
  return undefined;
}

function ignoreGone(error: unknown): void {
  if (!isApiError(error, 404)) throw error;
}
