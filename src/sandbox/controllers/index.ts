/**
 * What ACM and OpenShift do, as controllers that are ordinary API clients: they see clusters through the `Cluster` port and
 * nothing else, so they run against the sandbox's API servers as against real ones.
 */
import { type Pod, StatefulSetKind } from '../../kinds.ts';
import type { Clock } from '../../ports.ts';
import { startAddonManager, startAgentStatus } from './addon-manager/index.ts';
import { agentNames } from './addon-manager/objects.ts';
import { startActionAgent, startActionCollector } from './agents/action.ts';
import { startAvailability } from './agents/availability.ts';
import { type Connection, createConnection } from './agents/connection.ts';
import { startViewAgent } from './agents/view.ts';
import { startWorkAgent } from './agents/work.ts';
import { defaultLists, listsData } from './allowlist/configmap.ts';
import type { ControllerClient } from './client.ts';
import { type MetricsSink, type Obstacle, startCollectors } from './collector/index.ts';
import type { CollectorFacts, SeriesSource } from './collector/samples.ts';
import type { Delays } from './delays.ts';
import { stateOf } from './endpoint-operator/conditions.ts';
import { startEndpointOperator } from './endpoint-operator/index.ts';
import { startAddonView, startStatusReporter, tellAddon } from './endpoint-operator/status.ts';
import { withInventory, withOperator } from './exposed.ts';
import { startHubPlatform } from './hub-platform.ts';
import { createInformers, type Informers } from './informer.ts';
import { type StartCheck, startKubelet } from './kubelet/index.ts';
import { startMonitoringOperator } from './monitoring/operator.ts';
import { addonNamespace, agentNamespace, hubNamespace, userWorkloadMonitoring } from './names.ts';
import { startObservabilityOperator } from './observability-operator/index.ts';
import type { HubFacts } from './observability-operator/objects/context.ts';
import { startPlacement } from './placement/index.ts';
import { startPolicyAgent } from './policy/agent.ts';
import { startPlacements } from './policy/placement.ts';
import { startPropagator } from './policy/propagator.ts';
import { type Log, type Running, wordsOf } from './runtime.ts';
import { startSigner } from './signer.ts';
import { startThanosOperator } from './thanos/operator.ts';
import { type RuleFile, startRuler } from './thanos/ruler.ts';
import { type StoreProbe, thanosCheck } from './thanos/start.ts';
import { atLeast, featuresOf, type Version } from './versions.ts';

/** What a cluster is, besides its objects. */
export interface ClusterFacts extends CollectorFacts {
  /** `4.16.3`; absent where the cluster is not OpenShift and has no monitoring stack of its own. */
  readonly openshiftVersion?: string;
}

interface Common {
  readonly clock: Clock;
  readonly delays: Delays;
  /** Of ACM. */
  readonly version: Version;
  readonly sink: MetricsSink;
  readonly seed: number;
  readonly log?: Log;
  /** Why a program in a Pod ends at its start although its configuration is fine. */
  readonly startCheck?: StartCheck;
  /** Why the collectors fail although the cluster reaches the hub. */
  readonly obstacle?: Obstacle;
  /** Whether the observability add-on has stopped renewing its lease although the cluster is there. */
  readonly silent?: () => boolean;
  /** Why the image of a Pod cannot be pulled. */
  readonly imageCheck?: (pod: Pod) => string | undefined;
}

export interface HubOptions extends Common {
  readonly hub: ControllerClient;
  readonly facts: ClusterFacts & Pick<HubFacts, 'appsDomain' | 'certificates'>;
  /** Told of the rules the Thanos ruler has loaded, whenever they change. */
  readonly rulesLoaded?: (files: readonly RuleFile[]) => void;
  /** Asked whether Thanos could open its store; without it every well-formed configuration opens. */
  readonly probeStore?: StoreProbe;
}

export interface HubRunning extends Running {
  /** The hub's shared watches: the controllers of every managed cluster go by them. */
  readonly informers: Informers;
}

/** Starts everything that runs on the hub, its own collection included. */
export function startHubControllers(options: HubOptions): HubRunning {
  const { hub, clock, delays, version, facts, seed, log, rulesLoaded = () => undefined } = options;
  const informers = informersOf(hub, options);
  const features = featuresOf(version);
  const shared = { informers, clock, delays, ...(log && { log }) };
  const { cluster: name, clusterID, appsDomain, certificates } = facts;
  const hubFacts = { name, clusterID, appsDomain, certificates };
  const operators = { ...shared, version, features, hub: hubFacts };
  const own = { ...facts, series: withInventory(informers, facts.series) };
  const agent = {
    ...shared,
    hub: informers,
    managed: informers,
    cluster: facts.cluster,
    connection: createConnection(),
  };
  const running = [
    startHubPlatform({ ...shared, appsDomain: facts.appsDomain, seed }),
    startKubelet({
      ...shared,
      ...(options.imageCheck && { imageCheck: options.imageCheck }),
      seed,
      startCheck: both(options.startCheck, thanosCheck(hub, options.probeStore)),
    }),
    startObservabilityOperator({ ...operators, defaultAllowlist: listsData(defaultLists) }),
    startPlacement(operators),
    startAddonView(shared),
    startSigner(shared),
    startThanosOperator(shared),
    startRuler({ ...shared, loaded: rulesLoaded }),
    startActionCollector({ hub: informers, clock, delays, ...(log && { log }) }),
    // Before there is none, and looking for its kinds once a second is most of what a hub does in an hour.
    ...(atLeast(version, '2.15') ? [startAddonManager({ ...shared, version })] : []),
    // The hub is one of its own clusters to the addon architecture.
    startWorkAgent(agent),
    startAgentStatus(agent),
    startPlacements(shared),
    startPropagator(shared),
    startPolicyAgent({ ...agent, yamlKnown: features.yamlInPolicies }),
    ...startCollection({ ...options, facts: own }, informers, informers, agent.connection, true),
  ];
  return { informers, stop: () => stopAll(running, informers) };
}

export interface ManagedOptions extends Common {
  /** {@link HubRunning.informers} */
  readonly hub: Informers;
  readonly managed: ControllerClient;
  readonly facts: ClusterFacts;
  /** Whether its agents reach the hub at first; yes unless told. */
  readonly online?: boolean;
}

export interface ManagedRunning extends Running {
  /** Cuts the cluster off from the hub, or brings it back. */
  setOnline(online: boolean): void;
}

/** Starts everything that runs on one managed cluster, and what the hub does for it alone. */
export function startManagedControllers(options: ManagedOptions): ManagedRunning {
  const { hub, managed, facts, clock, delays, seed, startCheck, log } = options;
  const informers = informersOf(managed, options);
  const connection = createConnection(options.online ?? true);
  const agent = { hub, managed: informers, cluster: facts.cluster, connection, clock, delays, ...(log && { log }) };
  const running = [
    startAvailability({ ...agent, ...(options.silent && { silent: options.silent }) }),
    startWorkAgent(agent),
    startViewAgent(agent),
    startActionAgent(agent),
    startPolicyAgent({ ...agent, yamlKnown: featuresOf(options.version).yamlInPolicies }),
    startStatusReporter(agent),
    startAgentStatus(agent),
    startKubelet({ informers, clock, delays, seed, ...(startCheck && { startCheck }), ...(log && { log }) }),
    ...startCollection(options, hub, informers, connection, false),
  ];
  return { setOnline: (online) => connection.set(online), stop: () => stopAll(running, informers) };
}

/** The parts every cluster has that is collected from: monitoring operator, endpoint operator, collectors. */
function startCollection(
  options: Common & { readonly facts: ClusterFacts },
  hub: Informers,
  managed: Informers,
  connection: Connection,
  isHub: boolean,
): Running[] {
  const { facts, clock, delays, version, sink, obstacle, log } = options;
  const { openshiftVersion, cluster, clusterID } = facts;
  const shared = { clock, delays, ...(log && { log }) };
  const client = managed.client.as('metrics-collector');
  const operator =
    openshiftVersion === undefined
      ? undefined
      : startMonitoringOperator({ ...shared, informers: managed, openshiftVersion });
  const own = operator === undefined ? facts : { ...facts, series: withOperator(operator, facts.series) };
  return [
    ...(operator === undefined ? [] : [operator]),
    startEndpointOperator({
      ...shared,
      hub,
      managed,
      cluster,
      clusterID,
      isHub,
      connection,
      openshift: openshiftVersion !== undefined,
      features: featuresOf(version),
    }),
    startAgents({ ...options, facts: own }, managed, connection),
    startCollectors({
      ...shared,
      informers: managed,
      namespace: isHub ? hubNamespace : addonNamespace,
      facts: own,
      connection,
      sink,
      ...(obstacle && { obstacle }),
      tell: async (component, reason, message) => {
        if (!isHub) await tellAddon(client, clock, { [component]: stateOf(component, reason, message) });
      },
    }),
  ];
}

function both(first: StartCheck | undefined, second: StartCheck): StartCheck {
  return async (pod, env) => (await first?.(pod, env)) ?? (await second(pod, env));
}

/** The collectors of the addon architecture. They tell nobody how their pushes go. */
function startAgents(options: Common & { readonly facts: ClusterFacts }, managed: Informers, connection: Connection) {
  const { facts, clock, delays, sink, log } = options;
  const names = { MetricsCollector: agentNames.platform, UwlMetricsCollector: agentNames.userWorkloads };
  return startCollectors({
    clock,
    delays,
    ...(log && { log }),
    informers: managed,
    namespace: agentNamespace,
    workloads: { kind: StatefulSetKind, names },
    facts: { ...facts, series: whatRuns(managed, facts.series) },
    connection,
    sink,
    tell: async () => undefined,
  });
}

/** An agent finds series of user workloads only where their Prometheus runs. */
function whatRuns(managed: Informers, series: SeriesSource): SeriesSource {
  const key = { name: 'prometheus-user-workload', namespace: userWorkloadMonitoring };
  return (now) => {
    const runs = managed.of(StatefulSetKind).get(key) !== undefined;
    return series(now).filter(({ userWorkload }) => runs || userWorkload !== true);
  };
}

function informersOf(client: ControllerClient, { clock, delays, log }: Common): Informers {
  return createInformers({
    client,
    clock,
    delays,
    failed: (kind, error) =>
      log?.({
        controller: 'informer',
        cluster: client.name,
        level: 'error',
        message: `${kind.kind}: ${wordsOf(error)}`,
      }),
  });
}

async function stopAll(running: readonly Running[], informers: Informers): Promise<void> {
  await Promise.all(running.map((one) => one.stop()));
  await informers.stop();
}
