/** What the collectors of a scenario push, and what of it the hub sees: the allowlist's rules, asked at every push. */
import type { OpenedPack } from '../load.ts';
import { oneLine } from '../promql.ts';
import { type ClusterPlay, clustersOf, leadSeconds, scrapeSeconds } from './chain.ts';
import { askEngines, type EngineSample, type EngineTest, type RuleEngine, type Value } from './promtool.ts';
import type { Scenario } from './scenario.ts';

export interface PushOptions {
  /** Seconds between two pushes. */
  readonly collectionSeconds: number;
  readonly engine: RuleEngine;
  /** How many engines may work at once. */
  readonly cores: number;
}

/**
 * The series of the hub in each scenario, one value a scrape.
 *
 * @param wanted names of those that anything looks at; all unless told
 * @throws Problem `engine-refused`
 */
export async function hubSeries(
  opened: OpenedPack,
  scenarios: readonly Scenario[],
  { collectionSeconds, engine, cores }: PushOptions,
  wanted?: ReadonlySet<string>,
): Promise<EngineTest['series'][]> {
  const sends = sendsOf(opened).filter(({ name }) => name === undefined || wanted?.has(name) !== false);
  const plays = scenarios.map((scenario) => clustersOf(opened, scenario, collectionSeconds));
  const tests = plays.flatMap((clusters, at) =>
    clusters.map(({ local, pushes }, on): EngineTest => {
      const questions = pushes.flatMap((time) =>
        sends.map(({ expr }, which) => ({ id: idOf(at, on, time, which), expr, at: time })),
      );
      return { series: local, questions };
    }),
  );
  // Without rules, but it loads samples only as far as it evaluates.
  const run = { rules: noRules, evaluationSeconds: scrapeSeconds, stepSeconds: scrapeSeconds, tests };
  const answers = await askEngines([run], engine, cores);
  const held = Math.max(2 * collectionSeconds, engineLookback) - engineLookback;
  return scenarios.map((scenario, at) => {
    const rows = new Map<string, Row>();
    for (const [on, one] of (plays[at] ?? []).entries()) {
      for (const [which, sent] of sends.entries()) {
        const answer = (time: number) => answers.get(idOf(at, on, time, which)) ?? [];
        fill(rows, one, sent, answer, scrapesIn(scenario));
      }
    }
    return [...rows].map(([series, values]) => ({ series, values: visible(values, held) }));
  });
}

const noRules = 'groups: []\n';

const idOf = (...of: readonly [scenario: number, cluster: number, time: number, sent: number]) => of.join(':');

interface Sent {
  /** Of the series on the hub; absent where only the answer tells. */
  readonly name?: string;
  readonly expr: string;
}

/** What a collector sends: rules of the list see the cluster's own series, never each other (acm.md section 6.5). */
function sendsOf({ pack }: OpenedPack): Sent[] {
  return [pack.collect.platform, pack.collect.userWorkload].flatMap(({ names, matches, recordingRules }) => [
    ...recordingRules.map(({ record, expr }) => ({ name: record, expr: oneLine(expr) })),
    ...names.map((name) => ({ name, expr: `{__name__="${name}"}` })),
    ...matches.map((match) => ({ expr: `{${oneLine(match)}}` })),
  ]);
}

/** One value a scrape, most of them missing. */
type Row = Value[];

/** Writes what a cluster pushed of one thing into the rows of its series. */
function fill(
  rows: Map<string, Row>,
  { cluster, pushes }: ClusterPlay,
  sent: Sent,
  answer: (time: number) => readonly EngineSample[],
  length: number,
): void {
  // An engine gives a series the same labels at every push, the object itself: its text is made once.
  const known = new Map<EngineSample['labels'], Row>();
  for (const time of pushes) {
    for (const { labels, value } of answer(time)) {
      const row = known.get(labels) ?? rowOf(rows, textOnHub(labels, sent, cluster), length);
      known.set(labels, row);
      row[time / scrapeSeconds] = value;
    }
  }
}

function textOnHub({ __name__: own = '', ...labels }: EngineSample['labels'], { name }: Sent, cluster: string): string {
  return seriesText(name ?? own, { ...labels, cluster, clusterID: cluster });
}

function rowOf(rows: Map<string, Row>, series: string, length: number): Row {
  const row = rows.get(series) ?? Array.from<Value>({ length });
  rows.set(series, row);
  return row;
}

/** From the first scrape that is played to the last. */
export function scrapesIn({ length }: Scenario): number {
  return Math.floor((leadSeconds + length) / scrapeSeconds) + 1;
}

/** thanos-query looks back two intervals, at least five minutes (acm.md section 7.3); the engine, five minutes. */
const engineLookback = 300;

/** A sample that nothing follows is seen for as long as thanos-query looks back: repeated within the engine's reach. */
function visible(values: readonly Value[], held: number): Value[] {
  const [reach, least] = [engineLookback / scrapeSeconds, held / scrapeSeconds];
  const result = [...values];
  for (const [at, value] of values.entries()) {
    if (value === undefined) continue;
    const next = values.findIndex((other, index) => index > at && other !== undefined);
    for (let later = reach; later <= least && at + later < values.length; later += reach) {
      if (next === -1 || next > at + later) result[at + later] = value;
    }
  }
  return result;
}

/** `name{label="…"}`, labels in their order. */
export function seriesText(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => a.localeCompare(b));
  return `${name}{${pairs.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(',')}}`;
}
