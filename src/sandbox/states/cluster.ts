/** Broken states of one managed cluster, and of what the hub does for it. */
import {
  type Condition,
  type KubeObject,
  type ManagedCluster,
  ManagedClusterAddOnKind,
  ManagedClusterKind,
  ManifestWorkKind,
  type WithConditions,
} from '../../kinds.ts';
import { AddonKind } from '../controllers/kinds.ts';
import { monitoringConfig, platformMonitoring } from '../controllers/names.ts';
import { type BrokenState, type Site, setStatus } from './state.ts';

const monitoring = { namespace: platformMonitoring, name: monitoringConfig };

async function editCluster({ people, hub, victim }: Site, change: (cluster: ManagedCluster) => ManagedCluster) {
  await people.edit(hub, ManagedClusterKind, { name: victim }, change);
}

function withLabels(cluster: ManagedCluster, labels: Record<string, string | undefined>): ManagedCluster {
  const all = Object.entries({ ...cluster.metadata.labels, ...labels });
  const kept = all.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...cluster, metadata: { ...cluster.metadata, labels: Object.fromEntries(kept) } };
}

/** The add-on of the cluster comes to say this, and its agent says no more. */
async function addonSays(site: Site, conditions: readonly Condition[]): Promise<void> {
  const { client, hub, victim } = site;
  const key = { name: 'observability-controller', namespace: victim };
  await setStatus(client(hub), ManagedClusterAddOnKind, key, (addon: WithConditions) => ({
    ...addon,
    status: { ...addon.status, conditions: withConditions(addon.status?.conditions, conditions) },
  }));
}

async function reports(site: Site, conditions: readonly Condition[]): Promise<void> {
  const { client, hub, victim } = site;
  for (const where of [victim, hub]) {
    const namespace = where === hub ? victim : 'open-cluster-management-addon-observability';
    const key = { name: 'observability-addon', namespace };
    await setStatus(client(where), AddonKind, key, (addon: WithConditions) => ({
      ...addon,
      status: { ...addon.status, conditions: withConditions(addon.status?.conditions, conditions) },
    }));
  }
}

function withConditions(before: readonly Condition[] = [], news: readonly Condition[]): Condition[] {
  return [...before.filter(({ type }) => !news.some((one) => one.type === type)), ...news];
}

const condition = (type: string, status: Condition['status'], reason: string, message: string): Condition => ({
  type,
  status,
  reason,
  message,
});

function worksSay(type: string, reason: string, message: string) {
  return async ({ client, hub, victim }: Site): Promise<void> => {
    const works = await client(hub).list(ManifestWorkKind, { namespace: victim });
    for (const work of works.filter(({ metadata }) => metadata.name.startsWith(`${victim}-observability`))) {
      await client(hub).status(ManifestWorkKind, {
        ...work,
        status: {
          ...work.status,
          conditions: withConditions(work.status?.conditions, [condition(type, 'False', reason, message)]),
        },
      } as KubeObject);
    }
  };
}

export const clusterStates = {
  'cluster-offline': {
    meaning: 'a cluster is cut off from the hub',
    source: 'transport.md §1',
    settle: 900,
    cause: async ({ setOffline, victim }) => setOffline(victim, true),
  },
  'cluster-opted-out': {
    meaning: 'a cluster is labelled observability=disabled',
    source: 'acm.md §14 row 15',
    settle: 300,
    cause: (site) => editCluster(site, (cluster) => withLabels(cluster, { observability: 'disabled' })),
  },
  'addon-installing': {
    meaning: 'the add-on of a cluster is being installed for ever',
    source: 'acm.md §14 row 16',
    settle: 5,
    cause: async (site) => {
      await worksSay(
        'Applied',
        'AppliedManifestWorkFailed',
        'Failed to apply manifest work: request is too large',
      )(site);
      await addonSays(site, [
        condition('Available', 'False', 'ManifestWorkCreated', 'Addon Installing'),
        condition('Progressing', 'True', 'ManifestWorkCreated', 'Addon Installing'),
        condition('Degraded', 'False', 'ManifestWorkCreated', 'Addon Installing'),
      ]);
    },
  },
  'addon-unsupported': {
    meaning: 'the add-on finds no Prometheus on the cluster',
    source: 'acm.md §14 row 17',
    settle: 10,
    cause: (site) =>
      reports(site, [
        condition('MetricsCollector', 'True', 'NotSupported', 'Prometheus service not found'),
        condition('Available', 'False', 'NotSupported', 'Prometheus service not found'),
        condition('Progressing', 'False', 'NotSupported', 'Prometheus service not found'),
        condition('Degraded', 'True', 'NotSupported', 'Prometheus service not found'),
      ]),
  },
  'addon-update-failed': {
    meaning: 'the add-on could not apply its collector',
    source: 'acm.md §5.3, UpdateFailed',
    settle: 10,
    cause: (site) =>
      reports(site, [
        condition('MetricsCollector', 'True', 'UpdateFailed', 'Failed to update metrics collector'),
        condition('Available', 'False', 'UpdateFailed', 'Failed to update metrics collector'),
        condition('Degraded', 'True', 'UpdateFailed', 'Failed to update metrics collector'),
      ]),
  },
  'cannot-send': {
    meaning: 'the collector of a cluster does not get through to the hub',
    source: 'acm.md §14 row 18',
    settle: 1_200,
    cause: async ({ ailments, victim }) => ailments.failCollecting(victim, 'Failed to send metrics'),
  },
  'cannot-retrieve': {
    meaning: 'the collector of a cluster gets nothing from its Prometheus',
    source: 'acm.md §14 row 22',
    settle: 1_200,
    cause: async ({ ailments, victim }) => ailments.failCollecting(victim, 'Failed to retrieve metrics'),
  },
  'cannot-record': {
    meaning: 'the recording rules of a cluster’s collector fail',
    source: 'acm.md §5.3, ForwardFailed',
    settle: 1_200,
    cause: async ({ ailments, victim }) => ailments.failCollecting(victim, 'Failed to retrieve recording metrics'),
  },
  'samples-lost': {
    meaning: 'what a cluster sends is accepted on the way and never arrives',
    source: 'acm.md §14 row 29',
    settle: 1_500,
    cause: async ({ ailments, victim }) => ailments.loseSamples(victim),
  },
  'work-not-applied': {
    meaning: 'the work agent of a cluster could not apply what ACM sent',
    source: 'acm.md §14 row 16',
    settle: 5,
    cause: worksSay('Applied', 'AppliedManifestWorkFailed', 'Failed to apply manifest work: forbidden'),
  },
  'monitoring-fight': {
    meaning: 'another tool keeps rewriting the monitoring configuration of a cluster',
    source: 'acm.md §14 row 23',
    settle: 10,
    cause: async ({ people, victim, pass }) => {
      for (let time = 0; time < 10; time += 1) {
        await people.editConfigMap(victim, monitoring, 'config.yaml', 'enableUserWorkload: true\n');
        await pass(10);
      }
    },
  },
  'monitoring-unreadable': {
    meaning: 'somebody left invalid YAML in the monitoring configuration of a cluster',
    source: 'acm.md §14 row 25',
    settle: 30,
    cause: ({ people, victim }) =>
      people.editConfigMap(victim, monitoring, 'config.yaml', 'enableUserWorkload: [true\n'),
  },
  'user-workload-off': {
    meaning: 'somebody turned user-workload monitoring off on a cluster',
    source: 'acm.md §14 row 28',
    settle: 600,
    cause: ({ people, victim }) => people.turnOffUserWorkload(victim),
  },
  'cluster-not-accepted': {
    meaning: 'the hub has taken back that it accepts a cluster',
    source: 'acm.md §5.1',
    settle: 5,
    cause: async (site) => {
      await editCluster(site, (cluster) => ({ ...cluster, spec: { ...cluster.spec, hubAcceptsClient: false } }));
    },
  },
  'cluster-versionless': {
    meaning: 'ACM has lost what version of OpenShift a cluster runs',
    source: 'acm.md §14 row 15',
    settle: 5,
    cause: (site) => editCluster(site, (cluster) => withLabels(cluster, { openshiftVersion: undefined })),
  },
  'cluster-by-hand': {
    meaning: 'add-ons of a cluster are not to be installed by themselves',
    source: 'acm.md §14 row 15',
    settle: 5,
    cause: (site) =>
      editCluster(site, (cluster) => ({
        ...cluster,
        metadata: {
          ...cluster.metadata,
          annotations: {
            ...cluster.metadata.annotations,
            'addon.open-cluster-management.io/disable-automatic-installation': 'true',
          },
        },
      })),
  },
  'addon-silent': {
    meaning: 'the add-on of a cluster no longer renews its lease',
    source: 'acm.md §5.3',
    settle: 5,
    cause: async (site) => {
      site.ailments.silence(site.victim);
      // The hub's registration controller looks at the lease when the add-on changes.
      await site.people.edit(
        site.hub,
        ManagedClusterAddOnKind,
        { name: 'observability-controller', namespace: site.victim },
        (addon: WithConditions) => ({
          ...addon,
          metadata: { ...addon.metadata, labels: { ...addon.metadata.labels, looked: 'at' } },
        }),
      );
    },
  },
  'addon-degraded': {
    meaning: 'the add-on of a cluster is not well, for a reason nobody has written down',
    source: 'acm.md §5.1',
    settle: 2,
    cause: (site) =>
      addonSays(site, [
        condition('Available', 'False', 'ProbeUnavailable', 'Probe addon unavailable'),
        condition('Degraded', 'True', 'ProbeUnavailable', 'Probe addon unavailable'),
        condition('Progressing', 'False', 'ProbeUnavailable', 'Probe addon unavailable'),
      ]),
  },
  'addon-terminating': {
    meaning: 'the add-on of a cluster is being deleted and a finalizer holds it',
    source: 'peers.md U54',
    settle: 10,
    cause: async ({ people, hub, victim }) => {
      const key = { name: 'observability-controller', namespace: victim };
      await people.edit(hub, ManagedClusterAddOnKind, key, (addon: WithConditions) => ({
        ...addon,
        metadata: { ...addon.metadata, finalizers: [...(addon.metadata.finalizers ?? []), 'example.com/hold'] },
      }));
      await people.delete(hub, ManagedClusterAddOnKind, key);
    },
  },
  'cluster-collection-off': {
    meaning: 'somebody switched collecting off on one cluster',
    source: 'acm.md §5.5',
    settle: 600,
    cause: async ({ people, hub, victim }) => {
      const key = { name: 'observability-addon', namespace: victim };
      await people.edit(hub, AddonKind, key, (addon) => ({
        ...addon,
        metadata: {
          ...addon.metadata,
          annotations: {
            ...addon.metadata.annotations,
            'observability.open-cluster-management.io/addon-source': 'override',
          },
        },
        spec: { ...addon.spec, enableMetrics: false },
      }));
    },
  },
  'user-collector-failing': {
    meaning: 'the collector for user workloads of a cluster gets nothing from its Prometheus',
    source: 'acm.md §14 row 28',
    settle: 1_200,
    cause: async ({ ailments, victim }) =>
      ailments.failCollecting(victim, 'Failed to retrieve metrics', 'UwlMetricsCollector'),
  },
  'clock-ahead': {
    meaning: 'the clock of a cluster is five minutes ahead',
    source: 'acm.md §14 row 33',
    settle: 700,
    cause: async ({ ailments, victim }) => ailments.setClock(victim, 300),
  },
  'cluster-unlabelled': {
    meaning: 'ACM has lost what product a cluster is',
    source: 'acm.md §14 row 15',
    settle: 5,
    cause: (site) => editCluster(site, (cluster) => withLabels(cluster, { vendor: 'auto-detect' })),
  },
} as const satisfies Record<string, BrokenState>;
