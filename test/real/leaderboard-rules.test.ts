/** The leaderboard as it is compiled, played by promtool: what a cluster records, and what the hub makes of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compileAllowlist, decodeAsCollector } from '../../src/packs/allowlist.ts';
import { loadPack } from '../../src/packs/load.ts';
import { compileRuler } from '../../src/packs/ruler.ts';
import { allowlistLists } from '../../src/resources/allowlist-entries.ts';
import { rulerList } from '../../src/resources/ruler-entries.ts';
import { mergeLists } from '../../src/resources/shared-lists.ts';
import { need } from './servers/locate.ts';

const folder = mkdtempSync(join(tmpdir(), 'leaderboard-'));
afterAll(() => rmSync(folder, { recursive: true }));

const needed = need('promtool');
const promtool = needed.have ? needed.paths.promtool : '';

/** The contest of the tests begins a minute after the epoch, where promtool's clock starts. */
const start = 60;

async function compiled(parameters: Record<string, unknown> = {}) {
  const pack = await loadPack('leaderboard', { start, ...parameters });
  const lists = [
    ...allowlistLists(compileAllowlist([pack], { platform: [], userWorkload: [] })),
    rulerList(compileRuler([pack])),
  ];
  return { pack, data: mergeLists({ data: {}, annotations: {} }, 'us', lists, 'here').data };
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(promtool, args, { encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

describe.skipIf(!needed.have)(`the leaderboard’s rules on promtool${needed.note}`, () => {
  it('promtool accepts the rules of the hub and of the clusters', async () => {
    const { data } = await compiled();
    const decoded = decodeAsCollector(data['metrics_list.yaml']);
    const rules = decoded.rules.map(({ name, query }) => ({ record: name, expr: query }));
    const hub = write('hub.yaml', data['custom_rules.yaml'] ?? '');
    const clusters = write('clusters.yaml', JSON.stringify({ groups: [{ name: 'clusters', rules }] }));

    const { status, output } = run('check', 'rules', hub, clusters);

    expect(output).toMatch(/60 rules found[\s\S]*18 rules found/);
    expect(status).toBe(0);
  });

  it.each(['15s', '1m', '5m'])(
    'credits each bonus once at a group interval of %s, with a flap, a gap and a late start',
    async (interval) => {
      const environments = [{ name: 'prod', sharedDatabase: true }];
      const { data } = await compiled({ interval, environments });
      const hub = write(`hub-${interval}.yaml`, data['custom_rules.yaml'] ?? '');
      const test = write(`test-${interval}.yaml`, JSON.stringify(contest(hub, interval)));

      const { status, output } = run('test', 'rules', test);

      expect(output).toContain('SUCCESS');
      expect(status).toBe(0);
    },
  );

  it('sees on a cluster who has deployed what, and 0 for everybody else', async () => {
    const { data } = await compiled();
    const decoded = decodeAsCollector(data['metrics_list.yaml']);
    const tests = decoded.rules.map(({ query }) => query);
    const test = write('cluster.yaml', JSON.stringify(onCluster(decoded.rules)));

    const { status, output } = run('test', 'rules', test);

    expect(tests).toHaveLength(18);
    expect(output).toContain('SUCCESS');
    expect(status).toBe(0);
  });
});

/** Samples every 5 minutes, as a collector pushes them: `from` and `to` in minutes, `_` for a push that did not come. */
function pushes(value: (minute: number) => number | '_'): string {
  return Array.from({ length: 31 }, (_, index) => value(index * 5)).join(' ');
}

/** promtool evaluates every group at `evaluation_interval`, whatever the group says. */
function contest(rules: string, interval: string): object {
  const always = pushes(() => 1);
  const series = (name: string, user: string, values: string) => ({
    series: `opencodequest_${name}{user="${user}",cluster="quest-1",clusterID="1"}`,
    values,
  });
  // Batman: hero at 50 min, its pod flaps at 70, his cluster is silent from 90 to 110; villain at 75; never fight.
  const batmanHero = pushes((at) => (at >= 90 && at <= 110 ? '_' : at >= 50 && at !== 70 ? 1 : 0));
  const batmanVillain = pushes((at) => (at >= 90 && at <= 110 ? '_' : at >= 75 ? 1 : 0));
  const batmanFight = pushes((at) => (at >= 90 && at <= 110 ? '_' : 0));
  // Catwoman had everything of hero before the contest began.
  const users = [
    ['batman', batmanHero, batmanVillain, batmanFight],
    ['catwoman', always, pushes(() => 0), pushes(() => 0)],
  ] as const;
  const inputs = users.flatMap(([user, hero, villain, fight]) => [
    series('hero_quarkus_pod:prod', user, hero),
    series('villain_quarkus_pod:prod', user, villain),
    series('fight_quarkus_pod:prod', user, fight),
    ...['hero_db_pod:prod', 'villain_db_pod:prod', 'hero_pipeline', 'villain_pipeline', 'fight_pipeline'].map((name) =>
      series(name, user, always),
    ),
  ]);
  const bonus = (points: number, due: number, first: number) => points + (start + due * 60 - first) / 300;
  const growth = (first: number) => (9000 - first) / 300;
  const samples = (batman: number, catwoman: number) => [
    { labels: '{user="batman", cluster="quest-1"}', value: batman },
    { labels: '{user="catwoman", cluster="quest-1"}', value: catwoman },
  ];
  // The first evaluation after the start.
  const early = interval === '5m' ? 300 : 60;
  const [hero, villain] = [3000, 4500];
  const once = (exercise: string) =>
    `sum by (user, cluster) (sum_over_time(opencodequest_leaderboard_${exercise}_onetime_bonus:prod[3h]))`;
  const rounded = (expr: string) => `round(${expr}, 0.0001)`;
  const round = (value: number) => Math.round(value * 10_000) / 10_000;
  const score = (...parts: number[]) => round(parts.reduce((sum, part) => sum + part, 0));
  return {
    rule_files: [rules],
    evaluation_interval: interval,
    tests: [
      {
        interval: '5m',
        input_series: inputs,
        promql_expr_test: [
          {
            expr: rounded(once('hero')),
            eval_time: '150m',
            exp_samples: samples(round(bonus(55, 55, hero)), round(bonus(55, 55, early))),
          },
          { expr: rounded(once('villain')), eval_time: '150m', exp_samples: samples(round(bonus(25, 85, villain)), 0) },
          { expr: rounded(once('fight')), eval_time: '150m', exp_samples: samples(0, 0) },
          {
            expr: rounded('sum by (user, cluster) (opencodequest_leaderboard_score:prod)'),
            eval_time: '150m',
            exp_samples: samples(
              score(bonus(55, 55, hero), growth(hero), bonus(25, 85, villain), growth(villain)),
              score(bonus(55, 55, early), growth(early)),
            ),
          },
          // In the silence a score does not stop.
          {
            expr: 'count(opencodequest_leaderboard_score:prod)',
            eval_time: '105m',
            exp_samples: [{ labels: '{}', value: 2 }],
          },
        ],
      },
    ],
  };
}

function onCluster(rules: readonly { readonly name: string; readonly query: string }[]): object {
  const users = ['batman', 'catwoman'];
  const query = (name: string) => rules.find((rule) => rule.name === name)?.query ?? 'absent';
  const namespaces = users.flatMap((user) =>
    ['dev', 'preprod', 'prod'].map((environment) => ({
      series: `kube_namespace_status_phase{namespace="${user}-workshop-${environment}",phase="Active"}`,
      values: '1 1',
    })),
  );
  const expectations = (name: string, batman: number, catwoman: number) => ({
    expr: query(name),
    eval_time: '1m',
    exp_samples: [
      { labels: '{user="batman"}', value: batman },
      { labels: '{user="catwoman"}', value: catwoman },
    ],
  });
  return {
    tests: [
      {
        interval: '1m',
        input_series: [
          ...namespaces,
          {
            series:
              'kube_deployment_status_condition{namespace="batman-workshop-prod",deployment="hero",condition="Available",status="true"}',
            values: '1 1',
          },
          {
            series: 'kube_pod_status_phase{namespace="catwoman-workshop-dev",pod="hero-database-1",phase="Running"}',
            values: '1 1',
          },
          {
            series:
              'kube_pod_status_phase{namespace="batman-workshop-dev",pod="batman-hero-run-x7-resync-pod",phase="Succeeded"}',
            values: '1 1',
          },
          {
            series:
              'kube_pod_status_phase{namespace="catwoman-workshop-dev",pod="catwoman-hero-run-x7-build-pod",phase="Succeeded"}',
            values: '1 1',
          },
        ],
        promql_expr_test: [
          expectations('opencodequest_hero_quarkus_pod:prod', 1, 0),
          expectations('opencodequest_hero_quarkus_pod:dev', 0, 0),
          expectations('opencodequest_hero_db_pod:dev', 0, 1),
          expectations('opencodequest_hero_db_pod:prod', 1, 1),
          expectations('opencodequest_hero_pipeline', 1, 0),
        ],
      },
    ],
  };
}
