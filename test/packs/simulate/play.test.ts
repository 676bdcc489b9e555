import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenedPack, openPack } from '../../../src/packs/load.ts';
import { leadSeconds } from '../../../src/packs/simulate/chain.ts';
import { play } from '../../../src/packs/simulate/play.ts';
import { readScenario } from '../../../src/packs/simulate/scenario.ts';
import { answering } from '../../helpers/answering.ts';

let folder: string;
let opened: OpenedPack;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'play-'));
  const pack = `
apiVersion: acm-observability/pack-v1
name: ours
title: Ours
collect: { platform: { names: [up, down] } }
hub:
  groups:
    - name: g
      interval: 1m
      rules:
        - { record: score, expr: sum by (user) (up) }
        - { record: apart, expr: sum by (user) (down) }
simulation: { table: score, always: [{ series: up }], events: [] }
`;
  await writeFile(join(folder, 'pack.yaml'), pack);
  const found = await openPack(folder);
  if ('issues' in found) throw new Error('the pack does not open');
  opened = found.opened;
});
afterAll(() => rm(folder, { recursive: true }));

const length = 150 * 60;
function scenario(...events: readonly string[]) {
  const told = { title: 't', length: '150m', participants: { anna: 'paris' }, events };
  return readScenario('s.yaml', JSON.stringify(told), opened.source.simulation!);
}

const end = leadSeconds + length;
/** Of each recorded series the time it is asked about; of the table two people. */
const hub = () =>
  answering((expr, at) => {
    if (/^score\b/.test(expr)) return '{__name__="score", user="anna"} 1, {__name__="score", user="ben"} 2';
    const of = /^\{__name__=~?"(\w+)"\}/.exec(expr)?.[1];
    return of === undefined ? 'nil' : `{__name__="${of}", user="anna"} ${at}`;
  });
/** The engines that had rules, and when they were asked. */
const moments = ({ asked }: ReturnType<typeof hub>) =>
  asked
    .filter(({ rules }) => rules.groups.length > 0)
    .map(({ rules, test }) => ({
      records: rules.groups.flatMap((group) => group.rules.map(({ record }) => record)),
      times: test.tests.flatMap(({ promql_expr_test = [] }) =>
        promql_expr_test.map(({ eval_time }) => Number.parseInt(eval_time, 10)),
      ),
    }));

describe('a play', () => {
  it('comes to the table at the end, best first, and to the points of every recorded series', async () => {
    const { engine } = hub();

    const [played] = await play(opened, [scenario()], { collectionSeconds: 300, stepSeconds: 4500, engine, cores: 2 });

    expect(played?.title).toBe('t');
    expect(played?.table.map(({ labels, value }) => [labels.user, value])).toEqual([
      ['ben', 2],
      ['anna', 1],
    ]);
    const points = [0, 4500, 9000].map((time) => [time, time + leadSeconds]);
    expect(played?.series).toEqual([
      { name: 'apart', labels: { user: 'anna' }, points },
      { name: 'score', labels: { user: 'anna' }, points },
    ]);
  });

  it('has some fifty points, at whole evaluations', async () => {
    const [played] = await play(opened, [scenario()], { collectionSeconds: 300, engine: hub().engine, cores: 2 });

    const times = played?.series[0]?.points.map(([time]) => time) ?? [];
    expect(times).toEqual(Array.from({ length: 51 }, (_, at) => at * 180));
  });

  it('of which only the table is wanted plays the rules behind it to the end, and reads out nothing else', async () => {
    const asked = hub();

    const options = { collectionSeconds: 300, engine: asked.engine, cores: 2, tableOnly: true };
    const [played] = await play(opened, [scenario()], options);

    expect(moments(asked)).toEqual([{ records: ['score'], times: [end] }]);
    expect(played?.table).toHaveLength(2);
    expect(played?.series).toEqual([]);
    // Nor is a cluster asked for what no such rule looks at; otherwise it is.
    const pushed = ({ test }: (typeof asked.asked)[number]) =>
      test.tests.flatMap(({ promql_expr_test = [] }) => promql_expr_test.map(({ expr }) => expr.split('\n')[0]));
    expect(new Set(pushed(asked.asked[0]!))).toEqual(new Set(['{__name__="up"}']));
    const all = hub();
    await play(opened, [scenario()], { ...options, engine: all.engine, tableOnly: false });
    expect(new Set(pushed(all.asked[0]!))).toEqual(new Set(['{__name__="up"}', '{__name__="down"}']));
    expect(moments(all).map(({ records }) => records)).toEqual([['score'], ['apart']]);
  });

  it('in which the ruler stands has no result of any rule then', async () => {
    const asked = hub();

    const stopped = scenario('ruler stopped at 10m for 2m');
    await play(opened, [stopped], { collectionSeconds: 300, engine: asked.engine, cores: 1 });

    const played = asked.asked.filter(({ rules }) => rules.groups.length > 0);
    expect(played.flatMap(({ rules }) => rules.groups[0]?.rules.map(({ expr }) => expr))).toEqual([
      expect.stringMatching(/^\(\nsum by \(user\) \(up\)\n\)\nunless on \(\) simulation_ruler_stopped$/),
      expect.stringContaining('unless on ()'),
    ]);
    // Four scrapes, twenty minutes after what is played begins; gone at once after them.
    const stops = played.map(({ test }) =>
      test.tests[0]?.input_series.find(({ series }) => /^simulation/.test(series)),
    );
    expect(stops.map((one) => one?.values)).toEqual(['_x40 1x3 stale _x276', '_x40 1x3 stale _x276']);
  });
});
