import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { expressionFault, metricsIn, rangesIn, variablesIn } from '../../src/dashboards/expressions.ts';
import { lintDashboard, metricsOf } from '../../src/dashboards/lint.ts';
import { isModel } from '../../src/dashboards/model.ts';

const options = { intervalSeconds: 300 };
const panel = (id: number, expr: string, more: object = {}) => ({
  id,
  type: 'timeseries',
  title: `Panel ${id}`,
  fieldConfig: { defaults: { unit: 'short' } },
  targets: [{ expr }],
  ...more,
});
const board = (...panels: object[]) => ({ uid: 'a', title: 'A', panels });
const said = (model: object, more: object = {}) =>
  lintDashboard({ ...model }, { ...options, ...more }).map(
    ({ severity, where, message }) => `${severity} ${where}: ${message}`,
  );

describe('an expression with Grafana’s variables', () => {
  it.each([
    'rate(http_total{cluster=~"$cluster"}[$__rate_interval])',
    `sum by (\${by:csv}) (up{cluster="[[cluster]]"})`,
    `topk($count, up) offset \${shift}`,
    `rate(x[\${__range_s}s])`,
    '$metric{job="a"}',
    'label_replace(up, "a", "$1", "b", "(.*)")',
    'avg_over_time(x[1h:5m])',
    // Whose names have an o in them, as has `offset`.
    `rate(\${job}_total[5m]) > $pod`,
    'time() - $__to / 1000',
    `up @ \${__from:date:seconds} offset $off`,
    // A function, an aggregation, a whole matcher, an operator.
    '$agg by ($label) ($metric{cluster="$cluster"}) $op $threshold',
    `\${function}_over_time(x[5m])`,
    'sum(up{job="a", $filter})',
    'up{$filter} and $a or $b',
  ])('parses: %s', (expr) => {
    expect(expressionFault(expr)).toBeUndefined();
  });

  it.each([
    'sum(up',
    'up{',
    'rate(x[$__rate_interval)',
    '',
    '$agg(up',
    '$agg(up))',
    'up{$filter',
    '$a b (',
    'up{a=$b}',
  ])('does not parse: %s', (expr) => {
    expect(expressionFault(expr)).toBeDefined();
  });

  it('is judged by what is near a variable, however much is around', () => {
    expect(expressionFault(`$agg(up) + ${'$a + '.repeat(200)} 1`)).toBeUndefined();
    expect(expressionFault(`up{${'a="b",'.repeat(300)}$filter}`)).toBeUndefined();
    expect(expressionFault('${a'.repeat(500))).toBeDefined();
  });

  it('tells its variables, metrics and ranges', () => {
    const expr = 'rate(a_total{x="$v"}[5m]) / on() group_left sum_over_time({__name__="b"}[[[w]]]) * $m';

    expect(variablesIn(`${expr} \${__range} label $1`)).toEqual(['v', 'w', 'm', '__range']);
    expect(metricsIn(expr)).toEqual(['a_total', 'b']);
    expect(rangesIn(expr)).toEqual(['5m']);
    expect(metricsIn('$agg by (a) (up{$filter}) $op $node')).toEqual(['up']);
  });
});

describe('the lint', () => {
  it('finds nothing wrong with a sound dashboard', () => {
    expect(said(board(panel(1, 'rate(a_total[$__rate_interval])')))).toEqual([]);
  });

  it('names what cannot work', () => {
    const source = { datasource: { type: 'prometheus', uid: 'P1809F7CD0C75ACF3' } };
    const model = { ...board(panel(1, 'sum(up'), panel(1, 'up{a="$b"}', source)), uid: 'not a uid' };

    expect(said(model).filter((text) => text.startsWith('error'))).toEqual([
      'error dashboard: the uid "not a uid" is not 1 to 40 letters, digits, _ or -',
      'error dashboard: more than one panel has the id 1',
      'error panel "Panel 1": the expression does not parse: it ends too early',
      'error panel "Panel 1": the variable $b is not defined',
      'error panel "Panel 1": the data source P1809F7CD0C75ACF3 is not the hub’s: write 000000001, or a variable',
    ]);
  });

  it('names what people would stumble over', () => {
    const bare = { id: 2, type: 'stat', targets: [{ expr: 'b' }] };

    expect(
      said(board(panel(1, 'rate(a[5m]) + rate(a[20m])'), bare), { isCollected: (name: string) => name === 'a' }),
    ).toEqual([
      'warning panel "Panel 1": [5m] holds too few samples at 300 s between two: write [$__rate_interval]',
      'warning panel 2: nobody collects b',
      'warning panel 2: no title',
      'warning panel 2: no unit',
    ]);
  });

  it('names a range that follows the zoom, a data source nobody fills in, and a panel of a library', () => {
    const input = { datasource: { type: 'loki', uid: `\${DS_LOKI}` }, targets: [] };
    const library = { id: 3, type: 'timeseries', title: 'Shared', libraryPanel: { uid: 'x', name: 'Shared' } };

    expect(said(board(panel(1, 'rate(a[$__interval])'), panel(2, '', input), library))).toEqual([
      'warning panel "Panel 1": [$__interval] shrinks below two samples: write [$__rate_interval]',
      'error panel "Panel 2": the data source is the variable $DS_LOKI, which nobody defines',
      'error panel "Shared": it is a library panel, and production has no library: unlink it in its menu',
      'warning panel "Shared": no unit',
    ]);
    expect(said(board(panel(1, 'avg_over_time(a[$__interval])')))).toEqual([]);
  });

  it('knows a data source by an older variable, and what a replacement has captured by name', () => {
    const source = { datasource: { type: 'prometheus', uid: '[[source]]' } };
    const replaced = 'label_replace(up, "a", "$part", "b", "(?P<part>.*)-.*")';
    const model = {
      ...board(panel(1, replaced, source), panel(2, 'up', { datasource: { type: 'prometheus', uid: '[[none]]' } })),
      templating: { list: [{ name: 'source', type: 'datasource', query: 'prometheus' }] },
    };

    expect(said(model)).toEqual(['error panel "Panel 2": the data source is the variable $none, which nobody defines']);
  });

  it('takes the unit of an old graph from its axes', () => {
    const old = { id: 1, type: 'graph', title: 'Old', targets: [{ expr: 'a' }] };

    expect(said(board({ ...old, yaxes: [{ format: 'bytes' }, { format: 'short' }] }))).toEqual([]);
    expect(said(board(old))).toEqual(['warning panel "Old": no unit']);
  });

  it('names a dashboard that no ConfigMap holds', () => {
    const text = { id: 1, type: 'text', options: { content: 'x'.repeat(1_000_000) } };

    expect(said(board(text))).toEqual([expect.stringMatching(/^error dashboard: 100\d+ bytes are more than/)]);
  });

  it('looks into collapsed rows, and leaves other data sources alone', () => {
    const row = { id: 3, type: 'row', panels: [panel(4, 'c')] };
    const logs = panel(5, 'not promql at all', { datasource: { type: 'loki', uid: 'x' } });

    expect(metricsOf(board(row, logs))).toEqual(['c']);
    expect(said(board(row, logs))).toEqual([]);
  });
});

const packs = fileURLToPath(new URL('../../manifests/packs', import.meta.url));
const shipped = readdirSync(packs, { recursive: true, encoding: 'utf8' }).filter((path) =>
  /dashboards\/[^/]+\.json$/.test(path),
);

describe('the dashboards of the packs', () => {
  it.each(shipped)('%s would work', (path) => {
    const model: unknown = JSON.parse(readFileSync(join(packs, path), 'utf8'));

    expect(isModel(model)).toBe(true);
    expect(said(isModel(model) ? model : {}).filter((text) => text.startsWith('error'))).toEqual([]);
  });
});
