/**
 * The way of a metric in a simulation. What each cluster's Prometheus has, from the scenario; when its collector pushes; and
 * what of it the hub sees. Pure: no engine yet.
 */

import { spreadOver } from '../expand.ts';
import { interpolate, lookUp, type Scope } from '../interpolate.ts';
import type { OpenedPack } from '../load.ts';
import type { Scenario, Span } from './scenario.ts';

/** Seconds between two scrapes of a cluster's own Prometheus (acm.md section 8). */
export const scrapeSeconds = 30;
/** Played before the beginning, so that there is something to see when it begins. */
export const leadSeconds = 600;

interface LocalSeries {
  /** `name{label="…"}` */
  readonly series: string;
  /** One value a scrape; `undefined` where there is none. */
  readonly values: readonly (number | undefined)[];
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

/** A change of one series: from then on (or for a while) it has this value. */
interface Turn extends Span {
  readonly value: number;
}

function seriesByCluster(opened: OpenedPack, scenario: Scenario): Map<string, LocalSeries[]> {
  const turns = new Map<string, { readonly cluster: string; readonly series: string; readonly turns: Turn[] }>();
  const turn = (cluster: string, series: string, one: Turn) => {
    const key = `${cluster} ${series}`;
    const known = turns.get(key) ?? { cluster, series, turns: [] };
    known.turns.push(one);
    turns.set(key, known);
  };
  const { simulation } = opened.source;
  for (const [person, cluster] of Object.entries(scenario.participants)) {
    const scope = { ...opened.pack.parameters, person };
    for (const one of simulation?.always ?? [])
      for (const series of written(one, scope, opened)) turn(cluster, series, { from: 0, value: 1 });
  }
  for (const { event, member, person, cluster, ...span } of scenario.happenings) {
    const word = simulation?.events[event];
    if (word === undefined) continue;
    const subject = memberOf(opened.pack.parameters, word.subject, member);
    const scope = { ...opened.pack.parameters, person, [word.as]: subject };
    for (const one of word.series)
      for (const series of written(one, scope, opened)) turn(cluster, series, { ...shifted(span), value: word.value });
  }
  const result = new Map<string, LocalSeries[]>();
  const count = Math.floor((leadSeconds + scenario.length) / scrapeSeconds) + 1;
  for (const { cluster, series, turns: own } of turns.values()) {
    const values = Array.from({ length: count }, (_, at) => valueAt(own, at * scrapeSeconds));
    result.set(cluster, [...(result.get(cluster) ?? []), { series, values }]);
  }
  return result;
}

/** The latest turn that holds then; one that is over leaves its opposite. */
function valueAt(turns: readonly Turn[], time: number): number | undefined {
  const begun = turns.filter(({ from }) => from <= time).toSorted((a, b) => a.from - b.from);
  const now = begun.findLast((turn) => within(time, turn));
  if (now !== undefined) return now.value;
  const over = begun.at(-1);
  return over === undefined ? undefined : 1 - over.value;
}

type Written = NonNullable<OpenedPack['source']['simulation']>['always'][number];

function written(source: Written, scope: Scope, opened: OpenedPack): string[] {
  return spreadOver(source, opened.source.matrix, scope).map((member) => interpolate(source.series, member));
}

/** The member of a list parameter with this name: `exercises`, `hero`. */
function memberOf(parameters: Scope, list: string, name: string): unknown {
  const members = lookUp(list, parameters);
  const found = Array.isArray(members)
    ? members.find(
        (one: unknown) =>
          one === name || (typeof one === 'object' && one !== null && lookUp('name', one as Scope) === name),
      )
    : undefined;
  return found ?? { name };
}
