/** What the endpoint operator makes on a cluster: the collectors and what they need (acm.md §5.2). */
import { ConfigMapKind, DeploymentKind, type KubeObject } from '../../../kinds.ts';
import type { Lists } from '../allowlist/configmap.ts';
import { collectorArguments } from '../collector/arguments.ts';
import { collectorDeployments } from '../collector/index.ts';
import { ClusterRoleBindingKind } from '../kinds.ts';
import { objectOf, type Wanted } from '../objects.ts';
import { deployment } from '../workload.ts';
import type { Component } from './conditions.ts';

const labels: Readonly<Record<Component, string>> = {
  MetricsCollector: 'metrics-collector',
  UwlMetricsCollector: 'uwl-metrics-collector',
};

const from: Readonly<Record<Component, string>> = {
  MetricsCollector: 'https://prometheus-k8s.openshift-monitoring.svc:9091',
  UwlMetricsCollector: 'https://prometheus-user-workload.openshift-user-workload-monitoring.svc:9092',
};

/** What both collectors share. */
export function sharedObjects(namespace: string): Wanted[] {
  const subjects = [{ kind: 'ServiceAccount', name: 'endpoint-observability-operator-sa', namespace }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-monitoring-view' };
  const bundle = objectOf(
    ConfigMapKind,
    { name: 'metrics-collector-serving-certs-ca-bundle', namespace },
    { data: { 'service-ca.crt': 'sandbox CA' } },
  );
  return [
    {
      kind: ClusterRoleBindingKind,
      object: objectOf(ClusterRoleBindingKind, { name: 'metrics-collector-view' }, { roleRef, subjects }),
    },
    { kind: ConfigMapKind, object: bundle },
  ];
}

export interface CollectorWords {
  readonly lists: Lists;
  readonly intervalSeconds: number;
  /** By variable: what the operator itself was told of a proxy. */
  readonly proxy: Readonly<Record<string, string>>;
}

/** A collector's Deployment: what it collects stands in its arguments. */
export function collector(
  component: Component,
  namespace: string,
  { lists, intervalSeconds, proxy }: CollectorWords,
): Wanted {
  const list = component === 'MetricsCollector' ? lists.platform : lists.userWorkload;
  const podLabels = { component: labels[component] };
  const object: KubeObject = deployment({
    name: collectorDeployments[component],
    namespace,
    replicas: 1,
    labels: podLabels,
    podLabels,
    serviceAccount: 'endpoint-observability-operator-sa',
    containers: [
      {
        name: 'metrics-collector',
        args: [`--from=${from[component]}`, ...collectorArguments(list, intervalSeconds)],
        env: proxy,
      },
    ],
  });
  return { kind: DeploymentKind, object };
}
