/** The answers of the Prometheus HTTP API, read with suspicion: a proxy or a login page may answer in its place. */
import { Problem } from '../engine/problem.ts';
import type { PointSeries, RawAnswer, RuleGroup, Sample } from '../ports.ts';
import { excerpt, isRecord, parsed } from './json.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What an answer lists: series or rules. */
export type Holding = 'result' | 'groups';

/**
 * The `data` of a successful answer. One of another form is not taken for an empty one.
 * @throws Problem `metrics-unreachable`: an error of the API, a partial answer, or an answer of something else.
 */
export function dataOf(answer: RawAnswer, way: string, holding: Holding): Fields {
  const body = parsed(answer.body);
  if (!isRecord(body) || (body.status !== 'success' && body.status !== 'error')) {
    throw unreachable(way, 'Something else than Thanos answers.', `HTTP ${answer.status}: ${excerpt(answer.body)}`);
  }
  if (body.status === 'error') {
    throw unreachable(way, 'Thanos refuses the query.', `${String(body.errorType)}: ${String(body.error)}`);
  }
  const partial = texts(body.warnings).filter((warning) => !isRemark(warning));
  if (partial.length > 0) throw unreachable(way, 'Thanos answers in part only.', partial.join('; '));
  const { data } = body;
  // Nothing at all may be written as null.
  if (isRecord(data) && (Array.isArray(data[holding]) || data[holding] === null)) return data;
  throw unreachable(way, 'Something else than Thanos answers.', `there is no ${holding} in ${excerpt(answer.body)}`);
}

/** Remarks about the expression (`PromQL info: …`) say nothing about what is missing from the answer. */
function isRemark(warning: string): boolean {
  return /^PromQL (info|warning):/.test(warning);
}

/** Of a range selector the newest sample of each series. A scalar has no labels. */
export function samplesOf(data: Fields): Sample[] {
  const { result } = data;
  if (data.resultType === 'scalar') return [sampleOf({}, result)].filter(isPresent);
  if (!Array.isArray(result)) return [];
  return result
    .filter(isRecord)
    .map((series) => {
      const newest = Array.isArray(series.values) ? series.values.at(-1) : series.value;
      return sampleOf(labelsOf(series.metric), newest);
    })
    .filter(isPresent);
}

/** The series of a range query; a point that is none is left out. */
export function seriesOf(data: Fields): PointSeries[] {
  const { result } = data;
  if (!Array.isArray(result)) return [];
  return result.filter(isRecord).map((series) => {
    const labels = labelsOf(series.metric);
    const values: readonly unknown[] = Array.isArray(series.values) ? series.values : [];
    const points = values.map((point) => sampleOf(labels, point)).filter(isPresent);
    return { labels, points: points.map(({ timestamp, value }) => [timestamp, value] as const) };
  });
}

export function ruleGroupsOf(data: Fields): RuleGroup[] {
  if (!Array.isArray(data.groups)) return [];
  return data.groups.filter(isRecord).map((group) => ({
    name: String(group.name ?? ''),
    file: String(group.file ?? ''),
    intervalSeconds: typeof group.interval === 'number' ? group.interval : Number(group.interval ?? 0),
    rules: Array.isArray(group.rules) ? group.rules.filter(isRecord).map(ruleOf) : [],
  }));
}

function ruleOf(rule: Fields): RuleGroup['rules'][number] {
  const { health, lastError } = rule;
  return {
    name: String(rule.name ?? ''),
    type: rule.type === 'alerting' ? 'alerting' : 'recording',
    health: health === 'ok' || health === 'err' ? health : 'unknown',
    ...(typeof lastError === 'string' && lastError !== '' && { lastError }),
  };
}

function sampleOf(labels: Record<string, string>, point: unknown): Sample | undefined {
  if (!Array.isArray(point)) return undefined;
  const [timestamp, value] = point;
  return { labels, value: numberOf(String(value)), timestamp: Number(timestamp) };
}

function numberOf(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return Number(text);
}

function labelsOf(metric: unknown): Record<string, string> {
  const labels: Record<string, string> = {};
  if (isRecord(metric)) for (const [name, value] of Object.entries(metric)) labels[name] = String(value);
  return labels;
}

export function unreachable(way: string, what: string, proof: string): Problem {
  return new Problem('metrics-unreachable', `By the ${way}: ${what}`, { proof });
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function isPresent<T>(value: T | undefined): value is T {
  return value !== undefined;
}
