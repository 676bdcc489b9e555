import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { broughtBy } from '../../src/dashboards/files.ts';
import { lintDashboard } from '../../src/dashboards/lint.ts';
import { fileText, modelDifferences, portable, slug, storable } from '../../src/dashboards/model.ts';

describe('a model as it is kept', () => {
  it('loses what belongs to one Grafana, and nothing else: variables and legends stay', () => {
    const kept = {
      uid: 'a',
      title: `$x \${y} {{z}}`,
      panels: [{ id: 3, version: 2, expr: 'up{a="$b"}' }],
    };

    expect(storable({ id: 1, version: 2, iteration: 3, __requires: [], ...kept })).toEqual(kept);
  });

  it('has no blanks around its title, as in Grafana', () => {
    expect(storable({ title: '\t A  board ', uid: ' a ' })).toEqual({ title: 'A  board', uid: ' a ' });
  });

  it('has its inputs filled in wherever they are', () => {
    const __inputs = [
      { name: 'DS', type: 'datasource', pluginId: 'prometheus' },
      { name: 'VAR', type: 'constant', value: 'say "$&"' },
    ];

    expect(storable({ __inputs, a: [{ uid: `\${DS}` }], b: `\${VAR} \${OTHER}` })).toEqual({
      a: [{ uid: '000000001' }],
      b: `say "$&" \${OTHER}`,
    });
  });

  it('asks the hub’s data source where it is portable', () => {
    const sources = [
      'Observatorium',
      { type: 'prometheus', uid: 'X' },
      { type: 'prometheus', uid: '000000002' },
      { type: 'prometheus', uid: `\${ds}` },
      { type: 'loki', uid: 'L' },
      '-- Mixed --',
      null,
    ];

    const { panels } = portable({ panels: sources.map((datasource) => ({ datasource })) });

    const hub = { type: 'prometheus', uid: '000000001' };
    const [, , dynamic, variable, ...others] = sources;
    expect(panels).toEqual([hub, hub, dynamic, variable, ...others].map((datasource) => ({ datasource })));
  });

  it('has one text, in whatever order its keys came, and is read back as it was', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (model) => {
        const turned = Object.fromEntries(Object.entries(model).toReversed());

        expect(fileText(turned)).toBe(fileText(model));
        expect(JSON.parse(fileText(model))).toEqual(JSON.parse(JSON.stringify(model)));
        expect(modelDifferences(model, turned)).toEqual([]);
      }),
    );
  });

  it('differs by path', () => {
    expect(modelDifferences({ a: [{ b: 1 }], c: 2 }, { a: [{ b: 3 }, 4] })).toEqual([
      '- a[0].b: 1',
      '+ a[0].b: 3',
      '+ a[1]: 4',
      '- c: 2',
    ]);
  });

  it('has a name that files and objects may have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (title) => {
        expect(slug(title)).toMatch(/^([a-z0-9]+(-[a-z0-9]+)*)?$/);
      }),
    );
  });
});

describe('an export for sharing, as people find them', () => {
  const hub = { type: 'prometheus', uid: '000000001' };
  const inputs = {
    __inputs: [
      {
        name: 'DS_PROMETHEUS',
        label: 'Prometheus',
        type: 'datasource',
        pluginId: 'prometheus',
        pluginName: 'Prometheus',
      },
      { name: 'VAR_JOB', type: 'constant', label: 'Job', value: 'node' },
    ],
    __requires: [
      { type: 'grafana', id: 'grafana', name: 'Grafana', version: '11.6.1' },
      { type: 'panel', id: 'timeseries', name: 'Time series', version: '' },
    ],
    id: null,
    iteration: 1_600_000_000,
    version: 7,
  };
  const target = {
    expr: `rate(x{job="\${VAR_JOB}", cluster=~"$cluster"}[$__rate_interval])`,
    legendFormat: '{{cluster}}',
  };
  const looks = { title: 'Rate', type: 'timeseries', fieldConfig: { defaults: { unit: 'short' } } };
  const clusterOf = (datasource: unknown) => ({
    name: 'cluster',
    type: 'query',
    datasource,
    query: 'label_values(x, cluster)',
  });

  it.each([
    ['names its data source, as to Grafana 8', `\${DS_PROMETHEUS}`],
    ['refers to it, as from Grafana 9', { type: 'prometheus', uid: `\${DS_PROMETHEUS}` }],
  ])('%s: nothing is left to be asked, and the lint has nothing to say', (_, datasource) => {
    const model = {
      ...inputs,
      __elements: {},
      uid: 'rYdddlPWk',
      title: 'Shared',
      templating: { list: [clusterOf(datasource), { name: 'job', type: 'constant', query: `\${VAR_JOB}` }] },
      panels: [{ id: 1, datasource, targets: [{ ...target, datasource, refId: 'A' }], ...looks }],
    };

    const kept = storable(model);

    expect(JSON.stringify(kept)).not.toMatch(/DS_PROMETHEUS|VAR_JOB|__(inputs|requires|elements)|"version":7/);
    expect(kept).toMatchObject({ uid: 'rYdddlPWk', panels: [{ datasource: hub, targets: [{ datasource: hub }] }] });
    expect(lintDashboard(kept, { intervalSeconds: 300 })).toEqual([]);
    expect(portable(kept)).toEqual(kept);
  });

  it('brings its library panels as panels of its own, in their places', () => {
    const panel = { ...looks, id: 99, gridPos: { x: 9 }, datasource: { type: 'prometheus', uid: `\${DS_PROMETHEUS}` } };
    const model = {
      ...inputs,
      __elements: { lib1: { name: 'Rate', uid: 'lib1', kind: 1, model: { ...panel, libraryPanel: { uid: 'lib1' } } } },
      uid: 'a',
      title: 'Shared',
      panels: [
        { id: 2, gridPos: { x: 1 }, libraryPanel: { uid: 'lib1', name: 'Rate' } },
        {
          id: 3,
          type: 'row',
          collapsed: true,
          panels: [{ id: 4, gridPos: { x: 5 }, libraryPanel: { uid: 'lib1', name: 'Rate' } }],
        },
      ],
    };

    const { panels } = storable(model);

    expect(panels).toEqual([
      { ...looks, id: 2, gridPos: { x: 1 }, datasource: hub },
      { id: 3, type: 'row', collapsed: true, panels: [{ ...looks, id: 4, gridPos: { x: 5 }, datasource: hub }] },
    ]);
  });
});

describe('what people bring', () => {
  const model = { title: 'A "board"', uid: 'a' };
  const folder = 'Team: blue';

  it.each([
    ['a model', JSON.stringify(model), {}],
    [
      'Grafana’s answer',
      JSON.stringify({ dashboard: model, meta: { folderUid: 'f', folderTitle: folder } }),
      { folder },
    ],
    [
      'Grafana’s answer about General',
      JSON.stringify({ dashboard: model, meta: { folderUid: '', folderTitle: 'General' } }),
      {},
    ],
    [
      'the ConfigMap of ACM’s script',
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    observability.open-cluster-management.io/dashboard-folder: "${folder}"\ndata:\n  a.json: |\n    ${JSON.stringify(model)}\n`,
      { folder },
    ],
    [
      'a ConfigMap of General',
      JSON.stringify({
        kind: 'ConfigMap',
        metadata: { labels: { 'general-folder': 'true' } },
        data: { 'a.json': JSON.stringify(model) },
      }),
      { folder: 'General' },
    ],
  ])('may be %s', (_, text, place) => {
    expect(broughtBy('a.json', text)).toEqual([{ model, ...place }]);
  });

  it('may be all the ConfigMaps there are, as kubectl lists them', () => {
    const map = (name: string, uid: string, annotations?: object) => ({
      kind: 'ConfigMap',
      metadata: { name, annotations },
      data: { 'a.json': JSON.stringify({ title: name, uid }) },
    });
    const place = { 'observability.open-cluster-management.io/dashboard-folder': folder };
    const list = { kind: 'List', items: [map('One', 'one'), map('Two', 'two', place)] };

    expect(broughtBy('a.json', JSON.stringify(list))).toEqual([
      { model: { title: 'One', uid: 'one' } },
      { model: { title: 'Two', uid: 'two' }, folder },
    ]);
    expect(() => broughtBy('a.json', JSON.stringify({ kind: 'List', items: [map('Bad', 'no good')] }))).toThrow(
      /^a\.json, Bad, a\.json: /,
    );
  });

  it('may begin with the mark of its encoding', () => {
    expect(broughtBy('a.json', `\uFEFF${JSON.stringify(model)}`)).toEqual([{ model }]);
  });

  it.each(['{', '[]', '{}', 'title', '{"title":"x","uid":"no good"}', 'a: [1'])('is refused by name: %s', (text) => {
    expect(() => broughtBy('bad.json', text)).toThrow(/^bad\.json: /);
  });
});
