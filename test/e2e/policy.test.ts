/** One policy keeps user-workload monitoring on for the fleet: the whole path, with clusters that cannot be done. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copiesOf, policyKey } from '../../src/fleet/policy.ts';
import {
  ConfigMapKind,
  ConfigurationPolicyKind,
  ManagedClusterSetBindingKind,
  PlacementBindingKind,
  PlacementKind,
  PolicyKind,
} from '../../src/kinds.ts';
import type { Report } from '../../src/render/report.ts';
import { readDocument } from '../../src/resources/document.ts';
import { marks } from '../../src/resources/marks.ts';
import { monitoringConfigKey } from '../../src/resources/monitoring-config.ts';
import { createHarness, type Harness, writesIn } from '../helpers/harness.ts';

const mode = '--set userWorkloadMonitoring.mode=policy';
/** Without ACM's own operator on the clusters, which rewrites what it finds; and so without metrics to wait for. */
const only = '--only namespace,user-workload-policy,user-workload-monitoring --no-wait';

const mapOn = (fleet: Harness, cluster: string) =>
  fleet.sandbox.managed(cluster).get(ConfigMapKind, monitoringConfigKey);
const textOn = (fleet: Harness, cluster: string) => mapOn(fleet, cluster)?.data?.['config.yaml'];

/** Cluster → code, of what went wrong. */
const codes = ({ problems }: Report) => Object.fromEntries(problems.map(({ cluster, code }) => [cluster, code]));

describe('with mode policy on a mixed fleet of fifteen', () => {
  const done = ['local-cluster', 'ai', 'quest-1', 'quest-2', 'quest-3', 'quest-4', 'quest-5', 'quest-6'];
  let fleet: Harness;
  let before: Map<string, string | undefined>;

  beforeAll(async () => {
    fleet = await createHarness({ scenario: 'mixed' });
    before = new Map([...done, 'broken', 'rosa'].map((name) => [name, textOn(fleet, name)]));
  });

  afterAll(() => fleet?.stop());

  it('plans the objects of the hub, and says that what each cluster needs is decided there: no View, no write', async () => {
    const { report, requests } = await fleet.run(`plan ${mode} -o json`);

    const onHub = report.changes.filter(({ step }) => step === 'user-workload-policy').map(({ change }) => change);
    const clusters = report.changes.filter(
      ({ step, change }) => step === 'user-workload-monitoring' && change !== 'skip',
    );
    expect(onHub).toEqual(['create', 'create', 'create', 'create']);
    expect(new Set(clusters.map(({ change }) => change))).toEqual(new Set(['unknown']));
    expect(writesIn(requests)).toEqual([]);
    expect(requests.filter(({ path }) => path.includes('managedclusterviews'))).toEqual([]);
  });

  it('turns it on everywhere with a handful of writes, none of them through Views or Actions', async () => {
    const { exitCode, report, requests } = await fleet.run(`apply --yes ${mode} ${only} -o json`);

    expect(exitCode).toBe(5);
    expect(codes(report)).toEqual({ broken: 'policy-refused' });
    expect(writesIn(requests)).toHaveLength(5);
    expect(
      requests.filter(({ path }) => /managedcluster(views|actions)/.test(path)).map(({ method }) => method),
    ).toEqual(expect.not.arrayContaining(['POST']));
    const changed = report.changes.filter(({ step, applied }) => step === 'user-workload-monitoring' && applied);
    expect(changed.map(({ cluster }) => cluster)).toEqual(done.filter((name) => name !== 'quest-5'));
  });

  it('leaves every other byte of meaning, comments and order, and what it cannot read', () => {
    for (const name of done) {
      const meaning = readDocument(before.get(name), name);
      expect(readDocument(textOn(fleet, name), name)).toEqual({ ...meaning, enableUserWorkload: true });
    }
    expect(textOn(fleet, 'quest-3')).toBe(`${before.get('quest-3')}enableUserWorkload: true\n`);
    expect(textOn(fleet, 'quest-5')).toBe(before.get('quest-5'));
    for (const name of ['broken', 'rosa']) expect(textOn(fleet, name)).toBe(before.get(name));
  });

  it('chooses exactly the clusters it is meant for, those that are away too', async () => {
    const { status = [] } = fleet.sandbox.hub.get(PolicyKind, policyKey)?.status ?? {};

    const chosen = status.map(({ clustername }) => clustername);
    expect(chosen.sort()).toEqual([...done, 'broken', 'hibernating', 'offline'].sort());
  });

  it('has nothing to do the second time, and says the same of those that are not done', async () => {
    const { exitCode, report, requests } = await fleet.run(`apply --yes ${mode} ${only} -o json`);

    expect(exitCode).toBe(5);
    expect(codes(report)).toEqual({ broken: 'policy-refused' });
    expect(writesIn(requests)).toEqual([]);
  });

  it('names the place in a document that does not parse', async () => {
    const { stdout } = await fleet.run(`verify ${mode} ${only}`);

    expect(stdout.replace(/\s+/g, ' ')).toMatch(/cluster-monitoring-config: yaml: Flow sequence/);
    expect(stdout).toContain('it is hibernating');
  });

  it('is standing enforcement: turned off by hand it comes back, repaired it is done, with no run of ours', async () => {
    await edit(fleet, 'quest-1', 'enableUserWorkload: false # by hand\n');
    await edit(fleet, 'broken', 'prometheusK8s:\n  retention: 15d\n');

    await fleet.pass(60);

    expect(textOn(fleet, 'quest-1')).toBe('enableUserWorkload: true # by hand\n');
    expect(textOn(fleet, 'broken')).toBe('prometheusK8s:\n  retention: 15d\nenableUserWorkload: true\n');
  });

  it('looks at a part of the fleet, and does not take the policy from it', async () => {
    const apply = await fleet.run(`apply --yes ${mode} ${only} --clusters quest-2 -o json`);
    const uninstall = await fleet.run(`uninstall --yes ${mode} ${only} --clusters quest-2 -o json`);

    expect(apply.exitCode).toBe(0);
    expect(codes(uninstall.report)).toEqual({ 'local-cluster': 'policy-covers-fleet' });
    expect(writesIn(uninstall.requests)).toEqual([]);
    expect(textOn(fleet, 'quest-2')).toContain('enableUserWorkload: true');
  });

  it('uninstalls the policy first, and then turns back what it turned on', async () => {
    const { exitCode, report } = await fleet.run(`uninstall --yes ${mode} ${only} -o json`);
    await fleet.pass(120);

    expect(exitCode).toBe(5); // Two clusters are away.
    expect(report.problems).toEqual([]);
    for (const kind of [PolicyKind, PlacementKind, PlacementBindingKind, ManagedClusterSetBindingKind])
      expect(fleet.sandbox.hub.list(kind)).toEqual([]);
    expect(fleet.sandbox.managed('quest-3').list(ConfigurationPolicyKind)).toEqual([]);
    const { 'quest-1': _one, ...rest } = Object.fromEntries(before);
    for (const name of Object.keys(rest).filter((each) => each !== 'broken' && each !== 'local-cluster')) {
      expect(readDocument(textOn(fleet, name), name)).toEqual(readDocument(before.get(name), name));
      expect(mapOn(fleet, name)?.metadata.annotations?.[marks.previous]).toBeUndefined();
    }
    expect(mapOn(fleet, 'local-cluster')).toBeUndefined();
  });
});

describe('with mode policy', () => {
  it('a cluster that was away is done when it is back', async () => {
    const fleet = await createHarness({ scenario: 'quest', size: 4 });
    fleet.sandbox.setOffline('quest-2', true);
    await fleet.pass(600);

    const { exitCode } = await fleet.run(`apply --yes ${mode} ${only} -o json`);
    const early = textOn(fleet, 'quest-2');
    fleet.sandbox.setOffline('quest-2', false);
    await fleet.pass(120);

    expect(exitCode).toBe(5);
    expect([early, textOn(fleet, 'quest-2')]).toEqual(['', 'enableUserWorkload: true\n']);
    await fleet.stop();
  });

  it('another mode takes the policy away, and leaves user-workload monitoring on', async () => {
    const fleet = await createHarness({ scenario: 'quest', size: 4 });
    await fleet.run(`apply --yes ${mode} ${only} -o json`);

    const plan = await fleet.run(`plan ${only} -o json`);
    const apply = await fleet.run(`apply --yes ${only} -o json`);
    await fleet.pass(5);
    const copies = await copiesOf(fleet.admin);
    const uninstall = await fleet.run(`uninstall --yes ${only} -o json`);

    expect(plan.report.changes.filter(({ change }) => change === 'remove')).toHaveLength(4);
    expect(apply.exitCode).toBe(0);
    expect(copies.size).toBe(0);
    expect(uninstall.exitCode).toBe(0);
    expect(mapOn(fleet, 'quest-1')).toBeUndefined();
    await fleet.stop();
  });

  it('a hub whose templates read no YAML is refused before anything is written', async () => {
    const fleet = await createHarness({ scenario: 'quest', size: 2, acm: '2.13' });

    const { exitCode, report, requests } = await fleet.run(`apply --yes ${mode} ${only} -o json`);

    expect(exitCode).toBe(65);
    expect(codes(report)).toEqual({ 'local-cluster': 'policy-unsupported' });
    expect(writesIn(requests)).toEqual([]);
    await fleet.stop();
  });
});

async function edit(fleet: Harness, cluster: string, text: string): Promise<void> {
  const live = mapOn(fleet, cluster);
  if (live === undefined) throw new Error(`${cluster} has no monitoring configuration`);
  const { apiVersion, kind, metadata } = live;
  fleet.sandbox.managed(cluster).seed([{ apiVersion, kind, metadata, data: { 'config.yaml': text } }]);
}
