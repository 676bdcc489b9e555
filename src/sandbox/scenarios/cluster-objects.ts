/** What is on a cluster before anybody installs observability: the parts of OpenShift that are read or changed. */
import { DeploymentKind, type KubeObject, type ObjectMeta, StatefulSetKind } from '../../kinds.ts';
import { domainOf, uuidOf } from './identity.ts';
import { type ClusterSpec, kubernetesVersion, productFacts } from './spec.ts';

export interface Made {
  readonly seed: number;
  /** RFC 3339: when all of this was installed. */
  readonly since: string;
}

/** Objects of a cluster, the hub or a managed one, in the order they can be created. */
export function clusterObjects(spec: ClusterSpec, made: Made): KubeObject[] {
  const common = [...['default', 'kube-system'].map(namespace), ...nodes(spec)];
  if (!productFacts[spec.product].openshift) return common;
  return [
    ...common,
    ...['openshift-config', 'openshift-monitoring', 'openshift-ingress'].map(namespace),
    ...platform(spec, made),
    ...monitoring(spec, made),
  ];
}

export function namespace(name: string): KubeObject {
  const labels: Record<string, string> = {
    'kubernetes.io/metadata.name': name,
    ...(name.startsWith('openshift-monitoring') && { 'openshift.io/cluster-monitoring': 'true' }),
  };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels }, status: { phase: 'Active' } };
}

function nodes(spec: ClusterSpec): KubeObject[] {
  return Array.from({ length: spec.workers ?? 1 }, (_, at) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `${spec.name}-worker-${at}`,
      labels: { 'node-role.kubernetes.io/worker': '', 'kubernetes.io/hostname': `${spec.name}-worker-${at}` },
    },
    status: {
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
      nodeInfo: { kubeletVersion: kubernetesVersion(spec) },
      allocatable: { cpu: '15', memory: '60Gi' },
    },
  }));
}

function config(kind: string, name: string, rest: object): KubeObject {
  return { apiVersion: 'config.openshift.io/v1', kind, metadata: { name }, ...rest };
}

function platform(spec: ClusterSpec, { seed, since }: Made): KubeObject[] {
  const { name, version } = spec;
  const domain = domainOf(name);
  const image = 'quay.io/openshift-release-dev/ocp-release:sandbox';
  const history = [{ state: 'Completed', version, image, startedTime: since, completionTime: since, verified: true }];
  const aws = { type: 'AWS', aws: { region: 'eu-west-3' } };
  return [
    config('ClusterVersion', 'version', {
      spec: { clusterID: uuidOf(seed, name), channel: `stable-${version.split('.').slice(0, 2).join('.')}` },
      status: {
        desired: { version, image },
        history,
        conditions: [condition('Available', 'True', 'AsExpected', since)],
        availableUpdates: null,
        observedGeneration: 1,
        versionHash: 'sandbox',
      },
    }),
    config('Infrastructure', 'cluster', {
      spec: { platformSpec: { type: 'AWS' } },
      status: {
        apiServerURL: `https://api.${domain}:6443`,
        controlPlaneTopology: 'HighlyAvailable',
        infrastructureTopology: (spec.workers ?? 1) > 1 ? 'HighlyAvailable' : 'SingleReplica',
        infrastructureName: `${name}-${uuidOf(seed, name, 'infrastructure').slice(0, 5)}`,
        platform: 'AWS',
        platformStatus: aws,
      },
    }),
    config('Ingress', 'cluster', { spec: { domain: `apps.${domain}` } }),
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'gp3-csi', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'ebs.csi.aws.com',
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: true,
    },
  ];
}

/** The platform's own monitoring, running, and its configuration as somebody left it. */
function monitoring(spec: ClusterSpec, { since }: Made): KubeObject[] {
  const meta = (name: string): ObjectMeta => ({ name, namespace: 'openshift-monitoring' });
  const ports = [{ name: 'web', port: 9091, targetPort: 'web' }];
  const made: KubeObject[] = [
    config('ClusterOperator', 'monitoring', {
      spec: {},
      status: {
        conditions: [
          condition('Available', 'True', 'RollOutDone', since),
          condition('Progressing', 'False', '', since),
          condition('Degraded', 'False', 'PrometheusDataPersistenceNotConfigured', since),
          condition('Upgradeable', 'True', '', since),
        ],
        versions: [{ name: 'operator', version: spec.version }],
      },
    }),
    workload(DeploymentKind, meta('cluster-monitoring-operator'), 1),
    workload(StatefulSetKind, meta('prometheus-k8s'), (spec.workers ?? 1) > 1 ? 2 : 1),
    { apiVersion: 'v1', kind: 'Service', metadata: meta('prometheus-k8s'), spec: { ports } },
  ];
  if (spec.monitoring !== 'absent') {
    const data = { 'config.yaml': spec.monitoring.config };
    made.push({ apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('cluster-monitoring-config'), data });
  }
  return made;
}

function condition(type: string, status: string, reason: string, since: string): object {
  return { type, status, ...(reason !== '' && { reason }), lastTransitionTime: since };
}

/** A workload that has been running for long. */
export function workload(
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  metadata: ObjectMeta,
  replicas: number,
): KubeObject {
  const labels = { 'app.kubernetes.io/name': metadata.name };
  const containers = [{ name: metadata.name, image: `quay.io/openshift-release-dev/${metadata.name}:sandbox` }];
  const counts = { replicas, readyReplicas: replicas, updatedReplicas: replicas, availableReplicas: replicas };
  return {
    apiVersion,
    kind,
    metadata: { ...metadata, labels },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
    status: { ...counts, observedGeneration: 1 },
  };
}
