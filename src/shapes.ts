/**
 * The fields of objects that we set or read. Objects travel as they are: these shapes cover what we touch and leave the rest
 * `unknown`. Where each kind lives in the REST API is `kinds.ts`.
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
  /** The `metadata.generation` it speaks of: what was changed since is not meant. */
  observedGeneration?: number;
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
  spec?: {
    nodeName?: string;
    containers?: { name: string; image?: string; ports?: { name?: string; containerPort: number }[] }[];
  };
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
  spec?: {
    replicas?: number;
    volumeClaimTemplates?: unknown[];
    template?: { metadata?: { annotations?: Record<string, string> } };
  };
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
  spec?: {
    accessModes?: string[];
    storageClassName?: string;
    resources?: { requests?: { storage?: string } };
  };
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
  spec?: {
    hubAcceptsClient?: boolean;
    leaseDurationSeconds?: number;
    taints?: { key: string; effect?: string }[];
    managedClusterClientConfigs?: { url?: string }[];
  };
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
/** A requirement of a label selector, as Kubernetes writes it. */
export interface LabelRequirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values?: string[];
}
export interface Placement extends KubeObject {
  spec?: {
    clusterSets?: string[];
    /** Any of them chooses a cluster. */
    predicates?: {
      requiredClusterSelector: {
        labelSelector?: LabelSelector;
        claimSelector?: { matchExpressions?: LabelRequirement[] };
      };
    }[];
    tolerations?: { key?: string; operator?: 'Exists' | 'Equal'; value?: string; effect?: string }[];
  };
}
export interface PlacementBinding extends KubeObject {
  placementRef?: { apiGroup: string; kind: string; name: string };
  subjects?: { apiGroup: string; kind: string; name: string }[];
}
/** `Pending` waits for another policy; without any, the cluster has not reported. */
export type Compliance = 'Compliant' | 'NonCompliant' | 'Pending';
/** The one a person writes, and its copy in the namespace of each cluster: the first tells of all, the second why. */
export interface Policy extends KubeObject {
  spec?: {
    disabled?: boolean;
    remediationAction?: string;
    'policy-templates'?: { objectDefinition: KubeObject }[];
  };
  status?: {
    compliant?: Compliance;
    placement?: { placement?: string; placementBinding?: string }[];
    status?: { clustername: string; clusternamespace: string; compliant?: Compliance }[];
    details?: {
      templateMeta?: { name?: string };
      compliant?: Compliance;
      /** Newest first. */
      history?: { eventName?: string; lastTimestamp?: string; message?: string }[];
    }[];
  };
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
export interface ClusterProxy extends KubeObject {
  spec?: { httpsProxy?: string; noProxy?: string };
  /** What is in force: with what the platform adds to `noProxy`. */
  status?: { httpsProxy?: string; noProxy?: string };
}
export interface CertificateSigningRequest extends KubeObject {
  /** Without a condition: waiting. Signed: with a certificate, base64. */
  status?: { conditions?: Condition[]; certificate?: string };
}
export interface ClusterDeployment extends KubeObject {
  spec?: { powerState?: string; installed?: boolean };
}
export interface Service extends KubeObject {
  spec?: { ports?: { name?: string; port: number; targetPort?: number | string; protocol?: string }[] };
}
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: LabelRequirement[];
}
/** ServiceMonitor and PodMonitor alike; each uses one of the two lists. */
export interface Monitor extends KubeObject {
  spec?: {
    selector?: LabelSelector;
    endpoints?: MonitoredPort[];
    podMetricsEndpoints?: MonitoredPort[];
  };
}
interface MonitoredPort {
  port?: string;
  targetPort?: number | string;
}
export interface OAuthClient extends KubeObject {
  secret?: string;
  redirectURIs?: string[];
  grantMethod?: string;
}
export interface ClusterRole extends KubeObject {
  rules?: { verbs: string[]; apiGroups?: string[]; resources?: string[]; resourceNames?: string[] }[];
}
export interface ClusterRoleBinding extends KubeObject {
  roleRef?: { apiGroup?: string; kind: string; name: string };
  subjects?: { apiGroup?: string; kind: string; name: string; namespace?: string }[];
}
/** OpenShift's own; a name and nothing more to RBAC. */
export interface UserGroup extends KubeObject {
  users?: string[];
}
export interface Route extends KubeObject {
  spec?: { port?: { targetPort: number | string }; tls?: Record<string, unknown>; [field: string]: unknown };
  status?: { ingress?: { host?: string; conditions?: Condition[] }[] };
}

/** What of it concerns us: which objects each placement hands out (acm.md §9.3). */
export interface ClusterManagementAddOn extends KubeObject {
  spec?: { installStrategy?: { type?: string; placements?: AddOnPlacement[] }; [field: string]: unknown };
}
export interface AddOnPlacement {
  name: string;
  namespace: string;
  configs?: AddOnConfigReference[];
  [field: string]: unknown;
}
export interface AddOnConfigReference {
  group: string;
  resource: string;
  name: string;
  namespace?: string;
}
