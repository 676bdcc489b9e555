/** Who may what, in the words the program reads. */
import { expect, it } from 'vitest';
import {
  ClusterRoleBindingKind,
  ClusterRoleKind,
  ConfigMapKind,
  type Kind,
  ManagedClusterKind,
  Namespace,
  SecretKind,
} from '../../../src/kinds.ts';
import type { Access } from '../../../src/ports.ts';
import { type LabMaker, refusal } from './world.ts';

const RoleBindingKind: Kind = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
};

export function rightsContract(open: LabMaker): void {
  it('a missing right is told with user, verb, resource, group and place', async () => {
    const { world, configMap, key, namespace } = await open();
    const { stranger } = world;
    const where = `in the namespace "${namespace}"`;

    expect(await refusal(stranger.list(ConfigMapKind, { namespace }))).toEqual({
      status: 403,
      reason: 'Forbidden',
      message: `configmaps is forbidden: User "stranger" cannot list resource "configmaps" in API group "" ${where}`,
      details: { kind: 'configmaps' },
    });
    expect(await refusal(stranger.get(ConfigMapKind, key()))).toEqual({
      status: 403,
      reason: 'Forbidden',
      message: `configmaps "x" is forbidden: User "stranger" cannot get resource "configmaps" in API group "" ${where}`,
      details: { name: 'x', kind: 'configmaps' },
    });
    expect((await refusal(stranger.apply(ConfigMapKind, configMap(), { dryRun: true }))).message).toBe(
      `configmaps "x" is forbidden: User "stranger" cannot patch resource "configmaps" in API group "" ${where}`,
    );
    expect((await refusal(stranger.create(ConfigMapKind, configMap()))).message).toBe(
      `configmaps is forbidden: User "stranger" cannot create resource "configmaps" in API group "" ${where}`,
    );
    expect(await refusal(stranger.get(ManagedClusterKind, { name: 'paris' }))).toEqual({
      status: 403,
      reason: 'Forbidden',
      message:
        'managedclusters.cluster.open-cluster-management.io "paris" is forbidden: User "stranger" cannot get resource "managedclusters" in API group "cluster.open-cluster-management.io" at the cluster scope',
      details: { name: 'paris', group: 'cluster.open-cluster-management.io', kind: 'managedclusters' },
    });
    expect((await refusal(stranger.get(Namespace, { name: namespace }))).message).toBe(
      `namespaces "${namespace}" is forbidden: User "stranger" cannot get resource "namespaces" in API group "" ${where}`,
    );
  });

  it('a proxy without the right to it is 403', async () => {
    const { world, namespace } = await open();

    const { status, body } = await world.stranger.raw(`/api/v1/namespaces/${namespace}/services/web:9090/proxy/`);

    expect(status).toBe(403);
    expect(JSON.parse(body).message).toBe(
      `services "web:9090" is forbidden: User "stranger" cannot get resource "services/proxy" in API group "" in the namespace "${namespace}"`,
    );
  });

  it('everybody may ask what they may do, in one batch, and learns nothing else', async () => {
    const { world, namespace } = await open();
    const questions: Access[] = [
      { verb: 'get', group: '', resource: 'configmaps', namespace },
      { verb: 'patch', group: 'observability.open-cluster-management.io', resource: 'multiclusterobservabilities' },
      { verb: 'get', group: '', resource: 'services', subresource: 'proxy', namespace },
    ];

    expect(await world.stranger.access(questions)).toEqual([false, false, false]);
    expect(await world.as('me').access(questions)).toEqual([true, true, true]);
  });

  it('who may ask about others learns what they may do and by what', async () => {
    const { world, namespace } = await open();
    const me = world.as('me');
    const group = 'rbac.authorization.k8s.io';
    const role = { apiGroup: group, kind: 'ClusterRole', name: `readers-${namespace}` };
    const rules = [{ apiGroups: [''], resources: ['namespaces'], verbs: ['get'] }];
    await me.create(ClusterRoleKind, {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRole',
      metadata: { name: role.name },
      rules,
    });
    const binding = (name: string, subject: object) =>
      me.create(RoleBindingKind, {
        apiVersion: `${group}/v1`,
        kind: 'RoleBinding',
        metadata: { name, namespace },
        roleRef: role,
        subjects: [subject],
      });
    await binding('a', { kind: 'User', name: 'anna', apiGroup: group });
    await binding('b', { kind: 'Group', name: 'sre', apiGroup: group });
    await binding('c', { kind: 'ServiceAccount', name: 'board', namespace: 'ci' });
    const question: Access = { verb: 'get', group: '', resource: 'namespaces', namespace, name: namespace };
    const told = async (user: string, ...groups: string[]) => (await me.review({ user, groups }, [question]))[0];
    const by = (name: string, whom: string) => ({
      allowed: true,
      reason: `RBAC: allowed by RoleBinding "${name}/${namespace}" of ClusterRole "${role.name}" to ${whom}`,
    });

    // The authorizer reads by watches, a moment later.
    await expect.poll(() => told('system:serviceaccount:ci:board')).toEqual(by('c', 'ServiceAccount "board/ci"'));
    expect(await told('anna')).toEqual(by('a', 'User "anna"'));
    expect(await told('bob', 'sre')).toEqual(by('b', 'Group "sre"'));
    expect(await told('root', 'system:masters')).toEqual({ allowed: true });
    expect(await told('carl', 'system:authenticated')).toEqual({ allowed: false });
    expect(await me.review({ user: 'anna', groups: [] }, [{ ...question, name: 'x', namespace: 'x' }])).toEqual([
      { allowed: false },
    ]);
    expect(await refusal(me.review({ user: '', groups: [] }, [question]))).toMatchObject({
      status: 422,
      reason: 'Invalid',
    });
    expect(await refusal(world.stranger.review({ user: 'anna', groups: [] }, [question]))).toMatchObject({
      status: 403,
      message:
        'subjectaccessreviews.authorization.k8s.io is forbidden: User "stranger" cannot create resource "subjectaccessreviews" in API group "authorization.k8s.io" at the cluster scope',
    });
  });

  it('a role bound to a user gives exactly its rules', async () => {
    const { world, configMap, key, namespace } = await open();
    const { stranger } = world;
    const me = world.as('me');
    await me.create(ConfigMapKind, configMap({ a: '1' }));
    const metadata = { name: `contract-${namespace}` };
    const group = 'rbac.authorization.k8s.io';
    const rules = [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['x'], verbs: ['get'] }];
    await me.create(ClusterRoleKind, { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata, rules });
    await me.create(ClusterRoleBindingKind, {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: group, kind: 'ClusterRole', name: metadata.name },
      subjects: [{ kind: 'User', name: 'stranger', apiGroup: group }],
    });

    // The authorizer reads by watches, a moment later.
    await expect
      .poll(() => stranger.get(ConfigMapKind, key()).catch(() => undefined))
      .toMatchObject({ data: { a: '1' } });
    expect(await refusal(stranger.get(ConfigMapKind, key('y')))).toMatchObject({ status: 403 });
    expect(await refusal(stranger.get(SecretKind, key()))).toMatchObject({ status: 403 });
    expect(
      await stranger.access([
        { verb: 'get', group: '', resource: 'configmaps', namespace, name: 'x' },
        { verb: 'get', group: '', resource: 'configmaps', namespace },
      ]),
    ).toEqual([true, false]);
    await me.delete(ClusterRoleBindingKind, metadata);
  });
}
