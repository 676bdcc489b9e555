/** What makes a cluster a hub: ACM, its operator, its pull secret (acm.md §1.5, §1.7, measured.md §1.4). */
import { DeploymentKind, type KubeObject } from '../../kinds.ts';
import { type Made, namespace, workload } from './cluster-objects.ts';
import { domainOf } from './identity.ts';
import { openshiftRoles } from './roles.ts';
import type { Scenario } from './spec.ts';

/** ACM's namespace, as its documentation installs it. */
const acmNamespace = 'open-cluster-management';

export interface HubWords extends Made {
  /** `2.14.0` */
  readonly acmVersion: string;
}

/** Objects of the hub beside those every cluster has and those of its managed clusters. */
export function hubObjects(scenario: Scenario, words: HubWords): KubeObject[] {
  const names = [acmNamespace, 'multicluster-engine', 'open-cluster-management-global-set', 'openshift'];
  return [
    ...names.map(namespace),
    ...pullSecrets(scenario),
    multiClusterHub(scenario, words),
    imageManifest(words.acmVersion),
    ...['multiclusterhub-operator', 'multicluster-observability-operator'].map((name) =>
      workload(DeploymentKind, { name, namespace: acmNamespace }, 1),
    ),
    ...['default', 'global'].map(clusterSet),
    ...openshiftRoles(),
    ...prerequisites(),
  ];
}

/** Made-up credentials: no registry knows them. */
function pullSecret(name: string, where: string): KubeObject {
  const auth = Buffer.from(`sandbox:${name}`).toString('base64');
  const hosts = ['registry.redhat.io', 'quay.io', 'registry.connect.redhat.com', 'cloud.openshift.com'];
  const auths = Object.fromEntries(hosts.map((host) => [host, { auth, email: 'sandbox@example.com' }]));
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: where },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') },
  };
}

function pullSecrets({ imagePullSecret }: Scenario): KubeObject[] {
  const platform = pullSecret('pull-secret', 'openshift-config');
  return imagePullSecret === undefined ? [platform] : [platform, pullSecret(imagePullSecret, acmNamespace)];
}

function multiClusterHub({ imagePullSecret, clusters }: Scenario, { acmVersion, since }: HubWords): KubeObject {
  const components = ['multicluster-observability', 'grc', 'search', 'console', 'multicluster-engine'];
  const running = { status: 'True', lastTransitionTime: since, lastUpdateTime: since };
  return {
    apiVersion: 'operator.open-cluster-management.io/v1',
    kind: 'MultiClusterHub',
    metadata: { name: 'multiclusterhub', namespace: acmNamespace },
    spec: {
      availabilityConfig: 'High',
      enableClusterBackup: false,
      ...(imagePullSecret !== undefined && { imagePullSecret }),
      localClusterName: clusters[0]?.name ?? 'local-cluster',
      overrides: { components: components.map((name) => ({ name, enabled: true, configOverrides: {} })) },
    },
    status: {
      currentVersion: acmVersion,
      desiredVersion: acmVersion,
      phase: 'Running',
      conditions: [
        { type: 'Complete', reason: 'ComponentsAvailable', message: 'All hub components ready.', ...running },
      ],
    },
  };
}

function imageManifest(acmVersion: string): KubeObject {
  const images = [
    'grafana',
    'thanos',
    'observatorium',
    'observatorium_operator',
    'rbac_query_proxy',
    'metrics_collector',
  ];
  const labels = { 'ocm-configmap-type': 'image-manifest', 'ocm-release-version': acmVersion };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `mch-image-manifest-${acmVersion}`, namespace: acmNamespace, labels },
    data: Object.fromEntries(images.map((name) => [name, `quay.io/acm-d/${name}:sandbox`])),
  };
}

function clusterSet(name: string): KubeObject {
  const selector =
    name === 'global'
      ? { selectorType: 'LabelSelector', labelSelector: {} }
      : { selectorType: 'ExclusiveClusterSetLabel' };
  return {
    apiVersion: 'cluster.open-cluster-management.io/v1beta2',
    kind: 'ManagedClusterSet',
    metadata: { name },
    spec: { clusterSelector: selector },
  };
}

/** What the operator looks for elsewhere on the hub; a missing one stops it without a word on the CR (measured.md §1.4). */
function prerequisites(): KubeObject[] {
  const image = { kind: 'DockerImage', name: 'quay.io/openshift-release-dev/oauth-proxy:sandbox' };
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'extension-apiserver-authentication', namespace: 'kube-system' },
      data: { 'client-ca-file': '-----BEGIN CERTIFICATE-----\nsandbox\n-----END CERTIFICATE-----\n' },
    },
    {
      apiVersion: 'image.openshift.io/v1',
      kind: 'ImageStream',
      metadata: { name: 'oauth-proxy', namespace: 'openshift' },
      spec: { tags: [{ name: 'v4.4', from: image }] },
    },
  ];
}

/** `apps.hub.example.com` */
export function appsDomainOf({ clusters }: Scenario): string {
  return `apps.${domainOf(clusters[0]?.name ?? 'local-cluster')}`;
}
