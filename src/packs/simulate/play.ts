/**
 * Plays scenarios through the whole chain in virtual time: 30 s scrapes on each cluster, the allowlist's rules at every push,
 * then the hub's groups over what was pushed. Several are played in one go of the engine: starting it costs most.
 */
import { parseDuration } from '../../config/duration.ts';
import { Problem } from '../../engine/problem.ts';
import type { OpenedPack } from '../load.ts';
import { compileRuler, type RulerGroup } from '../ruler.ts';
import { leadSeconds, scrapeSeconds, shifted, within } from './chain.ts';
import { independentParts, lookedAtBy, namesFor, rulesBehind, seriesNamed } from './independent.ts';
import {
  type Answers,
  askEngines,
  type EngineRun,
  type EngineSample,
  type EngineTest,
  type Question,
  type Value,
} from './promtool.ts';
import { hubSeries, type PushOptions, scrapesIn, seriesText } from './pushes.ts';
import type { Scenario } from './scenario.ts';

export interface PlayOptions extends PushOptions {
  /** Seconds between two points of the result; a multiple of the groups' interval. */
  readonly stepSeconds?: number;
  /** Only the table is wanted: rules it does not come from are not played, and no series is read out. */
  readonly tableOnly?: boolean;
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
  const groups = compileRuler([opened.pack]);
  const evaluationSeconds = intervalOf(groups);
  const table = opened.source.simulation?.table ?? '';
  const look = lookedAtBy();
  const played = options.tableOnly ? rulesBehind(groups, table, look) : groups;
  const wanted = options.tableOnly ? namesFor(played, table, look) : undefined;
  const series = await hubSeries(opened, scenarios, options, wanted);
  const canStop = scenarios.some(({ stops }) => stops.length > 0);
  const runs = independentParts(played, table, look).map((part, which): EngineRun => {
    const asked = which === 0 ? table : '';
    const names = namesFor(part, asked, look);
    const tests = scenarios.map((scenario, at): EngineTest => {
      const own = seriesNamed(names, series[at] ?? []);
      const step = options.stepSeconds ?? usualStep(scenario, evaluationSeconds);
      const points = options.tableOnly ? [] : questionsOf(part, scenario, step, `${at}:${which}`);
      const end = Math.floor((leadSeconds + scenario.length) / evaluationSeconds) * evaluationSeconds;
      const ranking = asked === '' ? [] : [{ id: `${at}:table`, expr: asked, at: end }];
      return { series: canStop ? [...own, stopSeries(scenario)] : own, questions: [...points, ...ranking] };
    });
    const rules = JSON.stringify({ groups: canStop ? stoppable(part) : part });
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
const answerSize = 100;

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

const stopMetric = 'simulation_ruler_stopped';

/** There only while the ruler stands. */
function stopSeries(scenario: Scenario) {
  const spans = scenario.stops.map(shifted);
  const stands = Array.from({ length: scrapesIn(scenario) }, (_, at) =>
    spans.some((span) => within(at * scrapeSeconds, span)),
  );
  const values = stands.map((now, at): Value => (now ? 1 : stands[at - 1] ? 'stale' : undefined));
  return { series: stopMetric, values };
}

/** While the ruler stands, no rule has a result. What it recorded before goes at once here, within the lookback in life. */
function stoppable(groups: readonly RulerGroup[]): RulerGroup[] {
  return groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => ({ ...rule, expr: `(\n${String(rule.expr)}\n)\nunless on () ${stopMetric}` })),
  }));
}

function seriesIn(answers: Answers, at: number): PlayedSeries[] {
  // An engine gives a series the same labels at every point of time, the object itself: no need to compare texts.
  const found = new Map<EngineSample['labels'], [number, number][]>();
  for (const [id, samples] of answers) {
    if (!id.startsWith(`${at}:`)) continue;
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
