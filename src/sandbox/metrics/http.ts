/** The Prometheus HTTP API over the small store, as thanos-query shows it. */
import type { Clock } from '../../ports.ts';
import { type Element, evaluate, type Value } from './evaluate.ts';
import { mostInstants, QueryError } from './expression.ts';
import { parseExpression } from './parse.ts';
import { describeGroups, type RuleGroupState } from './rules.ts';
import { labelKey, type MetricsStore } from './store.ts';

export interface MetricsApi {
  readonly store: MetricsStore;
  readonly clock: Clock;
  /** Seconds; `query.lookbackDelta` of the Observatorium (acm.md §7.3). */
  readonly lookback: () => number;
  readonly rules: () => readonly RuleGroupState[];
}

export interface ApiAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Answers a GET of `/api/v1/…` or `/-/ready`; `path` with its query. */
export function answerMetrics(api: MetricsApi, path: string): ApiAnswer {
  const url = new URL(path, 'http://store');
  if (url.pathname === '/-/ready' || url.pathname === '/-/healthy') {
    return { status: 200, contentType: 'text/plain; charset=utf-8', body: 'OK' };
  }
  try {
    const data = route(api, url.pathname, url.searchParams);
    if (data === undefined)
      return { status: 404, contentType: 'text/plain; charset=utf-8', body: '404 page not found\n' };
    return json(200, { status: 'success', data });
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return json(error.status, { status: 'error', errorType: error.errorType, error: error.message });
  }
}

function route(api: MetricsApi, path: string, query: URLSearchParams): unknown {
  switch (path) {
    case '/api/v1/query':
      return instant(api, query);
    case '/api/v1/query_range':
      return range(api, query);
    case '/api/v1/rules':
      return { groups: describeGroups(api.rules(), query.get('type')) };
    case '/api/v1/labels':
      return [...new Set([...api.store.series()].flatMap(({ labels }) => Object.keys(labels)))].sort();
    default:
      return undefined;
  }
}

function instant(api: MetricsApi, query: URLSearchParams): unknown {
  const time = readTime(query.get('time'), 'time') ?? api.clock.now() / 1000;
  const value = evaluate(parseExpression(required(query, 'query')), {
    store: api.store,
    time,
    lookback: api.lookback(),
  });
  if (value.type === 'scalar') return { resultType: 'scalar', result: point(time, value.value) };
  return {
    resultType: 'vector',
    result: value.elements.map((element) => ({ metric: element.labels, value: point(time, element.value) })),
  };
}

function range(api: MetricsApi, query: URLSearchParams): unknown {
  const start = readTime(required(query, 'start'), 'start') ?? 0;
  const end = readTime(required(query, 'end'), 'end') ?? 0;
  const step = readStep(required(query, 'step'));
  if (end < start) throw new QueryError('invalid parameter "end": end timestamp must not be before start time', 400);
  if ((end - start) / step >= mostInstants) {
    throw new QueryError(`the sandbox's small store understands range queries of at most ${mostInstants} points`);
  }
  const expression = parseExpression(required(query, 'query'));
  const rows = new Map<string, { metric: Readonly<Record<string, string>>; values: [number, string][] }>();
  for (let at = 0; start + at * step <= end; at += 1) {
    const time = start + at * step;
    const value = evaluate(expression, { store: api.store, time, lookback: api.lookback() });
    for (const element of elementsOf(value)) {
      const id = labelKey(element.labels);
      const row = rows.get(id) ?? { metric: element.labels, values: [] };
      row.values.push(point(time, element.value));
      rows.set(id, row);
    }
  }
  return { resultType: 'matrix', result: [...rows.values()] };
}

function elementsOf(value: Value): readonly Element[] {
  return value.type === 'vector' ? value.elements : [{ labels: {}, value: value.value, timestamp: 0 }];
}

function point(time: number, value: number): [number, string] {
  return [time, formatValue(value)];
}

/** Numbers as Prometheus writes them. */
function formatValue(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value);
}

function required(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null || value === '')
    throw new QueryError(
      `invalid parameter "${name}": unknown position: parse error: no expression found in input`,
      400,
    );
  return value;
}

/** Seconds, or RFC 3339. */
function readTime(text: string | null, name: string): number | undefined {
  if (text === null) return undefined;
  const time = /^-?[\d.]+(e[+-]?\d+)?$/i.test(text) ? Number(text) : Date.parse(text) / 1000;
  if (Number.isNaN(time))
    throw new QueryError(`invalid parameter "${name}": cannot parse "${text}" to a valid timestamp`, 400);
  return time;
}

function readStep(text: string): number {
  const expression = parseExpression(text);
  if (expression.kind === 'number' && expression.value > 0) return expression.value;
  throw new QueryError('zero or negative query resolution step widths are not accepted. Try a positive integer', 400);
}

function json(status: number, body: object): ApiAnswer {
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}
