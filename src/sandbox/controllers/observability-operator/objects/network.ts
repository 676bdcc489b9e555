/** Services, Routes, ServiceAccounts and the like on the hub (acm.md §4.1). */
import { RouteKind } from '../../../../kinds.ts';
import {
  IngressKind,
  OAuthClientKind,
  ServiceAccountKind,
  ServiceKind,
  StorageVersionMigrationKind,
} from '../../kinds.ts';
import { hubNamespace } from '../../names.ts';
import { objectOf, type Wanted } from '../../objects.ts';
import { type Context, local } from './context.ts';

const alertmanagerPods = { alertmanager: 'observability', app: 'multicluster-observability-alertmanager' };

interface ServiceRow {
  readonly name: string;
  readonly labels?: Record<string, string>;
  /** The Secret OpenShift's service CA fills. */
  readonly certificate?: string;
  readonly certificateAnnotation?: 'alpha' | 'beta';
  readonly ports: readonly { name: string; port: number; targetPort: number | string; protocol?: string }[];
  readonly selector: Record<string, string>;
}

const serviceRows: readonly ServiceRow[] = [
  {
    name: 'alertmanager',
    labels: { alertmanager: 'observability' },
    certificate: 'alertmanager-tls',
    ports: [{ name: 'oauth-proxy', port: 9095, targetPort: 'oauth-proxy' }],
    selector: alertmanagerPods,
  },
  {
    name: 'alertmanager-metrics',
    labels: { app: 'multicluster-observability-alertmanager-metrics' },
    certificate: 'alertmanager-tls-metrics',
    ports: [{ name: 'metrics', port: 9096, targetPort: 'metrics' }],
    selector: alertmanagerPods,
  },
  {
    name: 'alertmanager-operated',
    ports: [
      { name: 'tcp-mesh', port: 9094, targetPort: 9094 },
      { name: 'udp-mesh', port: 9094, targetPort: 9094, protocol: 'UDP' },
    ],
    selector: alertmanagerPods,
  },
  {
    name: 'grafana',
    labels: { app: 'multicluster-observability-grafana' },
    certificate: 'grafana-tls',
    certificateAnnotation: 'alpha',
    ports: [{ name: 'oauth-proxy', port: 9443, targetPort: 9443 }],
    selector: { app: 'multicluster-observability-grafana' },
  },
  {
    name: 'rbac-query-proxy',
    labels: { app: 'rbac-query-proxy' },
    certificate: 'rbac-proxy-certs',
    ports: [
      { name: 'https', port: 8443, targetPort: 'oauth-proxy' },
      { name: 'http', port: 8080, targetPort: 'http' },
    ],
    selector: { app: 'rbac-query-proxy' },
  },
];

/** The Services the operator makes itself; those of Thanos come from its own operator. */
export function services(): Wanted[] {
  return serviceRows.map(({ name, labels, certificate, certificateAnnotation = 'beta', ports, selector }) => {
    const annotations = certificate && {
      [`service.${certificateAnnotation}.openshift.io/serving-cert-secret-name`]: certificate,
    };
    const metadata = local(name, { ...(labels && { labels }), ...(annotations && { annotations }) });
    return { kind: ServiceKind, object: objectOf(ServiceKind, metadata, { spec: { ports: [...ports], selector } }) };
  });
}

/** Routes, by name: where they lead, and how TLS ends. */
const routeRows = [
  { name: 'alertmanager', service: 'alertmanager', port: 'oauth-proxy', tls: 'reencrypt', path: '/api/v2' },
  { name: 'grafana', service: 'grafana', port: 'oauth-proxy', tls: 'reencrypt', timeout: '300s' },
  { name: 'observatorium-api', service: 'observability-observatorium-api', port: 'public', tls: 'passthrough' },
  { name: 'rbac-query-proxy', service: 'rbac-query-proxy', port: 'https', tls: 'reencrypt' },
] as const;

/** The four Routes; the router gives them their hosts. */
export function routes(): Wanted[] {
  return routeRows.map((row) => {
    const annotations = 'timeout' in row ? { 'haproxy.router.openshift.io/timeout': row.timeout } : undefined;
    const spec = {
      to: { kind: 'Service', name: row.service, weight: 100 },
      port: { targetPort: row.port },
      tls: { termination: row.tls },
      ...('path' in row && { path: row.path }),
    };
    return { kind: RouteKind, object: objectOf(RouteKind, local(row.name, annotations && { annotations }), { spec }) };
  });
}

function redirectTo(route: string): Record<string, string> {
  const reference = { kind: 'OAuthRedirectReference', apiVersion: 'v1', reference: { kind: 'Route', name: route } };
  return { [`serviceaccounts.openshift.io/oauth-redirectreference.${route}`]: JSON.stringify(reference) };
}

/** The name of the account of the endpoint operator that collects from the hub itself. */
export function hubEndpointAccount({ features }: Pick<Context, 'features'>): string {
  return `${features.objects === 'as 2.17' ? 'hub-' : ''}endpoint-observability-operator-sa`;
}

/** ServiceAccounts owned by the CR. */
export function serviceAccounts(context: Context): Wanted[] {
  const accounts = [
    local('alertmanager', { labels: { alertmanager: 'observability' }, annotations: redirectTo('alertmanager') }),
    local(hubEndpointAccount(context)),
    local('grafana', { annotations: redirectTo('grafana') }),
    local('observability-alertmanager-accessor', { labels: { alertmanager: 'observability' } }),
    local('observatorium'),
    local('rbac-query-proxy'),
    ...(context.addonArchitecture ? [local('multicluster-observability-addon-manager')] : []),
  ];
  return accounts.map((metadata) => ({ kind: ServiceAccountKind, object: objectOf(ServiceAccountKind, metadata) }));
}

/** The OAuth client of Grafana, the ingress of old, and the marker of storage migration. */
export function singleObjects({ features, hub }: Context): Wanted[] {
  const client = objectOf(
    OAuthClientKind,
    { name: 'grafana-proxy-client' },
    {
      grantMethod: 'auto',
      secret: 'grafana-proxy-client',
      redirectURIs: [`https://grafana-${hubNamespace}.${hub.appsDomain}`],
    },
  );
  const migration = objectOf(
    StorageVersionMigrationKind,
    { name: 'storage-version-migration-observability' },
    {
      spec: {
        resource: {
          group: 'observability.open-cluster-management.io',
          resource: 'observabilityaddons',
          version: 'v1beta1',
        },
      },
    },
  );
  return [
    { kind: OAuthClientKind, object: client },
    { kind: StorageVersionMigrationKind, object: migration },
    ...(features.objects === 'as 2.14' ? [ingress()] : []),
  ];
}

function ingress(): Wanted {
  const prefix = 'ingress.open-cluster-management.io';
  const annotations = {
    [`${prefix}/auth-type`]: 'access-token',
    [`${prefix}/rewrite-target`]: '/',
    [`${prefix}/secure-backends`]: 'true',
  };
  const backend = { service: { name: 'rbac-query-proxy', port: { number: 8080 } } };
  const paths = [{ path: '/observability-query', pathType: 'ImplementationSpecific', backend }];
  const spec = { rules: [{ http: { paths } }] };
  return {
    kind: IngressKind,
    object: objectOf(IngressKind, local('rbac-query-proxy-ingress', { annotations }), { spec }),
  };
}
