/**
 * The leaderboard's rules on a real Thanos ruler, in true time: it reads through Thanos Query what was written to Receive,
 * while a pod flaps, a cluster falls silent and sends later what it has missed, and the ruler itself is restarted.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { loadPack } from '../../src/packs/load.ts';
import { rulerKey } from '../../src/packs/ruler.ts';
import type { Sample } from '../../src/ports.ts';
import { rulerText } from '../helpers/ruler-text.ts';
import { need } from './servers/locate.ts';
import { lookAfterServers } from './servers/process.ts';
import { type RunningQuery, type RunningRuler, startQuery, startRuler } from './servers/thanos.ts';

const needed = need('thanos');
const thanos = needed.have ? needed.paths.thanos : '';

const exercises = [
  { name: 'hero', points: 55, due: 55, database: true },
  { name: 'villain', points: 25, due: 85, database: true },
  { name: 'fight', points: 29, due: 130, database: false },
] as const;
type Exercise = (typeof exercises)[number]['name'];
const people = { batman: 'quest-1', catwoman: 'quest-2', superman: 'quest-2' } as const;
type Person = keyof typeof people;

/** Seconds between two pushes: as much shorter than ACM's as the groups' intervals are. */
const pushEvery = 2;

/** What the clusters tell, and whether they do. */
interface Contest {
  readonly done: Map<Person, Set<Exercise>>;
  /** `undefined`: everything is sent at once; else what waits. */
  waiting: Sample[] | undefined;
}

describe.skipIf(!needed.have)(`the leaderboard on a real Thanos ruler${needed.note}`, () => {
  lookAfterServers();
  const stops: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  it.concurrent.each([
    { seconds: 5, evaluations: 12 },
    { seconds: 15, evaluations: 6 },
    { seconds: 60, evaluations: 3 },
  ])('credits each bonus exactly once at a group interval of $seconds s', async ({ seconds, evaluations }) => {
    const start = Math.floor(Date.now() / 1000) - 10;
    const pack = await loadPack('leaderboard', { start, interval: `${seconds}s`, exercises });
    const query = await startQuery(thanos);
    stops.push(query.stop);
    const rules = [{ name: rulerKey, text: await rulerText([pack]) }];
    const contest: Contest = { done: new Map([['batman', new Set(['hero'])]]), waiting: undefined };
    await push(query, contest);
    const ruler = await startRuler(thanos, query.url, rules, query.rulerPort);
    stops.push(ruler.stop);

    const told = await played(query, ruler, contest, evaluations);
    const credited = await credits(query);

    expect(credited.map(({ who }) => who).sort()).toEqual(['batman hero', 'batman villain', 'catwoman hero']);
    for (const { who, at, value } of credited) {
      expect(at, `${who}: not before anybody could know`).toBeGreaterThanOrEqual(told[who] ?? start);
      const { points, due } = exercises.find(({ name }) => who.endsWith(name))!;
      // The sample is the evaluation's: what it is worth follows from its own time.
      expect(value, who).toBeCloseTo(points + (start + due * 60 - at) / 300, 6);
    }
    await expectScores(query, start, credited);
  });
});

/**
 * Pushes go on while the ruler evaluates. After its first evaluation Batman's hero is away and his villain there, and Catwoman
 * finishes hero on a cluster that is silent; the ruler is restarted. After the second all that is made up for.
 *
 * @returns when the hub was told of what was finished after the beginning, in seconds
 */
async function played(
  query: RunningQuery,
  ruler: RunningRuler,
  contest: Contest,
  evaluations: number,
): Promise<Record<string, number>> {
  const seen: number[] = [];
  const told: Record<string, number> = {};
  const next = async () => {
    const before = seen.at(-1);
    for (;;) {
      await push(query, contest);
      await sleep(pushEvery * 1000);
      const at = await lastEvaluation(ruler);
      if (at !== undefined && at !== before) return void seen.push(at);
    }
  };
  await next();
  contest.done.set('batman', new Set(['villain']));
  contest.done.set('catwoman', new Set(['hero']));
  contest.waiting = [];
  told['batman villain'] = Date.now() / 1000;
  await push(query, contest);
  await ruler.restart();
  await next();
  contest.done.set('batman', new Set(['hero', 'villain']));
  told['catwoman hero'] = Date.now() / 1000;
  await query.push(contest.waiting);
  contest.waiting = undefined;
  while (seen.length < evaluations) await next();
  return told;
}

/** What the collectors of all clusters send now: the eighteen series of the pack, for everybody. */
async function push(query: RunningQuery, contest: Contest): Promise<void> {
  const timestamp = Date.now() / 1000;
  const samples = (Object.keys(people) as Person[]).flatMap((user) =>
    exercises.flatMap(({ name, database }) => {
      const labels = { user, cluster: people[user], clusterID: people[user] };
      const value = contest.done.get(user)?.has(name) ? 1 : 0;
      const conditions = database ? ['quarkus_pod', 'db_pod'] : ['quarkus_pod'];
      const names = conditions.flatMap((condition) =>
        ['dev', 'preprod', 'prod'].map((environment) => `${condition}:${environment}`),
      );
      return [...names, 'pipeline'].map(
        (condition): Sample => ({
          labels: { __name__: `opencodequest_${name}_${condition}`, ...labels },
          value,
          timestamp,
        }),
      );
    }),
  );
  const isLate = ({ labels }: Sample) => contest.waiting !== undefined && labels.cluster === 'quest-2';
  contest.waiting?.push(...samples.filter(isLate));
  await query.push(samples.filter((sample) => !isLate(sample)));
}

/** Seconds; `undefined` before the first. */
async function lastEvaluation({ url }: RunningRuler): Promise<number | undefined> {
  const text = await (await fetch(`${url}/api/v1/rules`)).text();
  const answer: { data: { groups: readonly { lastEvaluation: string }[] } } = JSON.parse(text);
  const at = Date.parse(answer.data.groups[0]?.lastEvaluation ?? '') / 1000;
  return at > 0 ? at : undefined;
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

async function ask({ url }: RunningQuery, expr: string): Promise<readonly Series[]> {
  const text = await (await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`)).text();
  const answer: { status: string; data: { result: readonly Series[] } } = JSON.parse(text);
  if (answer.status !== 'success') throw new Error(text);
  return answer.data.result;
}

interface Credit {
  /** `batman hero` */
  readonly who: string;
  /** Seconds. */
  readonly at: number;
  readonly value: number;
}

/** Every sample of a one-time bonus that is worth something, in prod. */
async function credits(query: RunningQuery): Promise<Credit[]> {
  const found = await Promise.all(
    exercises.map(async ({ name }) => {
      const series = await ask(query, `opencodequest_leaderboard_${name}_onetime_bonus:prod[30m]`);
      expect(series.map(({ metric }) => metric.user).sort()).toEqual(Object.keys(people).sort());
      return series.flatMap(({ metric, values = [] }) =>
        values
          .filter(([, value]) => Number(value) !== 0)
          .map(([at, value]): Credit => ({ who: `${metric.user} ${name}`, at, value: Number(value) })),
      );
    }),
  );
  return found.flat();
}

/** A score is what was credited, and a point for each five minutes since. */
async function expectScores(query: RunningQuery, start: number, credited: readonly Credit[]): Promise<void> {
  const scores = await ask(query, 'opencodequest_leaderboard_score:prod[30m]');
  expect(scores.map(({ metric }) => metric.user).sort()).toEqual(Object.keys(people).sort());
  for (const { metric, values = [] } of scores) {
    const [at, score] = values.at(-1) ?? [0, ''];
    const own = credited.filter(({ who }) => who.startsWith(`${metric.user} `));
    const expected = own.reduce((sum, credit) => sum + credit.value + (at - credit.at) / 300, 0);
    expect(Number(score), metric.user).toBeCloseTo(expected, 6);
    expect(at).toBeGreaterThan(start);
  }
}
