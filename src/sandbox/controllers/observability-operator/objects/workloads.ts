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
  // Images change with the release: what was copied from an earlier one differs.
  const tag = context.version.text;
  const labels = { app: 'multicluster-observability-grafana', ...named(context) };
  return {
    ...common(context),
    name: 'observability-grafana',
    replicas: replicasOf(context.cr, 'grafana', 2),
    labels,
    podLabels: labels,
    serviceAccount: 'grafana',
    containers: [
      {
        name: 'grafana',
        args: ['-config=/etc/grafana/grafana.ini'],
        ports: { http: 3001 },
        tag,
        mounts: {
          'grafana-storage': '/var/lib/grafana',
          'grafana-datasources': '/etc/grafana/provisioning/datasources',
          'grafana-config': '/etc/grafana',
        },
      },
      { name: 'grafana-dashboard-loader', tag },
      {
        name: 'grafana-proxy',
        args: grafanaProxyArguments,
        ports: { public: 9443 },
        tag,
        mounts: { 'tls-secret': '/etc/tls/private', 'cookie-secret': '/etc/proxy/secrets' },
      },
    ],
    volumes: {
      'grafana-storage': { emptyDir: {} },
      'grafana-datasources': { secret: { secretName: 'grafana-datasources' } },
      'grafana-config': { secret: { secretName: 'grafana-config' } },
      'tls-secret': { secret: { secretName: 'grafana-tls' } },
      'cookie-secret': { secret: { secretName: 'rbac-proxy-cookie-secret' } },
    },
  };
}

/** acm.md §10.2 "Production deployment facts". */
const grafanaProxyArguments = [
  '--provider=openshift',
  '--upstream=http://localhost:3001',
  '--https-address=:9443',
  '--cookie-secret-file=/etc/proxy/secrets/session_secret',
  '--cookie-expire=12h',
  '--openshift-delegate-urls={"/": {"resource": "projects", "verb": "list"}}',
  '--tls-cert=/etc/tls/private/tls.crt',
  '--tls-key=/etc/tls/private/tls.key',
  '--openshift-service-account=grafana',
  '--pass-user-bearer-token=true',
  '--pass-access-token=true',
  '--client-id=grafana-proxy-client',
  '--client-secret=grafana-proxy-client',
  '--scope=user:full',
  '--openshift-ca=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
];

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
