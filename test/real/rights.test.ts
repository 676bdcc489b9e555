/**
 * `acm-observability rbac MODE | kubectl apply -f -` on a real API server with RBAC on, and then the mode as exactly that
 * ServiceAccount, by a token the API server has given it.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GrafanaMode } from '../../src/cli/grafana.ts';
import type { RightsMode } from '../../src/engine/rights.ts';
import { observabilityNamespace } from '../../src/hub.ts';
import type { Kind } from '../../src/kinds.ts';
import { MultiClusterObservabilityKind, Namespace, SecretKind } from '../../src/kinds.ts';
import { writesIn } from './hub/run.ts';
import { type RealHub, startRealHub } from './hub.ts';
import { haveReferenceCrds } from './servers/crds.ts';
import { kubectl } from './servers/kubectl.ts';
import { need } from './servers/locate.ts';
import { lookAfterServers } from './servers/process.ts';

const needed = need('kube-apiserver', 'kube-controller-manager', 'etcd', 'kubectl', 'prometheus', 'versitygw');
const without = haveReferenceCrds ? '' : ' (skipped: no reference CRDs beside the project)';
const ServiceAccountKind: Kind = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  namespaced: true,
};

/** Looks for other owners of a cluster's configuration may be refused: the change then says they were not seen. */
const unasked = (refused: readonly string[]): string[] =>
  refused.filter((line) => !/\/(policies|applications|selectorsyncsets|syncsets)\?/.test(line));

describe.skipIf(!needed.have || !haveReferenceCrds)(`the roles that rbac prints${needed.note}${without}`, () => {
  let hub: RealHub;
  let program: string;
  lookAfterServers();

  beforeAll(async () => {
    if (!needed.have) throw new Error(needed.note);
    program = needed.paths.kubectl;
    hub = await startRealHub(needed.paths, 2);
    await hub.person.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ci' } });
  });
  afterAll(() => hub?.stop());

  /** Prints the roles, has them applied by kubectl as an administrator, and gives the account's token. */
  async function accountFor(mode: RightsMode | GrafanaMode): Promise<string> {
    const printed = await hub.run(`rbac ${mode} --serviceaccount ci:${mode}`);
    expect(printed.exitCode).toBe(0);
    const made = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: mode, namespace: 'ci' } };
    await hub.person.apply(ServiceAccountKind, made);
    const { admin } = hub;
    const applied = await kubectl(program, await hub.kubeconfig(admin), ['apply', '-f', '-'], printed.stdout);
    expect(applied).toMatchObject({ code: 0, err: '' });
    const args = ['create', 'token', mode, '-n', 'ci'];
    const { out, err } = await kubectl(program, await hub.kubeconfig(admin), args);
    expect(err).toBe('');
    return out.trim();
  }

  it('are what the account has, and all it has', async () => {
    const token = await accountFor('plan');
    const asked = (...args: string[]) => hub.kubeconfig(token).then((path) => kubectl(program, path, args));

    const own = await asked('auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}');
    const clusters = await asked('get', 'managedclusters', '-o', 'name');
    const secrets = await asked('get', 'secrets', '-A');
    const nothing = await asked('delete', 'managedclusters', '--all');

    expect(own.out).toBe('system:serviceaccount:ci:plan');
    expect(clusters.code).toBe(0);
    expect(secrets.err).toContain('cannot list resource "secrets"');
    expect(nothing.err).toContain('cannot delete resource "managedclusters"');
  });

  it('of plan are enough to plan, and not to apply: it ends before the first write and names what is missing', async () => {
    const token = await accountFor('plan');

    const plan = await hub.run('plan -o json', { token });
    const apply = await hub.run('apply --yes -o json', { token });

    expect(plan.report.problems).toEqual([]);
    expect([plan.exitCode, plan.report.verdict]).toEqual([0, 'differences']);
    expect(apply.exitCode).toBe(77);
    expect(apply.report.problem?.code).toBe('not-permitted');
    expect(writesIn(apply.requests)).toEqual([]);
  });

  it('of apply are enough for the whole path: plan, apply, verify, and apply again without a change', async () => {
    const token = await accountFor('apply');

    const plan = await hub.run('plan -o json', { token });
    const apply = await hub.run('apply --yes -o json', { token });
    const verify = await hub.run('verify -o json', { token });
    const again = await hub.run('apply --yes', { token });

    expect([plan.exitCode, plan.report.verdict]).toEqual([0, 'differences']);
    expect(apply.report.problems).toEqual([]);
    expect([apply.exitCode, apply.report.verdict]).toEqual([0, 'changed']);
    expect(verify.report.checks.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'skip')).toEqual([]);
    expect(verify.exitCode).toBe(0);
    expect(again.exitCode).toBe(0);
    expect(again.stdout).toMatch(/no changes/i);
    expect(writesIn(again.requests)).toEqual([]);
    expect(unasked(refusedIn([...plan.requests, ...apply.requests, ...verify.requests, ...again.requests]))).toEqual(
      [],
    );
  });

  it('of verify are enough to prove it, and to write nothing but Views', async () => {
    const token = await accountFor('verify');

    const { exitCode, report, requests } = await hub.run('verify -o json', { token });

    expect(report.checks.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'skip')).toEqual([]);
    expect(exitCode).toBe(0);
    expect(writesIn(requests)).toEqual([]);
  });

  it('of a command of grafana tell who may read its dashboards from who may write them', async () => {
    const exporting = await accountFor('grafana-export');
    const importing = await accountFor('grafana-import');
    const proxy = `/api/v1/namespaces/${observabilityNamespace}/pods/grafana-dev-0:3001/proxy/api/dashboards/db`;
    const asked = (token: string, ...args: string[]) =>
      hub.kubeconfig(token).then((path) => kubectl(program, path, [...args, '--raw', proxy, '-f', '/dev/null']));

    const read = await hub.kubeconfig(exporting).then((path) => kubectl(program, path, ['get', '--raw', proxy]));
    const refused = await asked(exporting, 'create');
    const allowed = await asked(importing, 'create');
    const exported = await hub.run('grafana export --all -o json', { token: exporting });
    const shipped = fileURLToPath(
      new URL('../../manifests/packs/leaderboard/dashboards/leaderboard.json', import.meta.url),
    );
    const imported = await hub.run(`grafana import ${shipped} -o json`, { token: exporting });

    // There is no such Pod: who gets to hear that was allowed to ask.
    expect(read.err).toMatch(/NotFound|not found/);
    expect(refused.err).toContain('cannot create resource "pods/proxy"');
    expect(allowed.err).toMatch(/NotFound|not found/);
    expect(exported.report.problem?.code).toBe('grafana-absent');
    expect(imported.report.problem?.what).toContain('create pods/proxy');
  });

  it('of uninstall are enough to take it all away', async () => {
    const token = await accountFor('uninstall');

    const { exitCode, report } = await hub.run('uninstall --yes -o json', { token });

    expect(report.problems).toEqual([]);
    expect(exitCode).toBe(0);
    expect(await hub.person.list(MultiClusterObservabilityKind)).toEqual([]);
    const secrets = await hub.person.list(SecretKind, { labelSelector: 'acm-observability/step' });
    expect(secrets).toEqual([]);
  });
});

/** What the API server refused for want of a right. */
function refusedIn(requests: readonly { method: string; path: string; status: number }[]): string[] {
  return requests.filter(({ status }) => status === 403).map(({ method, path }) => `${method} ${path}`);
}
