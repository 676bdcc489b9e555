/** The dashboard of the golden-signals pack. */
import { type Board, choice, half, limits, lines, numbers, third, whole } from './parts.ts';

const cluster = choice({
  name: 'cluster',
  label: 'Cluster',
  query: 'label_values(golden:traffic:rate5m, cluster)',
  several: true,
});
const namespace = choice({
  name: 'namespace',
  label: 'Namespace',
  query: 'label_values(golden:traffic:rate5m{cluster=~"$cluster"}, namespace)',
  several: true,
});
const where = 'cluster=~"$cluster", namespace=~"$namespace"';
const legend = '{{cluster}} {{namespace}}/{{service}}';

export const goldenSignals: Board = {
  uid: 'acm-golden-signals',
  title: 'Golden signals',
  description: 'Latency, traffic, errors and saturation of a workload on every cluster it runs on.',
  tags: ['golden-signals'],
  from: 'now-6h',
  variables: [cluster, namespace],
  panels: [
    third(
      numbers({
        title: 'Requests',
        unit: 'reqps',
        asks: [{ expr: `sum(golden:traffic:rate5m{${where}})`, legend: 'all chosen' }],
      }),
      6,
    ),
    third(
      numbers({
        title: 'Failed',
        unit: 'percentunit',
        decimals: 2,
        asks: [
          {
            expr: `sum(golden:errors:rate5m{${where}}) / (sum(golden:traffic:rate5m{${where}}) > 0)`,
            legend: 'of all chosen',
          },
        ],
      })
        .thresholds(limits(0.01, 0.05))
        .noValue('no traffic'),
      6,
    ),
    third(
      numbers({
        title: 'Slowest answer of 99 in 100',
        unit: 's',
        asks: [{ expr: `max(golden:latency_seconds:p99{${where}})`, legend: 'worst service' }],
      }),
      6,
    ),
    half(
      lines({
        title: 'Latency, 99th percentile',
        unit: 's',
        asks: [{ expr: `golden:latency_seconds:p99{${where}}`, legend }],
      }),
      10,
    ),
    half(lines({ title: 'Traffic', unit: 'reqps', asks: [{ expr: `golden:traffic:rate5m{${where}}`, legend }] }), 10),
    half(
      lines({
        title: 'Errors, share of the requests',
        unit: 'percentunit',
        asks: [{ expr: `golden:errors:ratio{${where}}`, legend }],
      }).min(0),
      10,
    ),
    half(
      lines({
        title: 'Saturation: replicas, of the autoscaler’s maximum',
        unit: 'percentunit',
        asks: [
          {
            expr: `golden:saturation_replicas:ratio{${where}}`,
            legend: '{{cluster}} {{namespace}}/{{horizontalpodautoscaler}}',
          },
        ],
      })
        .min(0)
        .max(1),
      10,
    ),
    whole(
      lines({
        title: 'Saturation: CPU used, of its limit',
        unit: 'percentunit',
        asks: [{ expr: `golden:saturation_cpu:ratio{${where}}`, legend: '{{cluster}} {{namespace}}' }],
      }).min(0),
      9,
    ),
  ],
};
