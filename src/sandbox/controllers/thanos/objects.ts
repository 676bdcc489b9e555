/** What Thanos' own operator makes of an Observatorium: its Deployments, StatefulSets and Services (acm.md §4.1, §4.2). */
import { ConfigMapKind, DeploymentKind, SecretKind, StatefulSetKind } from '../../../kinds.ts';
import { type Observatorium, ServiceAccountKind, ServiceKind } from '../kinds.ts';
import { defaultPullSecret, domain, hubNamespace } from '../names.ts';
import { isRecord, objectOf, ownerOf, secretData, type Wanted } from '../objects.ts';
import { deployment, statefulSet } from '../workload.ts';

const http = { grpc: 10901, http: 10902 } as const;

interface Row {
  /** After `observability-`. */
  readonly name: string;
  /** `app.kubernetes.io/name` */
  readonly app: string;
  /** Field of the Observatorium's spec that sizes it. */
  readonly part?: string;
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly replicas: number;
  readonly ports: Readonly<Record<string, number>>;
  /** Reads the object storage's configuration from its environment. */
  readonly store?: boolean;
  readonly volume?: boolean;
  /** Loads the rules. */
  readonly rules?: boolean;
  readonly account?: string;
}

const fixedRows: readonly Row[] = [
  {
    name: 'observatorium-api',
    app: 'observatorium-api',
    part: 'api',
    kind: 'Deployment',
    replicas: 2,
    ports: { public: 8080, internal: 8081 },
  },
  {
    name: 'thanos-query',
    app: 'thanos-query',
    part: 'query',
    kind: 'Deployment',
    replicas: 2,
    ports: { http: 9090, grpc: 10901 },
  },
  {
    name: 'thanos-query-frontend',
    app: 'thanos-query-frontend',
    part: 'queryFrontend',
    kind: 'Deployment',
    replicas: 2,
    ports: { http: 9090 },
  },
  {
    name: 'thanos-receive-controller',
    app: 'thanos-receive-controller',
    kind: 'Deployment',
    replicas: 1,
    ports: { http: 8080 },
  },
  {
    name: 'thanos-compact',
    app: 'thanos-compact',
    part: 'compact',
    kind: 'StatefulSet',
    replicas: 1,
    ports: { http: 10902 },
    store: true,
    volume: true,
  },
  {
    name: 'thanos-receive-default',
    app: 'thanos-receive',
    part: 'receivers',
    kind: 'StatefulSet',
    replicas: 3,
    ports: { ...http, 'remote-write': 19291 },
    store: true,
    volume: true,
    account: 'thanos-receive',
  },
  {
    name: 'thanos-rule',
    app: 'thanos-rule',
    part: 'rule',
    kind: 'StatefulSet',
    replicas: 3,
    ports: { ...http, reloader: 9533 },
    store: true,
    volume: true,
    rules: true,
  },
  { name: 'thanos-store-memcached', app: 'memcached', kind: 'StatefulSet', replicas: 3, ports: { client: 11211 } },
  {
    name: 'thanos-query-frontend-memcached',
    app: 'memcached',
    kind: 'StatefulSet',
    replicas: 3,
    ports: { client: 11211 },
  },
];

function rows(shards: number): Row[] {
  return [
    ...fixedRows,
    ...Array.from(
      { length: shards },
      (_, at): Row => ({
        name: `thanos-store-shard-${at}`,
        app: 'thanos-store',
        part: 'store',
        kind: 'StatefulSet',
        replicas: 1,
        ports: http,
        store: true,
        volume: true,
        account: 'thanos-store-shard',
      }),
    ),
  ];
}

/** The settings of a component. */
function partOf({ spec = {} }: Observatorium, part: string | undefined): Record<string, unknown> {
  const settings = part === 'api' ? spec.api : spec.thanos?.[part ?? ''];
  return isRecord(settings) ? settings : {};
}

/** Size and class of a component's volumes, by the template of their claims. */
function volumeOf({ volumeClaimTemplate: template }: Record<string, unknown>) {
  const claim = isRecord(template) && isRecord(template.spec) ? template.spec : {};
  const requests = isRecord(claim.resources) && isRecord(claim.resources.requests) ? claim.resources.requests : {};
  const { storageClassName: storageClass } = claim;
  const size = typeof requests.storage === 'string' ? requests.storage : '1Gi';
  return { name: 'data', size, storageClass: typeof storageClass === 'string' ? storageClass : undefined };
}

function numberIn(value: unknown, key: string): number | undefined {
  return isRecord(value) && typeof value[key] === 'number' ? value[key] : undefined;
}

/** Everything for one Observatorium, owned by it. */
export function thanosObjects(observatorium: Observatorium): Wanted[] {
  const ownerReferences = [ownerOf(observatorium)];
  const listed = rows(numberIn(partOf(observatorium, 'store'), 'shards') ?? 3);
  const accounts = [...new Set(listed.map(({ name, account = name }) => account))].map((name) => ({
    kind: ServiceAccountKind,
    object: objectOf(ServiceAccountKind, { name: `observability-${name}`, namespace: hubNamespace }),
  }));
  return [
    ...accounts,
    ...listed.flatMap((row) => [workload(row, observatorium), service(row)]),
    receiveService(),
    ...configuration(receiversOf(observatorium, listed)),
  ].map(({ kind, object }) => ({ kind, object: { ...object, metadata: { ...object.metadata, ownerReferences } } }));
}

function labelsOf(app: string): Record<string, string> {
  return {
    'app.kubernetes.io/name': app,
    'app.kubernetes.io/instance': 'observability',
    'app.kubernetes.io/part-of': 'observatorium',
    [`${domain}/name`]: 'observability',
  };
}

function workload(row: Row, observatorium: Observatorium): Wanted {
  const { name, app, kind, part, ports, account = name } = row;
  const { spec = {} } = observatorium;
  const settings = partOf(observatorium, part);
  const storage = spec.objectStorageConfig?.thanos;
  const words = {
    name: `observability-${name}`,
    namespace: hubNamespace,
    replicas: numberIn(settings, 'replicas') ?? row.replicas,
    labels: labelsOf(app),
    podLabels: { ...labelsOf(app), 'app.kubernetes.io/component': name },
    serviceAccount: `observability-${account}`,
    imagePullSecret: defaultPullSecret,
    containers: [
      { name: app, ports, ...(row.store && storage && { secretEnv: { OBJSTORE_CONFIG: storage } }) },
      ...(row.rules ? [{ name: 'configmap-reloader' }] : []),
    ],
    ...(row.rules && { configMaps: (spec.thanos?.rule?.rulesConfig ?? []).map((file) => file.name) }),
  };
  if (kind === 'Deployment') return { kind: DeploymentKind, object: deployment(words) };
  const volume = volumeOf(settings);
  return { kind: StatefulSetKind, object: statefulSet({ ...words, ...(row.volume && { volume }) }) };
}

function service({ name, app, ports }: Row): Wanted {
  return serviceOf(`observability-${name}`, app, ports, { 'app.kubernetes.io/component': name });
}

/** The front of all receivers, to which the gateway writes. */
function receiveService(): Wanted {
  return serviceOf('observability-thanos-receive', 'thanos-receive', { ...http, 'remote-write': 19291 }, {});
}

function serviceOf(
  name: string,
  app: string,
  ports: Readonly<Record<string, number>>,
  more: Record<string, string>,
): Wanted {
  const spec = {
    selector: { ...labelsOf(app), ...more },
    ports: Object.entries(ports).map(([port, number]) => ({ name: port, port: number, targetPort: number })),
  };
  return {
    kind: ServiceKind,
    object: objectOf(ServiceKind, { name, namespace: hubNamespace, labels: labelsOf(app) }, { spec }),
  };
}

function receiversOf(observatorium: Observatorium, listed: readonly Row[]): number {
  const row = listed.find(({ name }) => name === 'thanos-receive-default');
  return numberIn(partOf(observatorium, row?.part), 'replicas') ?? row?.replicas ?? 0;
}

/** `receivers`: the controller of the hashring lists each of them by its name in the cluster. */
function configuration(receivers: number): Wanted[] {
  const tenants = (name: string, data: Record<string, string>): Wanted => ({
    kind: ConfigMapKind,
    object: objectOf(ConfigMapKind, { name, namespace: hubNamespace }, { data }),
  });
  const hashring = { hashring: 'default', tenants: [] };
  const set = 'observability-thanos-receive-default';
  const endpoints = Array.from(
    { length: receivers },
    (_, at) => `${set}-${at}.${set}.${hubNamespace}.svc.cluster.local:${http.grpc}`,
  );
  return [
    tenants('observability-thanos-receive-controller-tenants', { 'hashrings.json': JSON.stringify([hashring]) }),
    tenants('observability-thanos-receive-controller-tenants-generated', {
      'hashrings.json': JSON.stringify([{ ...hashring, endpoints }]),
    }),
    {
      kind: SecretKind,
      object: objectOf(
        SecretKind,
        { name: 'observability-observatorium-api', namespace: hubNamespace },
        { type: 'Opaque', data: secretData({ 'rbac.yaml': 'roles: []\n', 'tenants.yaml': 'tenants: []\n' }) },
      ),
    },
  ];
}
