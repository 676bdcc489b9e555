/** Starts what ACM and OpenShift do on every cluster of a sandbox. */
import { parse } from 'yaml';
import type { Pace } from '../adapters/kubernetes/pace.ts';
import type { Pod } from '../kinds.ts';
import type { Clock, Sample } from '../ports.ts';
import type { AilmentBook } from './ailments.ts';
import { clusterAdmin } from './api/index.ts';
import { type ControllerClient, createControllerClient } from './controllers/client.ts';
import { createDelays } from './controllers/delays.ts';
import {
  type ClusterFacts,
  type ManagedRunning,
  startHubControllers,
  startManagedControllers,
} from './controllers/index.ts';
import type { Log } from './controllers/runtime.ts';
import type { StoreProbe } from './controllers/thanos/start.ts';
import type { Ruler } from './metrics/ruler.ts';
import type { RuleFile } from './metrics/rules.ts';
import type { MetricsStore } from './metrics/store.ts';
import type { Settings } from './options.ts';
import { paced } from './pace.ts';
import { appsDomainOf } from './scenarios/hub-objects.ts';
import { uuidOf } from './scenarios/identity.ts';
import { type ClusterSpec, productFacts } from './scenarios/spec.ts';
import { seriesOf } from './series.ts';
import type { Certificates } from './serve/certificate.ts';
import type { WorldCluster } from './world.ts';

export interface RunningOptions {
  readonly world: ReadonlyMap<string, WorldCluster>;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly metrics: MetricsStore;
  readonly ruler: Ruler;
  readonly offline: (cluster: string) => boolean;
  readonly probeStore: StoreProbe;
  readonly ailments: AilmentBook;
  readonly certificates: Certificates;
  readonly pace?: Pace;
  readonly log?: Log;
}

export interface Controllers {
  setOnline(cluster: string, online: boolean): void;
  /** Clusters that will send metrics once observability is installed. */
  readonly expected: readonly string[];
  stop(): Promise<void>;
}

/** Agents of a slow cluster need these many seconds. */
const slow = { view: 4, action: 4, workAgent: 20 } as const;

export function startControllers(options: RunningOptions): Controllers {
  const { world, settings, metrics, ruler, offline, log, probeStore, ailments } = options;
  const { scenario, version, seed, speed } = settings;
  const common = ({ name }: ClusterSpec) => ({
    clock: options.clock,
    version,
    sink: { push: (samples: readonly Sample[]) => metrics.push(ailments.arriving(name, samples)) },
    seed,
    startCheck: async (pod: Pod) => ailments.crashOf(name, pod.metadata.name),
    silent: () => ailments.isSilent(name),
    imageCheck: (pod: Pod) => ailments.imageOf(name, pod.metadata.name),
    obstacle: (collector: 'MetricsCollector' | 'UwlMetricsCollector', proxied: boolean) =>
      ailments.collectingOf(name, collector, proxied),
    ...(log && { log }),
  });
  const [hub, ...members] = world.values();
  if (hub === undefined) throw new RangeError('a sandbox has a hub');
  const { certificates } = options;
  const facts = { ...factsOf(hub.spec, options), appsDomain: appsDomainOf(scenario), certificates };
  const hubRunning = startHubControllers({
    ...common(hub.spec),
    facts,
    probeStore,
    hub: clientOf(hub, options),
    delays: createDelays(speed),
    rulesLoaded: (files) => loadRules(ruler, files, hub.spec.name, log),
  });
  const running = new Map<string, ManagedRunning>();
  for (const member of members) {
    const { name } = member.spec;
    const managed = startManagedControllers({
      ...common(member.spec),
      hub: hubRunning.informers,
      managed: clientOf(member, options),
      facts: factsOf(member.spec, options),
      delays: createDelays(speed, member.spec.slow ? slow : {}),
      online: !offline(name),
    });
    running.set(name, managed);
  }
  return {
    setOnline: (cluster, online) => running.get(cluster)?.setOnline(online),
    expected: scenario.clusters.filter((spec) => !offline(spec.name) && sends(spec)).map(({ name }) => name),
    stop: async () => {
      await Promise.all([...running.values()].map((one) => one.stop()));
      await hubRunning.stop();
    },
  };
}

function clientOf({ spec, server }: WorldCluster, { clock, pace }: RunningOptions): ControllerClient {
  const transport = paced(server.transport({ user: clusterAdmin }), pace);
  return createControllerClient({ name: spec.name, transport, clock });
}

function factsOf(spec: ClusterSpec, { settings, clock, ailments }: RunningOptions): ClusterFacts {
  const { seed, speed } = settings;
  const series = seriesOf({ spec, seed, speed, begin: clock.now() });
  return {
    cluster: spec.name,
    clusterID: uuidOf(seed, spec.name),
    series: (now) => ailments.seriesOf(spec.name, series(now)),
    ...(productFacts[spec.product].openshift && { openshiftVersion: spec.version }),
  };
}

function loadRules(ruler: Ruler, files: readonly RuleFile[], cluster: string, log: Log | undefined): void {
  try {
    ruler.load(files);
  } catch (error) {
    // As the ruler does: the rules of before stay, and only its log tells.
    const message = `reloading rules failed: ${error instanceof Error ? error.message : String(error)}`;
    log?.({ controller: 'thanos-rule', cluster, level: 'error', message });
  }
}

/** ACM knows what it is, and its operator can read the monitoring configuration it has to change. */
function sends({ product, monitoring }: ClusterSpec): boolean {
  if (product === 'undetected') return false;
  if (monitoring === 'absent') return true;
  try {
    const document: unknown = parse(monitoring.config);
    return document === null || (typeof document === 'object' && !Array.isArray(document));
  } catch {
    return false;
  }
}
