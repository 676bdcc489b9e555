/** Objects of the addon architecture (MCOA) on the hub (acm.md §9.2). */
import {
  AddOnDeploymentConfigKind,
  ClusterManagementAddOnKind,
  PrometheusRuleKind,
  ScrapeConfigKind,
} from '../../kinds.ts';
import { globalSetNamespace, hubNamespace, newAddonName, operatorName } from '../../names.ts';
import { objectOf, type Wanted } from '../../objects.ts';
import { addonManagerLabels } from './access.ts';
import { type Context, field, local } from './context.ts';
import { homeUid } from './dashboards.ts';

function partLabels(collector: string): Record<string, string> {
  return {
    'app.kubernetes.io/component': `${collector}-metrics-collector`,
    'app.kubernetes.io/managed-by': operatorName,
    'app.kubernetes.io/part-of': newAddonName,
  };
}

/** Default rules for the clusters, by name. */
const ruleRows = [
  { name: 'apiserver-hcp-uwl-rules-default', collector: 'apiserver-hcp-user-workload' },
  { name: 'etcd-hcp-uwl-rules-default', collector: 'etcd-hcp-user-workload' },
  { name: 'platform-rules-default', collector: 'platform' },
] as const;

/** Links in the console to Grafana's home dashboard. */
export function consoleLink({ hub }: Pick<Context, 'hub'>, uid: string): Record<string, string> {
  const prefix = 'console.open-cluster-management.io/launch-link';
  const host = `grafana-${hubNamespace}.${hub.appsDomain}`;
  return { [prefix]: `https://${host}/d/${uid}/acm-clusters-overview`, [`${prefix}-text`]: 'Grafana' };
}

/** All of them, owned by the CR. */
export function addonArchitecture(context: Context): Wanted[] {
  const { cr, hub } = context;
  const annotations = {
    'addon.open-cluster-management.io/lifecycle': 'addon-manager',
    ...consoleLink(context, homeUid.addon),
  };
  const placements = [{ name: 'global', namespace: globalSetNamespace, configs: [] }];
  const addon = objectOf(
    ClusterManagementAddOnKind,
    { name: newAddonName, labels: addonManagerLabels(cr), annotations },
    { spec: { installStrategy: { type: 'Placements', placements } } },
  );
  const on = (side: string): boolean => field(cr, 'capabilities', side, 'metrics', 'default', 'enabled') === true;
  const customizedVariables = [
    { name: 'metricsHubHostname', value: `observatorium-api-${hubNamespace}.${hub.appsDomain}` },
    ...(on('platform') ? [collection('platformMetricsCollection')] : []),
    ...(on('userWorkloads') ? [collection('userWorkloadMetricsCollection')] : []),
  ];
  const config = objectOf(AddOnDeploymentConfigKind, local(newAddonName), { spec: { customizedVariables } });
  return [
    // Created once: what users add to its placements survives (acm.md §9.2).
    { kind: ClusterManagementAddOnKind, object: addon, once: true },
    { kind: AddOnDeploymentConfigKind, object: config },
    { kind: ScrapeConfigKind, object: platformScrapes() },
    ...ruleRows.map(({ name, collector }) => ({
      kind: PrometheusRuleKind,
      object: objectOf(PrometheusRuleKind, local(name, { labels: partLabels(collector) }), { spec: { groups: [] } }),
    })),
  ];
}

function collection(name: string) {
  return { name, value: 'prometheusagents.v1alpha1.monitoring.rhobs' };
}

function platformScrapes() {
  const matches = [
    'up',
    'machine_cpu_cores',
    'cluster_infrastructure_provider',
    'kube_namespace_status_phase',
    // The proxy Grafana asks lives by it, whatever the architecture.
    'acm_managed_cluster_labels',
  ];
  return objectOf(ScrapeConfigKind, local('platform-metrics', { labels: partLabels('platform') }), {
    spec: {
      jobName: 'platform-metrics',
      metricsPath: '/federate',
      params: { 'match[]': matches.map((name) => `{__name__="${name}"}`) },
    },
  });
}
