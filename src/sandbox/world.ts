/** The API servers of a scenario, filled with what is there before anybody installs observability. */
import type { KubeObject, Workload } from '../kinds.ts';
import type { Clock } from '../ports.ts';
import {
  type AdmissionHook,
  type ApiServer,
  type ApiServerOptions,
  createApiServer,
  type ProxyHook,
  type User,
} from './api/index.ts';
import { podNames, podOf, podStatus } from './controllers/kubelet/pods.ts';
import { clusterObjects, type Made } from './scenarios/cluster-objects.ts';
import { hubObjects } from './scenarios/hub-objects.ts';
import { domainOf } from './scenarios/identity.ts';
import { hubSideObjects } from './scenarios/managed-cluster.ts';
import { furtherKinds, hiddenOnHub, hiddenOnManaged } from './scenarios/served-kinds.ts';
import { type ClusterSpec, kubernetesVersion, type Scenario } from './scenarios/spec.ts';

export interface WorldOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly clock: Clock;
  /** `2.14.0` */
  readonly acmVersion: string;
  /** The kinds of the addon architecture are installed. */
  readonly addonArchitecture: boolean;
  /** Bearer token → user, the same on every cluster; may grow later. */
  readonly tokens: ReadonlyMap<string, User>;
  /** What is behind the hub's Services. */
  readonly proxies: ProxyHook;
  /** Asked before the hub's API server stores anything. */
  readonly admission: readonly AdmissionHook[];
}

/** One cluster: what it is, and its API server. */
export interface WorldCluster {
  readonly spec: ClusterSpec;
  readonly isHub: boolean;
  readonly server: ApiServer;
}

/** There may be thousands of managed clusters: each remembers little, and its watches tell nothing but changes. */
const frugal = { history: 50, bookmarkMs: 0 };

const monthMs = 30 * 86_400_000;

/** By name, the hub first. */
export function buildWorld(options: WorldOptions): Map<string, WorldCluster> {
  const { scenario, seed, clock, acmVersion } = options;
  const at = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
  const made = { seed, since: at(clock.now() - monthMs) };
  // What ACM has not found out about has only just joined.
  const joined = { ...made, since: at(clock.now()) };
  const clusters = new Map<string, WorldCluster>();
  for (const spec of scenario.clusters) {
    const isHub = clusters.size === 0;
    const server = createApiServer(serverOptions(spec, isHub, options));
    fill(server, clusterObjects(spec, made), made);
    clusters.set(spec.name, { spec, isHub, server });
  }
  const [hub] = clusters.values();
  if (hub !== undefined) {
    fill(hub.server, hubObjects(scenario, { ...made, acmVersion }), made);
    for (const { spec, isHub } of clusters.values())
      fill(hub.server, hubSideObjects(spec, isHub, spec.product === 'undetected' ? joined : made), made);
  }
  return clusters;
}

function serverOptions(spec: ClusterSpec, isHub: boolean, options: WorldOptions): ApiServerOptions {
  const { clock, tokens, proxies, admission, addonArchitecture } = options;
  return {
    name: spec.name,
    clock,
    tokens,
    url: `https://api.${domainOf(spec.name)}:6443`,
    version: kubernetesVersion(spec),
    without: isHub ? hiddenOnHub(addonArchitecture) : hiddenOnManaged(spec),
    ...(!isHub && frugal),
    ...(isHub && { proxies, admission, kinds: furtherKinds(addonArchitecture) }),
  };
}

/** Each object with the age the scenario has, made by who makes such objects; Pods beside the workloads that run. */
function fill(server: ApiServer, objects: readonly KubeObject[], { since }: Made): void {
  for (const object of objects) {
    const metadata = { creationTimestamp: since, ...object.metadata };
    const byHand = object.kind === 'ConfigMap' && object.metadata.name === 'cluster-monitoring-config';
    const [stored] = server.seed([{ ...object, metadata }], byHand ? { manager: 'kubectl-create' } : {});
    if (stored?.kind === 'Deployment' || stored?.kind === 'StatefulSet') server.seed(podsOf(stored, since));
  }
}

function podsOf(workload: Workload, since: string): KubeObject[] {
  return podNames(workload).map((name) => {
    const pod = podOf(workload, name);
    const metadata = { ...pod.metadata, creationTimestamp: since };
    return { ...pod, metadata, status: podStatus(pod, since, undefined) };
  });
}
