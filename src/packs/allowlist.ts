/**
 * The custom allowlist of the legacy architecture (acm.md §6): which metrics the collectors send, and which rules they
 * evaluate before sending. The operator on the cluster pastes each expression into a JSON argument without escaping it, so an
 * expression must be written as the inside of a JSON string.
 */
import { Problem } from '../engine/problem.ts';
import { isMapping, readDocument } from '../resources/document.ts';
import { checkCollection } from './check.ts';
import type { Collection, Pack, RecordingRule } from './pack.ts';
import { oneLine, syntaxError } from './promql.ts';

/** Keys of the ConfigMap, by the Prometheus that is asked. */
export const allowlistKeys = { platform: 'metrics_list.yaml', userWorkload: 'uwl_metrics_list.yaml' } as const;
export type Source = keyof typeof allowlistKeys;

/** One key's content, as ACM reads it. */
export interface AllowlistPart {
  readonly names: readonly string[];
  readonly matches: readonly string[];
  /** Never `rules`: deprecated, and not evaluated in the user-workload list (acm.md §6.2). */
  readonly recording_rules: readonly { readonly record: string; readonly expr: string }[];
}
export type Allowlist = Readonly<Record<Source, AllowlistPart>>;

/** Single metric names of the configuration. */
export type SingleNames = Readonly<Record<Source, readonly string[]>>;

/**
 * Several packs and single names as one allowlist; what two of them ask for alike is there once.
 *
 * @throws Problem `pack-invalid` for a name or match that would stop a collector, `pack-collision` for one record name
 *   with two meanings
 */
export function compileAllowlist(packs: readonly Pack[], metrics: SingleNames): Allowlist {
  return {
    platform: compilePart('platform', packs, metrics),
    userWorkload: compilePart('userWorkload', packs, metrics),
  };
}

function compilePart(source: Source, packs: readonly Pack[], metrics: SingleNames): AllowlistPart {
  const single: Collection = { names: metrics[source], matches: [], recordingRules: [] };
  const issues = checkCollection(`metrics.${source}`, single);
  if (issues.length > 0) throw new Problem('pack-invalid', issues.join('\n'));
  const collections = [
    ...packs.map((pack) => ({ by: `pack ${pack.name}`, ...pack.collect[source] })),
    { by: 'metrics', ...single },
  ];
  const records = new Map<string, { readonly by: string; readonly expr: string }>();
  for (const { by, recordingRules } of collections) {
    for (const rule of recordingRules) {
      const expr = collectorExpression(rule);
      const other = records.get(rule.record);
      if (other !== undefined && other.expr !== expr) throw collision(rule.record, other.by, by);
      records.set(rule.record, other ?? { by, expr });
    }
  }
  return {
    names: unique(collections.flatMap((collection) => collection.names)),
    matches: unique(collections.flatMap((collection) => collection.matches.map(oneLine))),
    recording_rules: [...records].map(([record, { expr }]) => ({ record, expr })),
  };
}

function collision(record: string, one: string, other: string): Problem {
  return new Problem('pack-collision', `The record ${record} has one meaning in ${one} and another in ${other}.`);
}

/**
 * An expression as the allowlist holds it: on one line, as the inside of a JSON string, safe in a single-quoted YAML scalar
 * of one line and in a container argument (there `$$` means `$`).
 */
function collectorExpression({ record, expr }: Pick<RecordingRule, 'record' | 'expr'>): string {
  const line = oneLine(expr);
  if (line.includes('$(')) {
    throw new Problem('pack-invalid', `${record}: $(…) would be expanded by Kubernetes in the collector's arguments.`);
  }
  return JSON.stringify(line)
    .slice(1, -1)
    .replace(/\$(?=\$)/g, '\\u0024')
    .replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, escaped);
}

/** YAML 1.1 readers take these for line breaks, or refuse them. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

export interface Decoded {
  readonly names: readonly string[];
  readonly matches: readonly string[];
  readonly rules: readonly { readonly name: string; readonly query: string }[];
  /** Rules the collector would skip with a line in its log (measured.md §11), and why. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * What a collector makes of one key of the ConfigMap: YAML, then each rule formatted into `{"name":"…","query":"…"}` without
 * escaping, then JSON, then PromQL. Throws `document-invalid` for what would make ACM drop the whole list.
 */
export function decodeAsCollector(text: string | undefined): Decoded {
  const value = readDocument(text, 'the allowlist');
  const rules: { name: string; query: string }[] = [];
  const refused: { name: string; reason: string }[] = [];
  for (const rule of listOf(value, 'recording_rules')) {
    if (!isMapping(rule))
      throw new Problem('document-invalid', 'The allowlist holds a recording rule that is no mapping.');
    const name = String(rule.record);
    const decoded = decodeArgument(`{"name":"${name}","query":"${String(rule.expr)}"}`);
    if ('reason' in decoded) refused.push({ name, reason: decoded.reason });
    else rules.push(decoded);
  }
  return { names: listOf(value, 'names').map(String), matches: listOf(value, 'matches').map(String), rules, refused };
}

function decodeArgument(argument: string): { name: string; query: string } | { reason: string } {
  let decoded: unknown;
  try {
    decoded = JSON.parse(argument);
  } catch (error) {
    return { reason: error instanceof Error ? error.message : 'not JSON' };
  }
  if (!isMapping(decoded) || typeof decoded.name !== 'string' || typeof decoded.query !== 'string') {
    return { reason: 'not a name and a query' };
  }
  const error = syntaxError(decoded.query);
  return error === undefined
    ? { name: decoded.name, query: decoded.query }
    : { reason: `column ${error.column}: ${error.message}` };
}

function listOf(value: Readonly<Record<string, unknown>>, key: string): readonly unknown[] {
  const list = value[key] ?? [];
  if (Array.isArray(list)) return list;
  throw new Problem(
    'document-invalid',
    `The allowlist's ${key} is not a list: ACM drops all custom metrics of the fleet.`,
  );
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];
