/** Lists as tables, for `kubectl get`: the columns people know, and NAME and AGE for the rest. */
import type { Condition, KubeObject } from '../../kinds.ts';
import type { ResourceType } from './kinds.ts';
import { isFields } from './objects.ts';

interface Column {
  readonly name: string;
  readonly cell: (object: KubeObject) => string | number;
}

const field = (object: KubeObject, ...path: readonly string[]): unknown => {
  let value: unknown = object;
  for (const name of path) value = isFields(value) ? value[name] : undefined;
  return value;
};
const shown = (value: unknown): string => (value === undefined || value === null ? '' : String(value));
const at = (name: string, ...path: readonly string[]): Column => ({
  name,
  cell: (object) => shown(field(object, ...path)),
});
const size = (name: string, ...path: readonly string[]): Column => ({
  name,
  cell: (object) => {
    const value = field(object, ...path);
    return Array.isArray(value) ? value.length : isFields(value) ? Object.keys(value).length : 0;
  },
});
const status = (name: string, type: string): Column => ({
  name,
  cell: (object) => {
    const conditions: unknown = field(object, 'status', 'conditions');
    const found = Array.isArray(conditions)
      ? conditions.filter(isCondition).find((entry) => entry.type === type)
      : undefined;
    return found?.status ?? '';
  },
});
const ready: Column = {
  name: 'Ready',
  cell: (object) =>
    `${shown(field(object, 'status', 'readyReplicas') ?? 0)}/${shown(field(object, 'spec', 'replicas') ?? 1)}`,
};

const podReady: Column = {
  name: 'Ready',
  cell: (object) => {
    const statuses: unknown = field(object, 'status', 'containerStatuses');
    const list = Array.isArray(statuses) ? statuses.filter(isFields) : [];
    return `${list.filter(({ ready: isReady }) => isReady === true).length}/${list.length}`;
  },
};

/** Between NAME and AGE, by kind. */
const columns: Readonly<Record<string, readonly Column[]>> = {
  Namespace: [at('Status', 'status', 'phase')],
  ConfigMap: [size('Data', 'data')],
  Secret: [at('Type', 'type'), size('Data', 'data')],
  Pod: [podReady, at('Status', 'status', 'phase')],
  Deployment: [ready],
  StatefulSet: [ready],
  Lease: [at('Holder', 'spec', 'holderIdentity')],
  StorageClass: [at('Provisioner', 'provisioner')],
  PersistentVolumeClaim: [at('Status', 'status', 'phase'), at('StorageClass', 'spec', 'storageClassName')],
  ManagedCluster: [
    at('Hub Accepted', 'spec', 'hubAcceptsClient'),
    status('Joined', 'ManagedClusterJoined'),
    status('Available', 'ManagedClusterConditionAvailable'),
  ],
  ManagedClusterAddOn: [
    status('Available', 'Available'),
    status('Degraded', 'Degraded'),
    status('Progressing', 'Progressing'),
  ],
  ClusterOperator: [
    status('Available', 'Available'),
    status('Progressing', 'Progressing'),
    status('Degraded', 'Degraded'),
  ],
  MultiClusterHub: [at('Status', 'status', 'phase'), at('CurrentVersion', 'status', 'currentVersion')],
  Policy: [at('Remediation action', 'spec', 'remediationAction'), at('Compliance state', 'status', 'compliant')],
  Route: [
    { name: 'Host', cell: (object) => shown(field(object, 'spec', 'host')) },
    at('Service', 'spec', 'to', 'name'),
  ],
};

export interface TableOptions {
  readonly now: number;
  /** `Metadata` unless told: what of the object each row carries. */
  readonly include: string | null;
  readonly listMeta: object;
}

export function table(type: ResourceType, objects: readonly KubeObject[], options: TableOptions): object {
  const own = columns[type.kind] ?? [];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.listMeta,
    columnDefinitions: [
      definition('Name', 'name'),
      ...own.map(({ name }) => definition(name, '')),
      definition('Age', ''),
    ],
    rows: objects.map((object) => ({
      cells: [object.metadata.name, ...own.map(({ cell }) => cell(object)), age(object, options.now)],
      ...(options.include !== 'None' && { object: carried(object, options.include) }),
    })),
  };
}

function definition(name: string, format: string): object {
  return { name, type: 'string', format, description: name, priority: 0 };
}

function carried(object: KubeObject, include: string | null): object {
  if (include === 'Object') return object;
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

/** `12s`, `5m`, `3h`, `2d`: as kubectl shows how old something is. */
function age({ metadata }: KubeObject, now: number): string {
  const born = Date.parse(metadata.creationTimestamp ?? '');
  if (Number.isNaN(born)) return '<unknown>';
  const seconds = Math.max(0, Math.floor((now - born) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

function isCondition(value: unknown): value is Condition {
  return isFields(value) && typeof value.type === 'string' && typeof value.status === 'string';
}
