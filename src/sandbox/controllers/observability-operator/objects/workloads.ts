/** The workloads the operator makes itself on the hub; those of Thanos are its own operator's (acm.md §4.1). */
import { DeploymentKind, StatefulSetKind } from '../../../../kinds.ts';
import { PrometheusRuleKind, ServiceMonitorKind } from '../../kinds.ts';
import { defaultPullSecret, domain, hubNamespace, newAddonName } from '../../names.ts';
import { objectOf, type Wanted } from '../../objects.ts';
import { deployment, statefulSet, type WorkloadWords } from '../../workload.ts';
import { addonManagerLabels } from './access.ts';
import { type Context, local, replicasOf } from './context.ts';
import { hubEndpointAccount } from './network.ts';

/** Deployments and the Alertmanager, owned by the CR. */
export function workloads(context: Context): Wanted[] {
  const { addonArchitecture } = context;
  return [
    { kind: DeploymentKind, object: deployment(grafana(context)) },
    { kind: DeploymentKind, object: deployment(observatoriumOperator(context)) },
    { kind: DeploymentKind, object: deployment(queryProxy(context)) },
    { kind: DeploymentKind, object: deployment(addonArchitecture ? addonManager(context) : endpointOperator(context)) },
    { kind: StatefulSetKind, object: statefulSet(alertmanager(context)) },
  ];
}

function common({ cr }: Context) {
  return { namespace: hubNamespace, imagePullSecret: cr.spec?.imagePullSecret ?? defaultPullSecret };
}

function named({ cr }: Context): Record<string, string> {
  return { [`${domain}/name`]: cr.metadata.name };
}

function grafana(context: Context): WorkloadWords {
  const labels = { app: 'multicluster-observability-grafana', ...named(context) };
  return {
    ...common(context),
    name: 'observability-grafana',
    replicas: replicasOf(context.cr, 'grafana', 2),
    labels,
    podLabels: labels,
    serviceAccount: 'grafana',
    containers: [
      { name: 'grafana', ports: { http: 3001 } },
      { name: 'grafana-dashboard-loader' },
      { name: 'grafana-proxy', ports: { public: 9443 } },
    ],
  };
}

function observatoriumOperator(context: Context): WorkloadWords {
  const control = { 'control-plane': 'observatorium-operator', ...named(context) };
  return {
    ...common(context),
    name: 'observability-observatorium-operator',
    replicas: 1,
    labels: {
      'app.kubernetes.io/component': 'observatorium-operator',
      'app.kubernetes.io/name': 'observatorium-operator',
      'app.kubernetes.io/part-of': 'observatorium',
      ...control,
    },
    podLabels: control,
    serviceAccount: 'observatorium',
    containers: [{ name: 'observatorium-operator' }],
  };
}

function queryProxy(context: Context): WorkloadWords {
  const labels = { app: 'rbac-query-proxy', ...named(context) };
  return {
    ...common(context),
    name: 'observability-rbac-query-proxy',
    replicas: replicasOf(context.cr, 'rbacQueryProxy', 2),
    labels,
    podLabels: labels,
    serviceAccount: 'rbac-query-proxy',
    containers: [
      { name: 'rbac-query-proxy', ports: { http: 8080 } },
      { name: 'oauth-proxy', ports: { 'oauth-proxy': 8443 } },
    ],
  };
}

/** It collects from the hub itself (acm.md §4.7). */
function endpointOperator(context: Context): WorkloadWords {
  return {
    ...common(context),
    name: 'endpoint-observability-operator',
    replicas: 1,
    podLabels: { name: 'endpoint-observability-operator' },
    serviceAccount: hubEndpointAccount(context),
    containers: [{ name: 'endpoint-observability-operator' }],
  };
}

function addonManager(context: Context): WorkloadWords {
  return {
    ...common(context),
    name: `${newAddonName}-manager`,
    replicas: 1,
    labels: addonManagerLabels(context.cr),
    podLabels: { app: `${newAddonName}-manager`, ...named(context) },
    serviceAccount: `${newAddonName}-manager`,
    containers: [{ name: 'manager' }],
  };
}

function alertmanager(context: Context): WorkloadWords {
  const labels = {
    alertmanager: 'observability',
    app: 'multicluster-observability-alertmanager',
    ...named(context),
  };
  const size = context.cr.spec?.storageConfig?.alertmanagerStorageSize;
  return {
    ...common(context),
    name: 'observability-alertmanager',
    replicas: replicasOf(context.cr, 'alertmanager', 3),
    labels,
    podLabels: labels,
    serviceAccount: 'alertmanager',
    containers: [
      { name: 'alertmanager', ports: { 'tcp-mesh': 9094 } },
      { name: 'config-reloader' },
      { name: 'alertmanager-proxy', ports: { 'oauth-proxy': 9095 } },
      { name: 'kube-rbac-proxy', ports: { metrics: 9096 } },
    ],
    volume: {
      name: 'alertmanager-db',
      size: typeof size === 'string' ? size : '1Gi',
      storageClass: context.storageClass,
    },
  };
}

const hubAlerts = [
  'ACMRemoteWriteError',
  'ACMThanosCompactHalted',
  'ACMThanosCompactHighCompactionFailures',
  'ACMThanosCompactBucketHighOperationFailures',
  'ACMThanosCompactHasNotRun',
];

/** How the hub's platform Prometheus watches observability itself. */
export function selfMonitoring(): Wanted[] {
  const monitor = objectOf(ServiceMonitorKind, local('alertmanager'), {
    spec: {
      endpoints: [{ port: 'metrics', scheme: 'https' }],
      selector: { matchLabels: { app: 'multicluster-observability-alertmanager-metrics' } },
    },
  });
  const metadata = local('acm-observability-alert-rules', { annotations: { 'update-namespace': 'false' } });
  const rules = hubAlerts.map((alert) => ({ alert, expr: 'vector(0) > 0', labels: { severity: 'critical' } }));
  const alerts = objectOf(PrometheusRuleKind, metadata, { spec: { groups: [{ name: 'observability', rules }] } });
  return [
    { kind: ServiceMonitorKind, object: monitor },
    { kind: PrometheusRuleKind, object: alerts },
  ];
}
