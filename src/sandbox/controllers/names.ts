/** Namespaces, names and labels of ACM observability that more than one controller needs (acm.md §4, §5). */

/** Where observability lives on the hub; fixed. */
export const hubNamespace = 'open-cluster-management-observability';
/** Where its add-on lives on a managed cluster; fixed. */
export const addonNamespace = 'open-cluster-management-addon-observability';
export const globalSetNamespace = 'open-cluster-management-global-set';
export const platformMonitoring = 'openshift-monitoring';
export const userWorkloadMonitoring = 'openshift-user-workload-monitoring';

/** `observability.open-cluster-management.io`: group of its API, and prefix of its labels and finalizers. */
export const domain = 'observability.open-cluster-management.io';
export const operatorName = 'multicluster-observability-operator';
/** On what ACM's own backup takes along. */
export const backupLabel = 'cluster.open-cluster-management.io/backup';
export const addonName = 'observability-controller';
export const newAddonName = 'multicluster-observability-addon';
export const addonNameLabel = 'open-cluster-management.io/addon-name';
export const customAllowlist = 'observability-metrics-custom-allowlist';
export const allowlist = 'observability-metrics-allowlist';
export const customRules = 'thanos-ruler-custom-rules';
export const defaultPullSecret = 'multiclusterhub-operator-pull-secret';
export const monitoringConfig = 'cluster-monitoring-config';
export const userWorkloadConfig = 'user-workload-monitoring-config';

/** Labels of everything the operator marks as its own. */
export const ownerLabel = { owner: operatorName } as const;

/** The ManifestWork that carries the add-on to a cluster. */
export function workName(cluster: string): string {
  return `${cluster}-observability`;
}

/** Holds an ObservabilityAddon on the hub until its cluster is cleaned up. */
export const addonFinalizer = `${domain}/addon-cleanup`;

/** Where add-ons of the addon architecture run on a cluster. */
export const agentNamespace = 'open-cluster-management-agent-addon';
