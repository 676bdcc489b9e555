/** Series that programs of OpenShift and ACM expose of what is there, beside those of a cluster's own. */
import { ManagedClusterKind } from '../../kinds.ts';
import type { SeriesSource } from './collector/samples.ts';
import type { Informers } from './informer.ts';
import type { MonitoringOperator } from './monitoring/operator.ts';

/** What OpenShift's version operator exposes of the monitoring operator: each condition, by its reason. */
export function withOperator({ said }: MonitoringOperator, series: SeriesSource): SeriesSource {
  return (now) => [
    ...series(now),
    ...said().map(({ type, status, reason = '' }) => ({
      name: 'cluster_operator_conditions',
      value: status === 'True' ? 1 : 0,
      labels: { name: 'monitoring', condition: type, ...(reason !== '' && { reason }) },
    })),
  ];
}

/** The inventory that the hub's own Prometheus scrapes: one series for each managed cluster (acm.md §4.6). */
export function withInventory(informers: Informers, series: SeriesSource): SeriesSource {
  const clusters = informers.of(ManagedClusterKind);
  return (now) => [
    ...series(now),
    ...clusters.list().map(({ metadata: { name, labels = {} } }) => ({
      name: 'acm_managed_cluster_labels',
      value: 1,
      labels: {
        ...Object.fromEntries(
          Object.entries(labels).map(([key, value]) => [key.replaceAll(/[^a-zA-Z0-9_]/g, '_'), value]),
        ),
        name,
        managed_cluster_id: labels.clusterID ?? '',
      },
    })),
  ];
}
