/** What happens to the development Grafana in the course of time: upgrades of ACM, other routers, other classes, a clean. */
import { afterEach, describe, expect, it } from 'vitest';
import { observabilityNamespace as namespace } from '../../src/hub.ts';
import {
  type ConfigMap,
  ConfigMapKind,
  type KubeObject,
  type MultiClusterHub,
  MultiClusterHubKind,
  type OAuthClient,
  OAuthClientKind,
  PersistentVolumeClaimKind,
  type Route,
  RouteKind,
  StorageClassKind,
  type Workload,
} from '../../src/kinds.ts';
import { development } from '../../src/resources/grafana-dev/names.ts';
import { marks } from '../../src/resources/marks.ts';
import { createControllerClient } from '../../src/sandbox/controllers/client.ts';
import { administrator } from '../helpers/grafana.ts';
import { createHarness, type Harness, writesIn } from '../helpers/harness.ts';

/** The installed sandbox collects nothing of users. */
const asked = {
  env: { ACM_OBSERVABILITY_GRAFANA_DEV: 'true', ACM_OBSERVABILITY_USER_WORKLOAD_MONITORING_MODE: 'off' },
};
let hub: Harness | undefined;

afterEach(async () => {
  await hub?.stop();
  hub = undefined;
});

async function installed(acm = '2.16'): Promise<Harness> {
  hub = await createHarness({ scenario: 'quest', size: 1, acm, state: 'installed' });
  return hub;
}

async function deployed(acm?: string): Promise<Harness> {
  const made = await installed(acm);
  const { exitCode } = await made.run('grafana deploy --yes -o json');
  expect(exitCode).toBe(0);
  return made;
}

const controller = ({ sandbox, clock }: Harness) =>
  createControllerClient({ name: sandbox.hub.name, transport: sandbox.transport(sandbox.hub.name), clock });

/** As the operator of ACM does at the end of an upgrade. */
async function upgrade(it1: Harness, from: string, to: string): Promise<void> {
  const { admin } = it1;
  const images = await admin.get<ConfigMap>(ConfigMapKind, {
    namespace: 'open-cluster-management',
    name: `mch-image-manifest-${from}`,
  });
  const { labels } = images?.metadata ?? {};
  await admin.create<ConfigMap>(ConfigMapKind, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      namespace: 'open-cluster-management',
      name: `mch-image-manifest-${to}`,
      labels: { ...labels, 'ocm-release-version': to },
    },
    data: images?.data ?? {},
  });
  const [live] = await admin.list<MultiClusterHub>(MultiClusterHubKind);
  if (live === undefined) throw new Error('there is no MultiClusterHub');
  await controller(it1).status(MultiClusterHubKind, {
    ...live,
    status: { ...live.status, currentVersion: to, desiredVersion: to },
  });
}

describe('the development Grafana', () => {
  it('says what it was built from: an upgrade of ACM shows in the plan, and apply renews it with all that was drawn', async () => {
    const it1 = await deployed('2.16');
    it1.sandbox.visitGrafana({
      of: 'grafana-dev',
      user: administrator,
      method: 'POST',
      path: '/api/dashboards/db',
      body: { dashboard: { uid: 'drawn', title: 'Drawn' } },
    });
    const builtFrom = async () => {
      const live: Workload | undefined = await it1.admin.get(development.deployment.kind, development.deployment.key);
      return live?.metadata.annotations?.[marks.builtFrom];
    };
    const before = await builtFrom();
    await upgrade(it1, '2.16.0', '2.16.1');

    const plan = await it1.run('plan --only grafana-dev --detailed-exitcode -o json', asked);
    const verified = await it1.run('verify --only grafana-dev -o json', asked);
    const applied = await it1.run('apply --only grafana-dev --yes -o json', asked);
    await it1.pass(60);
    const again = await it1.run('plan --only grafana-dev --detailed-exitcode -o json', asked);

    expect(plan.exitCode).toBe(2);
    expect(plan.report.changes.filter(({ change }) => change !== 'none').map(({ resource }) => resource)).toEqual([
      `Deployment ${namespace}/grafana-dev`,
    ]);
    const found = verified.report.checks.filter(({ verdict }) => verdict === 'fail');
    expect(found.map(({ code, evidence, fix }) => [code, evidence, fix])).toEqual([
      [
        'drifted',
        expect.stringContaining('grafana-dev: ~ metadata.annotations'),
        expect.stringContaining('`acm-observability apply`'),
      ],
    ]);
    expect([before, await builtFrom()]).toEqual(['ACM 2.16.0', 'ACM 2.16.1']);
    expect(writesIn(applied.requests)).toHaveLength(1);
    expect(applied.report.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect([applied.exitCode, again.exitCode]).toEqual([0, 0]);
    const drawn = it1.sandbox.visitGrafana({
      of: 'grafana-dev',
      user: administrator,
      method: 'GET',
      path: '/api/dashboards/uid/drawn',
    });
    expect(drawn.status).toBe(200);
  });

  it('is built under the addon architecture as well', async () => {
    hub = await createHarness({ scenario: 'quest', size: 1, acm: '2.17', architecture: 'mcoa', state: 'installed' });

    const made = await hub.run('grafana deploy --yes -o json');
    const again = await hub.run('grafana deploy --yes -o json');

    expect(made.report.problems).toEqual([]);
    expect([made.exitCode, again.exitCode, writesIn(again.requests)]).toEqual([0, 0, []]);
  });

  it('sends people back to the host a router has admitted, whichever that is', async () => {
    const it1 = await deployed();
    const redirects = async () =>
      (await it1.admin.get<OAuthClient>(OAuthClientKind, development.client.key))?.redirectURIs;
    const route: Route | undefined = await it1.admin.get(RouteKind, development.route.key);
    if (route === undefined) throw new Error('the Route is not there');
    const host = route.status?.ingress?.[0]?.host;
    const entry = (name: string, status: 'True' | 'False') => ({
      host: name,
      conditions: [{ type: 'Admitted', status }],
    });
    const first = await redirects();
    await controller(it1).status<Route>(RouteKind, {
      ...route,
      status: { ingress: [entry('refused.example.com', 'False'), entry('draw.example.com', 'True')] },
    });

    const renewed = await it1.run('grafana deploy --yes -o json');

    expect(first).toEqual([`https://${host}`]);
    expect(renewed.exitCode).toBe(0);
    expect(writesIn(renewed.requests)).toEqual([expect.stringContaining('/oauthclients/')]);
    expect(await redirects()).toEqual(['https://draw.example.com']);
  });

  it('has another secret each time it is made, and on each hub', async () => {
    const secrets: (string | undefined)[] = [];
    for (const acm of ['2.16', '2.17']) {
      const it1 = await deployed(acm);
      const read = async () => (await it1.admin.get<OAuthClient>(OAuthClientKind, development.client.key))?.secret;
      secrets.push(await read());
      await it1.run('grafana clean --yes -o json');
      await it1.run('grafana deploy --yes -o json');
      secrets.push(await read());
      await it1.stop();
      hub = undefined;
    }

    expect(new Set(secrets).size).toBe(4);
    for (const secret of secrets) expect(Buffer.from(secret ?? '', 'base64url')).toHaveLength(32);
  });
});

describe('the volume of the development Grafana', () => {
  const volumeOf = async ({ admin }: Harness) =>
    (
      await admin.get<KubeObject & { spec?: { storageClassName?: string } }>(
        PersistentVolumeClaimKind,
        development.volume.key,
      )
    )?.spec?.storageClassName;
  const classOf = (name: string) => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name },
    provisioner: 'kubernetes.io/no-provisioner',
  });
  const how = { env: { ACM_OBSERVABILITY_OBSERVABILITY_STORAGE_CLASS: 'local' } };

  it('has the class of the configuration, and keeps it when another one is configured', async () => {
    const it1 = await installed();
    await it1.admin.create(StorageClassKind, classOf('local'));

    const made = await it1.run('grafana deploy --yes -o json', how);
    const again = await it1.run('grafana deploy --yes -o json');

    expect([made.exitCode, again.exitCode]).toEqual([0, 0]);
    expect(await volumeOf(it1)).toBe('local');
    expect(writesIn(again.requests)).toEqual([]);
  });

  it('is not begun where neither the configuration’s class nor a default one is there', async () => {
    const it1 = await installed();

    const unknown = await it1.run('grafana deploy --yes -o json', how);
    await it1.admin.delete(StorageClassKind, { name: 'gp3-csi' });
    await it1.admin.create(StorageClassKind, classOf('local'));
    const noDefault = await it1.run('grafana deploy --yes -o json');

    for (const ran of [unknown, noDefault]) {
      expect(ran.report.problems.map(({ code }) => code)).toEqual(['storage-class-missing']);
      expect(writesIn(ran.requests)).toEqual([]);
    }
  });
});

describe('a clean', () => {
  it('asks first, naming what another tool left; without an answer nothing is removed', async () => {
    const it1 = await installed();
    await it1.admin.create<KubeObject>(OAuthClientKind, {
      apiVersion: 'oauth.openshift.io/v1',
      kind: 'OAuthClient',
      metadata: { name: 'grafana-proxy-client-dev' },
      ...{ secret: 'grafana-proxy-client-dev', grantMethod: 'auto', redirectURIs: ['https://elsewhere'] },
    });

    const unasked = await it1.run('grafana clean');
    const cleaned = await it1.run('grafana clean --yes');

    expect(unasked.exitCode).toBe(64);
    expect(writesIn(unasked.requests)).toEqual([]);
    expect(unasked.stderr).toMatch(/OAuthClient grafana-proxy-client-dev[\s\S]*left by another tool/);
    expect(cleaned.exitCode).toBe(0);
    expect(await it1.admin.get(OAuthClientKind, development.client.key)).toBeUndefined();
  });
});
