/** The dashboard of the energy pack. */
import {
  type Board,
  choice,
  columns,
  half,
  lines,
  numbers,
  ranking,
  rows,
  sortedBy,
  third,
  twoThirds,
} from './parts.ts';

const cluster = choice({
  name: 'cluster',
  label: 'Cluster',
  query: 'label_values(energy:cluster_power_watts, cluster)',
  several: true,
});
const chosen = '{cluster=~"$cluster"}';

export const energy: Board = {
  uid: 'acm-energy',
  title: 'Energy of the fleet',
  description: 'Electric power by cluster, namespace and pod, as Scaphandre measures it.',
  tags: ['energy'],
  from: 'now-24h',
  variables: [cluster],
  panels: [
    third(
      numbers({
        title: 'Power now',
        unit: 'watt',
        asks: [{ expr: `sum(energy:cluster_power_watts${chosen})`, legend: 'all chosen clusters' }],
      }),
      9,
    ),
    twoThirds(
      ranking({
        title: 'Power by cluster',
        unit: 'watt',
        asks: [{ expr: `topk(20, energy:cluster_power_watts${chosen})`, legend: '{{cluster}}' }],
      }),
      9,
    ),
    half(
      lines(
        {
          title: 'Power over time',
          unit: 'watt',
          asks: [{ expr: `sum by (cluster) (energy:cluster_power_watts${chosen})`, legend: '{{cluster}}' }],
        },
        { stacked: true },
      ),
      11,
    ),
    half(
      lines({
        title: 'What no namespace accounts for',
        description: 'The idle machine, the kernel, the nodes’ own services.',
        unit: 'watt',
        asks: [{ expr: `energy:cluster_unaccounted_watts${chosen}`, legend: '{{cluster}}' }],
      }),
      11,
    ),
    half(
      lines({
        title: 'The ten namespaces that draw most',
        unit: 'watt',
        asks: [
          {
            expr: `topk(10, sum by (kubernetes_pod_namespace) (energy:namespace_power_watts${chosen}))`,
            legend: '{{kubernetes_pod_namespace}}',
          },
        ],
      }),
      12,
    ),
    half(
      rows({
        title: 'The fifty pods that draw most',
        unit: 'watt',
        decimals: 1,
        asks: [
          {
            expr: `topk(50, sum by (cluster, kubernetes_pod_namespace, kubernetes_pod_name) (energy:pod_power_watts${chosen}))`,
          },
        ],
      })
        .withTransformation(sortedBy('Value'))
        .withTransformation(
          columns({
            cluster: 'Cluster',
            kubernetes_pod_namespace: 'Namespace',
            kubernetes_pod_name: 'Pod',
            Value: 'Power',
          }),
        ),
      12,
    ),
    half(
      lines({
        title: 'Power of the nodes',
        unit: 'watt',
        asks: [{ expr: `scaph_host_power_microwatts${chosen} / 1e6` }],
      }),
      10,
    ),
    half(
      ranking({
        title: 'Age of the data, by cluster',
        unit: 's',
        decimals: 0,
        asks: [
          {
            expr: `time() - max by (cluster) (max_over_time(timestamp(scaph_host_power_microwatts${chosen})[1h:1m]))`,
            legend: '{{cluster}}',
          },
        ],
      }),
      10,
    ),
  ],
};
