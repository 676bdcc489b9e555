/** Broken states of what travels: lists, rules, dashboards, series. */
import { type ConfigMap, ConfigMapKind } from '../../kinds.ts';
import { hubNamespace } from '../controllers/names.ts';
import type { BrokenState, Site } from './state.ts';

const custom = { namespace: hubNamespace, name: 'observability-metrics-custom-allowlist' };
const rules = { namespace: hubNamespace, name: 'thanos-ruler-custom-rules' };

/** A ConfigMap of the hub as a person leaves it, there before or not. */
async function leave({ client, hub }: Site, key: typeof custom, data: Record<string, string>): Promise<void> {
  const person = client(hub).as('kubectl-edit');
  const live = await person.get<ConfigMap>(ConfigMapKind, key);
  if (live === undefined)
    await person.create(ConfigMapKind, { apiVersion: 'v1', kind: 'ConfigMap', metadata: key, data });
  else await person.replace<ConfigMap>(ConfigMapKind, { ...live, data: { ...live.data, ...data } });
}

/** An alert that fires on the hub: only what fires reaches its Thanos. */
function alert(name: string, meaning: string, source: string, labels: Record<string, string> = {}): BrokenState {
  return {
    meaning,
    source,
    settle: 400,
    cause: async ({ ailments, hub }) =>
      ailments.addSeries(hub, 'ALERTS', {
        alertname: name,
        alertstate: 'firing',
        namespace: hubNamespace,
        severity: 'critical',
        ...labels,
      }),
  };
}

export const contentStates = {
  'allowlist-mistyped': {
    meaning: 'somebody wrote names as a mapping into the custom allowlist',
    source: 'acm.md §14 row 26',
    settle: 30,
    cause: (site) => leave(site, custom, { 'metrics_list.yaml': 'names:\n  http: requests\n' }),
  },
  'allowlist-unreadable': {
    meaning: 'somebody left invalid YAML in the custom allowlist',
    source: 'acm.md §14 row 26',
    settle: 30,
    cause: (site) => leave(site, custom, { 'metrics_list.yaml': 'names:\n\t- up\n' }),
  },
  'rules-unreadable': {
    meaning: 'somebody left invalid YAML in the rules of the Thanos ruler',
    source: 'acm.md §14 row 34',
    settle: 120,
    cause: (site) => leave(site, rules, { 'custom_rules.yaml': 'groups:\n  - name: [\n' }),
  },
  'label-list-missing': {
    meaning: 'acm_managed_cluster_labels no longer reaches the hub',
    source: 'acm.md §14 row 37',
    settle: 1_200,
    cause: async ({ ailments, hub }) => ailments.dropSeries(hub, 'acm_managed_cluster_labels'),
  },
  'rules-emptied': {
    meaning: 'somebody emptied the rules of the Thanos ruler',
    source: 'acm.md §14 row 34',
    configured: true,
    settle: 300,
    cause: (site) => leave(site, rules, { 'custom_rules.yaml': 'groups: []\n' }),
  },
  'rule-failing': {
    meaning: 'a rule somebody wrote joins series that are there twice',
    source: 'acm.md §14 row 36',
    settle: 300,
    cause: (site) =>
      leave(site, rules, {
        'custom_rules.yaml': `groups:
  - name: theirs
    interval: 60s
    rules:
      - record: theirs:cores_and_bytes
        expr: machine_cpu_cores + on (cluster) machine_memory_bytes
`,
      }),
  },
  'dashboard-deleted': {
    meaning: 'somebody deleted a dashboard’s ConfigMap',
    source: 'acm.md §14 row 40',
    configured: true,
    settle: 30,
    cause: async ({ client, hub }) => {
      const query = { namespace: hubNamespace, labelSelector: 'grafana-custom-dashboard=true' };
      for (const { metadata } of await client(hub).list(ConfigMapKind, query))
        await client(hub).as('kubectl-edit').delete(ConfigMapKind, metadata);
    },
  },
  'dashboard-unlabelled': {
    meaning: 'somebody took the label off a dashboard’s ConfigMap',
    source: 'acm.md §14 row 40',
    configured: true,
    settle: 30,
    cause: async ({ people, client, hub }) => {
      const query = { namespace: hubNamespace, labelSelector: 'grafana-custom-dashboard=true' };
      for (const { metadata } of await client(hub).list(ConfigMapKind, query))
        await people.edit<ConfigMap>(hub, ConfigMapKind, metadata, (map) => {
          const { 'grafana-custom-dashboard': _, ...labels } = map.metadata.labels ?? {};
          return { ...map, metadata: { ...map.metadata, labels } };
        });
    },
  },
  'pack-unproven': {
    meaning: 'what a pack counts no longer arrives from a cluster',
    source: 'acm.md §14 row 29',
    configured: true,
    settle: 1_200,
    cause: async ({ ailments, victim }) => ailments.dropSeries(victim, 'up'),
  },
  'metrics-lost': {
    meaning: 'the hub has lost everything it had received',
    source: 'acm.md §14 row 30',
    settle: 0,
    cause: async ({ metrics }) => metrics.forget(() => true),
  },
  'bucket-shared': {
    meaning: 'another hub writes to the same bucket',
    source: 'acm.md §14 row 44',
    settle: 0,
    cause: async ({ metrics, hub }) => {
      const [known] = [...metrics.series('machine_cpu_cores')].filter(({ labels }) => labels.cluster === hub);
      const newest = known?.points.at(-1);
      if (known === undefined || newest === undefined) throw new Error('the hub sends no metrics yet');
      metrics.push([{ labels: { ...known.labels, clusterID: '5ba3ed00-0000-4000-8000-000000000000' }, ...newest }]);
    },
  },
  'compactor-halted': alert(
    'ACMThanosCompactHalted',
    'the compactor has halted: a block is broken, or two compactors share the bucket',
    'acm.md §14 row 14',
  ),
  'remote-write-failing': alert(
    'ACMRemoteWriteError',
    'the hub cannot write to a further remote endpoint',
    'acm.md §4.1',
  ),
  'volume-filling': alert('KubePersistentVolumeFillingUp', 'a volume of the hub is almost full', 'acm.md §14 row 12', {
    persistentvolumeclaim: 'data-observability-thanos-receive-default-0',
  }),
} as const satisfies Record<string, BrokenState>;
