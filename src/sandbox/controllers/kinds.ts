/** The kinds only the sandbox's controllers read or write, beside those of `src/kinds.ts`. */
import type { Condition, Kind, KubeObject, WithConditions } from '../../kinds.ts';

export interface Service extends KubeObject {
  spec?: { ports?: { name?: string; port: number; targetPort?: number | string }[]; selector?: Record<string, string> };
}
export interface ManifestWork extends KubeObject {
  spec?: { workload?: { manifests?: KubeObject[] } };
  status?: {
    conditions?: Condition[];
    resourceStatus?: { manifests?: { resourceMeta?: AppliedResource; conditions?: Condition[] }[] };
  };
}
/** What the work agent wrote down of an object it applied. */
export interface AppliedResource {
  ordinal?: number;
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
}
export interface Observatorium extends KubeObject {
  spec?: ObservatoriumSpec;
}
/** The part of it that the stand-in for the Thanos operator reads. */
export interface ObservatoriumSpec {
  objectStorageConfig?: { thanos?: { name: string; key: string } };
  hashrings?: { hashring: string; tenants: string[] }[];
  api?: Record<string, unknown>;
  thanos?: {
    rule?: { rulesConfig?: { name: string; key: string }[]; [field: string]: unknown };
    [component: string]: unknown;
  };
}
export interface ObservabilityAddon extends WithConditions {
  spec?: {
    enableMetrics?: boolean;
    interval?: number;
    scrapeSizeLimitBytes?: number;
    workers?: number;
    resources?: Record<string, unknown>;
  };
}
export interface PlacementDecision extends KubeObject {
  status?: { decisions?: { clusterName: string; reason: string }[] };
}
export interface ClusterOperator extends KubeObject {
  status?: { conditions?: Condition[]; versions?: { name: string; version: string }[] };
}

function of<T extends KubeObject = KubeObject>(
  apiVersion: string,
  name: string,
  plural: string,
  namespaced: boolean,
): Kind<T> {
  return { apiVersion, kind: name, plural, namespaced };
}

const rbac = 'rbac.authorization.k8s.io/v1';
const monitoring = 'monitoring.coreos.com/v1';

export const ServiceAccountKind = of('v1', 'ServiceAccount', 'serviceaccounts', true);
export const ServiceKind = of<Service>('v1', 'Service', 'services', true);
export const IngressKind = of('networking.k8s.io/v1', 'Ingress', 'ingresses', true);
export const ClusterRoleKind = of(rbac, 'ClusterRole', 'clusterroles', false);
export const ClusterRoleBindingKind = of(rbac, 'ClusterRoleBinding', 'clusterrolebindings', false);
export const RoleKind = of(rbac, 'Role', 'roles', true);
export const RoleBindingKind = of(rbac, 'RoleBinding', 'rolebindings', true);
export const ServiceMonitorKind = of(monitoring, 'ServiceMonitor', 'servicemonitors', true);
export const PrometheusRuleKind = of(monitoring, 'PrometheusRule', 'prometheusrules', true);
export const OAuthClientKind = of('oauth.openshift.io/v1', 'OAuthClient', 'oauthclients', false);
export const ClusterManagementAddOnKind = of(
  'addon.open-cluster-management.io/v1alpha1',
  'ClusterManagementAddOn',
  'clustermanagementaddons',
  false,
);
export const AddOnDeploymentConfigKind = of(
  'addon.open-cluster-management.io/v1alpha1',
  'AddOnDeploymentConfig',
  'addondeploymentconfigs',
  true,
);
export const ObservatoriumKind = of<Observatorium>(
  'core.observatorium.io/v1alpha1',
  'Observatorium',
  'observatoria',
  true,
);
export const StorageVersionMigrationKind = of(
  'migration.k8s.io/v1alpha1',
  'StorageVersionMigration',
  'storageversionmigrations',
  false,
);
export const PlacementDecisionKind = of<PlacementDecision>(
  'cluster.open-cluster-management.io/v1beta1',
  'PlacementDecision',
  'placementdecisions',
  true,
);
export const ManagedClusterSetKind = of(
  'cluster.open-cluster-management.io/v1beta2',
  'ManagedClusterSet',
  'managedclustersets',
  false,
);
export const CustomResourceDefinitionKind = of(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  false,
);
export const ImageStreamKind = of('image.openshift.io/v1', 'ImageStream', 'imagestreams', true);
export const PrometheusAgentKind = of('monitoring.rhobs/v1alpha1', 'PrometheusAgent', 'prometheusagents', true);
export const ScrapeConfigKind = of('monitoring.rhobs/v1alpha1', 'ScrapeConfig', 'scrapeconfigs', true);
export const WorkKind = of<ManifestWork>('work.open-cluster-management.io/v1', 'ManifestWork', 'manifestworks', true);
export const AddonKind = of<ObservabilityAddon>(
  'observability.open-cluster-management.io/v1beta1',
  'ObservabilityAddon',
  'observabilityaddons',
  true,
);
export const MonitoringOperatorKind = of<ClusterOperator>(
  'config.openshift.io/v1',
  'ClusterOperator',
  'clusteroperators',
  false,
);

export const InfrastructureKind = of('config.openshift.io/v1', 'Infrastructure', 'infrastructures', false);
