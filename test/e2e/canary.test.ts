/** A few clusters first: done and verified before the others are begun. */
import { afterEach, describe, expect, it } from 'vitest';
import { policyKey } from '../../src/fleet/policy.ts';
import { PolicyKind } from '../../src/kinds.ts';
import type { Report } from '../../src/render/report.ts';
import { createHarness, type Harness, type Ran, writesIn } from '../helpers/harness.ts';

let it4: Harness;

afterEach(() => it4?.stop());

/** local-cluster, ai, quest-1 and quest-2. */
async function four(): Promise<Harness> {
  it4 = await createHarness({ scenario: 'quest', size: 4, speed: 60 });
  return it4;
}

describe('an apply with a canary', () => {
  it('does the canary first, verifies it, and only then goes on to the others', async () => {
    const { run } = await four();

    const { exitCode, report, requests } = await run('apply --yes --canary quest-2 -o json');

    expect(exitCode).toBe(0);
    expect(report.notes.at(-1)).toMatch(/^quest-2 first: the other clusters are begun only when/);
    expect(applied(report)).toEqual(['ai', 'local-cluster', 'quest-1', 'quest-2']);
    const order = requests.flatMap(({ method, path }) => {
      if (path.includes('thanos-query')) return ['metrics'];
      const acted = method === 'POST' && /namespaces\/([^/]+)\/managedclusteractions/.exec(path)?.[1];
      return acted ? [acted] : [];
    });
    expect(order.indexOf('quest-2')).toBe(0);
    expect(order.indexOf('metrics')).toBeLessThan(order.indexOf('ai'));
    expect(order.indexOf('metrics')).toBeLessThan(order.indexOf('quest-1'));
    expect(order.at(-1)).toBe('metrics');
  });

  it('stops where the canary is not well: the others are not begun, and say so', async () => {
    const { run, sandbox } = await four();
    const key = { namespace: 'openshift-monitoring', name: 'cluster-monitoring-config' };
    await sandbox.people.editConfigMap('quest-2', key, 'config.yaml', 'prometheusK8s: [\n');

    const { exitCode, report } = await run('apply --yes --canary quest-2 -o json');

    expect(exitCode).toBe(6);
    expect(applied(report)).toEqual(['local-cluster']);
    expect(report.problems.map(({ code }) => code)).toContain('canary-failed');
    const left = report.changes.filter(({ cluster }) => cluster === 'ai' || cluster === 'quest-1');
    expect(left.map(({ change, reason }) => [change, reason])).toEqual([
      ['unknown', expect.stringMatching(/^not begun: quest-2 is not well/)],
      ['unknown', expect.stringMatching(/^not begun: quest-2 is not well/)],
    ]);
  });

  it('places a policy on the canary only, and on the others when the canary is well', async () => {
    const it5 = await four();
    const line = 'apply --yes --canary quest-2 --set userWorkloadMonitoring.mode=policy -o json';
    const placed: string[][] = [];
    const end = it5.sandbox.managed('local-cluster').onChange(({ object }) => {
      if (object.kind !== PolicyKind.kind || object.metadata.name !== policyKey.name) return;
      const { status = [] } = it5.sandbox.hub.get(PolicyKind, policyKey)?.status ?? {};
      const names = status.map(({ clustername }) => clustername).sort();
      if (names.join() !== placed.at(-1)?.join()) placed.push(names);
    });

    const first = await it5.run(line);
    const again = await it5.run(line);
    end();

    expect([first.exitCode, first.report.problems]).toEqual([0, []]);
    const [, few = [], ...more] = placed;
    expect(few).toEqual(['local-cluster', 'quest-2']);
    expect(more.at(-1)).toEqual(['ai', 'local-cluster', 'quest-1', 'quest-2']);
    expect(again.exitCode).toBe(0);
    expect(writesIn(again.requests)).toEqual([]);
  });

  it('takes the canaries of the configuration where the run is about them', async () => {
    const { run } = await four();
    const env = { ACM_OBSERVABILITY_CLUSTERS_CANARY: 'quest-1,elsewhere' };

    const with1 = await run('plan -o json', { env });
    const without = await run('plan -o json --exclude quest-1', { env });

    expect(notesOf(with1)).toMatch(/quest-1 first/);
    expect(notesOf(without)).not.toMatch(/ first: /);
  });

  it('refuses a canary that the run is not about, and one that nobody would verify', async () => {
    const { run } = await four();

    const stranger = await run('apply --yes --canary quest-9');
    const unverified = await run('apply --yes --no-wait --canary quest-1');

    expect([stranger.exitCode, unverified.exitCode]).toEqual([64, 64]);
    expect(stranger.stderr + stranger.stdout).toMatch(/--canary quest-9: this run is not about a cluster of that name/);
    expect(unverified.stderr + unverified.stdout).toMatch(/--no-wait verifies nothing/);
  });
});

function notesOf({ report }: Ran): string {
  return report.notes.join('\n');
}

/** Clusters on which something of user-workload monitoring was written. */
function applied({ changes }: Report): string[] {
  const written = changes.filter((row) => row.applied && row.step === 'user-workload-monitoring');
  return written.map(({ cluster }) => cluster).toSorted();
}
