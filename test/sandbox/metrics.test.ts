import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../src/adapters/virtual-clock.ts';
import type { Sample } from '../../src/ports.ts';
import { type ApiAnswer, answerMetrics } from '../../src/sandbox/metrics/http.ts';
import { createRuler, type Ruler } from '../../src/sandbox/metrics/ruler.ts';
import { createMetricsStore } from '../../src/sandbox/metrics/store.ts';

const now = 1_800_000_000;

function sample(name: string, labels: Record<string, string>, value: number, age = 0): Sample {
  return { labels: { __name__: name, ...labels }, value, timestamp: now - age };
}

function start(samples: readonly Sample[] = [], lookback = 600) {
  const store = createMetricsStore({ depth: 4 });
  store.push(samples);
  const clock = createVirtualClock({ startMs: now * 1000 });
  const api = { store, clock, lookback: () => lookback, rules: () => [] };
  const get = (path: string) => answerMetrics(api, path);
  const query = (expression: string, time = now) =>
    get(`/api/v1/query?query=${encodeURIComponent(expression)}&time=${time}`);
  return { store, get, query };
}

/** `{cluster="a"} 1`, one line a series, sorted. */
function lines(answer: ApiAnswer): string[] {
  const { data, error } = JSON.parse(answer.body);
  if (error !== undefined) return [`${answer.status} ${error}`];
  if (data.resultType === 'scalar') return [data.result[1]];
  return data.result
    .map(({ metric, value }: { metric: Record<string, string>; value: [number, string] }) => {
      const { __name__ = '', ...labels } = metric;
      const inner = Object.entries(labels)
        .toSorted()
        .map(([label, text]) => `${label}="${text}"`);
      return `${__name__}{${inner.join(',')}} ${value[1]}`;
    })
    .toSorted();
}

const fleet = [
  sample('up', { cluster: 'paris', job: 'a' }, 1, 20),
  sample('up', { cluster: 'paris', job: 'b' }, 0, 30),
  sample('up', { cluster: 'oslo', job: 'a' }, 1, 700),
  sample('up', { cluster: 'rome', job: 'a' }, 1, 100),
  sample('limit', { cluster: 'paris', job: 'a' }, 5, 10),
  sample('limit', { cluster: 'rome', job: 'a' }, 0.5, 10),
];

describe('an instant query', () => {
  it.each([
    ['up', ['up{cluster="paris",job="a"} 1', 'up{cluster="paris",job="b"} 0', 'up{cluster="rome",job="a"} 1']],
    ['up{cluster!="paris"}', ['up{cluster="rome",job="a"} 1']],
    ['up{cluster=~"p.*|x", job!~"b"}', ['up{cluster="paris",job="a"} 1']],
    ['{__name__=~"lim.*", cluster="rome"}', ['limit{cluster="rome",job="a"} 0.5']],
    ["{'up', job='b'}", ['up{cluster="paris",job="b"} 0']],
    ['timestamp(up{job="b"})', [`{cluster="paris",job="b"} ${now - 30}`]],
    ['time() - timestamp(up{cluster="rome"})', ['{cluster="rome",job="a"} 100']],
    ['time() - max by (cluster) (timestamp(up))', ['{cluster="paris"} 20', '{cluster="rome"} 100']],
    ['count(up)', ['{} 3']],
    ['sum without (job) (up)', ['{cluster="paris"} 1', '{cluster="rome"} 1']],
    ['min(up) by (cluster)', ['{cluster="paris"} 0', '{cluster="rome"} 1']],
    ['group by (cluster) (up or limit)', ['{cluster="paris"} 1', '{cluster="rome"} 1']],
    ['avg(limit)', ['{} 2.75']],
    ['up * 2 + 1', ['{cluster="paris",job="a"} 3', '{cluster="paris",job="b"} 1', '{cluster="rome",job="a"} 3']],
    ['up == 0', ['up{cluster="paris",job="b"} 0']],
    ['limit > bool 1', ['{cluster="paris",job="a"} 1', '{cluster="rome",job="a"} 0']],
    ['limit - up', ['{cluster="paris",job="a"} 4', '{cluster="rome",job="a"} -0.5']],
    ['limit > up', ['limit{cluster="paris",job="a"} 5']],
    ['limit / on (cluster) sum by (cluster) (up)', ['{cluster="paris"} 5', '{cluster="rome"} 0.5']],
    ['up and limit', ['up{cluster="paris",job="a"} 1', 'up{cluster="rome",job="a"} 1']],
    ['up unless limit', ['up{cluster="paris",job="b"} 0']],
    [
      'limit{cluster="rome"} or on (cluster) up',
      ['limit{cluster="rome",job="a"} 0.5', 'up{cluster="paris",job="a"} 1', 'up{cluster="paris",job="b"} 0'],
    ],
    ['absent(up{cluster="nowhere",job=~"x"})', ['{cluster="nowhere"} 1']],
    ['absent(up)', []],
    ['vector(3) - 1', ['{} 2']],
    ['-limit{cluster="rome"}', ['{cluster="rome",job="a"} -0.5']],
    ['scalar(up{cluster="rome"}) + 1', ['2']],
    ['2 ^ 3 % 5', ['3']],
    ['clamp(limit, 1, 3)', ['{cluster="paris",job="a"} 3', '{cluster="rome",job="a"} 1']],
    ['clamp_max(limit, 1) + clamp_min(limit, 1)', ['{cluster="paris",job="a"} 6', '{cluster="rome",job="a"} 1.5']],
    [
      'label_replace(limit, "city", "the $1 one ($$)", "cluster", "(p.*)")',
      ['limit{city="the paris one ($)",cluster="paris",job="a"} 5', 'limit{cluster="rome",job="a"} 0.5'],
    ],
    ['label_replace(limit{cluster="rome"}, "job", "", "job", ".*")', ['limit{cluster="rome"} 0.5']],
    ['1 / 0', ['+Inf']],
    ['0x10', ['16']],
    ['nothing', []],
  ])('%s', (expression, expected) => {
    const { query } = start(fleet);

    expect(lines(query(expression))).toEqual(expected);
  });

  it('looks back by max_over_time of a subquery, for what an instant no longer shows', () => {
    const { query } = start([sample('up', { cluster: 'a' }, 1, 5_000), sample('up', { cluster: 'b' }, 1, 100_000)]);

    const answer = query('max by (cluster) (max_over_time(timestamp(up)[1d:5m]))');

    expect(lines(answer)).toEqual([`{cluster="a"} ${now - 5_000}`]);
  });

  it('sees samples up to the lookback delta and no later ones', () => {
    const { query } = start([sample('up', { cluster: 'a' }, 1, 50), sample('up', { cluster: 'a' }, 2, 10)], 300);

    expect(lines(query('up', now - 20))).toEqual(['up{cluster="a"} 1']);
    expect(lines(query('up', now + 289))).toEqual(['up{cluster="a"} 2']);
    expect(lines(query('up', now + 290))).toEqual([]);
  });

  it.each([
    ['rate(up[5m])', 'the function rate()'],
    ['quantile_over_time(0.5, up[5m])', 'the function quantile_over_time()'],
    ['max_over_time(up[1d:1s])', 'a subquery of more than'],
    ['topk(3, up)', 'the aggregation topk'],
    ['up[5m]', 'MatrixSelector'],
    ['up offset 5m', 'OffsetExpr'],
    ['up * on (cluster) group_left limit', 'many-to-one'],
    ['up atan2 limit', 'the operator atan2'],
  ])('%s is beyond the small store, and it says so', (expression, what) => {
    const answer = start(fleet).query(expression);

    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 'error', errorType: 'bad_data' });
    expect(JSON.parse(answer.body).error).toContain("the sandbox's small store understands");
    expect(JSON.parse(answer.body).error).toContain(what);
  });

  it.each([
    ['up{'],
    [''],
    ['sum(up'],
    ['{}'],
    ['1 > 2'],
    ['up{a=~"("}'],
    ['timestamp(1)'],
    ['timestamp(up, up)'],
    ['"text"'],
    ['vector(up)'],
    ['1 and up'],
  ])('%j is the asker’s mistake', (expression) => {
    const answer = start(fleet).query(expression);

    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ status: 'error', errorType: 'bad_data' });
  });

  it('refuses to match where a side has several series for one', () => {
    const answer = start(fleet).query('limit - on (cluster) up');

    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.body)).toMatchObject({
      errorType: 'execution',
      error: expect.stringContaining('duplicate'),
    });
  });

  it('gives every group its sum, whatever the samples', () => {
    const row = fc.record({
      cluster: fc.constantFrom('a', 'b', 'c'),
      pod: fc.nat(20),
      value: fc.integer({ min: -999, max: 999 }),
    });

    fc.assert(
      fc.property(fc.uniqueArray(row, { selector: ({ cluster, pod }) => `${cluster}/${pod}` }), (rows) => {
        const { query } = start(
          rows.map(({ cluster, pod, value }) => sample('x', { cluster, pod: String(pod) }, value)),
        );
        const sums = new Map<string, number>();
        for (const { cluster, value } of rows) sums.set(cluster, (sums.get(cluster) ?? 0) + value);

        const expected = [...sums].map(([cluster, sum]) => `{cluster="${cluster}"} ${sum}`).toSorted();

        expect(lines(query('sum by (cluster) (x)'))).toEqual(expected);
        expect(lines(query('sum without (pod) (x)'))).toEqual(expected);
      }),
    );
  });
});

describe('the store', () => {
  it('keeps only the latest samples of a series, and none that are older than the newest', () => {
    const { store, query } = start();

    for (let age = 60; age >= 0; age -= 10) store.push([sample('x', {}, age, age)]);
    store.push([sample('x', {}, 99, 100)]);

    expect([...store.series('x')].map(({ points }) => points.map(({ value }) => value))).toEqual([[30, 20, 10, 0]]);
    expect(lines(query('x'))).toEqual(['x{} 0']);
  });

  it('refuses more series than it may hold', () => {
    const store = createMetricsStore({ limit: 2 });

    expect(() =>
      store.push([sample('x', { a: '1' }, 1), sample('x', { a: '2' }, 1), sample('x', { a: '3' }, 1)]),
    ).toThrow(RangeError);
  });

  it('forgets what it is told to', () => {
    const { store, query } = start(fleet);

    store.forget(({ cluster }) => cluster === 'paris');

    expect(lines(query('up'))).toEqual(['up{cluster="rome",job="a"} 1']);
    expect(store.size).toBe(3);
  });
});

describe('the HTTP face', () => {
  it('answers range queries by repeated instants', () => {
    const { get } = start([sample('x', { a: '1' }, 1, 120), sample('x', { a: '1' }, 2, 60)]);

    const answer = get(`/api/v1/query_range?query=x&start=${now - 180}&end=${now}&step=60`);

    expect(JSON.parse(answer.body).data).toEqual({
      resultType: 'matrix',
      result: [
        {
          metric: { __name__: 'x', a: '1' },
          values: [
            [now - 120, '1'],
            [now - 60, '2'],
            [now, '2'],
          ],
        },
      ],
    });
  });

  it('bounds range queries', () => {
    const answer = start().get(`/api/v1/query_range?query=x&start=0&end=${now}&step=1s`);

    expect(answer.status).toBe(422);
  });

  it('lists labels, is ready, and knows no other path', () => {
    const { get } = start(fleet);

    expect(JSON.parse(get('/api/v1/labels').body).data).toEqual(['__name__', 'cluster', 'job']);
    expect(get('/-/ready').status).toBe(200);
    expect(get('/api/v1/targets').status).toBe(404);
  });
});

describe('the ruler', () => {
  const name = 'custom_rules.yaml';
  let ruler: Ruler | undefined;

  afterEach(() => ruler?.stop());

  function begin(text: string) {
    const clock = createVirtualClock({ startMs: now * 1000 });
    const store = createMetricsStore();
    const created = createRuler({ store, clock, intervalMs: (seconds) => seconds * 1000, lookback: () => 600 });
    ruler = created;
    created.load([{ name, text }]);
    const api = { store, clock, lookback: () => 600, rules: created.groups };
    const rules = () => JSON.parse(answerMetrics(api, '/api/v1/rules').body).data.groups;
    const names = (): string[] => rules().map((group: { name: string }) => group.name);
    const query = (expression: string) => answerMetrics(api, `/api/v1/query?query=${encodeURIComponent(expression)}`);
    return { clock, store, rules, names, query, load: created.load };
  }

  const text = `
groups:
  - name: ours
    interval: 1m
    rules:
      - record: done
        expr: sum by (cluster) (x)
        labels: { team: blue }
      - record: doubled
        expr: done * 2
      - record: grown
        expr: increase(x[5m])
      - alert: TooMuch
        expr: doubled > 5
        for: 2m
        labels: { severity: warning }
`;

  it('evaluates what it can at the group’s interval, each rule seeing the one above, and leaves the rest unknown', async () => {
    const { clock, store, rules, query } = begin(text);
    store.push([sample('x', { cluster: 'a', pod: '1' }, 1), sample('x', { cluster: 'a', pod: '2' }, 2)]);

    await clock.sleep(10_000);
    const early = rules();
    await clock.sleep(60_000);

    const health = early[0].rules.map((rule: { health: string }) => rule.health);
    expect(health).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
    expect(lines(query('doubled'))).toEqual(['doubled{cluster="a",team="blue"} 6']);
    expect(rules()[0]).toMatchObject({ name: 'ours', file: `/etc/thanos/rules/${name}`, interval: 60 });
    expect(rules()[0].rules).toMatchObject([
      { name: 'done', health: 'ok', type: 'recording' },
      { name: 'doubled', health: 'ok' },
      { name: 'grown', health: 'unknown', lastEvaluation: '0001-01-01T00:00:00Z' },
      { name: 'TooMuch', health: 'ok', type: 'alerting', state: 'pending' },
    ]);
    expect(rules()[0].rules[2]).not.toHaveProperty('lastError');
  });

  it('fires an alert after its time', async () => {
    const { clock, store, rules } = begin(text);
    store.push([sample('x', { cluster: 'a' }, 3)]);

    await clock.sleep(250_000);

    expect(rules()[0].rules[3]).toMatchObject({
      state: 'firing',
      alerts: [{ labels: { alertname: 'TooMuch', cluster: 'a', severity: 'warning', team: 'blue' }, value: '6' }],
    });
  });

  it('keeps the old rules when a file cannot be loaded, and takes up a repaired one', () => {
    const { load, names } = begin(text);

    expect(() => load([{ name, text: 'groups: [ {name: x, rules: [ {record: y, expr: "sum("} ] } ]' }])).toThrow(
      'parse error',
    );
    expect(names()).toEqual(['ours']);
    load([{ name, text: 'groups: [ {name: repaired, rules: [] } ]' }]);

    expect(names()).toEqual(['repaired']);
  });

  it('goes on with the groups of an unchanged file, and drops those of a file that is gone', async () => {
    const { clock, load, rules, names } = begin(text);
    await clock.sleep(61_000);

    load([
      { name, text },
      { name: 'more.yaml', text: 'groups: [ {name: more, rules: [] } ]' },
    ]);
    const both = names();
    const kept = rules()[0].rules[0].health;
    load([]);

    expect(both).toEqual(['ours', 'more']);
    expect(kept).toBe('ok');
    expect(names()).toEqual([]);
  });
});
