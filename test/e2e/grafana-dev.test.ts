/** The development Grafana: made, found unchanged, renewed, taken over from another tool, removed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observabilityNamespace as namespace } from '../../src/hub.ts';
import {
  DeploymentKind,
  type KubeObject,
  type OAuthClient,
  OAuthClientKind,
  PersistentVolumeClaimKind,
  type Secret,
  SecretKind,
  ServiceAccountKind,
  type Workload,
} from '../../src/kinds.ts';
import { development } from '../../src/resources/grafana-dev/names.ts';
import { createHarness, type Harness, writesIn } from '../helpers/harness.ts';
import { releases } from '../helpers/releases.ts';

const all = Object.values(development);

async function living({ admin }: Harness): Promise<KubeObject[]> {
  const found = await Promise.all(all.map(({ kind, key }) => admin.get<KubeObject>(kind, key)));
  return found.filter((object) => object !== undefined);
}

const clientOf = ({ admin }: Harness): Promise<OAuthClient | undefined> =>
  admin.get(OAuthClientKind, development.client.key);

describe.each(releases)('the development Grafana on ACM %s', (acm) => {
  let hub: Harness;
  let secret: string;
  const outputs: string[] = [];
  const run = async (line: string) => {
    const ran = await hub.run(line);
    outputs.push(ran.stdout, ran.stderr);
    return ran;
  };

  beforeAll(async () => {
    hub = await createHarness({ scenario: 'quest', size: 1, acm, state: 'installed' });
  });

  afterAll(() => hub?.stop());

  it('is deployed without the loader, without owners, with a secret nobody can guess', async () => {
    const { exitCode, report } = await run('grafana deploy --yes -o json');

    expect(report.problems).toEqual([]);
    expect(exitCode).toBe(0);
    const objects = await living(hub);
    expect(objects).toHaveLength(all.length);
    expect(objects.filter(({ metadata }) => metadata.ownerReferences !== undefined)).toEqual([]);
    const deployment: Workload | undefined = await hub.admin.get(DeploymentKind, development.deployment.key);
    const text = JSON.stringify(deployment?.spec);
    expect(text).not.toMatch(/dashboard-loader|emptyDir|client-secret=/);
    expect(text).toContain('--openshift-delegate-urls={');
    expect(deployment?.status?.readyReplicas).toBe(1);
    const client = await clientOf(hub);
    secret = client?.secret ?? '';
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(client?.redirectURIs).toEqual([expect.stringMatching(/^https:\/\/grafana-dev-open-cluster-management-/)]);
    const kept: Secret | undefined = await hub.admin.get(SecretKind, development.oauth.key);
    expect(Buffer.from(kept?.data?.['client-secret'] ?? '', 'base64').toString()).toBe(secret);
  });

  it('is left as it is by a second deploy, and by an apply that asks for it', async () => {
    const again = await run('grafana deploy --yes -o json');
    const plan = await hub.run('plan --only grafana-dev --detailed-exitcode -o json', {
      env: { ACM_OBSERVABILITY_GRAFANA_DEV: 'true' },
    });

    expect(again.exitCode).toBe(0);
    expect(writesIn(again.requests)).toEqual([]);
    expect(plan.exitCode).toBe(0);
    expect((await clientOf(hub))?.secret).toBe(secret);
  });

  it('is renewed when ACM’s own has changed, with its volume and its secret kept', async () => {
    const volume = (await hub.admin.get(PersistentVolumeClaimKind, development.volume.key))?.metadata.uid;
    await hub.sandbox.people.edit<Workload>(
      hub.sandbox.hub.name,
      DeploymentKind,
      development.deployment.key,
      (live) => {
        const text = JSON.stringify(live.spec).replaceAll(/("image":"[^"]*):[^":]*"/g, '$1:older"');
        return { ...live, spec: JSON.parse(text) };
      },
    );

    const plan = await hub.run('plan --only grafana-dev -o json', { env: { ACM_OBSERVABILITY_GRAFANA_DEV: 'true' } });
    const renewed = await run('grafana deploy --yes -o json');

    const changed = plan.report.changes.filter(({ change }) => change !== 'none');
    expect(changed.map(({ resource }) => resource)).toEqual([`Deployment ${namespace}/grafana-dev`]);
    expect(changed[0]?.diff?.join()).toContain('older');
    expect(renewed.exitCode).toBe(0);
    expect(writesIn(renewed.requests)).toHaveLength(1);
    expect((await hub.admin.get(PersistentVolumeClaimKind, development.volume.key))?.metadata.uid).toBe(volume);
    expect((await clientOf(hub))?.secret).toBe(secret);
  });

  it('has the administrators of the configuration, once they have logged in', async () => {
    const asked = { env: { ACM_OBSERVABILITY_GRAFANA_ADMINS: 'anna,b@c.d' } };
    const visit = { of: 'grafana-dev', user: 'anna', method: 'GET', path: '/api/search' };

    const early = await hub.run('grafana deploy --yes -o json', asked);
    hub.sandbox.visitGrafana(visit);
    const granted = await hub.run('grafana deploy --yes -o json', asked);
    const again = await hub.run('grafana deploy --yes -o json', asked);

    expect([early, granted, again].map(({ exitCode, requests }) => [exitCode, writesIn(requests).length])).toEqual([
      [0, 0],
      [0, 1],
      [0, 0],
    ]);
    expect(
      hub.sandbox.visitGrafana({ ...visit, method: 'POST', path: '/api/folders', body: { title: 'Hers' } }).status,
    ).toBe(200);
  });

  it('is removed whole, and nothing else is', async () => {
    const before = await hub.admin.list(SecretKind, { namespace });

    const { exitCode, report } = await run('grafana clean --yes -o json');

    expect(report.problems).toEqual([]);
    expect(exitCode).toBe(0);
    expect(await living(hub)).toEqual([]);
    const own = ['grafana-dev-config', 'grafana-dev-oauth'];
    const after = await hub.admin.list(SecretKind, { namespace });
    expect(after.map(({ metadata }) => metadata.name)).toEqual(
      before.map(({ metadata }) => metadata.name).filter((name) => !own.includes(name)),
    );
    expect(outputs.join('\n')).not.toContain(secret);
  });
});

describe('what the upstream script left', () => {
  let hub: Harness;

  beforeAll(async () => {
    hub = await createHarness({ scenario: 'quest', size: 1, acm: '2.16', state: 'installed' });
  });

  afterAll(() => hub?.stop());

  /** As its `sed` would leave them: with the loader, the constant secret, and owners. */
  async function leave(): Promise<void> {
    const { admin } = hub;
    const own = (name: string, more: object = {}) => ({ name, namespace, ...more });
    const production: Workload | undefined = await admin.get(DeploymentKind, own('observability-grafana'));
    const { ownerReferences = [] } = production?.metadata ?? {};
    const text = JSON.stringify(production?.spec).replaceAll(
      'multicluster-observability-grafana"',
      'multicluster-observability-grafana-dev"',
    );
    const copies: [typeof DeploymentKind | typeof PersistentVolumeClaimKind, KubeObject][] = [
      [
        DeploymentKind,
        { apiVersion: 'apps/v1', kind: 'Deployment', metadata: own('grafana-dev'), spec: JSON.parse(text) },
      ],
      [
        PersistentVolumeClaimKind,
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: own('grafana-dev', { ownerReferences }),
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    ];
    for (const [kind, object] of copies) await admin.create<KubeObject>(kind, object);
    await admin.create(ServiceAccountKind, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: own('grafana-dev', { ownerReferences }),
    });
    const client = { secret: 'grafana-proxy-client-dev', grantMethod: 'auto', redirectURIs: ['https://elsewhere'] };
    const meta = { name: 'grafana-proxy-client-dev' };
    await admin.create(OAuthClientKind, {
      apiVersion: 'oauth.openshift.io/v1',
      kind: 'OAuthClient',
      metadata: meta,
      ...client,
    });
  }

  it('is removed by a clean', async () => {
    await leave();

    const cleaned = await hub.run('grafana clean --yes -o json');

    expect(cleaned.exitCode).toBe(0);
    expect(await living(hub)).toEqual([]);
    expect(cleaned.report.changes.filter(({ change }) => change === 'remove')).toHaveLength(4);
  });

  it('is made anew by a deploy, with its volume kept', async () => {
    await leave();
    const volume = (await hub.admin.get(PersistentVolumeClaimKind, development.volume.key))?.metadata.uid;

    const deployed = await hub.run('grafana deploy --yes -o json');
    const again = await hub.run('grafana deploy --yes -o json');

    expect(deployed.report.problems).toEqual([]);
    expect(deployed.exitCode).toBe(0);
    expect(`${deployed.stdout}${deployed.stderr}`).not.toContain('client-secret=grafana');
    const kept = await hub.admin.get(PersistentVolumeClaimKind, development.volume.key);
    expect(kept?.metadata.uid).toBe(volume);
    expect((await living(hub)).filter(({ metadata }) => metadata.ownerReferences !== undefined)).toEqual([]);
    expect(JSON.stringify(await hub.admin.get(DeploymentKind, development.deployment.key))).not.toContain(
      'dashboard-loader',
    );
    expect(again.exitCode).toBe(0);
    expect(writesIn(again.requests)).toEqual([]);
  });

  it('goes with an uninstall once it is ours', async () => {
    const { exitCode } = await hub.run('uninstall --yes -o json');

    expect(exitCode).toBe(0);
    expect(await living(hub)).toEqual([]);
  });
});
