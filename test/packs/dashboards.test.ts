/** The dashboards the packs bring: made by `npm run docs`, and asking for nothing but what their pack provides. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { dashboardDocuments } from '../../scripts/dashboards/index.ts';
import { lintDashboard } from '../../src/dashboards/lint.ts';
import { isModel, type Model } from '../../src/dashboards/model.ts';
import { manifestsFolder } from '../../src/manifest.ts';
import { selectorsOf } from '../../src/packs/inspect.ts';
import { type OpenedPack, openPack, shippedPacks } from '../../src/packs/load.ts';
import { isAlert, type Pack } from '../../src/packs/pack.ts';
import { dashboardConfigMaps } from '../../src/resources/dashboard-files.ts';

let packs: Pack[];

beforeAll(async () => {
  const shipped = await shippedPacks();
  packs = await Promise.all(shipped.map(async ({ name }) => (await opened(name)).pack));
});

async function opened(name: string): Promise<OpenedPack> {
  const found = await openPack(name, {}, { examples: true });
  if ('issues' in found) throw new Error(`${name} does not open`);
  return found.opened;
}

const models = (): { pack: Pack; model: Model }[] =>
  packs.flatMap((pack) => pack.dashboards.map(({ text }) => ({ pack, model: JSON.parse(text) as Model })));

/** Every name a pack sends or records. */
function providedBy({ collect, hub }: Pack): Set<string> {
  const collections = [collect.platform, collect.userWorkload];
  return new Set(
    [
      ...collections.flatMap(({ names, recordingRules }) => [...names, ...recordingRules.map(({ record }) => record)]),
      ...collections.flatMap(({ matches }) =>
        matches.flatMap((match) => selectorsOf(`{${match}}`).map(({ name }) => name)),
      ),
      ...hub.groups.flatMap(({ rules }) => rules.flatMap((rule) => (isAlert(rule) ? [] : [rule.record]))),
    ].filter((name) => name !== undefined),
  );
}

/** Every value of a key, however deep. */
function valuesOf(key: string, within: unknown): unknown[] {
  if (Array.isArray(within)) return within.flatMap((one) => valuesOf(key, one));
  if (!isModel(within)) return [];
  return Object.entries(within).flatMap(([name, value]) => [...(name === key ? [value] : []), ...valuesOf(key, value)]);
}

describe('the dashboards of the packs', () => {
  it('are what `npm run docs` makes, byte for byte, and there are no others', () => {
    const made = dashboardDocuments();
    const kept = packs.flatMap(({ name, dashboards }) =>
      dashboards.map(({ file }) => `manifests/packs/${name}/dashboards/${file}`),
    );

    expect(kept.sort()).toEqual(Object.keys(made).sort());
    for (const [path, text] of Object.entries(made)) {
      expect(readFileSync(join(manifestsFolder, '..', path), 'utf8'), path).toBe(text);
    }
  });

  it('keep their addresses: links to them work on after every build', () => {
    expect(models().map(({ model }) => model.uid)).toEqual([
      'acm-energy',
      'acm-gitops',
      'acm-golden-signals',
      'opencodequest-explanation',
      'opencodequest-leaderboard',
      'opencodequest-operator',
    ]);
  });

  it('have nothing the dashboard lint finds, each metric being one the pack provides', () => {
    const found = models().flatMap(({ pack, model }) => {
      const provided = providedBy(pack);
      return lintDashboard(model, { intervalSeconds: 300, isCollected: (metric) => provided.has(metric) });
    });

    expect(found).toEqual([]);
  });

  it('ask the hub’s data source by its fixed uid, and no other', () => {
    const sources = models().flatMap(({ model }) => valuesOf('datasource', model));

    expect(sources.length).toBeGreaterThan(50);
    expect([...new Set(sources.map((source) => JSON.stringify(source)))]).toEqual([
      JSON.stringify({ type: 'prometheus', uid: '000000001' }),
    ]);
  });

  it('number their panels uniquely', () => {
    for (const { model } of models()) {
      const ids = (model.panels as Model[]).map(({ id }) => id);
      expect(new Set(ids).size, String(model.title)).toBe(ids.length);
      expect(ids).toEqual(ids.map((_, at) => at + 1));
    }
  });

  it('fit into a ConfigMap each, many times over', async () => {
    const maps = await dashboardConfigMaps({ dashboards: [], baseFolder: '' }, packs);

    expect(maps).toHaveLength(6);
    for (const map of maps) expect(Buffer.byteLength(JSON.stringify(map))).toBeLessThan(100_000);
  });
});

describe('the dashboards of the leaderboard', () => {
  /** What a person may have chosen, for any exercise and environment of the contest. */
  const chosen = (exercise: string, environment: string) => (text: string) =>
    text
      .replaceAll(`\${exercise:pipe}`, exercise)
      .replaceAll('$environment', environment)
      .replaceAll('$probe', `opencodequest_${exercise}_pipeline`)
      .replaceAll('$user', 'batman');

  const contest = {
    exercises: [{ name: 'quiz', points: 10, due: 30, database: true }],
    environments: [{ name: 'lab', sharedDatabase: false }],
  };

  it.each([
    ['the shipped contest', {}, 'villain', 'preprod'],
    ['a contest of other exercises and environments', contest, 'quiz', 'lab'],
  ])('find series of the pack in %s, whatever is chosen', async (_, parameters, exercise, environment) => {
    const found = await openPack('leaderboard', parameters, { examples: true });
    const pack = 'opened' in found ? found.opened.pack : packs[0]!;
    const provided = [...providedBy(pack)];
    const fill = chosen(exercise, environment);

    const asked = pack.dashboards.flatMap(({ text }) => valuesOf('expr', JSON.parse(text)).map(String)).map(fill);
    const unmet = asked.flatMap((expr) =>
      selectorsOf(expr)
        .filter(({ name, pattern }) => {
          const wanted = new RegExp(`^(?:${pattern ?? name})$`);
          return !provided.some((metric) => wanted.test(metric));
        })
        .map(({ name, pattern }) => `${name ?? pattern} in ${expr}`),
    );

    expect(asked.length).toBeGreaterThan(15);
    expect(asked.filter((expr) => expr.includes('$') && !/\$\d/.test(expr))).toEqual([]);
    expect(unmet).toEqual([]);
  });

  it('learn the exercises and environments from the names of the series', async () => {
    const { pack } = await opened('leaderboard');
    const variables = pack.dashboards.flatMap(({ text }) => JSON.parse(text).templating.list as Model[]);

    const learnt = (name: string) => {
      const { regex, query } = variables.find((one) => one.name === name) ?? {};
      const [{ pattern = '' } = {}] = selectorsOf(/\{.*\}/.exec((query as { query: string }).query)?.[0] ?? '');
      const part = new RegExp(String(regex).slice(1, -1));
      const names = [...providedBy(pack)].filter((metric) => new RegExp(`^(?:${pattern})$`).test(metric));
      return [...new Set(names.map((metric) => part.exec(metric)?.[1]))].sort();
    };

    expect(learnt('exercise')).toEqual(['fight', 'hero', 'villain']);
    expect(learnt('environment')).toEqual(['dev', 'preprod', 'prod']);
  });
});
