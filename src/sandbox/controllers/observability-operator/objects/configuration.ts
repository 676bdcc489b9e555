/** ConfigMaps and Secrets the operator makes on the hub. Values are short stand-ins where nothing reads them. */
import { ConfigMapKind, SecretKind } from '../../../../kinds.ts';
import { allowlist, backupLabel, hubNamespace } from '../../names.ts';
import { objectOf, secretData, timestamp, type Wanted } from '../../objects.ts';
import { type Context, intervalOf, local } from './context.ts';
import { defaultRules, hubMetricsRules } from './rules.ts';

const once = { 'skip-creation-if-exist': 'true' };
const backedUp = { [backupLabel]: '' };
const alertmanagerLabel = { alertmanager: 'observability' };

function configMap(
  name: string,
  data: Record<string, string>,
  { labels, annotations }: { labels?: Record<string, string>; annotations?: Record<string, string> } = {},
): Wanted {
  const metadata = local(name, { ...(labels && { labels }), ...(annotations && { annotations }) });
  return { kind: ConfigMapKind, object: objectOf(ConfigMapKind, metadata, { data }), once: annotations === once };
}

function secret(
  name: string,
  values: Record<string, string>,
  { labels, annotations }: { labels?: Record<string, string>; annotations?: Record<string, string> } = {},
): Wanted {
  const metadata = local(name, { ...(labels && { labels }), ...(annotations && { annotations }) });
  const object = objectOf(SecretKind, metadata, { type: 'Opaque', data: secretData(values) });
  return { kind: SecretKind, object, once: annotations === once };
}

/** Whoever sends the name of the administrator to port 3001 is the administrator (acm.md §10.4). */
const grafanaIni = [
  '[auth]',
  'disable_login_form = true',
  '[auth.proxy]',
  'enabled = true',
  'header_name = X-Forwarded-User',
  'header_property = username',
  'auto_sign_up = true',
  '[dataproxy]',
  'timeout = 300',
  '[security]',
  `admin_user = WHAT_YOU_ARE_DOING_IS_VOIDING_SUPPORT_${'0'.repeat(64)}`,
  '[server]',
  'http_port = 3001',
  '[users]',
  'viewers_can_edit = true',
  '',
].join('\n');

/** ConfigMaps owned by the CR, dashboards aside. */
export function configMaps(context: Context): Wanted[] {
  const newer = context.features.objects === 'as 2.17';
  return [
    configMap(
      'alertmanager-ca-bundle',
      { 'service-ca.crt': 'sandbox CA' },
      { labels: alertmanagerLabel, annotations: { 'service.beta.openshift.io/inject-cabundle': 'true' } },
    ),
    configMap('alertmanager-clientca-metric', { 'client-ca-file': 'sandbox CA' }),
    configMap('images-list', imagesList(context)),
    configMap(
      'observability-managed-cluster-label-allowlist',
      { 'managed_cluster.yaml': 'labels:\n  - cloud\n  - vendor\nignore_labels:\n  - clusterID\n' },
      { labels: backedUp, annotations: once },
    ),
    configMap(allowlist, context.allowlist),
    ...(newer ? [] : [configMap('rbac-query-proxy-probe', { 'check.sh': 'exit 0' })]),
    configMap('thanos-ruler-config', { 'config.yaml': 'alertmanagers: []\n' }),
    configMap('thanos-ruler-default-rules', { 'default_rules.yaml': defaultRules }),
    ...(newer ? [configMap('thanos-ruler-hub-metrics-rules', { 'hub_rules.yaml': hubMetricsRules })] : []),
  ];
}

/** Images by name, for the collectors on the clusters. */
export function imagesList({ version, features }: Pick<Context, 'version' | 'features'>): Record<string, string> {
  const names = [
    'kube_rbac_proxy',
    'kube_state_metrics',
    'metrics_collector',
    'node_exporter',
    ...(features.objects === 'as 2.17' ? ['obo_prometheus_rhel9_operator'] : []),
    'prometheus',
    'prometheus_config_reloader',
    'prometheus_operator',
  ];
  return Object.fromEntries(names.map((name) => [name, `quay.io/acm-d/${name}:${version.text}`]));
}

/** Made when they are missing, and renewed by a controller of their own: what is there is not written again. */
const certificateNames = [
  'observability-client-ca-certs',
  'observability-grafana-certs',
  'observability-server-ca-certs',
  'observability-server-certs',
];

function issued({ hub: { certificates } }: Pick<Context, 'hub'>) {
  return { 'ca.crt': certificates.ca, 'tls.crt': certificates.cert, 'tls.key': certificates.key };
}

/** Secrets owned by the CR. */
export function secrets(context: Context): Wanted[] {
  const { cr, features, accessorToken, addonArchitecture } = context;
  const kept = features.objects === 'as 2.17' ? { labels: backedUp } : {};
  return [
    secret(
      'alertmanager-config',
      { 'alertmanager.yaml': 'route:\n  receiver: "null"\nreceivers:\n  - name: "null"\n' },
      { ...kept, annotations: once },
    ),
    secret('alertmanager-kube-rbac-proxy-metric', { 'config.yaml': 'authorization: {}\n' }),
    secret(
      'alertmanager-proxy',
      { session_secret: 'sandbox session' },
      { labels: { 'app.kubernetes.io/name': 'alertmanager-proxy' }, annotations: once },
    ),
    secret('grafana-config', { 'grafana.ini': grafanaIni }),
    secret('grafana-datasources', { 'datasources.yaml': datasources(intervalOf(cr)) }),
    ...(addonArchitecture ? [] : [secret('hub-info-secret', hubInfo(context))]),
    ...(accessorToken === undefined ? [] : [accessor(context, accessorToken)]),
    ...certificateNames.map((name) => ({ ...secret(name, issued(context), { labels: backedUp }), once: true })),
    secret('observability-managed-cluster-certs', { 'ca.crt': 'sandbox CA' }),
    secret('rbac-proxy-cookie-secret', { session_secret: 'sandbox session' }, { annotations: once }),
  ];
}

/** Secrets nobody owns: the accessor's token, filled by the token controller (to 2.16), and the collector's certificate. */
export function unownedSecrets(context: Context): Wanted[] {
  const token = objectOf(
    SecretKind,
    local('observability-alertmanager-accessor-token', {
      annotations: { 'kubernetes.io/service-account.name': 'observability-alertmanager-accessor' },
    }),
    { type: 'kubernetes.io/service-account-token' },
  );
  return [
    ...(context.features.accessorTokenSecret ? [{ kind: SecretKind, object: token, once: true }] : []),
    secret('observability-controller-open-cluster-management.io-observability-signer-client-cert', {
      'tls.crt': issued(context)['tls.crt'],
      'tls.key': issued(context)['tls.key'],
    }),
  ];
}

function accessor({ features, cr }: Context, token: string): Wanted {
  if (features.accessorTokenSecret) return secret('observability-alertmanager-accessor', { token });
  const created = Date.parse(cr.metadata.creationTimestamp ?? '') || 0;
  const annotations = {
    'token-created': timestamp(created),
    'token-expiration': timestamp(created + 360 * 86_400_000),
  };
  return secret('observability-alertmanager-accessor', { token }, { annotations });
}

/** What a collector must know of its hub (acm.md §5.2). */
export function hubInfo({ hub }: Pick<Context, 'hub'>, cluster = hub.name): Record<string, string> {
  const route = (name: string): string => `https://${name}-${hubNamespace}.${hub.appsDomain}`;
  const info = [
    `cluster-name: ${cluster}`,
    `observatorium-api-endpoint: ${route('observatorium-api')}/api/metrics/v1/default/api/v1/receive`,
    `alertmanager-endpoint: ${route('alertmanager')}`,
    `hub-cluster-id: ${hub.clusterID}`,
    'uwm-alerting-disabled: false',
  ];
  return { 'cluster-name': cluster, 'hub-info.yaml': `${info.join('\n')}\n` };
}

function datasources(interval: number): string {
  const source = (name: string, uid: string, seconds: number): string =>
    `  - name: ${name}\n    uid: "${uid}"\n    type: prometheus\n    jsonData: { timeInterval: ${seconds}s }\n`;
  return `apiVersion: 1\ndatasources:\n${source('Observatorium', '000000001', interval)}${source('Observatorium-Dynamic', '000000002', Math.min(interval, 30))}`;
}
