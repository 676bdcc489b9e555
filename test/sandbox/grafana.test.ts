import { afterEach, describe, expect, it } from 'vitest';
import { observabilityNamespace } from '../../src/hub.ts';
import { ConfigMapKind, PodKind } from '../../src/kinds.ts';
import { administrator } from '../helpers/grafana.ts';
import { createHarness, type Harness } from '../helpers/harness.ts';

let hub: Harness | undefined;

afterEach(async () => {
  await hub?.stop();
  hub = undefined;
});

const installed = async (acm: string): Promise<Harness> => {
  hub = await createHarness({ scenario: 'quest', size: 1, acm, state: 'installed' });
  return hub;
};

function asAdministrator({ sandbox }: Harness) {
  return (method: string, path: string, body?: unknown) =>
    sandbox.visitGrafana({ of: 'observability-grafana', user: administrator, method, path, body });
}

const configMap = (name: string, data: Record<string, unknown>, folder?: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name,
    namespace: observabilityNamespace,
    labels: { 'grafana-custom-dashboard': 'true' },
    ...(folder !== undefined && {
      annotations: { 'observability.open-cluster-management.io/dashboard-folder': folder },
    }),
  },
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, JSON.stringify(value)])),
});

describe('Grafana behind the pod proxy', () => {
  it('trusts the header on its own port, and nobody without it', async () => {
    const it1 = await installed('2.14');
    await it1.pass(5);
    const pods = await it1.admin.list(PodKind, { namespace: observabilityNamespace });
    const pod = pods.find(({ metadata }) => metadata.name.startsWith('observability-grafana-'))?.metadata.name;
    const path = `/api/v1/namespaces/${observabilityNamespace}/pods/${pod}:3001/proxy/api/search`;
    const { send } = it1.sandbox.transport(it1.sandbox.hub.name);

    const signedIn = await send({ method: 'GET', path, headers: { 'x-forwarded-user': administrator } });
    const anonymous = await send({ method: 'GET', path, headers: {} });
    const nowhere = await send({ method: 'GET', path: path.replace(':3001', ':3002'), headers: {} });
    const nobody = await send({ method: 'GET', path: path.replace(`${pod}`, 'gone'), headers: {} });

    expect([signedIn, anonymous, nowhere, nobody].map(({ status }) => status)).toEqual([200, 401, 503, 404]);
    expect(JSON.parse(await signedIn.text()).length).toBeGreaterThan(20);
  });

  it('refuses as Grafana does', async () => {
    const it1 = await installed('2.14');
    const ask = asAdministrator(it1);
    const save = (dashboard: object, more: object = {}) => ask('POST', '/api/dashboards/db', { dashboard, ...more });
    save({ uid: 'a', title: 'A' });

    const answers = [
      ask('GET', '/api/users/lookup?loginOrEmail=kube%3Aadmin'),
      ask('GET', '/api/dashboards/uid/none'),
      save({ uid: 'a', title: 'A' }),
      save({ uid: 'b', title: 'A' }, { overwrite: true }),
      save({ uid: 'a b', title: 'B' }),
      save({ title: '' }),
      save({ title: 'B' }, { folderUid: 'none' }),
      ask('POST', '/api/folders', { title: 'Custom' }) && ask('POST', '/api/folders', { title: 'Custom' }),
      ask('PATCH', '/api/orgs/1/users/1', { role: 'King' }),
      it1.sandbox.visitGrafana({
        of: 'observability-grafana',
        user: 'anna',
        method: 'POST',
        path: '/api/folders',
        body: { title: 'Hers' },
      }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 412, 412, 400, 400, 404, 409, 400, 403]);
    expect(answers[2]?.body).toMatchObject({ status: 'version-mismatch' });
    expect(answers[3]?.body).toMatchObject({ status: 'name-exists' });
    expect(save({ uid: 'a', title: 'A', version: 1 })).toMatchObject({ status: 200, body: { uid: 'a', version: 2 } });
  });

  it('has folders in folders, each title once in its place', async () => {
    const ask = asAdministrator(await installed('2.14'));
    const make = (title: string, parentUid?: string) => ask('POST', '/api/folders', { title, parentUid });
    const outer = (make('Outer').body as { uid: string }).uid;

    const answers = [make('Outer'), make('Outer', outer), make('Outer', outer)];
    const titles = (query: string) =>
      (ask('GET', `/api/folders${query}`).body as { title: string; parentUid: string }[])
        .filter(({ title }) => title === 'Outer')
        .map(({ parentUid }) => parentUid);

    expect(answers.map(({ status }) => status)).toEqual([409, 200, 409]);
    expect([titles(''), titles(`?parentUid=${outer}`)]).toEqual([[''], [outer]]);
  });
});

describe('the dashboard loader', () => {
  it.each([
    ['2.16', { uids: 1, handMade: 200 }],
    ['2.17', { uids: 2, handMade: 404 }],
  ] as const)('of %s', async (acm, expected) => {
    const it1 = await installed(acm);
    const ask = asAdministrator(it1);
    ask('POST', '/api/dashboards/db', { dashboard: { uid: 'mine', title: 'Mine' } });
    const map = configMap('theirs', { 'a.json': { uid: 'one', title: 'One' }, 'b.json': { uid: 'two', title: 'Two' } });
    await it1.admin.create(ConfigMapKind, { ...map, data: { 'a.json': map.data['a.json'] ?? '', 'aa.json': '{' } });
    await it1.admin.create(ConfigMapKind, configMap('folder', { 'c.json': { title: 'Three' } }, 'Team'));
    await it1.pass(5);
    const [one, three] = [ask('GET', '/api/dashboards/uid/one'), ask('GET', '/api/search?query=Three')];
    await it1.admin.apply(ConfigMapKind, { ...map, data: { 'aa.json': '{', 'b.json': map.data['b.json'] ?? '' } });
    await it1.pass(5);
    const uids = ['one', 'two'].filter((uid) => ask('GET', `/api/dashboards/uid/${uid}`).status === 200);
    await it1.admin.delete(ConfigMapKind, { namespace: observabilityNamespace, name: 'folder' });
    ask('GET', '/api/search');
    await it1.pass(1200);

    expect(one).toMatchObject({ status: 200, body: { meta: { folderTitle: 'Custom' } } });
    expect(three.body).toMatchObject(
      [{ uid: 'folder-open-cluster-management-observability', folderTitle: 'Team' }].map(({ folderTitle }) => ({
        folderTitle,
      })),
    );
    expect(uids.length).toBe(expected.uids);
    expect(ask('GET', '/api/search?query=Three').body).toEqual([]);
    expect(ask('GET', '/api/folders').body).not.toContainEqual(expect.objectContaining({ title: 'Team' }));
    expect(ask('GET', '/api/dashboards/uid/mine').status).toBe(expected.handMade);
  });
});
