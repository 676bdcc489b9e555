import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenedPack, openPack } from '../../../src/packs/load.ts';
import { leadSeconds, scrapeSeconds } from '../../../src/packs/simulate/chain.ts';
import type { Value } from '../../../src/packs/simulate/promtool.ts';
import { hubSeries } from '../../../src/packs/simulate/pushes.ts';
import { readScenario } from '../../../src/packs/simulate/scenario.ts';
import { answering } from '../../helpers/answering.ts';

let folder: string;
let opened: OpenedPack;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pushes-'));
  const pack = `
apiVersion: acm-observability/pack-v1
name: ours
title: Ours
collect:
  platform:
    names: [up]
    recordingRules: [{ record: ours, expr: sum by (user) (theirs) }]
simulation: { table: x, always: [{ series: up }], events: [] }
`;
  await writeFile(join(folder, 'pack.yaml'), pack);
  const found = await openPack(folder);
  if ('issues' in found) throw new Error('the pack does not open');
  opened = found.opened;
});
afterAll(() => rm(folder, { recursive: true }));

/** Two people on two clusters for ten minutes. */
function scenario(...events: readonly string[]) {
  const told = { title: 't', length: '10m', participants: { anna: 'paris', ben: 'rome' }, events };
  return readScenario('s.yaml', JSON.stringify(told), opened.source.simulation!);
}

/** The engine answers with the moment it is asked about. */
const clock = () =>
  answering((expr, at) => (expr.startsWith('sum') ? `{user="a \\"b\\""} ${at}` : `{__name__="up", job="j"} ${at}`));

/** Seconds of the values, from the first scrape that is played. */
const moments = (values: readonly Value[] = []) =>
  values.flatMap((value, at) => (value === undefined ? [] : [`${at * scrapeSeconds}: ${String(value)}`]));

describe('what the hub sees of a scenario', () => {
  it('is what each cluster pushed, in its own phase, under the names of the list and the label of the cluster', async () => {
    const { engine } = clock();

    const [series = []] = await hubSeries(opened, [scenario()], { collectionSeconds: 300, engine, cores: 2 });

    expect(series.map((one) => one.series)).toEqual([
      'ours{cluster="paris",clusterID="paris",user="a \\"b\\""}',
      'up{cluster="paris",clusterID="paris",job="j"}',
      'ours{cluster="rome",clusterID="rome",user="a \\"b\\""}',
      'up{cluster="rome",clusterID="rome",job="j"}',
    ]);
    expect(series[0]?.values).toHaveLength((leadSeconds + 600) / scrapeSeconds + 1);
    expect(moments(series[1]?.values)).toEqual(['0: 0', '300: 300', '600: 600', '900: 900', '1200: 1200']);
    expect(moments(series[2]?.values)).toEqual(['60: 60', '360: 360', '660: 660', '960: 960']);
  });

  it('lacks what a silent cluster did not push, and keeps what it had for two intervals', async () => {
    const { engine, asked } = clock();
    const silent = scenario('cluster paris silent at 0m for 8m');

    const [series = []] = await hubSeries(opened, [silent], { collectionSeconds: 600, engine, cores: 1 });

    const times = asked[0]?.test.tests[0]?.promql_expr_test?.map(({ eval_time }) => eval_time);
    expect([...new Set(times)]).toEqual(['0s', '1200s']);
    // The engine sees a sample for five minutes: what has to be seen longer is repeated before it is gone.
    expect(moments(series[0]?.values)).toEqual(['0: 0', '300: 0', '600: 0', '900: 0', '1200: 1200']);
  });

  it('is of each scenario its own, however many are played at once', async () => {
    const { engine, asked } = clock();
    const scenarios = [scenario('cluster paris silent at 0m'), scenario('cluster rome silent at 0m')];

    const [first = [], second = []] = await hubSeries(opened, scenarios, { collectionSeconds: 300, engine, cores: 2 });

    expect(asked).toHaveLength(2);
    const [paris, rome] = ['ours{cluster="paris"', 'ours{cluster="rome"'];
    const lengths = [first, second].map((series) =>
      [paris, rome].map((text = '') => moments(series.find((one) => one.series.startsWith(text))?.values).length),
    );
    // What was pushed before is repeated once.
    expect(lengths).toEqual([
      [3, 4],
      [5, 3],
    ]);
  });
});
