/** The rights an apply needs, asked of the server before the first write. */
import type { Context } from '../context.ts';
import { observabilityNamespace } from '../hub.ts';
import type { Access } from '../ports.ts';

const observability = 'observability.open-cluster-management.io';

/** Rights on the hub, and in the namespace of every cluster that is reached through it. */
export function rightsForApply(context: Context): Access[] {
  const { hub, members } = context;
  const inObservability = (resource: string, verbs: readonly string[], group = ''): Access[] =>
    verbs.map((verb) => ({ verb, group, resource, namespace: observabilityNamespace }));
  const on = (group: string, resource: string, verbs: readonly string[], namespace?: string): Access[] =>
    verbs.map((verb) => ({ verb, group, resource, ...(namespace === undefined ? {} : { namespace }) }));
  const remote = members.filter((member) => !member.isHub && member.skip === undefined && member.offline === undefined);
  return [
    ...on('', 'namespaces', ['get', 'create', 'patch']),
    ...inObservability('secrets', ['get', 'create', 'patch']),
    ...inObservability('configmaps', ['get', 'list', 'create', 'update', 'patch']),
    ...inObservability('statefulsets', ['list', 'patch'], 'apps'),
    ...inObservability('deployments', ['list'], 'apps'),
    ...inObservability('pods', ['list']),
    { verb: 'get', group: '', resource: 'services', subresource: 'proxy', namespace: observabilityNamespace },
    ...on('', 'secrets', ['get'], 'openshift-config'),
    ...on('', 'configmaps', ['get', 'create', 'update'], 'openshift-monitoring'),
    ...on('storage.k8s.io', 'storageclasses', ['list']),
    ...on(observability, 'multiclusterobservabilities', ['list', 'create', 'patch']),
    ...on(observability, 'observabilityaddons', ['list']),
    ...on(
      'coordination.k8s.io',
      'leases',
      ['get', 'create', 'update', 'delete'],
      hub.multiClusterHub.metadata.namespace,
    ),
    ...(remote.length === 0 ? [] : on('view.open-cluster-management.io', 'managedclusterviews', ['list'])),
    ...remote.flatMap(({ name }) => [
      ...on('view.open-cluster-management.io', 'managedclusterviews', ['create', 'delete'], name),
      ...on('action.open-cluster-management.io', 'managedclusteractions', ['create', 'delete'], name),
    ]),
  ];
}

/** `patch secrets in open-cluster-management-observability` */
export function describeAccess({ verb, group, resource, subresource, namespace }: Access): string {
  const what = `${resource}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
  return `${verb} ${what}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
