/** A managed cluster as its hub knows it: ManagedCluster, namespace, agents' add-ons, ClusterDeployment (transport.md §1). */
import type { Condition, KubeObject } from '../../kinds.ts';
import { type Made, namespace } from './cluster-objects.ts';
import { domainOf, uuidOf } from './identity.ts';
import { type ClusterSpec, kubernetesVersion, productFacts } from './spec.ts';

/** Objects on the hub for one cluster. `isHub`: the hub's entry for itself. */
export function hubSideObjects(spec: ClusterSpec, isHub: boolean, made: Made): KubeObject[] {
  const place = namespace(spec.name);
  const labels = { ...place.metadata.labels, 'cluster.open-cluster-management.io/managedCluster': spec.name };
  const objects = [
    managedCluster(spec, isHub, made),
    { ...place, metadata: { ...place.metadata, labels } },
    ...['work-manager', 'config-policy-controller', 'governance-policy-framework'].map((name) =>
      addOn(spec, name, made),
    ),
  ];
  return spec.state === 'hibernating' ? [...objects, clusterDeployment(spec, made)] : objects;
}

function managedCluster(spec: ClusterSpec, isHub: boolean, made: Made): KubeObject {
  const { name, state } = spec;
  return {
    apiVersion: 'cluster.open-cluster-management.io/v1',
    kind: 'ManagedCluster',
    metadata: {
      name,
      labels: labelsOf(spec, isHub, made),
      finalizers: ['managedcluster-import-controller.open-cluster-management.io/cleanup'],
    },
    spec: {
      hubAcceptsClient: true,
      leaseDurationSeconds: 60,
      managedClusterClientConfigs: [{ url: `https://api.${domainOf(name)}:6443` }],
      ...(state !== 'available' && { taints: [unreachable(made)] }),
    },
    status: {
      conditions: conditionsOf(spec, made),
      clusterClaims: claimsOf(spec, made),
      version: { kubernetes: kubernetesVersion(spec) },
      allocatable: { cpu: String(15 * (spec.workers ?? 1)), memory: `${60 * (spec.workers ?? 1)}Gi` },
    },
  };
}

/** The taint that follows from the condition (transport.md §1). */
function unreachable({ since }: Made): object {
  return { key: 'cluster.open-cluster-management.io/unreachable', effect: 'NoSelect', timeAdded: since };
}

function labelsOf(spec: ClusterSpec, isHub: boolean, { seed }: Made): Record<string, string> {
  const { name, product, version } = spec;
  const { vendor, openshift } = productFacts[product];
  const [major = '', minor = ''] = version.split('.');
  return {
    name,
    vendor,
    cloud: 'Amazon',
    'cluster.open-cluster-management.io/clusterset': 'default',
    'feature.open-cluster-management.io/addon-work-manager': spec.state === 'available' ? 'available' : 'unreachable',
    ...(isHub && { 'local-cluster': 'true' }),
    ...(product !== 'undetected' && { clusterID: uuidOf(seed, name) }),
    ...(product === 'MicroShift' && { microshiftVersion: version }),
    ...(openshift &&
      product !== 'undetected' && {
        openshiftVersion: version,
        'openshiftVersion-major': major,
        'openshiftVersion-major-minor': `${major}.${minor}`,
      }),
    ...spec.labels,
  };
}

function claimsOf(spec: ClusterSpec, { seed }: Made): { name: string; value: string }[] {
  const { name, product, version } = spec;
  const { claim, openshift } = productFacts[product];
  const id = uuidOf(seed, name);
  // An agent that has only just started has claimed nothing but what every cluster has.
  if (claim === undefined) return [{ name: 'id.k8s.io', value: id }];
  const claims: Record<string, string> = {
    'id.k8s.io': openshift ? id : uuidOf(seed, name, 'kube-system'),
    'kubeversion.open-cluster-management.io': kubernetesVersion(spec),
    'platform.open-cluster-management.io': product === 'MicroShift' ? 'Other' : 'AWS',
    'product.open-cluster-management.io': claim,
    'region.open-cluster-management.io': 'eu-west-3',
    ...(product === 'MicroShift' && { 'version.microshift.io': version }),
    ...(openshift && {
      'id.openshift.io': id,
      'version.openshift.io': version,
      'apiserverurl.openshift.io': `https://api.${domainOf(name)}:6443`,
      'consoleurl.cluster.open-cluster-management.io': `https://console-openshift-console.apps.${domainOf(name)}`,
      'controlplanetopology.openshift.io': product === 'ROSA' ? 'External' : 'HighlyAvailable',
    }),
  };
  return Object.entries(claims).map(([key, value]) => ({ name: key, value }));
}

function conditionsOf({ state }: ClusterSpec, { since }: Made): Condition[] {
  const entry = (type: string, status: Condition['status'], reason: string, message: string): Condition => ({
    type,
    status,
    reason,
    message,
    lastTransitionTime: since,
  });
  return [
    entry('HubAcceptedManagedCluster', 'True', 'HubClusterAdminAccepted', 'Accepted by hub cluster admin'),
    entry('ManagedClusterJoined', 'True', 'ManagedClusterJoined', 'Managed cluster joined'),
    entry('ManagedClusterImportSucceeded', 'True', 'ManagedClusterImported', 'Import succeeded'),
    availability(state === 'available', since),
  ];
}

/** `ManagedClusterConditionAvailable`, from the agent or, without it, from the hub's lease controller. */
function availability(available: boolean, since: string): Condition {
  return {
    type: 'ManagedClusterConditionAvailable',
    status: available ? 'True' : 'Unknown',
    reason: available ? 'ManagedClusterAvailable' : 'ManagedClusterLeaseUpdateStopped',
    message: available ? 'Managed cluster is available' : 'Registration agent stopped updating its lease.',
    lastTransitionTime: since,
  };
}

function addOn({ name, state }: ClusterSpec, addon: string, { since }: Made): KubeObject {
  const available = state === 'available';
  return {
    apiVersion: 'addon.open-cluster-management.io/v1alpha1',
    kind: 'ManagedClusterAddOn',
    metadata: { name: addon, namespace: name },
    spec: { installNamespace: 'open-cluster-management-agent-addon' },
    status: { conditions: [addOnAvailability(addon, available, since)] },
  };
}

/** `Available` of an add-on whose health is its lease. */
function addOnAvailability(addon: string, available: boolean, since: string): Condition {
  return {
    type: 'Available',
    status: available ? 'True' : 'Unknown',
    reason: available ? 'ManagedClusterAddOnLeaseUpdated' : 'ManagedClusterAddOnLeaseUpdateStopped',
    message: `${addon} add-on is ${available ? 'available' : 'not available'}.`,
    lastTransitionTime: since,
  };
}

function clusterDeployment({ name, version }: ClusterSpec, { seed }: Made): KubeObject {
  return {
    apiVersion: 'hive.openshift.io/v1',
    kind: 'ClusterDeployment',
    metadata: { name, namespace: name, labels: { 'hive.openshift.io/version': version } },
    spec: {
      baseDomain: 'example.com',
      clusterName: name,
      installed: true,
      powerState: 'Hibernating',
      clusterMetadata: { clusterID: uuidOf(seed, name), infraID: name },
      platform: { aws: { region: 'eu-west-3' } },
    },
    status: { powerState: 'Hibernating' },
  };
}
