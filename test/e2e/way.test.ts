/** Why a cluster's collector does not get through, told by what the hub and, where it is broken, the cluster have. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  CertificateSigningRequestKind,
  type ClusterProxy,
  type KubeObject,
  ManagedClusterAddOnKind,
  ProxyKind,
} from '../../src/kinds.ts';
import { createHarness, type Harness, type Ran } from '../helpers/harness.ts';
import { accountFor } from '../helpers/rights-sweep.ts';
import { grant, grantsIn } from '../helpers/roles.ts';

let hub: Harness | undefined;
afterEach(() => hub?.stop());

/** A hub with a broken state on its last cluster, and that cluster. */
async function broken(state: string): Promise<{ it2: Harness; victim: string }> {
  const it2 = await createHarness({ scenario: 'quest', size: 3 });
  hub = it2;
  expect((await it2.run('apply --yes -o json')).exitCode).toBe(0);
  await it2.sandbox.bring(state);
  await it2.pass(1_200);
  return { it2, victim: 'quest-1' };
}

const found = ({ report }: Ran, id: string, cluster: string) =>
  report.checks.find((check) => check.id === id && check.cluster === cluster);

describe('a cluster whose collector cannot send', () => {
  it('is told the proxy it has to use, and what hands it over', async () => {
    const { it2, victim } = await broken('proxy-unused');

    const ran = await it2.run('verify -o json');

    const said = found(ran, 'collector', victim);
    expect(said).toMatchObject({ verdict: 'fail', code: 'proxy-in-the-way' });
    expect(said?.what).toBe('quest-1: its proxy proxy.example.net:3128 is not handed to its collector');
    expect(said?.fix).toContain('"proxyConfig":{"httpProxy":"http://proxy.example.net:3128"');
    // Without it the API server fills in a namespace in which this add-on is not.
    expect(said?.fix).toContain('"agentInstallNamespace":"open-cluster-management-addon-observability"');
    expect(said?.fix).toContain(
      ' | oc apply -f - && oc -n quest-1 patch managedclusteraddon observability-controller ',
    );
    // References of others stay: a merge replaces the list.
    const theirs = { group: 'addon.open-cluster-management.io', resource: 'addontemplates', name: 'theirs' };
    const key = { name: 'observability-controller', namespace: victim };
    await it2.admin.mergePatch<KubeObject>(ManagedClusterAddOnKind, key, { spec: { configs: [theirs] } });
    const again = found(await it2.run('verify -o json'), 'collector', victim);
    expect(again?.fix).toContain(`"configs":[${JSON.stringify(theirs)},{`);
    // Only the broken cluster was visited.
    const views = ran.requests.filter(({ method, path }) => method === 'POST' && path.includes('/managedclusterviews'));
    expect(views.map(({ path }) => /namespaces\/([^/]+)/.exec(path)?.[1])).toEqual([victim]);
  });

  it('is not told the login of a proxy', async () => {
    const { it2, victim } = await broken('proxy-unused');
    await it2.sandbox.people.edit<ClusterProxy>(victim, ProxyKind, { name: 'cluster' }, (proxy) => ({
      ...proxy,
      spec: { httpsProxy: 'http://robot:canary-7@proxy.example.net:3128' },
    }));
    await it2.sandbox.people.edit<ClusterProxy>(
      victim,
      ProxyKind,
      { name: 'cluster' },
      ({ status: _, ...proxy }) => proxy,
    );

    const ran = await it2.run('verify -o json');

    expect(ran.stdout + ran.stderr).not.toContain('canary-7');
    expect(found(ran, 'collector', victim)?.fix).toContain('The proxy wants a login');
  });

  it('is not told a proxy that is handed over already', async () => {
    const { it2, victim } = await broken('proxy-unused');
    const configs = [
      { group: 'addon.open-cluster-management.io', resource: 'addondeploymentconfigs', name: 'p', namespace: victim },
    ];
    const key = { name: 'observability-controller', namespace: victim };
    await it2.admin.mergePatch<KubeObject>(ManagedClusterAddOnKind, key, { spec: { configs } });

    expect(found(await it2.run('verify -o json'), 'collector', victim)).toMatchObject({
      code: 'collector-cannot-send',
    });
  });

  it('is told so although nobody may look whether it is a proxy', async () => {
    const { it2, victim } = await broken('proxy-unused');
    const { text, as } = await accountFor(it2, 'verify');
    const views = grantsIn(text).find(({ resource, verb }) => resource === 'managedclusterviews' && verb === 'create');
    await grant(it2, text, views);

    const ran = await it2.run('verify -o json', as);

    expect(found(ran, 'collector', victim)).toMatchObject({ verdict: 'fail', code: 'collector-cannot-send' });
    expect(found(ran, 'collector', victim)?.what).toContain('could not be looked at');
  });
});

describe('the certificate of a collector', () => {
  const name = 'addon-quest-1-observability-controller-7xk2p';
  const decide = async ({ sandbox }: Harness, type: string) =>
    sandbox.hub.seed([
      {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: {
          name,
          labels: {
            'open-cluster-management.io/addon-name': 'observability-controller',
            'open-cluster-management.io/cluster-name': 'quest-1',
          },
        },
        status: { conditions: [{ type, status: 'True', reason: 'ByAPerson', message: 'as decided' }] },
      },
    ]);

  it('is asked for by a request that somebody can approve, or ask for anew', async () => {
    const { it2, victim } = await broken('certificate-unsigned');
    const told = async () => found(await it2.run('verify -o json'), 'signed', victim);

    expect(await told()).toMatchObject({ verdict: 'fail', code: 'csr-not-approved' });
    expect((await told())?.fix).toBe(`Approve it: \`oc adm certificate approve ${name}\`.`);
    await decide(it2, 'Denied');
    expect(await told()).toMatchObject({ verdict: 'fail', code: 'csr-not-approved' });
    expect((await told())?.fix).toContain(`oc delete csr ${name}`);
    await decide(it2, 'Approved');
    expect(await told()).toMatchObject({ verdict: 'pass', evidence: 'its last is approved' });
    expect((await it2.admin.get(CertificateSigningRequestKind, { name }))?.metadata.name).toBe(name);
  });

  it('is no alarm while the controller may still come to it', async () => {
    const { it2, victim } = await broken('certificate-unsigned');
    await it2.admin.delete(CertificateSigningRequestKind, { name });
    await it2.sandbox.bring('certificate-unsigned');

    expect(found(await it2.run('verify -o json'), 'signed', victim)).toMatchObject({ verdict: 'pass' });
  });
});
