import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { loadPack } from '../../src/packs/load.ts';
import { dashboardConfigMaps } from '../../src/resources/dashboard-files.ts';
import { dashboardConfigMap, dashboardLabel, dashboardsIn, folderAnnotation } from '../../src/resources/dashboards.ts';

let baseFolder: string;

beforeEach(async () => {
  baseFolder = await mkdtemp(join(tmpdir(), 'dashboards-'));
  await mkdir(join(baseFolder, 'boards'));
});

afterEach(() => rm(baseFolder, { recursive: true }));

const put = (name: string, model: unknown) =>
  writeFile(join(baseFolder, 'boards', name), typeof model === 'string' ? model : JSON.stringify(model));

const configMaps = (...dashboards: Config['dashboards']) => dashboardConfigMaps({ dashboards, baseFolder }, []);

describe('a dashboard file', () => {
  it('becomes one ConfigMap with one key, found by the loader, its uid kept', async () => {
    await put('My Board.json', { id: 7, version: 3, uid: 'my-board_1', title: 'My board', panels: [] });

    const [configMap, ...others] = await configMaps('./boards/*.json');

    expect(others).toEqual([]);
    expect(configMap?.metadata).toEqual({
      name: 'dashboard-my-board',
      namespace: 'open-cluster-management-observability',
      labels: { [dashboardLabel]: 'true' },
    });
    expect(Object.entries(configMap?.data ?? {}).map(([key, text]) => [key, JSON.parse(text)])).toEqual([
      ['my-board.json', { uid: 'my-board_1', title: 'My board', panels: [] }],
    ]);
  });

  it('may begin with the mark of its encoding', async () => {
    await put('a.json', `\uFEFF${JSON.stringify({ title: 'A', uid: 'a' })}`);

    expect((await configMaps('boards/a.json'))[0]?.data).toEqual({ 'a.json': '{"title":"A","uid":"a"}' });
  });

  it('exported for sharing asks the hub’s data source', async () => {
    await put('a.json', {
      __inputs: [{ name: 'DS_PROM', type: 'datasource', pluginId: 'prometheus' }],
      title: 'A',
      panels: [
        {
          datasource: { type: 'prometheus', uid: `\${DS_PROM}` },
          targets: [{ expr: 'up', legendFormat: '{{cluster}}' }],
        },
      ],
    });

    const [configMap] = await configMaps('boards/a.json');

    expect(JSON.parse(configMap?.data?.['a.json'] ?? '')).toEqual({
      // One that every release takes for its own.
      uid: expect.stringMatching(/^ao-[0-9a-f]{16}$/),
      title: 'A',
      panels: [
        {
          datasource: { type: 'prometheus', uid: '000000001' },
          targets: [{ expr: 'up', legendFormat: '{{cluster}}' }],
        },
      ],
    });
  });

  it.each([
    ['no JSON', '{', /a\.json: /],
    ['a list', [], /not a dashboard model/],
    ['the API’s envelope', { dashboard: { title: 'A' }, meta: {} }, /the answer of Grafana’s API/],
    ['no title', { panels: [] }, /has a title/],
    ['a uid Grafana refuses', { title: 'A', uid: 'a b' }, /uid "a b"/],
    ['more than a ConfigMap holds', { title: 'A', panels: ['x'.repeat(1_048_576)] }, /more than a ConfigMap holds/],
  ])('with %s is refused by name', async (_, model, message) => {
    await put('a.json', model);

    const made = configMaps('boards/a.json');

    await expect(made).rejects.toMatchObject({ code: 'dashboard-invalid', message: expect.stringMatching(message) });
  });

  it.each(['boards/none.json', 'nowhere/*.json', 'boards/*.json'])(
    '%s that is not there is a Problem',
    async (pattern) => {
      await expect(configMaps(pattern)).rejects.toMatchObject({ code: 'dashboard-invalid' });
    },
  );

  it.each([
    ['uid', { title: 'A', uid: 'same' }, { title: 'B', uid: 'same' }],
    ['title', { title: 'A', uid: 'a' }, { title: 'A', uid: 'b' }],
  ])('with the %s of another one is refused: Grafana would show only one', async (what, a, b) => {
    await put('a.json', a);
    await put('b.json', b);

    await expect(configMaps('boards/*')).rejects.toMatchObject({ message: expect.stringContaining(`same ${what}`) });
  });
});

describe('a ConfigMap of a dashboard', () => {
  const models = fc.record(
    { title: fc.string({ minLength: 1 }), uid: fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/), panels: fc.jsonValue() },
    { requiredKeys: ['title'] },
  );

  it('holds any model as it is, whatever $variables and {{legends}} it has, and is read back the same', () => {
    const texts = fc.constantFrom(
      '$cluster',
      '{{cluster}}',
      '{{ $labels.cluster }}',
      "it's",
      '"',
      '#',
      '\n---\n',
      '\u2028',
    );
    fc.assert(
      fc.property(models, texts, fc.option(fc.string({ minLength: 1 }), { nil: undefined }), (rest, text, folder) => {
        const model = { ...rest, description: text, targets: [{ expr: `up{a="${text}"}`, legendFormat: text }] };

        const map = dashboardConfigMap({ name: 'a', ...(folder === undefined ? {} : { folder }), model });

        expect(JSON.parse(map.data?.['a.json'] ?? '')).toEqual(JSON.parse(JSON.stringify(model)));
        expect(dashboardsIn(map)).toEqual([
          {
            uid: rest.uid ?? '',
            title: rest.title,
            folder: folder ?? 'Custom',
            model: JSON.parse(JSON.stringify(model)),
          },
        ]);
        expect(Object.keys(map.data ?? {})).toHaveLength(1);
      }),
    );
  });
});

describe('a folder of Grafana', () => {
  beforeEach(async () => {
    await put('a.json', { title: 'A', uid: 'a' });
    await put('b.json', { title: 'B', uid: 'b' });
  });

  const places = async (...dashboards: Config['dashboards']) =>
    (await configMaps(...dashboards)).map(({ metadata: { name, labels, annotations } }) => ({
      name,
      general: labels?.['general-folder'] ?? 'false',
      folder: annotations?.[folderAnnotation],
    }));

  it('is the annotation the loader reads; General is a label; without one the loader takes Custom', async () => {
    const team = await places({ path: 'boards/a.json', folder: 'Team "blue": 1/2' });
    const general = await places({ path: 'boards/a.json', folder: 'General' });
    const custom = await places({ path: 'boards/a.json' });

    expect([team, general, custom].flat().map(({ general: label, folder }) => [label, folder])).toEqual([
      ['false', 'Team "blue": 1/2'],
      ['true', undefined],
      ['false', undefined],
    ]);
  });

  it('is given to one file of a glob by naming the file again, in either order', async () => {
    const team = { path: './boards/b.json', folder: 'Team' };

    for (const declared of [
      ['boards/*.json', team],
      [team, 'boards/*.json'],
    ]) {
      const found = await places(...declared);
      expect(Object.fromEntries(found.map(({ name, folder }) => [name, folder]))).toEqual({
        'dashboard-a': undefined,
        'dashboard-b': 'Team',
      });
    }
  });

  it('is one: two for the same file are refused', async () => {
    const made = configMaps({ path: 'boards/*', folder: 'One' }, { path: 'boards/a.json', folder: 'Two' });

    await expect(made).rejects.toMatchObject({ message: expect.stringContaining('both in folder One and in Two') });
  });

  it('tells dashboards of one title apart', async () => {
    await put('b.json', { title: 'A', uid: 'b' });

    expect(await configMaps('boards/a.json', { path: 'boards/b.json', folder: 'Team' })).toHaveLength(2);
  });
});

it('a * in a folder of a path is refused, instead of finding nothing', async () => {
  await expect(configMaps('*/a.json')).rejects.toMatchObject({ message: expect.stringContaining('not in a folder’s') });
});

it('a pack’s dashboards go into its folder of Grafana', async () => {
  const leaderboard = await loadPack('leaderboard', { start: 60 });

  const made = await dashboardConfigMaps({ dashboards: [], baseFolder }, [leaderboard]);

  const folder = { [folderAnnotation]: 'Open Code Quest' };
  expect(made.map(({ metadata }) => [metadata.name, metadata.annotations])).toEqual(
    leaderboard.dashboards.map(({ file }) => [`dashboard-leaderboard-${file.replace('.json', '')}`, folder]),
  );
  expect(made.length).toBeGreaterThan(0);
});
