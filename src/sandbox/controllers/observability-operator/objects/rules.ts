/** The rules ACM ships for the ruler on the hub, by name; expressions in short (acm.md §7.5). */

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
}

function rulesFile(groups: Readonly<Record<string, readonly Rule[]>>): string {
  const listed = Object.entries(groups).map(([name, rules]) => ({ name, rules }));
  // JSON is YAML.
  return `${JSON.stringify({ groups: listed }, null, 2)}\n`;
}

export const defaultRules = rulesFile({
  'kubernetes-storage': [
    {
      alert: 'KubePersistentVolumeFillingUp',
      expr: 'kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.03',
      for: '1m',
    },
    {
      alert: 'KubePersistentVolumeFillingUp',
      expr: 'kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.15',
      for: '1h',
    },
  ],
  'policy-reports': [
    { alert: 'ViolatedPolicyReport', expr: 'sum by (managed_cluster_id) (policyreport_info) > 0', for: '1m' },
  ],
  'acm-recordings': [
    {
      record: 'sli:apiserver_request_duration_seconds:bin:trend:1m',
      expr: 'sli:apiserver_request_duration_seconds:trend:1m >= bool 0.99',
    },
    { record: 'cluster:cpu_requested:ratio', expr: 'sum by (cluster) (kube_pod_container_resource_requests)' },
    { record: 'cluster:memory_requested:ratio', expr: 'sum by (cluster) (kube_pod_container_resource_requests)' },
    { record: 'cluster:memory_utilized:ratio', expr: 'sum by (cluster) (container_memory_rss)' },
    { record: 'cluster:cpu_cores:sum', expr: 'sum by (cluster) (machine_cpu_cores)' },
    { record: 'cluster:cpu_allocatable:sum', expr: 'sum by (cluster) (kube_node_status_allocatable)' },
    { record: 'cluster:machine_memory:sum', expr: 'sum by (cluster) (machine_memory_bytes)' },
  ],
});

export const hubMetricsRules = rulesFile({
  'hub-metrics': [
    {
      record: 'cluster:metrics_received:heartbeat',
      expr: 'group by (cluster, clusterID) (up or machine_cpu_cores or kube_pod_info)',
    },
    { alert: 'ObservabilityHubInventoryMissing', expr: 'absent(acm_managed_cluster_labels)', for: '10m' },
    {
      alert: 'ManagedClusterMetricsMissing',
      expr: 'acm_managed_cluster_labels unless on (name) label_replace(cluster:metrics_received:heartbeat, "name", "$1", "cluster", "(.*)")',
      for: '15m',
    },
  ],
});
