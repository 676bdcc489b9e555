/**
 * The kinds we read or write, once: where each lives in the REST API, and the fields of it that we set or read.
 * Objects travel as they are; these types cover what we touch and leave the rest `unknown`.
 */

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** One entry of `metadata.managedFields`: who set what, how, and when. */
export interface ManagedFieldsEntry {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion?: string;
  time?: string;
  subresource?: string;
  fieldsType?: 'FieldsV1';
  fieldsV1?: Record<string, unknown>;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  resourceVersion?: string;
  uid?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: ManagedFieldsEntry[];
}

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** `metav1.Condition`, and the older shapes that lack some of its fields. */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

/** Where a kind lives in the REST API. The type parameter is the shape its objects have for us. */
export interface Kind<T extends KubeObject = KubeObject> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Never set; carries the type. */
  readonly shape?: T;
}

export interface Key {
  readonly name: string;
  readonly namespace?: string;
}

function kind<T extends KubeObject>(apiVersion: string, name: string, plural: string, scope: 'namespaced' | 'cluster') {
  return { apiVersion, kind: name, plural, namespaced: scope === 'namespaced' } satisfies Kind<T> as Kind<T>;
}

export interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}
export interface Secret extends KubeObject {
  type?: string;
  /** base64 */
  data?: Record<string, string>;
}
export interface Pod extends KubeObject {
  spec?: { nodeName?: string; containers?: { name: string; image?: string }[] };
  status?: {
    phase?: string;
    conditions?: Condition[];
    containerStatuses?: {
      name: string;
      ready?: boolean;
      restartCount?: number;
      state?: { waiting?: { reason?: string; message?: string }; terminated?: { reason?: string; message?: string } };
    }[];
  };
}
export interface Workload extends KubeObject {
  spec?: { replicas?: number; template?: { metadata?: { annotations?: Record<string, string> } } };
  status?: { replicas?: number; readyReplicas?: number; updatedReplicas?: number; observedGeneration?: number };
}
export interface Event extends KubeObject {
  type?: string;
  reason?: string;
  message?: string;
  involvedObject?: { kind?: string; name?: string; namespace?: string };
  lastTimestamp?: string;
  count?: number;
}
export interface PersistentVolumeClaim extends KubeObject {
  spec?: { storageClassName?: string; resources?: { requests?: { storage?: string } } };
  status?: { phase?: string; capacity?: { storage?: string } };
}
export interface StorageClass extends KubeObject {
  provisioner?: string;
  allowVolumeExpansion?: boolean;
}
export interface Lease extends KubeObject {
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    /** MicroTime */
    acquireTime?: string;
    renewTime?: string;
  };
}
export interface MultiClusterHub extends KubeObject {
  spec?: { imagePullSecret?: string };
  status?: { currentVersion?: string; desiredVersion?: string; phase?: string };
}
export interface MultiClusterObservability extends KubeObject {
  spec?: {
    imagePullSecret?: string;
    observabilityAddonSpec?: { enableMetrics?: boolean; interval?: number };
    storageConfig?: {
      metricObjectStorage?: { name: string; key: string; tlsSecretName?: string; tlsSecretMountPath?: string };
      storageClass?: string;
      [size: string]: unknown;
    };
    capabilities?: Record<string, unknown>;
    advanced?: Record<string, unknown>;
    [field: string]: unknown;
  };
  status?: { conditions?: Condition[] };
}
export interface ManagedCluster extends KubeObject {
  spec?: { hubAcceptsClient?: boolean; leaseDurationSeconds?: number };
  status?: {
    conditions?: Condition[];
    clusterClaims?: { name: string; value: string }[];
    version?: { kubernetes?: string };
  };
}
/** ObservabilityAddon and ManagedClusterAddOn alike: what we read is the conditions. */
export interface WithConditions extends KubeObject {
  status?: { conditions?: Condition[] };
}
export interface ManagedClusterView extends KubeObject {
  spec?: {
    scope: {
      apiGroup?: string;
      version?: string;
      kind?: string;
      name: string;
      namespace?: string;
      updateIntervalSeconds?: number;
    };
  };
  status?: { conditions?: Condition[]; result?: KubeObject };
}
export interface ManagedClusterAction extends KubeObject {
  spec?: {
    actionType: 'Create' | 'Update' | 'Delete';
    kube: { resource?: string; namespace?: string; name?: string; template?: KubeObject };
  };
  status?: { conditions?: Condition[]; result?: KubeObject };
}
export interface ClusterVersion extends KubeObject {
  spec?: { clusterID?: string };
  status?: { history?: { state?: string; version?: string }[] };
}
export interface ClusterDeployment extends KubeObject {
  spec?: { powerState?: string; installed?: boolean };
}
export interface Route extends KubeObject {
  status?: { ingress?: { host?: string; conditions?: Condition[] }[] };
}

export const Namespace = kind<KubeObject>('v1', 'Namespace', 'namespaces', 'cluster');
export const ConfigMapKind = kind<ConfigMap>('v1', 'ConfigMap', 'configmaps', 'namespaced');
export const SecretKind = kind<Secret>('v1', 'Secret', 'secrets', 'namespaced');
export const PodKind = kind<Pod>('v1', 'Pod', 'pods', 'namespaced');
export const EventKind = kind<Event>('v1', 'Event', 'events', 'namespaced');
export const PersistentVolumeClaimKind = kind<PersistentVolumeClaim>(
  'v1',
  'PersistentVolumeClaim',
  'persistentvolumeclaims',
  'namespaced',
);
export const DeploymentKind = kind<Workload>('apps/v1', 'Deployment', 'deployments', 'namespaced');
export const StatefulSetKind = kind<Workload>('apps/v1', 'StatefulSet', 'statefulsets', 'namespaced');
export const StorageClassKind = kind<StorageClass>('storage.k8s.io/v1', 'StorageClass', 'storageclasses', 'cluster');
export const LeaseKind = kind<Lease>('coordination.k8s.io/v1', 'Lease', 'leases', 'namespaced');
export const MultiClusterHubKind = kind<MultiClusterHub>(
  'operator.open-cluster-management.io/v1',
  'MultiClusterHub',
  'multiclusterhubs',
  'namespaced',
);
export const MultiClusterObservabilityKind = kind<MultiClusterObservability>(
  'observability.open-cluster-management.io/v1beta2',
  'MultiClusterObservability',
  'multiclusterobservabilities',
  'cluster',
);
export const ObservabilityAddonKind = kind<WithConditions>(
  'observability.open-cluster-management.io/v1beta1',
  'ObservabilityAddon',
  'observabilityaddons',
  'namespaced',
);
export const ManagedClusterAddOnKind = kind<WithConditions>(
  'addon.open-cluster-management.io/v1alpha1',
  'ManagedClusterAddOn',
  'managedclusteraddons',
  'namespaced',
);
export const ManagedClusterKind = kind<ManagedCluster>(
  'cluster.open-cluster-management.io/v1',
  'ManagedCluster',
  'managedclusters',
  'cluster',
);
export const ManifestWorkKind = kind<WithConditions>(
  'work.open-cluster-management.io/v1',
  'ManifestWork',
  'manifestworks',
  'namespaced',
);
export const ManagedClusterViewKind = kind<ManagedClusterView>(
  'view.open-cluster-management.io/v1beta1',
  'ManagedClusterView',
  'managedclusterviews',
  'namespaced',
);
export const ManagedClusterActionKind = kind<ManagedClusterAction>(
  'action.open-cluster-management.io/v1beta1',
  'ManagedClusterAction',
  'managedclusteractions',
  'namespaced',
);
export const ClusterVersionKind = kind<ClusterVersion>(
  'config.openshift.io/v1',
  'ClusterVersion',
  'clusterversions',
  'cluster',
);
export const ClusterOperatorKind = kind<WithConditions>(
  'config.openshift.io/v1',
  'ClusterOperator',
  'clusteroperators',
  'cluster',
);
export const ClusterDeploymentKind = kind<ClusterDeployment>(
  'hive.openshift.io/v1',
  'ClusterDeployment',
  'clusterdeployments',
  'namespaced',
);
export const RouteKind = kind<Route>('route.openshift.io/v1', 'Route', 'routes', 'namespaced');

export const ClusterRoleKind = kind<KubeObject>(
  'rbac.authorization.k8s.io/v1',
  'ClusterRole',
  'clusterroles',
  'cluster',
);
export const ClusterRoleBindingKind = kind<KubeObject>(
  'rbac.authorization.k8s.io/v1',
  'ClusterRoleBinding',
  'clusterrolebindings',
  'cluster',
);
export const StorageVersionMigrationKind = kind<KubeObject>(
  'migration.k8s.io/v1alpha1',
  'StorageVersionMigration',
  'storageversionmigrations',
  'cluster',
);

/** `Secret open-cluster-management-observability/thanos-object-storage`: how an object is named to people. */
export function describe(kind: Kind, key: Key): string {
  return `${kind.kind} ${key.namespace === undefined ? '' : `${key.namespace}/`}${key.name}`;
}

/** The value of a condition, by type. */
export function condition(object: WithConditions | undefined, type: string): Condition | undefined {
  return object?.status?.conditions?.find((entry) => entry.type === type);
}
