/** Evaluates an {@link Expression} at one instant, as Prometheus would. */
import { evaluateBinary } from './binary.ts';
import type { Expression, Grouping, Matcher } from './expression.ts';
import { QueryError } from './expression.ts';
import { callFunction, wholeMatch } from './functions.ts';
import { labelKey, type MetricsStore, type Point } from './store.ts';

export interface Element {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Seconds. The sample's own, for selectors. */
  readonly timestamp: number;
}

export type Value =
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'vector'; readonly elements: readonly Element[] };

export interface Instant {
  readonly store: MetricsStore;
  /** Seconds since the epoch. */
  readonly time: number;
  /** A sample this much older than `time` is no longer seen, in seconds. */
  readonly lookback: number;
}

/** Throws {@link QueryError}. */
export function evaluate(expression: Expression, at: Instant): Value {
  switch (expression.kind) {
    case 'number':
      return { type: 'scalar', value: expression.value };
    case 'string':
      throw new QueryError('a string is no value here', 400);
    case 'selector':
      return { type: 'vector', elements: select(expression.matchers, at) };
    case 'call':
      return callFunction(expression, at);
    case 'aggregate': {
      const elements = vectorOf(evaluate(expression.argument, at), expression.operator);
      return { type: 'vector', elements: aggregate(expression, elements, at.time) };
    }
    case 'binary':
      return evaluateBinary(expression, evaluate(expression.left, at), evaluate(expression.right, at), at.time);
    case 'lookBack':
      return { type: 'vector', elements: lookBack(expression, at) };
    case 'overTime':
      return { type: 'vector', elements: overTime(expression, at) };
    case 'negate': {
      const value = evaluate(expression.argument, at);
      if (value.type === 'scalar') return { type: 'scalar', value: -value.value };
      const elements = value.elements.map((element) => ({
        ...element,
        labels: withoutName(element.labels),
        value: -element.value,
      }));
      return { type: 'vector', elements };
    }
  }
}

function select(matchers: readonly Matcher[], { store, time, lookback }: Instant): Element[] {
  const name = matchers.find(({ label, operator }) => label === '__name__' && operator === '=')?.value;
  const tests = matchers.map(compile);
  if (tests.every((fits) => fits({}))) {
    throw new QueryError('vector selector must contain at least one non-empty matcher', 400);
  }
  const found: Element[] = [];
  for (const { labels, points } of store.series(name)) {
    if (!tests.every((fits) => fits(labels))) continue;
    const point = latest(points, time, lookback);
    if (point !== undefined) found.push({ labels, value: point.value, timestamp: point.timestamp });
  }
  return found;
}

/** One value from all samples of a range, which is open at its far end as in Prometheus 3. */
function overTime(
  { fold, matchers, range }: Extract<Expression, { kind: 'overTime' }>,
  { store, time }: Instant,
): Element[] {
  const name = matchers.find(({ label, operator }) => label === '__name__' && operator === '=')?.value;
  const tests = matchers.map(compile);
  const found: Element[] = [];
  for (const { labels, points } of store.series(name)) {
    if (!tests.every((fits) => fits(labels))) continue;
    const values = points
      .filter(({ timestamp }) => timestamp <= time && timestamp > time - range)
      .map(({ value }) => value);
    if (values.length === 0) continue;
    // The last sample is a sample of the series; all else is a computation.
    const kept = fold === 'last_over_time' ? labels : withoutName(labels);
    found.push({ labels: kept, value: rangeFolds[fold](values), timestamp: time });
  }
  return found;
}

function latest(points: readonly Point[], time: number, lookback: number): Point | undefined {
  const point = points.findLast(({ timestamp }) => timestamp <= time);
  return point !== undefined && point.timestamp > time - lookback ? point : undefined;
}

/** A missing label is an empty one; a regular expression has to match the whole value. */
function compile({ label, operator, value }: Matcher): (labels: Readonly<Record<string, string>>) => boolean {
  if (operator === '=') return (labels) => (labels[label] ?? '') === value;
  if (operator === '!=') return (labels) => (labels[label] ?? '') !== value;
  const pattern = wholeMatch(value);
  const wanted = operator === '=~';
  return (labels) => pattern.test(labels[label] ?? '') === wanted;
}

/** The highest value each series had at the steps of the subquery, which are multiples of the step as in Prometheus. */
function lookBack({ argument, range, step }: Extract<Expression, { kind: 'lookBack' }>, at: Instant): Element[] {
  const highest = new Map<string, Element>();
  const first = Math.floor((at.time - range) / step) * step + step;
  for (let time = first; time <= at.time; time += step) {
    for (const element of vectorOf(evaluate(argument, { ...at, time }), 'subquery')) {
      const labels = withoutName(element.labels);
      const id = labelKey(labels);
      const value = Math.max(element.value, highest.get(id)?.value ?? -Infinity);
      highest.set(id, { labels, value, timestamp: at.time });
    }
  }
  return [...highest.values()];
}

export function vectorOf(value: Value, asker: string): readonly Element[] {
  if (value.type === 'vector') return value.elements;
  throw new QueryError(`expected type instant vector in ${asker}, got scalar`, 400);
}

function aggregate(
  { operator, grouping }: Extract<Expression, { kind: 'aggregate' }>,
  elements: readonly Element[],
  time: number,
): Element[] {
  const groups = new Map<string, { labels: Record<string, string>; values: number[] }>();
  for (const { labels, value } of elements) {
    const kept = keep(labels, grouping);
    const id = labelKey(kept);
    const group = groups.get(id) ?? { labels: kept, values: [] };
    group.values.push(value);
    groups.set(id, group);
  }
  const fold = folds[operator];
  return [...groups.values()].map(({ labels, values }) => ({ labels, value: fold(values), timestamp: time }));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** NaN loses against any number in `min` and `max`, as in Prometheus. */
function best(better: (value: number, than: number) => boolean): (values: readonly number[]) => number {
  return (values) =>
    values.reduce((held, value) => (Number.isNaN(held) || better(value, held) ? value : held), Number.NaN);
}

const rangeFolds = {
  min_over_time: best((value, than) => value < than),
  max_over_time: best((value, than) => value > than),
  last_over_time: (values: readonly number[]) => values.at(-1) ?? Number.NaN,
  sum_over_time: sum,
  count_over_time: (values: readonly number[]) => values.length,
};

const folds = {
  sum,
  count: (values: readonly number[]) => values.length,
  group: () => 1,
  avg: (values: readonly number[]) => sum(values) / values.length,
  min: best((value, than) => value < than),
  max: best((value, than) => value > than),
};

/** The labels a group is known by. The metric's name stays only where it is asked for. */
export function keep(
  labels: Readonly<Record<string, string>>,
  { only, labels: named }: Grouping,
): Record<string, string> {
  const fits = ([name]: [string, string]): boolean =>
    only ? named.includes(name) : name !== '__name__' && !named.includes(name);
  return Object.fromEntries(Object.entries(labels).filter(fits));
}

export function withoutName(labels: Readonly<Record<string, string>>): Record<string, string> {
  const { __name__: _, ...rest } = labels;
  return rest;
}
