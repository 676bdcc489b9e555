/** Packs on the sandbox: proven by their own queries, beside another team's, and for the addon architecture. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { observabilityNamespace } from '../../src/hub.ts';
import { ClusterManagementAddOnKind, ConfigMapKind, PrometheusRuleKind, ScrapeConfigKind } from '../../src/kinds.ts';
import { createHarness, type Harness } from '../helpers/harness.ts';

let folder: string;

/** Virtual time is computed: a slow machine needs more of its own. */
const patient = { timeout: 240_000 };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packs-'));
  await mkdir(join(folder, 'theirs'));
  await writeFile(
    join(folder, 'theirs/pack.yaml'),
    `apiVersion: acm-observability/pack-v1
name: theirs
title: Another team's
collect: { platform: { names: [kube_pod_info] } }
hub: { groups: [{ name: theirs, interval: 1m, rules: [{ record: 'theirs:pods', expr: 'count by (cluster) (kube_pod_info)' }] }] }
verify:
  - { title: Pods are counted, expr: 'theirs:pods', within: 10m, per: cluster }
`,
  );
});

afterAll(() => rm(folder, { recursive: true }));

/** The configuration with these packs; the name of its file. */
async function configured(name: string, ...packs: object[]): Promise<string> {
  const file = join(folder, `${name}.yaml`);
  await writeFile(file, JSON.stringify({ apiVersion: 'acm-observability/v1', packs }));
  return file;
}

const leaderboard = {
  name: 'leaderboard',
  // One environment and few evaluations: there is much virtual time to pass.
  parameters: {
    start: '2026-01-05T08:00:00Z',
    interval: '5m',
    environments: [{ name: 'prod', sharedDatabase: true }],
  },
};
const theirs = { path: './theirs' };

async function data(harness: Harness, name: string): Promise<Record<string, string>> {
  const map = await harness.admin.get(ConfigMapKind, { namespace: observabilityNamespace, name });
  return map?.data ?? {};
}

/** A YAML document with one more entry in a list, which may not be there yet. */
function added(text = '', path: readonly string[], entry: unknown): string {
  const document = parseDocument(text);
  if (!document.hasIn(path)) document.setIn(path, document.createNode([]));
  document.addIn(path, entry);
  return document.toString();
}

const groupsIn = (text = ''): string[] => (parse(text)?.groups ?? []).map((group: { name: string }) => group.name);

describe('packs on the legacy architecture', patient, () => {
  let it2: Harness;

  beforeAll(async () => {
    // The hub, a cluster without participants, one with.
    it2 = await createHarness({ scenario: 'quest', size: 3 });
  });

  afterAll(() => it2?.stop());

  it('are applied, and proven by their own queries', async () => {
    const file = await configured('one', leaderboard);

    const applied = await it2.run(`apply --yes --no-wait -f ${file} -o json`);
    await it2.pass(1200);
    const { exitCode, report } = await it2.run(`verify -f ${file} -o json`);

    const proof = report.checks.find(({ id }) => id === 'packs');
    expect(applied.report.problems).toEqual([]);
    expect(proof).toMatchObject({ verdict: 'pass', evidence: '2 queries of leaderboard' });
    expect(exitCode).toBe(0);
  });

  it('share the hub: another team’s comes and goes without a change to the first', async () => {
    const before = await data(it2, 'thanos-ruler-custom-rules');
    const both = await configured('both', leaderboard, theirs);

    const came = await it2.run(`apply --yes --no-wait -f ${both} -o json`);
    await it2.pass(900);
    const proven = await it2.run(`verify -f ${both} -o json`);
    const together = await data(it2, 'thanos-ruler-custom-rules');
    const went = await it2.run(`apply --yes --no-wait -f ${await configured('one', leaderboard)} -o json`);
    const after = await data(it2, 'thanos-ruler-custom-rules');

    expect([came.exitCode, went.exitCode]).toEqual([0, 0]);
    expect(proven.report.checks.find(({ id }) => id === 'packs')).toMatchObject({
      evidence: expect.stringContaining('theirs'),
    });
    expect(groupsIn(together['custom_rules.yaml'])).toEqual(['opencodequest', 'theirs']);
    expect(after).toEqual(before);
    expect((await data(it2, 'observability-metrics-custom-allowlist'))['metrics_list.yaml']).not.toContain(
      'kube_pod_info',
    );
  });

  it('live beside what another team writes by its own means, and neither notices the other', async () => {
    const file = await configured('one', leaderboard);
    const [rules, list] = ['thanos-ruler-custom-rules', 'observability-metrics-custom-allowlist'] as const;
    const before = { rules: await data(it2, rules), list: await data(it2, list) };
    const write = (name: string, written: Record<string, string>) =>
      it2.admin.mergePatch(ConfigMapKind, { namespace: observabilityNamespace, name }, { data: written });
    const group = {
      name: 'by-hand',
      interval: '1m',
      rules: [{ record: 'by_hand:nodes', expr: 'count(kube_node_info)' }],
    };

    await write(rules, {
      'custom_rules.yaml': `# Written by hand.\n${added(before.rules['custom_rules.yaml'], ['groups'], group)}`,
    });
    await write(list, { 'metrics_list.yaml': added(before.list['metrics_list.yaml'], ['names'], 'kube_node_info') });
    const theirs = { rules: await data(it2, rules), list: await data(it2, list) };
    const beside = await it2.run(`apply --yes --no-wait -f ${file} -o json`);
    const kept = { rules: await data(it2, rules), list: await data(it2, list) };
    await it2.pass(600);
    const proven = await it2.run(`verify -f ${file} -o json`);
    await write(rules, before.rules);
    await write(list, before.list);
    const alone = await it2.run(`apply --yes --no-wait -f ${file} -o json`);

    expect(groupsIn(theirs.rules['custom_rules.yaml'])).toEqual(['opencodequest', 'by-hand']);
    expect([beside.report.verdict, alone.report.verdict]).toEqual(['unchanged', 'unchanged']);
    expect(kept).toEqual(theirs);
    expect(proven.report.checks.find(({ id }) => id === 'packs')).toMatchObject({ verdict: 'pass' });
    expect({ rules: await data(it2, rules), list: await data(it2, list) }).toEqual(before);
  });

  it('fail by name when what they promise is not there', async () => {
    const broken = { path: './theirs' };
    await mkdir(join(folder, 'late'), { recursive: true });
    const text = `apiVersion: acm-observability/pack-v1
name: late
title: Late
verify: [{ title: Something is counted, expr: never_there, within: 10m }]
`;
    await writeFile(join(folder, 'late/pack.yaml'), text);

    const file = await configured('late', leaderboard, broken, { path: './late' });
    const { exitCode, report } = await it2.run(`verify -f ${file} -o json`);

    const proof = report.checks.find(({ id }) => id === 'packs');
    expect(exitCode).not.toBe(0);
    expect(proof).toMatchObject({ verdict: 'fail', code: 'pack-unproven' });
  });
});

describe('packs on the addon architecture', patient, () => {
  let it2: Harness;

  beforeAll(async () => {
    it2 = await createHarness({ scenario: 'quest', size: 2, acm: '2.17', architecture: 'mcoa', state: 'installed' });
  });

  afterAll(() => it2?.stop());

  async function registered() {
    const addon = await it2.admin.get(ClusterManagementAddOnKind, { name: 'multicluster-observability-addon' });
    return (
      addon?.spec?.installStrategy?.placements?.[0]?.configs?.map(({ resource, name }) => `${resource} ${name}`) ?? []
    );
  }

  it('arrive as ScrapeConfigs and PrometheusRules, registered beside what is there', async () => {
    const addon = await it2.admin.get(ClusterManagementAddOnKind, { name: 'multicluster-observability-addon' });
    const [placement, ...others] = addon?.spec?.installStrategy?.placements ?? [];
    const theirOwn = {
      group: 'monitoring.rhobs',
      resource: 'scrapeconfigs',
      name: 'theirs',
      namespace: observabilityNamespace,
    };
    const placements = [{ ...placement, configs: [...(placement?.configs ?? []), theirOwn] }, ...others];
    await it2.admin.mergePatch(
      ClusterManagementAddOnKind,
      { name: 'multicluster-observability-addon' },
      { spec: { installStrategy: { placements } } },
    );

    const { report } = await it2.run(
      `apply --yes --no-wait --only addon-metrics,ruler-rules -f ${await configured('one', leaderboard)} -o json`,
    );

    expect(report.problems).toEqual([]);
    const [scrapes, rules] = await Promise.all(
      [ScrapeConfigKind, PrometheusRuleKind].map((kind) => it2.admin.list(kind, { namespace: observabilityNamespace })),
    );
    expect(scrapes?.map(({ metadata }) => metadata.name)).toContain('acm-observability-leaderboard-platform');
    expect(rules?.map(({ metadata }) => metadata.name)).toContain('acm-observability-leaderboard-platform');
    expect(await registered()).toEqual([
      'scrapeconfigs theirs',
      'prometheusrules acm-observability-leaderboard-platform',
      'scrapeconfigs acm-observability-leaderboard-platform',
    ]);
  });

  it('are taken out again when they are no longer configured, and nothing else is', async () => {
    await it2.run(`apply --yes --no-wait --only addon-metrics,ruler-rules -f ${await configured('none')} -o json`);

    const scrapes = await it2.admin.list(ScrapeConfigKind, { namespace: observabilityNamespace });
    expect(await registered()).toEqual(['scrapeconfigs theirs']);
    expect(
      scrapes.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('acm-observability-')),
    ).toEqual([]);
  });
});
