/**
 * What objects must look like where we read them. An API server keeps to it; what answers otherwise is something else in
 * its place, and is said to be so before anything is concluded from it. The compiler holds the table to `shapes.ts`.
 */
import type * as shapes from '../kinds.ts';
import type { KubeObject } from '../kinds.ts';

/** Keys that end in `?` may be absent. */
interface Fields {
  readonly [name: string]: Form;
}
export type Leaf = 'text' | 'number' | 'flag' | 'texts' | 'map' | 'anything';
export type Form = Leaf | Fields | readonly [Form];

type Known<T> = keyof { [K in keyof T as string extends K ? never : number extends K ? never : K]: T[K] };
type Named<T, K> = K extends string ? (undefined extends T[K & keyof T] ? `${K}?` : K) : never;
type Bare<K> = K extends `${infer Name}?` ? Name : K;

/** The form of a shape, every field of it. */
type FormOf<T> = unknown extends T
  ? 'anything'
  : [string | number] extends [T]
    ? 'anything'
    : T extends string
      ? 'text'
      : T extends number
        ? 'number'
        : T extends boolean
          ? 'flag'
          : T extends readonly (infer E)[]
            ? readonly [FormOf<E>]
            : T extends Record<string, string>
              ? string extends keyof T
                ? 'texts'
                : FieldsOf<T>
              : [Known<T>] extends [never]
                ? 'map'
                : FieldsOf<T>;
type FieldsOf<T> = { readonly [K in Named<T, Known<T>>]: FormOf<NonNullable<T[Bare<K> & keyof T]>> };

const metadata = {
  name: 'text',
  'namespace?': 'text',
  'generateName?': 'text',
  'labels?': 'texts',
  'annotations?': 'texts',
  'resourceVersion?': 'text',
  'uid?': 'text',
  'generation?': 'number',
  'creationTimestamp?': 'text',
  'deletionTimestamp?': 'text',
  'finalizers?': ['text'],
  'ownerReferences?': [
    {
      apiVersion: 'text',
      kind: 'text',
      name: 'text',
      uid: 'text',
      'controller?': 'flag',
      'blockOwnerDeletion?': 'flag',
    },
  ],
  'managedFields?': [
    {
      manager: 'text',
      operation: 'text',
      'apiVersion?': 'text',
      'time?': 'text',
      'subresource?': 'text',
      'fieldsType?': 'text',
      'fieldsV1?': 'map',
    },
  ],
} as const satisfies FormOf<shapes.ObjectMeta>;
/** What every object has, of whatever kind. */
export const object = { apiVersion: 'text', kind: 'text', metadata } as const satisfies FormOf<KubeObject>;
const conditions = [
  {
    type: 'text',
    status: 'text',
    'reason?': 'text',
    'message?': 'text',
    'lastTransitionTime?': 'text',
    'observedGeneration?': 'number',
  },
] as const satisfies FormOf<shapes.Condition[]>;
const withConditions = {
  ...object,
  'status?': { 'conditions?': conditions },
} as const satisfies FormOf<shapes.WithConditions>;
const ended = { 'reason?': 'text', 'message?': 'text' } as const;
const workload = {
  ...object,
  'spec?': {
    'replicas?': 'number',
    'volumeClaimTemplates?': ['anything'],
    'template?': { 'metadata?': { 'annotations?': 'texts' } },
  },
  'status?': {
    'replicas?': 'number',
    'readyReplicas?': 'number',
    'updatedReplicas?': 'number',
    'observedGeneration?': 'number',
  },
} as const satisfies FormOf<shapes.Workload>;
const monitor = {
  ...object,
  'spec?': {
    'selector?': {
      'matchLabels?': 'texts',
      'matchExpressions?': [{ key: 'text', operator: 'text', 'values?': ['text'] }],
    },
    'endpoints?': [{ 'port?': 'text', 'targetPort?': 'anything' }],
    'podMetricsEndpoints?': [{ 'port?': 'text', 'targetPort?': 'anything' }],
  },
} as const satisfies FormOf<shapes.Monitor>;
const proxy = { 'httpsProxy?': 'text', 'noProxy?': 'text' } as const;
const answered = { 'conditions?': conditions, 'result?': object } as const;

/** By kind. */
export const forms: Readonly<Record<string, Form>> = {
  ConfigMap: { ...object, 'data?': 'texts' } satisfies FormOf<shapes.ConfigMap>,
  Secret: { ...object, 'type?': 'text', 'data?': 'texts' } satisfies FormOf<shapes.Secret>,
  Deployment: workload,
  StatefulSet: workload,
  ObservabilityAddon: withConditions,
  ManagedClusterAddOn: withConditions,
  ManifestWork: withConditions,
  ClusterOperator: withConditions,
  CertificateSigningRequest: {
    ...object,
    'status?': { 'conditions?': conditions, 'certificate?': 'text' },
  } satisfies FormOf<shapes.CertificateSigningRequest>,
  Proxy: { ...object, 'spec?': proxy, 'status?': proxy } satisfies FormOf<shapes.ClusterProxy>,
  Pod: {
    ...object,
    'spec?': {
      'nodeName?': 'text',
      'containers?': [{ name: 'text', 'image?': 'text', 'ports?': [{ 'name?': 'text', containerPort: 'number' }] }],
    },
    'status?': {
      'phase?': 'text',
      'conditions?': conditions,
      'containerStatuses?': [
        {
          name: 'text',
          'ready?': 'flag',
          'restartCount?': 'number',
          'state?': { 'waiting?': ended, 'terminated?': ended },
        },
      ],
    },
  } satisfies FormOf<shapes.Pod>,
  Event: {
    ...object,
    'type?': 'text',
    'reason?': 'text',
    'message?': 'text',
    'involvedObject?': { 'kind?': 'text', 'name?': 'text', 'namespace?': 'text' },
    'lastTimestamp?': 'text',
    'count?': 'number',
  } satisfies FormOf<shapes.Event>,
  PersistentVolumeClaim: {
    ...object,
    'spec?': {
      'accessModes?': ['text'],
      'storageClassName?': 'text',
      'resources?': { 'requests?': { 'storage?': 'text' } },
    },
    'status?': { 'phase?': 'text', 'capacity?': { 'storage?': 'text' } },
  } satisfies FormOf<shapes.PersistentVolumeClaim>,
  StorageClass: {
    ...object,
    'provisioner?': 'text',
    'allowVolumeExpansion?': 'flag',
  } satisfies FormOf<shapes.StorageClass>,
  Lease: {
    ...object,
    'spec?': {
      'holderIdentity?': 'text',
      'leaseDurationSeconds?': 'number',
      'acquireTime?': 'text',
      'renewTime?': 'text',
    },
  } satisfies FormOf<shapes.Lease>,
  MultiClusterHub: {
    ...object,
    'spec?': { 'imagePullSecret?': 'text' },
    'status?': { 'currentVersion?': 'text', 'desiredVersion?': 'text', 'phase?': 'text' },
  } satisfies FormOf<shapes.MultiClusterHub>,
  MultiClusterObservability: {
    ...object,
    'spec?': {
      'imagePullSecret?': 'text',
      'observabilityAddonSpec?': { 'enableMetrics?': 'flag', 'interval?': 'number' },
      'storageConfig?': {
        'metricObjectStorage?': {
          name: 'text',
          key: 'text',
          'tlsSecretName?': 'text',
          'tlsSecretMountPath?': 'text',
        },
        'storageClass?': 'text',
      },
      'capabilities?': 'map',
      'advanced?': 'map',
    },
    'status?': { 'conditions?': conditions },
  } satisfies FormOf<shapes.MultiClusterObservability>,
  ManagedCluster: {
    ...object,
    'spec?': {
      'hubAcceptsClient?': 'flag',
      'leaseDurationSeconds?': 'number',
      'taints?': [{ key: 'text', 'effect?': 'text' }],
      'managedClusterClientConfigs?': [{ 'url?': 'text' }],
    },
    'status?': {
      'conditions?': conditions,
      'clusterClaims?': [{ name: 'text', value: 'text' }],
      'version?': { 'kubernetes?': 'text' },
    },
  } satisfies FormOf<shapes.ManagedCluster>,
  Group: { ...object, 'users?': ['text'] } satisfies FormOf<shapes.UserGroup>,
  ClusterRole: {
    ...object,
    'rules?': [{ verbs: ['text'], 'apiGroups?': ['text'], 'resources?': ['text'], 'resourceNames?': ['text'] }],
  } satisfies FormOf<shapes.ClusterRole>,
  ClusterRoleBinding: {
    ...object,
    'roleRef?': { 'apiGroup?': 'text', kind: 'text', name: 'text' },
    'subjects?': [{ 'apiGroup?': 'text', kind: 'text', name: 'text', 'namespace?': 'text' }],
  } satisfies FormOf<shapes.ClusterRoleBinding>,
  ServiceMonitor: monitor,
  PodMonitor: monitor,
  ManagedClusterView: { ...object, 'status?': answered },
  ManagedClusterAction: { ...object, 'status?': answered },
  ClusterVersion: {
    ...object,
    'spec?': { 'clusterID?': 'text' },
    'status?': { 'history?': [{ 'state?': 'text', 'version?': 'text' }] },
  } satisfies FormOf<shapes.ClusterVersion>,
  ClusterDeployment: {
    ...object,
    'spec?': { 'powerState?': 'text', 'installed?': 'flag' },
  } satisfies FormOf<shapes.ClusterDeployment>,
  Route: {
    ...object,
    'spec?': { 'port?': { targetPort: 'anything' }, 'tls?': 'map' },
    'status?': { 'ingress?': [{ 'host?': 'text', 'conditions?': conditions }] },
  } satisfies FormOf<shapes.Route>,
};
