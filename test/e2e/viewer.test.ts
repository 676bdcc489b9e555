/** `verify --for-user`: what somebody sees in Grafana, by what, and how they would come to see it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserGroupKind } from '../../src/kinds.ts';
import { createHarness, type Harness, type Ran, writesIn } from '../helpers/harness.ts';
import { accountFor } from '../helpers/rights-sweep.ts';
import { grant } from '../helpers/roles.ts';

const group = 'rbac.authorization.k8s.io';

/** A binding of a role as a person writes it; in a namespace where one is named. */
const bound = (name: string, role: string, subject: string, namespace?: string): string => `
apiVersion: ${group}/v1
kind: ${namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding'}
metadata: { name: ${name}${namespace === undefined ? '' : `, namespace: ${namespace}`} }
roleRef: { apiGroup: ${group}, kind: ClusterRole, name: ${role} }
subjects: [${subject}]
`;
const user = (name: string) => `{ kind: User, name: ${name} }`;

const role = (name: string, rules: string): string => `
apiVersion: ${group}/v1
kind: ClusterRole
metadata: { name: ${name} }
rules: [${rules}]
`;

const managed = (verbs: string, names = '') =>
  `{ apiGroups: [cluster.open-cluster-management.io], resources: [managedclusters], verbs: [${verbs}]${names} }`;

describe('verify --for-user', () => {
  let hub: Harness;

  beforeAll(async () => {
    hub = await createHarness({ scenario: 'quest', size: 4 });
    const { exitCode } = await hub.run('apply --yes -o json');
    if (exitCode !== 0) throw new Error(`the apply to begin with ended with ${exitCode}`);
  });
  afterAll(() => hub?.stop());

  const found = ({ report }: Ran, id: string, cluster = 'local-cluster') =>
    report.checks.find((check) => check.id === id && check.cluster === cluster);
  const seenBy = (ran: Ran) =>
    ran.report.checks.filter(({ id, verdict }) => id === 'visible' && verdict === 'pass').map(({ cluster }) => cluster);

  it('asks nothing of the kind where nobody is named', async () => {
    const { requests, report } = await hub.run('verify -o json');

    expect(requests.filter(({ path }) => path.includes('/subjectaccessreviews'))).toEqual([]);
    expect(report.checks.filter(({ id }) => id === 'viewer' || id === 'visible')).toEqual([]);
  });

  it('says that who has no role sees nothing, and what gives them a cluster', async () => {
    const ran = await hub.run('verify --for-user nobody -o json');

    expect(ran.exitCode).toBe(3);
    expect(found(ran, 'viewer')).toMatchObject({ verdict: 'fail', code: 'user-sees-nothing' });
    expect(found(ran, 'viewer')?.likely).toContain('HTTP 200');
    expect(found(ran, 'viewer')?.fix).toContain(
      '`oc -n ai create rolebinding grafana-view-nobody --clusterrole=view --user=nobody`',
    );
    expect(found(ran, 'visible', 'ai')).toMatchObject({ verdict: 'skip', evidence: 'needs viewer' });
    expect(writesIn(ran.requests)).toEqual([]);
  });

  it('writes a name of any form so that it can be pasted', async () => {
    const fixFor = async (name: string) =>
      found(await hub.run(['verify', '--for-user', name, '-o', 'json']), 'viewer')?.fix;

    expect(await fixFor('kube:admin')).toContain('grafana-view-kube-admin --clusterrole=view --user=kube:admin`');
    expect(await fixFor("Anna O'Hara")).toContain(
      `grafana-view-anna-o-hara --clusterrole=view --user='Anna O'\\''Hara'\``,
    );
    expect(await fixFor('system:serviceaccount:ci:board')).toContain('--clusterrole=view --serviceaccount=ci:board`');
  });

  it('shows the clusters in whose project they have a role, and by which binding', async () => {
    await grant(hub, bound('viewers', 'view', user('anna'), 'ai'));

    const ran = await hub.run('verify --for-user anna -o json');

    expect(ran.exitCode).toBe(0);
    expect(found(ran, 'viewer')).toMatchObject({ verdict: 'pass', evidence: '1 of 4 clusters' });
    expect(found(ran, 'visible', 'ai')?.evidence).toBe(
      'all of it: RBAC: allowed by RoleBinding "viewers/ai" of ClusterRole "view" to User "anna"',
    );
    expect(found(ran, 'visible', 'quest-1')).toMatchObject({
      verdict: 'skip',
      evidence: 'not shown to anna: no role in project quest-1',
    });
  });

  it('counts the groups OpenShift knows of, and those that are named', async () => {
    const apiVersion = 'user.openshift.io/v1';
    await hub.admin.create(UserGroupKind, { apiVersion, kind: 'Group', metadata: { name: 'sre' }, users: ['bob'] });
    await grant(hub, bound('sre', 'view', '{ kind: Group, name: sre }', 'quest-1'));
    await grant(hub, bound('ldap', 'view', '{ kind: Group, name: ldap }', 'ai'));

    expect(seenBy(await hub.run('verify --for-user bob -o json'))).toEqual(['quest-1']);
    expect(seenBy(await hub.run('verify --for-user bob --for-groups ldap -o json'))).toEqual(['ai', 'quest-1']);
    expect(seenBy(await hub.run('verify --for-user carl --for-groups sre -o json'))).toEqual(['quest-1']);
  });

  it('asks once for the whole fleet where one role gives all of it', async () => {
    await grant(hub, bound('all', 'view', user('root')));

    const ran = await hub.run('verify --for-user root -o json');

    expect(found(ran, 'viewer')).toMatchObject({ evidence: '4 of 4 clusters' });
    expect(ran.requests.filter(({ path }) => path.includes('/subjectaccessreviews'))).toHaveLength(2);
  });

  it('reads off roles what is granted by namespace; that counts before the project', async () => {
    await grant(hub, role('payments', managed('metrics/payments, metrics/audit', ', resourceNames: [ai]')));
    await grant(hub, bound('payments', 'payments', user('dora')));
    await grant(hub, bound('dora', 'view', user('dora'), 'ai'));
    await grant(hub, role('every', managed('metrics/*')));
    await grant(hub, bound('every', 'every', user('emil')));

    const ran = await hub.run('verify --for-user dora -o json');

    expect(seenBy(ran)).toEqual(['ai']);
    expect(found(ran, 'visible', 'ai')?.evidence).toBe(
      'its namespaces audit, payments: ClusterRole payments has verbs metrics/…',
    );
    expect(found(await hub.run('verify --for-user emil -o json'), 'viewer')?.evidence).toBe('4 of 4 clusters');
  });

  it('tells who is not even let in', async () => {
    await hub.sandbox.people.edit(
      'local-cluster',
      { apiVersion: `${group}/v1`, kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', namespaced: false },
      { name: 'basic-users' },
      (binding) => ({ ...binding, subjects: [] }),
    );

    const ran = await hub.run('verify --for-user anna -o json');

    expect(ran.exitCode).toBe(3);
    expect(found(ran, 'viewer')).toMatchObject({ verdict: 'fail', code: 'user-not-let-in' });
    await grant(hub, bound('basic-users', 'basic-user', '{ kind: Group, name: "system:authenticated" }'));
  });

  it('never calls it a pass where the hub refuses to tell of others', async () => {
    const { text, as } = await accountFor(hub, 'verify');
    await grant(hub, text);
    expect(text).toContain('create subjectaccessreviews.authorization.k8s.io');
    expect(text).toContain('(what somebody sees in Grafana: verify --for-user)');

    const ran = await hub.run('verify --for-user anna -o json', as);

    expect(ran.exitCode).toBe(77);
    expect(found(ran, 'viewer')).toMatchObject({ verdict: 'unknown', code: 'not-permitted' });
    expect(found(ran, 'viewer')?.what).toContain('cannot create resource "subjectaccessreviews"');
    expect(found(ran, 'visible', 'ai')).toMatchObject({ verdict: 'skip', evidence: 'needs viewer' });
  });

  it('does not say "not shown" where a group or a role could not be looked at', async () => {
    const { text, as } = await accountFor(hub, 'verify');
    await grant(hub, text);
    const ask = '{ apiGroups: [authorization.k8s.io], resources: [subjectaccessreviews], verbs: [create] }';
    await grant(hub, role('asks', ask));
    await grant(hub, bound('asks', 'asks', '{ kind: ServiceAccount, namespace: ci, name: verify }'));

    const ran = await hub.run('verify --for-user anna -o json', as);

    expect(ran.exitCode).toBe(77);
    expect(found(ran, 'visible', 'ai')).toMatchObject({ verdict: 'pass' });
    expect(found(ran, 'visible', 'ai')?.evidence).toContain('could not be looked at');
    expect(found(ran, 'visible', 'quest-1')).toMatchObject({ verdict: 'unknown', code: 'not-permitted' });
    expect(found(ran, 'visible', 'quest-1')?.what).toContain('list groups.user.openshift.io');
    expect(found(await hub.run('verify --for-user nobody -o json', as), 'viewer')).toMatchObject({
      verdict: 'unknown',
      code: 'not-permitted',
    });
  });

  it('refuses groups of nobody', async () => {
    expect((await hub.run('verify --for-groups sre -o json')).exitCode).toBe(64);
    expect((await hub.run(['verify', '--for-user', '', '-o', 'json'])).exitCode).toBe(64);
  });
});
