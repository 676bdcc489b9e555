/**
 * The collector's arguments, written as the endpoint operator writes them (by string formatting, nothing escaped) and
 * read as the collector reads them (acm.md §6.4, measured.md §11). Pure.
 */
import type { MetricsList } from '../allowlist/list.ts';
import { isRecord } from '../objects.ts';

/** Arguments for one list. */
export function collectorArguments(list: MetricsList, intervalSeconds: number): string[] {
  return [
    `--interval=${intervalSeconds}s`,
    ...list.names.map((name) => `--match={__name__="${name}"}`),
    ...list.matches.map((match) => `--match={${match}}`),
    ...Object.entries(list.renames).map(([from, to]) => `--rename="${from}=${to}"`),
    ...list.recording_rules.map(({ record, expr }) => `--recordingrule={"name":"${record}","query":"${expr}"}`),
  ];
}

export interface Collection {
  readonly intervalSeconds: number;
  /** Metric names to federate. */
  readonly names: readonly string[];
  readonly renames: Readonly<Record<string, string>>;
  readonly rules: readonly { readonly record: string; readonly expr: string }[];
  /** Arguments it could make nothing of: a warning in its log, and all else goes on. */
  readonly refused: readonly string[];
}

/** What a collector with these arguments does. */
export function readArguments(args: readonly string[]): Collection {
  const names: string[] = [];
  const rules: { record: string; expr: string }[] = [];
  const refused: string[] = [];
  const renames: Record<string, string> = {};
  let intervalSeconds = 300;
  for (const argument of args) {
    const [, flag = '', value = ''] = /^--([a-z]+)=(.*)$/s.exec(argument) ?? [];
    if (flag === 'interval') intervalSeconds = Number.parseInt(value, 10);
    else if (flag === 'match') names.push(...(/__name__="([^"]+)"/.exec(value)?.slice(1) ?? []));
    else if (flag === 'rename') {
      const [from, to] = value.replaceAll('"', '').split('=');
      if (from && to) renames[from] = to;
    } else if (flag === 'recordingrule') {
      const rule = ruleOf(value);
      if (rule === undefined) refused.push(argument);
      else rules.push(rule);
    }
  }
  return { intervalSeconds, names, renames, rules, refused };
}

function ruleOf(text: string): { record: string; expr: string } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Quotes that were not escaped in the list: the collector warns and skips it.
    return undefined;
  }
  if (!isRecord(value) || typeof value.name !== 'string' || typeof value.query !== 'string') return undefined;
  return { record: value.name, expr: value.query };
}
