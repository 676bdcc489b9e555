/** Roles an OpenShift API server comes with, as far as people are given them: those of projects, and what everybody has. */
import type { KubeObject } from '../../kinds.ts';

const group = 'rbac.authorization.k8s.io';
const apiVersion = `${group}/v1`;
const bootstrapped = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const reading = (apiGroups: string[], resources: string[]): Rule => ({
  apiGroups,
  resources,
  verbs: ['get', 'list', 'watch'],
});

/** `view`: everything of a project but its Secrets and roles. */
const view: readonly Rule[] = [
  reading(
    [''],
    [
      'bindings',
      'configmaps',
      'endpoints',
      'events',
      'limitranges',
      'namespaces',
      'namespaces/status',
      'persistentvolumeclaims',
      'pods',
      'pods/log',
      'pods/status',
      'replicationcontrollers',
      'resourcequotas',
      'serviceaccounts',
      'services',
    ],
  ),
  reading(['apps'], ['daemonsets', 'deployments', 'replicasets', 'statefulsets']),
  reading(['batch'], ['cronjobs', 'jobs']),
  reading(['networking.k8s.io'], ['ingresses', 'networkpolicies']),
  reading(['policy'], ['poddisruptionbudgets']),
  { apiGroups: ['', 'project.openshift.io'], resources: ['projects'], verbs: ['get'] },
];

const basicUser: readonly Rule[] = [
  { apiGroups: ['', 'project.openshift.io'], resources: ['projects'], verbs: ['list', 'watch'] },
  { apiGroups: ['', 'user.openshift.io'], resources: ['users'], verbs: ['get'] },
];

const everything: readonly Rule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];

export function openshiftRoles(): KubeObject[] {
  return [
    role('cluster-admin', everything),
    role('view', view),
    role('basic-user', basicUser),
    binding('cluster-admins', 'cluster-admin', 'system:cluster-admins'),
    binding('basic-users', 'basic-user', 'system:authenticated'),
  ];
}

function role(name: string, rules: readonly Rule[]): KubeObject {
  return { apiVersion, kind: 'ClusterRole', metadata: { name, labels: bootstrapped }, rules };
}

function binding(name: string, of: string, toGroup: string): KubeObject {
  return {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: of },
    subjects: [{ apiGroup: group, kind: 'Group', name: toGroup }],
  };
}
