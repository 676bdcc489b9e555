/** A hub with managed clusters for the tests of the controllers: API servers in the process, and virtual time. */
import { createVirtualClock, type VirtualClock } from '../../../src/adapters/virtual-clock.ts';
import type { KubeObject } from '../../../src/kinds.ts';
import type { Sample } from '../../../src/ports.ts';
import { type AdmissionHook, type ApiServer, createApiServer } from '../../../src/sandbox/api/index.ts';
import { type ControllerClient, createControllerClient } from '../../../src/sandbox/controllers/client.ts';
import type { LocalSeries } from '../../../src/sandbox/controllers/collector/samples.ts';
import { createDelays, type DelayName } from '../../../src/sandbox/controllers/delays.ts';
import {
  type HubRunning,
  type ManagedRunning,
  startHubControllers,
  startManagedControllers,
} from '../../../src/sandbox/controllers/index.ts';
import { hubNamespace } from '../../../src/sandbox/controllers/names.ts';
import type { LogLine } from '../../../src/sandbox/controllers/runtime.ts';
import type { RuleFile } from '../../../src/sandbox/controllers/thanos/ruler.ts';
import type { StoreProbe } from '../../../src/sandbox/controllers/thanos/start.ts';
import { parseVersion } from '../../../src/sandbox/controllers/versions.ts';

export interface WorldOptions {
  /** `2.14.0` unless told. */
  readonly version?: string;
  /** Managed clusters beside the hub; `ai` unless told. */
  readonly clusters?: readonly string[];
  /** Whether agents and operators run on the managed clusters; yes unless told. */
  readonly agents?: boolean;
  /** CRDs of the addon architecture are installed on the hub. */
  readonly addonCrds?: boolean;
  /** OpenShift version of every managed cluster. */
  readonly openshift?: string;
  readonly delays?: Partial<Record<DelayName, number>>;
  readonly series?: readonly LocalSeries[];
  readonly admission?: readonly AdmissionHook[];
  readonly probeStore?: StoreProbe;
}

export interface World {
  readonly clock: VirtualClock;
  readonly hub: ControllerClient;
  readonly hubServer: ApiServer;
  readonly servers: ReadonlyMap<string, ApiServer>;
  readonly clusters: ReadonlyMap<string, ControllerClient>;
  readonly running: ReadonlyMap<string, ManagedRunning>;
  readonly controllers: HubRunning;
  readonly samples: Sample[];
  readonly rules: RuleFile[][];
  readonly log: LogLine[];
  /** Lets time pass until it holds; throws after ten (virtual) minutes, or what is told in seconds. */
  until(what: string, holds: () => Promise<boolean> | boolean, seconds?: number): Promise<void>;
  /** Lets so many seconds pass. */
  pass(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

const start = Date.parse('2026-11-22T16:00:00Z');

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const { version = '2.14.0', clusters: names = ['ai'], agents = true, openshift = '4.16.3' } = options;
  const clock = createVirtualClock({ startMs: start });
  const delays = createDelays(1, options.delays);
  const samples: Sample[] = [];
  const rules: RuleFile[][] = [];
  const log: LogLine[] = [];
  const common = {
    clock,
    delays,
    version: parseVersion(version),
    sink: { push: (pushed: readonly Sample[]) => void samples.push(...pushed) },
    seed: 1,
    log: (line: LogLine) => void log.push(line),
  };
  const series = (): readonly LocalSeries[] => options.series ?? [{ name: 'up', labels: { job: 'node' }, value: 1 }];
  const clientOf = (server: ApiServer): ControllerClient =>
    createControllerClient({ name: server.name, transport: server.transport(), clock });
  const hubServer = createApiServer({
    name: 'local-cluster',
    clock,
    ...(options.admission && { admission: options.admission }),
  });
  hubServer.seed([...hubSeed(version, names), ...(options.addonCrds ? addonCrds() : [])]);
  const hub = clientOf(hubServer);
  const controllers = startHubControllers({
    ...common,
    hub,
    facts: {
      cluster: 'local-cluster',
      clusterID: 'hub-id',
      appsDomain: 'apps.hub',
      certificates: { ca: 'authority', cert: 'certificate', key: 'key' },
      openshiftVersion: openshift,
      series,
    },
    rulesLoaded: (files) => void rules.push([...files]),
    ...(options.probeStore && { probeStore: options.probeStore }),
  });
  const servers = new Map<string, ApiServer>();
  const clusters = new Map<string, ControllerClient>();
  const running = new Map<string, ManagedRunning>();
  for (const name of agents ? names : []) {
    const server = createApiServer({ name, clock });
    server.seed(clusterSeed());
    const managed = clientOf(server);
    servers.set(name, server);
    clusters.set(name, managed);
    const facts = { cluster: name, clusterID: `${name}-id`, openshiftVersion: openshift, series };
    running.set(name, startManagedControllers({ ...common, hub: controllers.informers, managed, facts }));
  }
  const until: World['until'] = async (what, holds, seconds = 600) => {
    const deadline = clock.now() + seconds * 1000;
    while (!(await holds())) {
      if (clock.now() > deadline)
        throw new Error(
          `not within ${seconds} s: ${what}\n${log
            .slice(-5)
            .map(({ message }) => message)
            .join('\n')}`,
        );
      await clock.sleep(1000);
    }
  };
  return {
    clock,
    hub,
    hubServer,
    servers,
    clusters,
    running,
    controllers,
    samples,
    rules,
    log,
    until,
    pass: (seconds) => clock.sleep(seconds * 1000),
    stop: async () => {
      await Promise.all([...running.values()].map((one) => one.stop()));
      await controllers.stop();
      for (const server of [hubServer, ...servers.values()]) server.close();
      clock.stop();
    },
  };
}

function configMap(
  namespace: string,
  name: string,
  data: Record<string, string>,
  labels?: Record<string, string>,
): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, ...(labels && { labels }) }, data };
}

export const storageClass = (name: string, isDefault: boolean): KubeObject => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name, ...(isDefault && { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }) },
  provisioner: 'ebs.csi.aws.com',
});

function hubSeed(version: string, clusters: readonly string[]): KubeObject[] {
  const acm = 'open-cluster-management';
  const labels = { 'ocm-configmap-type': 'image-manifest', 'ocm-release-version': version };
  const image = { kind: 'DockerImage', name: 'quay.io/oauth-proxy' };
  return [
    ...[acm, 'openshift', 'openshift-monitoring', 'open-cluster-management-global-set'].map(namespace),
    {
      apiVersion: 'operator.open-cluster-management.io/v1',
      kind: 'MultiClusterHub',
      metadata: { name: 'multiclusterhub', namespace: acm },
      spec: {},
      status: { phase: 'Running', currentVersion: version, desiredVersion: version },
    },
    configMap(acm, `mch-image-manifest-${version}`, {}, labels),
    configMap('kube-system', 'extension-apiserver-authentication', {}),
    {
      apiVersion: 'image.openshift.io/v1',
      kind: 'ImageStream',
      metadata: { name: 'oauth-proxy', namespace: 'openshift' },
      spec: { tags: [{ name: 'v4.4', from: image }] },
    },
    storageClass('gp3-csi', true),
    ...['local-cluster', ...clusters].flatMap((name) => [namespace(name), managedCluster(name)]),
  ];
}

function namespace(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function managedCluster(name: string): KubeObject {
  const labels = {
    name,
    vendor: 'OpenShift',
    openshiftVersion: '4.16.3',
    ...(name === 'local-cluster' && { 'local-cluster': 'true' }),
  };
  return {
    apiVersion: 'cluster.open-cluster-management.io/v1',
    kind: 'ManagedCluster',
    metadata: { name, labels },
    spec: { hubAcceptsClient: true, leaseDurationSeconds: 60 },
    status: {
      conditions: [
        {
          type: 'ManagedClusterConditionAvailable',
          status: 'True',
          reason: 'ManagedClusterAvailable',
          message: '',
          lastTransitionTime: '2026-11-22T15:00:00Z',
        },
      ],
    },
  };
}

function clusterSeed(): KubeObject[] {
  return [namespace('default'), namespace('openshift-monitoring'), storageClass('gp3-csi', true)];
}

function addonCrds(): KubeObject[] {
  const rows = [
    ['PrometheusAgent', 'prometheusagents', 'monitoring.rhobs', 'v1alpha1'],
    ['ScrapeConfig', 'scrapeconfigs', 'monitoring.rhobs', 'v1alpha1'],
    ['ClusterLogForwarder', 'clusterlogforwarders', 'observability.openshift.io', 'v1'],
    ['Instrumentation', 'instrumentations', 'opentelemetry.io', 'v1alpha1'],
    ['OpenTelemetryCollector', 'opentelemetrycollectors', 'opentelemetry.io', 'v1beta1'],
  ] as const;
  return rows.map(([kind, plural, group, version]) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  }));
}

export const thanosYaml =
  'type: s3\nconfig:\n  bucket: metrics\n  endpoint: s3.example.com\n  access_key: a\n  secret_key: b\n';

/** What a person makes before the CR: namespace, pull secret, thanos secret. */
export async function prepare({ hub }: World, thanos = thanosYaml): Promise<void> {
  const user = hub.as('kubectl');
  await user.create(
    { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false },
    namespace(hubNamespace),
  );
  await user.create(
    { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'multiclusterhub-operator-pull-secret', namespace: hubNamespace },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': Buffer.from('{"auths":{}}').toString('base64') },
    },
  );
  await user.create(
    { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'thanos-object-storage', namespace: hubNamespace },
      type: 'Opaque',
      data: { 'thanos.yaml': Buffer.from(thanos).toString('base64') },
    },
  );
}

/** The smallest CR. */
export function smallestCr(spec: Record<string, unknown> = {}, name = 'observability'): KubeObject {
  return {
    apiVersion: 'observability.open-cluster-management.io/v1beta2',
    kind: 'MultiClusterObservability',
    metadata: { name },
    spec: {
      observabilityAddonSpec: {},
      storageConfig: { metricObjectStorage: { name: 'thanos-object-storage', key: 'thanos.yaml' } },
      ...spec,
    },
  };
}
