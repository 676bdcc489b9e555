/** Which kinds of the common table a cluster does not serve: a managed cluster is no hub, and EKS is no OpenShift. */
import { qualified, type ResourceType, resourceTypes } from '../api/kinds.ts';
import { type ClusterSpec, productFacts } from './spec.ts';

/** Groups that only a hub serves. */
const hubGroups = new Set([
  'cluster.open-cluster-management.io',
  'view.open-cluster-management.io',
  'action.open-cluster-management.io',
  'operator.open-cluster-management.io',
  'multicluster.openshift.io',
  'core.observatorium.io',
  'hive.openshift.io',
  'addon.open-cluster-management.io',
]);
/** Kinds of shared groups that only a hub serves; `observabilityaddons` comes to a cluster with the add-on. */
const hubKinds = new Set([
  'manifestworks.work.open-cluster-management.io',
  'placementbindings.policy.open-cluster-management.io',
  'multiclusterobservabilities.observability.open-cluster-management.io',
  'observabilityaddons.observability.open-cluster-management.io',
]);
const openshiftGroups = new Set([
  'config.openshift.io',
  'console.openshift.io',
  'image.openshift.io',
  'oauth.openshift.io',
  'user.openshift.io',
  'monitoring.coreos.com',
]);
/** Brought by the addon architecture from ACM 2.15 (acm.md §9). */
const addonGroups = new Set(['monitoring.rhobs']);
/** Argo CD is on none of the clusters. */
const absentGroups = new Set(['argoproj.io']);

/** `plural.group` of every kind the hub does not serve. */
export function hiddenOnHub(addonArchitecture: boolean): string[] {
  return namesOf((group) => absentGroups.has(group) || (!addonArchitecture && addonGroups.has(group)));
}

/** Kinds of logging and tracing, which the addon architecture looks for on the hub (measured.md §1.6). */
export function furtherKinds(addonArchitecture: boolean): ResourceType[] {
  if (!addonArchitecture) return [];
  return [
    custom('observability.openshift.io', 'v1', 'ClusterLogForwarder', 'clusterlogforwarders'),
    custom('opentelemetry.io', 'v1alpha1', 'Instrumentation', 'instrumentations'),
    custom('opentelemetry.io', 'v1beta1', 'OpenTelemetryCollector', 'opentelemetrycollectors'),
  ];
}

function custom(group: string, version: string, kind: string, plural: string): ResourceType {
  const names = { kind, plural, singular: kind.toLowerCase(), shortNames: [] };
  return { group, version, ...names, namespaced: true, status: true, custom: true, generation: true };
}

/** The same for a managed cluster. */
export function hiddenOnManaged({ product }: ClusterSpec): string[] {
  const { openshift } = productFacts[product];
  return namesOf((group, name) => {
    const elsewhere = [hubGroups, addonGroups, absentGroups].some((groups) => groups.has(group));
    if (elsewhere || hubKinds.has(name)) return true;
    if (openshift) return false;
    // MicroShift has routes and nothing else of OpenShift.
    return openshiftGroups.has(group) || (group === 'route.openshift.io' && product !== 'MicroShift');
  });
}

function namesOf(hidden: (group: string, name: string) => boolean): string[] {
  return resourceTypes.filter((type) => hidden(type.group, qualified(type))).map(qualified);
}
