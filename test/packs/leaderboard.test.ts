import { describe, expect, it } from 'vitest';
import { compileAllowlist, decodeAsCollector } from '../../src/packs/allowlist.ts';
import { loadPack } from '../../src/packs/load.ts';
import { compileRuler } from '../../src/packs/ruler.ts';
import { allowlistLists } from '../../src/resources/allowlist-entries.ts';
import { rulerList } from '../../src/resources/ruler-entries.ts';
import { mergeLists } from '../../src/resources/shared-lists.ts';

const start = 60;

async function compiled(parameters: Record<string, unknown> = {}) {
  const pack = await loadPack('leaderboard', { start, ...parameters });
  const lists = [
    ...allowlistLists(compileAllowlist([pack], { platform: [], userWorkload: [] })),
    rulerList(compileRuler([pack])),
  ];
  return { pack, data: mergeLists({ data: {}, annotations: {} }, 'us', lists, 'here').data };
}

describe('the leaderboard pack', () => {
  it('has the 18 series of the articles on the clusters', async () => {
    const { data } = await compiled();

    const decoded = decodeAsCollector(data['metrics_list.yaml']);

    const environments = ['dev', 'preprod', 'prod'];
    const exercises = ['hero', 'villain', 'fight'];
    expect(decoded.refused).toEqual([]);
    expect(decoded.rules.map((rule) => rule.name).sort()).toEqual(
      [
        ...exercises.flatMap((exercise) => environments.map((e) => `opencodequest_${exercise}_quarkus_pod:${e}`)),
        ...['hero', 'villain'].flatMap((exercise) => environments.map((e) => `opencodequest_${exercise}_db_pod:${e}`)),
        ...exercises.map((exercise) => `opencodequest_${exercise}_pipeline`),
      ].sort(),
    );
  });

  it('keeps all rules that depend on each other in one group, each after what it uses', async () => {
    const { pack } = await compiled();

    const [group, ...others] = pack.hub.groups;
    const rules = (group?.rules ?? []).map((rule) => ({ ...rule, record: 'record' in rule ? rule.record : '' }));
    const early = rules.filter(({ expr }, index) =>
      rules.slice(index).some((later) => new RegExp(`${later.record}(?![\\w:])`).test(expr)),
    );

    expect(others).toEqual([]);
    expect(rules).toHaveLength(60);
    expect(early).toEqual([]);
  });

  it('takes participants, exercises and environments from its parameters', async () => {
    const { pack, data } = await compiled({
      users: 'team[0-9]+',
      exercises: [{ name: 'quiz', points: 10, due: 30, database: false }],
      environments: [{ name: 'lab', sharedDatabase: false }],
    });

    const decoded = decodeAsCollector(data['metrics_list.yaml']);

    expect(decoded.rules.map((rule) => rule.name)).toEqual([
      'opencodequest_quiz_quarkus_pod:lab',
      'opencodequest_quiz_pipeline',
    ]);
    expect(decoded.rules[0]?.query).toContain('(team[0-9]+)-workshop-lab');
    expect(pack.hub.groups[0]?.rules.at(-1)).toMatchObject({ record: 'opencodequest_leaderboard_score:lab' });
  });
});
