/**
 * The metrics allowlist as the operators read it: YAML that is forgiving with keys and strict with types. One wrong type
 * and the whole document counts for nothing (acm.md §6.2, §6.3; measured.md §3).
 */
import { isMap, isScalar, isSeq, type Node, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml';

interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export interface MetricsList {
  readonly names: readonly string[];
  readonly matches: readonly string[];
  readonly renames: Readonly<Record<string, string>>;
  readonly recording_rules: readonly RecordingRule[];
  /** Deprecated; counts only where `recording_rules` is absent. */
  readonly rules: readonly RecordingRule[];
  /** Kept as they are: nothing in the sandbox evaluates them. */
  readonly collect_rules: readonly unknown[];
}

export const emptyList: MetricsList = {
  names: [],
  matches: [],
  renames: {},
  recording_rules: [],
  rules: [],
  collect_rules: [],
};

/** A document that the operators would refuse; the message is for their log. */
export class ListError extends Error {}

/** Reads one value of the ConfigMap. Throws {@link ListError}. */
export function parseList(text: string): MetricsList {
  // Duplicate keys are accepted and the last one counts; `yes` and octal numbers as YAML 1.1 has them.
  const document = parseDocument(text, { version: '1.1', uniqueKeys: false });
  const [error] = document.errors;
  if (error !== undefined) throw new ListError(error.message);
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) return emptyList;
  if (!isMap(root)) throw new ListError('cannot unmarshal into a metrics list: not a mapping');
  return {
    names: strings(fieldOf(root, 'names'), 'names'),
    matches: strings(fieldOf(root, 'matches'), 'matches'),
    renames: stringMap(fieldOf(root, 'renames')),
    recording_rules: rules(fieldOf(root, 'recording_rules'), 'recording_rules'),
    rules: rules(fieldOf(root, 'rules'), 'rules'),
    collect_rules: sequence(fieldOf(root, 'collect_rules'), 'collect_rules').map((item) => item.toJSON() as unknown),
  };
}

function fieldOf(map: YAMLMap, key: string): unknown {
  return map.items.findLast((pair: Pair) => isScalar(pair.key) && pair.key.value === key)?.value;
}

function sequence(node: unknown, key: string): Node[] {
  if (isNothing(node)) return [];
  if (!isSeq(node)) throw new ListError(`cannot unmarshal ${key}: not a list`);
  return node.items.filter((item): item is Node => typeof item === 'object' && item !== null);
}

function isNothing(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}

/** A scalar as it was written: `5`, `true` and `:x` are strings where a string is wanted. */
function text(node: unknown, key: string): string {
  if (!isScalar(node)) throw new ListError(`cannot unmarshal ${key}: not a string`);
  return typeof node.value === 'string' ? node.value : (node.source ?? '');
}

function strings(node: unknown, key: string): string[] {
  return sequence(node, key).map((item) => text(item, key));
}

function stringMap(node: unknown): Record<string, string> {
  if (isNothing(node)) return {};
  if (!isMap(node)) throw new ListError('cannot unmarshal renames: not a mapping');
  return Object.fromEntries(
    node.items.map((pair: Pair) => [
      text(pair.key, 'renames'),
      isNothing(pair.value) ? '' : text(pair.value, 'renames'),
    ]),
  );
}

function rules(node: unknown, key: string): RecordingRule[] {
  return sequence(node, key).map((item) => {
    if (!isMap(item)) throw new ListError(`cannot unmarshal ${key}: not a mapping`);
    const field = (name: string): string => {
      const value = fieldOf(item, name);
      return isNothing(value) ? '' : text(value, `${key}.${name}`);
    };
    return { record: field('record'), expr: field('expr') };
  });
}

/** The default list with a custom one on top: more of everything, `-name` takes a default away. */
export function mergeLists(defaults: MetricsList, custom: MetricsList, honourRules = true): MetricsList {
  const added = custom.recording_rules.length > 0 ? custom.recording_rules : custom.rules;
  return {
    names: merge(defaults.names, custom.names),
    matches: merge(defaults.matches, custom.matches),
    renames: { ...defaults.renames, ...custom.renames },
    recording_rules: [...defaults.recording_rules, ...(honourRules ? added : [])],
    rules: [],
    collect_rules: [...defaults.collect_rules, ...custom.collect_rules],
  };
}

function merge(defaults: readonly string[], custom: readonly string[]): string[] {
  const removed = new Set(custom.filter((name) => name.startsWith('-')).map((name) => name.slice(1)));
  const kept = defaults.filter((name) => !removed.has(name));
  return [...new Set([...kept, ...custom.filter((name) => !name.startsWith('-'))])];
}

/** The list as YAML, without what is empty. */
export function formatList(list: MetricsList): string {
  const filled = Object.entries(list).filter(([, value]) => Object.keys(value).length > 0);
  return stringify(Object.fromEntries(filled), { lineWidth: 0 });
}
