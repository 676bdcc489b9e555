/** The functions a policy's template may call: those of Go, of sprig, and of ACM, as far as our policies use them. */
import { parseDocument } from 'yaml';
import { isRecord } from '../objects.ts';
import { TemplateError } from './template-parse.ts';

export type Lookup = (apiVersion: string, kind: string, namespace: string, name: string) => Promise<unknown>;

/** Go's `%v`, as far as templates print. */
export function goText(value: unknown): string {
  if (value === undefined || value === null) return '<no value>';
  if (isRecord(value)) {
    const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return `map[${entries.map(([key, item]) => `${key}:${goText(item)}`).join(' ')}]`;
  }
  return Array.isArray(value) ? `[${value.map(goText).join(' ')}]` : String(value);
}

const typeName = (value: unknown): string => {
  if (value === undefined || value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (isRecord(value)) return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'float64';
};

/** `%s` and `%v` print, `%T` names the type. */
function printf(format: unknown, ...values: unknown[]): string {
  let at = 0;
  return String(format).replaceAll(/%([svT%])/g, (_, verb: string) => {
    if (verb === '%') return '%';
    const value = values[at++];
    return verb === 'T' ? typeName(value) : goText(value);
  });
}

/** Keys sorted, as Go writes maps. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value) || value instanceof Date) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

function toRawJson(value: unknown): string {
  return JSON.stringify(sorted(value ?? null));
}

/** Go's regular expressions in JavaScript's words: flags in front, and `\x{…}`. */
const expressions = new Map<string, RegExp>();
function expression(source: unknown): RegExp {
  const text = String(source);
  const known = expressions.get(text) ?? compiled(text);
  expressions.set(text, known);
  return known;
}
function compiled(text: string): RegExp {
  const [, flags = '', rest = text] = /^\(\?([ims]+)\)(.*)$/s.exec(text) ?? [];
  return new RegExp(rest.replaceAll(/\\x\{([0-9A-Fa-f]+)\}/g, '\\u{$1}').replaceAll('["\']', '["\']'), `${flags}u`);
}

/** As yaml.v3 reads into no particular type: YAML 1.2, where `yes` is a text. Only the first document. */
function fromYaml(text: unknown): unknown {
  const document = parseDocument(String(text), { version: '1.2', merge: true, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) throw new TemplateError(`yaml: ${error.message}`);
  try {
    return document.toJS();
  } catch (cause) {
    throw new TemplateError(`yaml: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function dig(...values: unknown[]): unknown {
  const path = values.slice(0, -2).map(String);
  const found = path.reduce<unknown>((at, key) => own(at, key), values.at(-1));
  return found === undefined ? values.at(-2) : found;
}

function own(map: unknown, key: string): unknown {
  return isRecord(map) && Object.hasOwn(map, key) ? map[key] : undefined;
}

function splitn(separator: unknown, count: unknown, text: unknown): Record<string, string> {
  const parts = String(text).split(String(separator));
  const kept = parts.slice(0, Number(count) - 1);
  const rest = parts.slice(Number(count) - 1);
  const all = rest.length > 0 ? [...kept, rest.join(String(separator))] : kept;
  return Object.fromEntries(all.map((part, at) => [`_${at}`, part]));
}

/** Changes the map itself, as sprig does. */
function set(map: unknown, key: unknown, value: unknown): unknown {
  if (isRecord(map))
    Object.defineProperty(map, String(key), { value, enumerable: true, configurable: true, writable: true });
  return map;
}

/** sprig's reads a date; what is none is how our policies refuse. */
function mustToDate(layout: unknown, text: unknown): never {
  throw new TemplateError(`parsing time "${text}" as "${layout}": cannot parse "${text}" as "${layout}"`);
}

const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) || isRecord(value) ? Object.keys(value).length === 0 : !value;

export const functions: Readonly<Record<string, (...values: unknown[]) => unknown>> = {
  and: (...values) => values.find(isEmpty) ?? values.at(-1),
  contains: (part, text) => String(text).includes(String(part)),
  default: (fallback, value) => (isEmpty(value) ? fallback : value),
  dict: () => ({}),
  dig,
  eq: (one, ...others) => others.includes(one),
  fromYAML: fromYaml,
  get: (map, key) => (isRecord(map) && Object.hasOwn(map, String(key)) ? map[String(key)] : ''),
  hasKey: (map, key) => isRecord(map) && Object.hasOwn(map, String(key)),
  hasSuffix: (part, text) => String(text).endsWith(String(part)),
  lower: (text) => String(text).toLowerCase(),
  mustToDate,
  ne: (one, other) => one !== other,
  not: (value) => isEmpty(value),
  or: (...values) => values.find((value) => !isEmpty(value)) ?? values.at(-1),
  print: (...values) => values.map(goText).join(''),
  printf,
  regexFind: (source, text) => expression(source).exec(String(text))?.[0] ?? '',
  regexMatch: (source, text) => expression(source).test(String(text)),
  set,
  splitn,
  ternary: (yes, no, condition) => (condition === true ? yes : no),
  toRawJson,
};
