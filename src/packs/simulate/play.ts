/**
 * Plays scenarios through the whole chain in virtual time: 30 s scrapes on each cluster, the allowlist's rules at every push,
 * then the hub's groups over what was pushed. Several are played in one go of the engine: starting it costs most.
 */
import { stringify } from 'yaml';
import { parseDuration } from '../../config/duration.ts';
import { Problem } from '../../engine/problem.ts';
import type { OpenedPack } from '../load.ts';
import { oneLine } from '../promql.ts';
import { compileRuler, type RulerGroup } from '../ruler.ts';
import { type ClusterPlay, clustersOf, leadSeconds, scrapeSeconds, shifted, within } from './chain.ts';
import { independentParts } from './independent.ts';
import {
  type Answers,
  askEngines,
  type EngineRun,
  type EngineSample,
  type EngineTest,
  type Question,
  type RuleEngine,
} from './promtool.ts';
import type { Scenario } from './scenario.ts';

export interface PlayOptions {
  /** Seconds between two pushes. */
  readonly collectionSeconds: number;
  /** Seconds between two points of the result; a multiple of the groups' interval. */
  readonly stepSeconds?: number;
  readonly engine: RuleEngine;
  /** How many engines may work at once. */
  readonly cores: number;
}

/** A series of the hub, recorded by a rule. Times in seconds from the scenario's beginning. */
interface PlayedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [time: number, value: number])[];
}

export interface Played {
  readonly title: string;
  readonly series: readonly PlayedSeries[];
  /** The ranking at the end, best first. */
  readonly table: readonly EngineSample[];
}

/** @throws Problem `scenario-invalid` for groups that cannot be played together, `engine-refused` */
export async function play(
  opened: OpenedPack,
  scenarios: readonly Scenario[],
  options: PlayOptions,
): Promise<Played[]> {
  const { pack, source } = opened;
  const groups = compileRuler([pack]);
  const evaluationSeconds = intervalOf(groups);
  const clusters = scenarios.map((scenario) => clustersOf(opened, scenario, options.collectionSeconds));
  const pushed = await pushesOf(opened, clusters, options);
  const table = source.simulation?.table ?? '';
  const series = scenarios.map((scenario, at) => [
    ...onHub(scenario, clusters[at] ?? [], pushed, at, options.collectionSeconds),
    stopSeries(scenario),
  ]);
  const canStop = scenarios.some(({ stops }) => stops.length > 0);
  const runs = independentParts(groups, table).map((part, which): EngineRun => {
    const tests = scenarios.map((scenario, at): EngineTest => {
      const step = options.stepSeconds ?? usualStep(scenario, evaluationSeconds);
      const end = Math.floor((leadSeconds + scenario.length) / evaluationSeconds) * evaluationSeconds;
      const ranking = which === 0 ? [{ id: `${at}:table`, expr: table, at: end }] : [];
      return {
        series: series[at] ?? [],
        questions: [...questionsOf(part, scenario, step, `${at}:${which}`), ...ranking],
      };
    });
    const rules = stringify({ groups: canStop ? stoppable(part) : part });
    const groupOrder = part.map(({ name }) => name);
    return { rules, evaluationSeconds, stepSeconds: scrapeSeconds, groupOrder, tests };
  });
  const answers = await askEngines(runs, options.engine, options.cores);
  return scenarios.map(({ title }, at) => ({
    title,
    series: seriesIn(answers, at),
    table: (answers.get(`${at}:table`) ?? []).toSorted((a, b) => b.value - a.value),
  }));
}

/** The engine evaluates every group at one interval. */
function intervalOf(groups: readonly RulerGroup[]): number {
  const intervals = [...new Set(groups.map(({ interval }) => (parseDuration(interval) ?? 60_000) / 1000))];
  const [interval = 60, ...others] = intervals;
  if (others.length === 0) return interval;
  throw new Problem('scenario-invalid', `groups of different intervals (${intervals.join(' s, ')} s) in one pack`, {
    fix: 'Give the groups one interval, or a parameter they share.',
  });
}

/** Some fifty points, at whole evaluations. */
function usualStep({ length }: Scenario, evaluationSeconds: number): number {
  return Math.max(1, Math.round(length / 50 / evaluationSeconds)) * evaluationSeconds;
}

/** Of an answer the engine writes one line, in a time that grows with its square: this many series at most, about. */
const answerSize = 400;

/** Everything the rules record, at each point of time. An alert leaves a series too: which, and since when. */
function questionsOf(part: readonly RulerGroup[], scenario: Scenario, step: number, id: string): Question[] {
  const rules = part.flatMap((group) => group.rules);
  const names = [...new Set(rules.map(({ record }) => String(record ?? 'ALERTS')))];
  const together = Math.max(1, Math.floor(answerSize / Object.keys(scenario.participants).length));
  const patterns = Array.from({ length: Math.ceil(names.length / together) }, (_, at) =>
    names.slice(at * together, (at + 1) * together).join('|'),
  );
  return Array.from({ length: Math.floor(scenario.length / step) + 1 }, (_, at) => at * step).flatMap((time) =>
    patterns.map((pattern, at) => ({
      id: `${id}:${at}:${time}`,
      expr: `{__name__=~"${pattern}"}`,
      at: time + leadSeconds,
    })),
  );
}

interface Pushed {
  /** `rule`: its result; otherwise the series themselves. */
  readonly record?: string;
  readonly expr: string;
}

/** What a collector sends: rules of the list see the cluster's own series, never each other (acm.md section 6.5). */
function sendsOf({ pack }: OpenedPack): Pushed[] {
  return [pack.collect.platform, pack.collect.userWorkload].flatMap(({ names, matches, recordingRules }) => [
    ...recordingRules.map(({ record, expr }) => ({ record, expr: oneLine(expr) })),
    ...names.map((name) => ({ expr: `{__name__="${name}"}` })),
    ...matches.map((match) => ({ expr: `{${oneLine(match)}}` })),
  ]);
}

async function pushesOf(
  opened: OpenedPack,
  plays: readonly ClusterPlay[][],
  { engine, cores }: PlayOptions,
): Promise<Answers> {
  const sends = sendsOf(opened);
  const tests = plays.flatMap((clusters, at) =>
    clusters.map(({ cluster, local, pushes }): EngineTest => {
      const questions = pushes.flatMap((time) =>
        sends.map(({ expr }, which): Question => ({ id: `${at}:${cluster}:${time}:${which}`, expr, at: time })),
      );
      return { series: local, questions };
    }),
  );
  // Without rules, but it loads samples only as far as it evaluates.
  const run = { rules: 'groups: []\n', evaluationSeconds: scrapeSeconds, stepSeconds: scrapeSeconds, tests };
  const answers = await askEngines([run], engine, cores);
  const named = new Map<string, readonly EngineSample[]>();
  for (const [id, samples] of answers) {
    const { record } = sends[Number(id.split(':').at(-1))] ?? {};
    const renamed = ({ labels, value }: EngineSample) => ({
      labels: { ...labels, __name__: record ?? labels.__name__ ?? '' },
      value,
    });
    named.set(id, samples.map(renamed));
  }
  return named;
}

/** thanos-query looks back two intervals, at least five minutes (acm.md section 7.3); the engine, five minutes. */
const engineLookback = 300;

function onHub(
  scenario: Scenario,
  clusters: readonly ClusterPlay[],
  pushed: Answers,
  at: number,
  collectionSeconds: number,
) {
  const count = Math.floor((leadSeconds + scenario.length) / scrapeSeconds) + 1;
  const held = Math.max(2 * collectionSeconds, engineLookback) - engineLookback;
  const rows = new Map<string, (number | undefined)[]>();
  for (const [id, samples] of ofPlay(pushed, at)) {
    const [, cluster = '', seconds = '0'] = id.split(':');
    if (!clusters.some((one) => one.cluster === cluster)) continue;
    for (const { labels, value } of samples) {
      const { __name__: name = '', ...rest } = labels;
      const key = seriesText(name, { ...rest, cluster, clusterID: cluster });
      const row = rows.get(key) ?? Array.from<number | undefined>({ length: count });
      rows.set(key, row);
      row[Number(seconds) / scrapeSeconds] = value;
    }
  }
  return [...rows].map(([series, values]) => ({ series, values: visible(values, held) }));
}

function ofPlay(pushed: Answers, at: number): [string, readonly EngineSample[]][] {
  return [...pushed].filter(([id]) => id.startsWith(`${at}:`));
}

/** A sample that nothing follows is seen for as long as thanos-query looks back: repeated within the engine's reach. */
function visible(values: readonly (number | undefined)[], held: number): (number | undefined)[] {
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

const stopMetric = 'simulation_ruler_stopped';

function stopSeries(scenario: Scenario) {
  const spans = scenario.stops.map(shifted);
  const count = Math.floor((leadSeconds + scenario.length) / scrapeSeconds) + 1;
  const values = Array.from({ length: count }, (_, at) =>
    spans.some((span) => within(at * scrapeSeconds, span)) ? 1 : 0,
  );
  return { series: stopMetric, values };
}

/** While the ruler stands, no rule has a result. What it recorded before goes at once here, within the lookback in life. */
function stoppable(groups: readonly RulerGroup[]): RulerGroup[] {
  return groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => ({
      ...rule,
      expr: `(\n${String(rule.expr)}\n)\nunless on () ${stopMetric} == 1`,
    })),
  }));
}

function seriesIn(answers: Answers, at: number): PlayedSeries[] {
  // An engine gives a series the same labels at every point of time, the object itself: no need to compare texts.
  const found = new Map<EngineSample['labels'], [number, number][]>();
  for (const [id, samples] of ofPlay(answers, at)) {
    const time = Number(id.split(':').at(-1));
    if (Number.isNaN(time)) continue;
    for (const { labels, value } of samples) {
      const points = found.get(labels) ?? [];
      found.set(labels, points);
      points.push([time, value]);
    }
  }
  const named = [...found].map(([{ __name__: name = '', ...labels }, points]) => {
    return { key: seriesText(name, labels), series: { name, labels, points } };
  });
  return named.sort((a, b) => a.key.localeCompare(b.key)).map(({ series }) => series);
}

function seriesText(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => a.localeCompare(b));
  return `${name}{${pairs.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(',')}}`;
}
