/** The kinds we read or write, once: where each lives in the REST API. What their objects look like is `shapes.ts`. */
import type {
  CertificateSigningRequest,
  ClusterDeployment,
  ClusterManagementAddOn,
  ClusterProxy,
  ClusterRole,
  ClusterRoleBinding,
  ClusterVersion,
  Condition,
  ConfigMap,
  Event,
  KubeObject,
  Lease,
  ManagedCluster,
  ManagedClusterAction,
  ManagedClusterView,
  Monitor,
  MultiClusterHub,
  MultiClusterObservability,
  OAuthClient,
  PersistentVolumeClaim,
  Placement,
  PlacementBinding,
  Pod,
  Policy,
  Route,
  Secret,
  Service,
  StorageClass,
  UserGroup,
  WithConditions,
  Workload,
} from './shapes.ts';

export type * from './shapes.ts';

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
export const ManagedClusterSetBindingKind = kind<KubeObject>(
  'cluster.open-cluster-management.io/v1beta2',
  'ManagedClusterSetBinding',
  'managedclustersetbindings',
  'namespaced',
);
export const PlacementKind = kind<Placement>(
  'cluster.open-cluster-management.io/v1beta1',
  'Placement',
  'placements',
  'namespaced',
);
export const PolicyKind = kind<Policy>('policy.open-cluster-management.io/v1', 'Policy', 'policies', 'namespaced');
export const ConfigurationPolicyKind = kind<KubeObject>(
  'policy.open-cluster-management.io/v1',
  'ConfigurationPolicy',
  'configurationpolicies',
  'namespaced',
);
export const PlacementBindingKind = kind<PlacementBinding>(
  'policy.open-cluster-management.io/v1',
  'PlacementBinding',
  'placementbindings',
  'namespaced',
);
export const ScrapeConfigKind = kind<KubeObject>(
  'monitoring.rhobs/v1alpha1',
  'ScrapeConfig',
  'scrapeconfigs',
  'namespaced',
);
export const ServiceMonitorKind = kind<Monitor>(
  'monitoring.coreos.com/v1',
  'ServiceMonitor',
  'servicemonitors',
  'namespaced',
);
export const PodMonitorKind = kind<Monitor>('monitoring.coreos.com/v1', 'PodMonitor', 'podmonitors', 'namespaced');
export const PrometheusRuleKind = kind<KubeObject>(
  'monitoring.coreos.com/v1',
  'PrometheusRule',
  'prometheusrules',
  'namespaced',
);
export const ClusterManagementAddOnKind = kind<ClusterManagementAddOn>(
  'addon.open-cluster-management.io/v1alpha1',
  'ClusterManagementAddOn',
  'clustermanagementaddons',
  'cluster',
);
export const ClusterVersionKind = kind<ClusterVersion>(
  'config.openshift.io/v1',
  'ClusterVersion',
  'clusterversions',
  'cluster',
);
/** The proxy a cluster reaches the outside by; always one, named `cluster`. */
export const ProxyKind = kind<ClusterProxy>('config.openshift.io/v1', 'Proxy', 'proxies', 'cluster');
export const CertificateSigningRequestKind = kind<CertificateSigningRequest>(
  'certificates.k8s.io/v1',
  'CertificateSigningRequest',
  'certificatesigningrequests',
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
export const ApplicationKind = kind<KubeObject>('argoproj.io/v1alpha1', 'Application', 'applications', 'namespaced');
export const SelectorSyncSetKind = kind<KubeObject>(
  'hive.openshift.io/v1',
  'SelectorSyncSet',
  'selectorsyncsets',
  'cluster',
);
export const SyncSetKind = kind<KubeObject>('hive.openshift.io/v1', 'SyncSet', 'syncsets', 'namespaced');
export const RouteKind = kind<Route>('route.openshift.io/v1', 'Route', 'routes', 'namespaced');

export const ServiceKind = kind<Service>('v1', 'Service', 'services', 'namespaced');
export const ServiceAccountKind = kind<KubeObject>('v1', 'ServiceAccount', 'serviceaccounts', 'namespaced');
export const OAuthClientKind = kind<OAuthClient>('oauth.openshift.io/v1', 'OAuthClient', 'oauthclients', 'cluster');
export const UserGroupKind = kind<UserGroup>('user.openshift.io/v1', 'Group', 'groups', 'cluster');
export const ClusterRoleKind = kind<ClusterRole>(
  'rbac.authorization.k8s.io/v1',
  'ClusterRole',
  'clusterroles',
  'cluster',
);
export const ClusterRoleBindingKind = kind<ClusterRoleBinding>(
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
