/** Broken states of one managed cluster, and of what the hub does for it. */
import { type ManagedCluster, ManagedClusterAddOnKind, ManagedClusterKind } from '../../kinds.ts';
import { monitoringConfig, platformMonitoring } from '../controllers/names.ts';
import type { BrokenState, Site } from './state.ts';

const monitoring = { namespace: platformMonitoring, name: monitoringConfig };

async function editCluster({ people, hub, victim }: Site, change: (cluster: ManagedCluster) => ManagedCluster) {
  await people.edit(hub, ManagedClusterKind, { name: victim }, change);
}

function withLabels(cluster: ManagedCluster, labels: Record<string, string | undefined>): ManagedCluster {
  const all = Object.entries({ ...cluster.metadata.labels, ...labels });
  const kept = all.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...cluster, metadata: { ...cluster.metadata, labels: Object.fromEntries(kept) } };
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
    source: 'acm.md §14 rows 24 and 25',
    settle: 1_200,
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
    meaning: 'add-ons of a cluster are not to be installed by themselves, and this one is not there',
    source: 'acm.md §14 row 15',
    settle: 60,
    cause: async (site) => {
      await editCluster(site, (cluster) => ({
        ...cluster,
        metadata: {
          ...cluster.metadata,
          annotations: {
            ...cluster.metadata.annotations,
            'addon.open-cluster-management.io/disable-automatic-installation': 'true',
          },
        },
      }));
      const key = { name: 'observability-controller', namespace: site.victim };
      await site.people.delete(site.hub, ManagedClusterAddOnKind, key);
    },
  },
  'user-collector-failing': {
    meaning: 'the collector for user workloads of a cluster gets nothing from its Prometheus',
    source: 'acm.md §14 row 28',
    settle: 1_200,
    cause: async ({ ailments, victim }) =>
      ailments.failCollecting(victim, 'Failed to retrieve metrics', { collector: 'UwlMetricsCollector' }),
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
