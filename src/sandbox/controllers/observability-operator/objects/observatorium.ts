/** The Observatorium object: what the operator asks of Thanos' own operator. */
import { createHash } from 'node:crypto';
import type { MultiClusterObservability } from '../../../../kinds.ts';
import { ObservatoriumKind, type ObservatoriumSpec } from '../../kinds.ts';
import { customRules } from '../../names.ts';
import { isRecord, objectOf, type Wanted } from '../../objects.ts';
import { type Context, intervalOf, local, replicasOf } from './context.ts';

/** Volume sizes the CRD defaults (acm.md §1.2). */
const defaultSizes = {
  compactStorageSize: '100Gi',
  receiveStorageSize: '100Gi',
  ruleStorageSize: '1Gi',
  storeStorageSize: '10Gi',
} as const;

function sizeOf(cr: MultiClusterObservability, name: keyof typeof defaultSizes): string {
  const size = cr.spec?.storageConfig?.[name];
  return typeof size === 'string' ? size : defaultSizes[name];
}

/** The ruler's files, in the order they are loaded (measured.md §3); the user's come first. */
function rulesConfig({ customRules: custom, addonArchitecture, features }: Context) {
  return [
    ...(custom ? [{ name: customRules, key: 'custom_rules.yaml' }] : []),
    ...(addonArchitecture ? [] : [{ name: 'thanos-ruler-default-rules', key: 'default_rules.yaml' }]),
    ...(features.objects === 'as 2.17' ? [{ name: 'thanos-ruler-hub-metrics-rules', key: 'hub_rules.yaml' }] : []),
  ];
}

/** One tenant holds the metrics of all clusters. */
const tenant = 'default';
const tenantId = '1610b0c3-c509-4592-a256-a1871353dbfa';
/** Collectors may write, and who asks may read. */
const rbac = {
  roles: [
    { name: 'read-write', resources: ['metrics'], tenants: [tenant], permissions: ['read', 'write'] },
    { name: 'read', resources: ['metrics'], tenants: [tenant], permissions: ['read'] },
  ],
  roleBindings: [
    { name: 'collectors', roles: ['read-write'], subjects: [{ kind: 'group', name: 'acm' }] },
    { name: 'readers', roles: ['read'], subjects: [{ kind: 'user', name: 'grafana' }] },
  ],
};

function specOf(context: Context): ObservatoriumSpec {
  const { cr, storageClass } = context;
  const interval = intervalOf(cr);
  const { name = '', key = '' } = cr.spec?.storageConfig?.metricObjectStorage ?? {};
  const volume = (size: keyof typeof defaultSizes) => ({
    volumeClaimTemplate: {
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: sizeOf(cr, size) } },
        ...(storageClass !== undefined && { storageClassName: storageClass }),
      },
    },
  });
  return {
    objectStorageConfig: { thanos: { name, key } },
    hashrings: [{ hashring: tenant, tenants: [] }],
    api: { replicas: replicasOf(cr, 'observatoriumAPI', 2), tenants: [{ name: tenant, id: tenantId }], rbac },
    thanos: {
      query: { replicas: replicasOf(cr, 'query', 2), lookbackDelta: `${Math.max(300, interval * 2)}s` },
      queryFrontend: { replicas: replicasOf(cr, 'queryFrontend', 2) },
      receiveController: {},
      receivers: { replicas: replicasOf(cr, 'receive', 3), ...volume('receiveStorageSize') },
      rule: {
        replicas: replicasOf(cr, 'rule', 3),
        // It stands here, and the templates that make the ruler ignore it (acm.md §7.3).
        evalInterval: `${interval}s`,
        rulesConfig: rulesConfig(context),
        ...volume('ruleStorageSize'),
      },
      store: { shards: replicasOf(cr, 'store', 3), ...volume('storeStorageSize') },
      compact: { replicas: 1, ...retention(cr), ...volume('compactStorageSize') },
    },
  };
}

/** How long the compactor keeps each resolution: a year where nobody says (acm.md §1.2). */
function retention({ spec }: MultiClusterObservability): Record<string, unknown> {
  const told = isRecord(spec?.advanced) && isRecord(spec.advanced.retentionConfig) ? spec.advanced.retentionConfig : {};
  const names = ['retentionResolutionRaw', 'retentionResolution5m', 'retentionResolution1h'];
  return Object.fromEntries(names.map((name) => [name, told[name] ?? '365d']));
}

/** The Observatorium object of a CR. */
export function observatorium(context: Context): Wanted {
  const spec = specOf(context);
  const hash = createHash('md5').update(JSON.stringify(spec)).digest('hex');
  const metadata = local('observability', { labels: { app: 'observability', 'config-hash': hash } });
  return { kind: ObservatoriumKind, object: objectOf(ObservatoriumKind, metadata, { spec }) };
}
