/**
 * The way of a metric in a simulation. What each cluster's Prometheus has, from the scenario; when its collector pushes; and
 * what of it the hub sees. Pure: no engine yet.
 */
import { didYouMean } from '../../config/suggest.ts';
import { Problem } from '../../engine/problem.ts';
import { spreadOver } from '../expand.ts';
import { interpolate, type Scope } from '../interpolate.ts';
import type { OpenedPack } from '../load.ts';
import type { PlayedSeriesSource } from '../schema.ts';
import type { Value } from './promtool.ts';
import type { Scenario, Span } from './scenario.ts';

/** Seconds between two scrapes of a cluster's own Prometheus (acm.md section 8). */
export const scrapeSeconds = 30;
/** Played before the beginning, so that there is something to see when it begins. */
export const leadSeconds = 600;

interface LocalSeries {
  /** `name{label="…"}` */
  readonly series: string;
  /** One value a scrape. */
  readonly values: readonly Value[];
}

export interface ClusterPlay {
  readonly cluster: string;
  readonly local: readonly LocalSeries[];
  /** Seconds of the pushes that arrive. */
  readonly pushes: readonly number[];
}

export function clustersOf(opened: OpenedPack, scenario: Scenario, collectionSeconds: number): ClusterPlay[] {
  const clusters = [
    ...new Set([...Object.values(scenario.participants), ...scenario.happenings.map((one) => one.cluster)]),
  ];
  const series = seriesByCluster(opened, scenario);
  return clusters.map((cluster, at) => {
    const silent = scenario.silences.filter((one) => one.cluster === cluster).map(shifted);
    // Collectors start when they start: each has its own phase.
    const phase = (at * 2 * scrapeSeconds) % collectionSeconds;
    const pushes = ticks(phase, collectionSeconds, scenario).filter(
      (time) => !silent.some((span) => within(time, span)),
    );
    return { cluster, local: series.get(cluster) ?? [], pushes };
  });
}

function ticks(from: number, step: number, { length }: Scenario): number[] {
  const end = leadSeconds + length;
  return Array.from({ length: Math.floor((end - from) / step) + 1 }, (_, at) => from + at * step);
}

/** In a scenario zero is the beginning; what is played begins earlier. */
export function shifted<S extends Span>(span: S): S {
  return { ...span, from: span.from + leadSeconds, ...(span.to === undefined ? {} : { to: span.to + leadSeconds }) };
}

export function within(time: number, { from, to }: Span): boolean {
  return time >= from && (to === undefined || time < to);
}

/** A change of one series: from then on (or for a while) it is so. */
interface Turn extends Span {
  /** `undefined`: the series is not there. */
  readonly value: number | undefined;
  /** When nothing else holds afterwards. */
  readonly otherwise: number | undefined;
}

interface Line {
  readonly cluster: string;
  readonly series: string;
  /** Its turns tell how much it grows in a second. */
  readonly isCounter: boolean;
  readonly turns: Turn[];
}

function seriesByCluster(opened: OpenedPack, scenario: Scenario): Map<string, LocalSeries[]> {
  const lines = new Map<string, Line>();
  const play = (cluster: string, source: PlayedSeriesSource, usual: number, scope: Scope, span: Span) => {
    const isCounter = source.perSecond !== undefined;
    for (const series of written(source, scope, opened)) {
      const key = `${cluster} ${series}`;
      const line = lines.get(key) ?? { cluster, series, isCounter, turns: [] };
      line.turns.push({ ...span, ...valuesOf(source, usual) });
      lines.set(key, line);
    }
  };
  const { simulation } = opened.source;
  const { parameters } = opened.pack;
  for (const [person, cluster] of Object.entries(scenario.participants)) {
    for (const one of simulation?.always ?? []) play(cluster, one, 1, { ...parameters, person }, { from: 0 });
  }
  for (const { event, member, person, cluster, ...span } of scenario.happenings) {
    const word = simulation?.events[event];
    if (word === undefined) continue;
    const scope = { ...parameters, person, [word.as]: memberOf(parameters, word.subject, member) };
    for (const one of word.series) play(cluster, one, word.value, scope, shifted(span));
  }
  const result = new Map<string, LocalSeries[]>();
  for (const line of lines.values()) {
    const { cluster, series } = line;
    const own = result.get(cluster) ?? [];
    result.set(cluster, own);
    own.push({ series, values: scraped(line, scenario) });
  }
  return result;
}

function valuesOf({ value, perSecond }: PlayedSeriesSource, usual: number): Pick<Turn, 'value' | 'otherwise'> {
  if (perSecond !== undefined) return { value: perSecond, otherwise: 0 };
  if (value === undefined) return { value: usual, otherwise: 1 - usual };
  return { value: value ?? undefined, otherwise: undefined };
}

function scraped({ turns, isCounter }: Line, { length }: Scenario): LocalSeries['values'] {
  const count = Math.floor((leadSeconds + length) / scrapeSeconds) + 1;
  const begins = turns.toSorted((a, b) => a.from - b.from);
  const values = Array.from({ length: count }, (_, at) => valueAt(begins, at * scrapeSeconds));
  if (!isCounter) return values.map((value, at) => value ?? (values[at - 1] === undefined ? undefined : 'stale'));
  let total = 0;
  return values.map((perSecond) => {
    total += (perSecond ?? 0) * scrapeSeconds;
    return perSecond === undefined ? undefined : total;
  });
}

/** What the latest turn that holds then says; one that is over leaves its opposite. */
function valueAt(turns: readonly Turn[], time: number): number | undefined {
  const now = turns.findLast((turn) => within(time, turn));
  return now === undefined ? turns.findLast(({ from }) => from <= time)?.otherwise : now.value;
}

function written(source: PlayedSeriesSource, scope: Scope, opened: OpenedPack): string[] {
  return spreadOver(source, opened.source.matrix, scope).map((member) => interpolate(source.series, member));
}

/** The member of a list parameter with this name: `exercises`, `hero`. Where there is no such list, the name itself. */
function memberOf(parameters: Scope, list: string, name: string): unknown {
  const members = Object.hasOwn(parameters, list) ? parameters[list] : undefined;
  if (!Array.isArray(members)) return { name };
  const found: unknown = members.find((one: unknown) => nameOf(one) === name);
  if (found !== undefined) return found;
  const known = members.map(nameOf).join(', ');
  throw new Problem('scenario-invalid', `${list}.${name} is none of ${known}${didYouMean(name, members.map(nameOf))}.`);
}

function nameOf(member: unknown): string {
  return typeof member === 'object' && member !== null && 'name' in member ? String(member.name) : String(member);
}
