import { describe, expect, it } from 'vitest';
import { ConfigMapKind, type KubeObject, ManagedClusterKind, Namespace } from '../../../src/kinds.ts';
import { clusterAdmin, type User } from '../../../src/sandbox/api/index.ts';
import { type Bench, bench, configMap, failure, labKey } from './bench.ts';

const rbac = 'rbac.authorization.k8s.io';
const ann: User = { name: 'ann', groups: ['devs', 'system:authenticated'] };

function role(kind: 'ClusterRole' | 'Role', rules: object[], namespace?: string): KubeObject {
  return { apiVersion: `${rbac}/v1`, kind, metadata: { name: 'r', ...(namespace && { namespace }) }, rules };
}

function binding(
  kind: 'ClusterRoleBinding' | 'RoleBinding',
  of: 'ClusterRole' | 'Role',
  subject: object,
  namespace?: string,
): KubeObject {
  const metadata = { name: 'b', ...(namespace && { namespace }) };
  const roleRef = { apiGroup: rbac, kind: of, name: 'r' };
  return { apiVersion: `${rbac}/v1`, kind, metadata, subjects: [subject], roleRef };
}

function world(...objects: KubeObject[]): Bench {
  const made = bench({
    tokens: new Map([
      ['ann-token', ann],
      ['admin', clusterAdmin],
    ]),
  });
  made.api.seed([configMap({}), ...objects]);
  return made;
}

const asAnn = (made: Bench) => made.as('me', { token: 'ann-token' });

describe('who asks', () => {
  it('is somebody known, or nobody', async () => {
    const made = world();

    expect(await failure(made.as('me').list(Namespace))).toMatchObject({ code: 'not-logged-in' });
    expect(await failure(made.as('me', { token: 'expired' }).list(Namespace))).toMatchObject({ code: 'not-logged-in' });
    expect(await made.as('me', { token: 'admin' }).list(Namespace)).toHaveLength(1);
  });

  it('may speak for somebody else only with the right to', async () => {
    const made = world();

    const refused = await failure(made.as('me', { token: 'ann-token', as: 'bob' }).list(Namespace));
    const asBob = await failure(made.as('me', { token: 'admin', as: 'bob' }).list(Namespace));

    expect(refused).toMatchObject({ status: 403 });
    expect((refused as Error).message).toContain('User "ann" cannot impersonate resource "users"');
    expect((asBob as Error).message).toContain('User "bob" cannot list resource "namespaces"');
  });
});

describe('rights', () => {
  it('are none without a binding, and the refusal says what is missing', async () => {
    const made = world();

    const list = await failure(asAnn(made).list(ConfigMapKind, { namespace: 'lab' }));
    const get = await failure(asAnn(made).get(ManagedClusterKind, { name: 'paris' }));

    expect(list).toMatchObject({
      status: 403,
      reason: 'Forbidden',
      message:
        'configmaps is forbidden: User "ann" cannot list resource "configmaps" in API group "" in the namespace "lab"',
    });
    expect((get as Error).message).toBe(
      'managedclusters.cluster.open-cluster-management.io "paris" is forbidden: User "ann" cannot get resource "managedclusters" in API group "cluster.open-cluster-management.io" at the cluster scope',
    );
  });

  it('of a ClusterRole hold everywhere when bound by a ClusterRoleBinding, to a user or a group', async () => {
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }];
    const byUser = world(
      role('ClusterRole', rules),
      binding('ClusterRoleBinding', 'ClusterRole', { kind: 'User', name: 'ann' }),
    );
    const byGroup = world(
      role('ClusterRole', rules),
      binding('ClusterRoleBinding', 'ClusterRole', { kind: 'Group', name: 'devs' }),
    );

    expect(await asAnn(byUser).list(ConfigMapKind)).toHaveLength(1);
    expect(await asAnn(byGroup).list(ConfigMapKind)).toHaveLength(1);
    expect(await failure(asAnn(byUser).delete(ConfigMapKind, labKey))).toMatchObject({ status: 403 });
  });

  it('of a Role hold in its namespace', async () => {
    const rules = [{ apiGroups: [''], resources: ['*'], verbs: ['*'] }];
    const made = world(
      role('Role', rules, 'lab'),
      binding('RoleBinding', 'Role', { kind: 'User', name: 'ann' }, 'lab'),
    );

    expect(await asAnn(made).list(ConfigMapKind, { namespace: 'lab' })).toHaveLength(1);
    expect(await failure(asAnn(made).list(ConfigMapKind))).toMatchObject({ status: 403 });
  });

  it('may name the objects they are about, and do not cover subresources', async () => {
    const rules = [
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['x'], verbs: ['get'] },
      { apiGroups: [''], resources: ['services/proxy'], resourceNames: ['thanos:9090'], verbs: ['get'] },
      { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
    ];
    const made = world(
      role('ClusterRole', rules),
      binding('ClusterRoleBinding', 'ClusterRole', { kind: 'User', name: 'ann' }),
    );
    const client = asAnn(made);

    const other = await failure(client.get(ConfigMapKind, { ...labKey, name: 'y' }));
    const proxied = await client.raw('/api/v1/namespaces/lab/services/thanos:9090/proxy/api/v1/query');
    const refused = await client.raw('/api/v1/namespaces/lab/services/grafana:3000/proxy/');

    expect(await client.get(ConfigMapKind, labKey)).toBeDefined();
    expect(other).toMatchObject({ status: 403 });
    // Permitted, but nobody is there.
    expect([proxied.status, refused.status]).toEqual([503, 403]);
    expect(await client.get(Namespace, { name: 'lab' })).toBeDefined();
  });

  it('to apply something new take create as well as patch', async () => {
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['patch'] }];
    const made = world(
      role('ClusterRole', rules),
      binding('ClusterRoleBinding', 'ClusterRole', { kind: 'User', name: 'ann' }),
    );

    const error = await failure(asAnn(made).apply(ConfigMapKind, configMap({}, { name: 'new' })));

    expect((error as Error).message).toContain('cannot create resource "configmaps"');
    expect(await asAnn(made).apply(ConfigMapKind, configMap({}), { force: true })).toBeDefined();
  });

  it('are told to whoever asks for their own', async () => {
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }];
    const made = world(
      role('ClusterRole', rules),
      binding('ClusterRoleBinding', 'ClusterRole', { kind: 'User', name: 'ann' }),
    );

    const answers = await asAnn(made).access([
      { verb: 'get', group: '', resource: 'configmaps', namespace: 'lab' },
      { verb: 'get', group: '', resource: 'secrets', namespace: 'lab' },
    ]);

    expect(answers).toEqual([true, false]);
  });
});
