/**
 * The contract of the `Metrics` port: what the checks ask of thanos-query. Held against the sandbox's small store in every
 * test run and against a real Prometheus in `npm run test:real`.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/adapters/metrics.ts';
import type { Metrics, RawAnswer, Sample } from '../../src/ports.ts';

export interface MetricsWorld {
  /** A GET of `/api/v1/…` on the server. */
  ask(path: string): Promise<RawAnswer>;
  /** Resolves when the samples can be asked for. Labels carry `__name__`. */
  push(samples: readonly Sample[]): Promise<void>;
  /** Loads one rule file; resolves when its groups have been evaluated. */
  load(name: string, text: string): Promise<void>;
  /** Seconds; what is asked without a time is asked of this moment. */
  now(): number;
  stop(): Promise<void>;
}

const proxy = '/api/v1/namespaces/lab/services/observability-thanos-query:9090/proxy';
let labs = 0;

export function metricsContract(name: string, setUp: () => Promise<MetricsWorld>): void {
  describe(`Metrics: ${name}`, () => {
    let world: MetricsWorld;
    let metrics: Metrics;

    beforeAll(async () => {
      world = await setUp();
      const counts = { kubernetes: 0, objectStore: 0, metrics: 0 };
      const hub = { raw: (path: string) => world.ask(path.slice(proxy.length)) };
      metrics = createMetrics({ hub, namespace: 'lab', counts });
    });
    afterAll(() => world?.stop());

    /** Series under a label of their own, so that tests do not see each other's. */
    async function series(rows: readonly (readonly [labels: Record<string, string>, value: number, age?: number])[]) {
      labs += 1;
      const lab = `lab-${labs}`;
      const now = Math.floor(world.now());
      const samples = rows.map(([labels, value, age = 0]) => ({
        labels: { __name__: 'up', lab, ...labels },
        value,
        timestamp: now - age,
      }));
      await world.push(samples);
      const ask = async (expression: string, timeSeconds = now): Promise<Sample[]> =>
        metrics.query(expression.replaceAll('$', `lab="${lab}"`), { timeSeconds });
      return { lab, now, ask };
    }
    const plain = (samples: readonly Sample[]): string[] =>
      samples.map(({ labels: { lab: _, __name__, ...labels }, value }) => `${JSON.stringify(labels)} ${value}`).sort();

    it('a selector gives the newest sample of each series, as of the moment asked', async () => {
      const { ask, lab, now } = await series([
        [{ cluster: 'a' }, 1, 60],
        [{ cluster: 'a' }, 2, 30],
        [{ cluster: 'b' }, 3],
      ]);

      const samples = await ask('up{$}');

      expect(samples.toSorted((one, other) => one.value - other.value)).toEqual([
        { labels: { __name__: 'up', lab, cluster: 'a' }, value: 2, timestamp: now },
        { labels: { __name__: 'up', lab, cluster: 'b' }, value: 3, timestamp: now },
      ]);
    });

    it('matchers select; an empty label is a missing one', async () => {
      const { ask } = await series([
        [{ cluster: 'a' }, 1],
        [{ cluster: 'b', tier: 'x' }, 2],
        [{ cluster: 'ab' }, 3],
      ]);

      expect(plain(await ask('up{$,cluster="a"}'))).toEqual(['{"cluster":"a"} 1']);
      expect(plain(await ask('up{$,cluster!="a"}'))).toEqual(['{"cluster":"ab"} 3', '{"cluster":"b","tier":"x"} 2']);
      expect(plain(await ask('up{$,cluster=~"a.*"}'))).toEqual(['{"cluster":"a"} 1', '{"cluster":"ab"} 3']);
      expect(plain(await ask('up{$,cluster=~"a|b"}'))).toEqual(['{"cluster":"a"} 1', '{"cluster":"b","tier":"x"} 2']);
      expect(plain(await ask('up{$,cluster!~"a.*"}'))).toEqual(['{"cluster":"b","tier":"x"} 2']);
      expect(plain(await ask('up{$,tier=""}'))).toEqual(['{"cluster":"a"} 1', '{"cluster":"ab"} 3']);
      expect(await ask('up{$,cluster="z"}')).toEqual([]);
    });

    it('tells the age of the newest sample by cluster, as freshness is asked', async () => {
      const { ask, now } = await series([
        [{ cluster: 'a', node: '1' }, 1, 120],
        [{ cluster: 'a', node: '2' }, 1, 20],
        [{ cluster: 'b', node: '1' }, 1, 200],
      ]);

      const ages = await ask('max by (cluster) (timestamp(up{$}))');

      expect(plain(ages)).toEqual([`{"cluster":"a"} ${now - 20}`, `{"cluster":"b"} ${now - 200}`]);
    });

    it('does not see what is older than the lookback, unless it looks back by itself', async () => {
      const { ask, now } = await series([[{ cluster: 'a' }, 7, 400]]);

      expect(await ask('up{$}')).toEqual([]);
      expect(plain(await ask('max(max_over_time(timestamp(up{$})[1d:5m]))'))).toEqual([`{} ${now - 400}`]);
    });

    it('aggregates', async () => {
      const { ask } = await series([
        [{ cluster: 'a', node: '1' }, 1],
        [{ cluster: 'a', node: '2' }, 3],
        [{ cluster: 'b', node: '1' }, 5],
      ]);

      expect(plain(await ask('count(up{$})'))).toEqual(['{} 3']);
      expect(plain(await ask('sum by (cluster) (up{$})'))).toEqual(['{"cluster":"a"} 4', '{"cluster":"b"} 5']);
      expect(plain(await ask('min without (node, lab) (up{$})'))).toEqual(['{"cluster":"a"} 1', '{"cluster":"b"} 5']);
      expect(plain(await ask('count by (cluster) (up{$})'))).toEqual(['{"cluster":"a"} 2', '{"cluster":"b"} 1']);
    });

    it('compares, computes and combines', async () => {
      const { ask } = await series([
        [{ cluster: 'a' }, 1],
        [{ cluster: 'b' }, 3],
      ]);

      expect(plain(await ask('up{$} > 2'))).toEqual(['{"cluster":"b"} 3']);
      expect(plain(await ask('up{$} > bool 2'))).toEqual(['{"cluster":"a"} 0', '{"cluster":"b"} 1']);
      expect(plain(await ask('up{$} * 2 + 1'))).toEqual(['{"cluster":"a"} 3', '{"cluster":"b"} 7']);
      expect(plain(await ask('up{$} and up{$,cluster="a"}'))).toEqual(['{"cluster":"a"} 1']);
      expect(plain(await ask('up{$} unless up{$,cluster="a"}'))).toEqual(['{"cluster":"b"} 3']);
      expect(plain(await ask('up{$} / on (cluster) up{$}'))).toEqual(['{"cluster":"a"} 1', '{"cluster":"b"} 1']);
      expect(plain(await ask('absent(up{$,cluster="z"})'))).toEqual(['{"cluster":"z"} 1']);
    });

    it('a scalar has no labels, and the moment asked', async () => {
      const { ask, now } = await series([]);

      expect(await ask('1 + 1')).toEqual([{ labels: {}, value: 2, timestamp: now }]);
      expect(await ask('time()')).toEqual([{ labels: {}, value: now, timestamp: now }]);
    });

    it('numbers come as they are', async () => {
      const { ask } = await series([
        [{ cluster: 'a' }, 0.1],
        [{ cluster: 'b' }, 1e21],
        [{ cluster: 'c' }, 123456789012],
        [{ cluster: 'd' }, 0.0000001],
      ]);

      expect(plain(await ask('up{$}'))).toEqual([
        '{"cluster":"a"} 0.1',
        '{"cluster":"b"} 1e+21',
        '{"cluster":"c"} 123456789012',
        '{"cluster":"d"} 1e-7',
      ]);
      expect(plain(await ask('up{$,cluster="a"} / 0'))).toEqual(['{"cluster":"a"} Infinity']);
      expect(plain(await ask('up{$,cluster="a"} / 0 * 0'))).toEqual(['{"cluster":"a"} NaN']);
    });

    it('without a time is asked of now', async () => {
      const { lab } = await series([[{ cluster: 'a' }, 4]]);

      const [sample] = await metrics.query(`up{lab="${lab}"}`);

      expect(sample?.value).toBe(4);
      expect(Math.abs((sample?.timestamp ?? 0) - world.now())).toBeLessThan(60);
    });

    it('an expression that is none is refused in words, as a Problem', async () => {
      await expect(metrics.query('up{')).rejects.toMatchObject({
        code: 'metrics-unreachable',
        message: expect.stringContaining('Thanos refuses the query'),
        proof: expect.stringMatching(/^bad_data: /),
      });
      await expect(metrics.query('')).rejects.toMatchObject({ proof: expect.stringMatching(/^bad_data: /) });
    });

    it('an ambiguous match is refused', async () => {
      const { ask } = await series([
        [{ cluster: 'a', node: '1' }, 1],
        [{ cluster: 'a', node: '2' }, 3],
      ]);

      await expect(ask('up{$} / on (cluster) up{$}')).rejects.toMatchObject({
        proof: expect.stringMatching(/^execution: .*found duplicate series/),
      });
    });

    it('tells the groups of rules, their intervals and their health', async () => {
      const text = [
        'groups:',
        '  - name: contract',
        '    interval: 1s',
        '    rules:',
        '      - record: contract:one',
        '        expr: vector(1) * 2',
        '      - alert: ContractAlert',
        '        expr: vector(1) > 2',
        '        for: 5m',
        '',
      ].join('\n');

      await world.load('custom_rules.yaml', text);
      const groups = (await metrics.rules()).filter((group) => group.name === 'contract');

      // Thanos Query lists the rules of a group in an order of its own, alerts first.
      const inOrder = groups.map((group) => ({
        ...group,
        rules: group.rules.toSorted((one, other) => (one.type > other.type ? -1 : 1)),
      }));
      expect(inOrder).toEqual([
        {
          name: 'contract',
          file: expect.stringMatching(/custom_rules\.yaml$/),
          intervalSeconds: 1,
          rules: [
            { name: 'contract:one', type: 'recording', health: 'ok' },
            { name: 'ContractAlert', type: 'alerting', health: 'ok' },
          ],
        },
      ]);
    });
  });
}
