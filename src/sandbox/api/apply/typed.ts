/**
 * Values read by their schema: which parts are owned one by one, which whole; and from that what differs, what a
 * configuration names, how two are merged, and how a part is taken out.
 */
import { equal, type Fields, isFields, setField } from '../objects.ts';
import { anything, fieldSchema, type ListSchema, type Schema } from '../schema.ts';
import { badRequest } from '../status.ts';
import { display, elements, type FieldSet, join } from './fieldset.ts';

interface Member {
  readonly element: string;
  readonly schema: Schema;
  readonly value: unknown;
  /** An item of a map or list: owned as such, beside what it holds. */
  readonly item: boolean;
}

/** The parts owned one by one; `undefined` for what is owned whole. */
function members(schema: Schema, value: unknown): Member[] | undefined {
  if (Array.isArray(value)) return schema.type === 'array' ? listMembers(schema, value) : undefined;
  if (!isFields(value) || (schema.type === 'object' && schema.atomic)) return undefined;
  const isMap = schema.type === 'object' && schema.values !== undefined;
  return Object.entries(value).map(([name, item]) => ({
    element: `f:${name}`,
    schema: fieldSchema(schema, name) ?? anything,
    value: item,
    item: isMap,
  }));
}

function listMembers(schema: ListSchema, value: readonly unknown[]): Member[] | undefined {
  if (schema.list === undefined) return undefined;
  return value.map((item) => ({ element: itemElement(schema, item), schema: schema.items, value: item, item: true }));
}

/** `k:{"name":"x"}` or `v:"x"`. Keys left out have their default. */
function itemElement(schema: ListSchema, item: unknown): string {
  if (schema.list === 'set') return `v:${JSON.stringify(item)}`;
  const fields = isFields(item) ? item : {};
  const keys = [...(schema.keys ?? [])].sort();
  const pairs = keys.map((key) => [key, fields[key] ?? fieldSchema(schema.items, key)?.default] as const);
  return `k:${JSON.stringify(Object.fromEntries(pairs.filter(([, value]) => value !== undefined)))}`;
}

/** What a configuration names: the fields its applier will own. 400 for two items with the same key. */
export function fieldsOf(schema: Schema, value: unknown, at = '', into = new Set<string>()): Set<string> {
  const parts = members(schema, value);
  if (parts === undefined) {
    if (at !== '') into.add(at);
    return into;
  }
  if (parts.length === 0 && at !== '') into.add(at);
  const seen = new Set<string>();
  for (const { element, schema: inner, value: item, item: isItem } of parts) {
    const path = join(at, element);
    if (seen.has(element))
      throw badRequest(
        `failed to create typed patch object: ${display(at)}: duplicate entries for key ${display(path)}`,
      );
    seen.add(element);
    if (isItem) into.add(path);
    fieldsOf(inner, item, path, into);
  }
  return into;
}

export interface Comparison {
  readonly added: Set<string>;
  readonly modified: Set<string>;
  readonly removed: Set<string>;
}

/** What became of each field. Something new or gone counts with all it holds. */
export function compare(schema: Schema, before: unknown, after: unknown): Comparison {
  const result: Comparison = { added: new Set(), modified: new Set(), removed: new Set() };
  compareInto(schema, before, after, '', result);
  return result;
}

function compareInto(schema: Schema, before: unknown, after: unknown, at: string, result: Comparison): void {
  // Most of an object is as it was: no need to take that apart.
  if (equal(before, after)) return;
  const old = before === undefined ? [] : members(schema, before);
  const now = after === undefined ? [] : members(schema, after);
  if (before === undefined || (now === undefined) !== (old === undefined)) everyPath(schema, after, at, result.added);
  if (after === undefined || (now === undefined) !== (old === undefined)) everyPath(schema, before, at, result.removed);
  if (before === undefined || after === undefined) return;
  if (old === undefined || now === undefined) {
    if (!equal(before, after)) result.modified.add(at);
    return;
  }
  const was = new Map(old.map((member) => [member.element, member]));
  const is = new Map(now.map((member) => [member.element, member]));
  for (const element of new Set([...was.keys(), ...is.keys()])) {
    const [a, b] = [was.get(element), is.get(element)];
    compareInto(b?.schema ?? a?.schema ?? anything, a?.value, b?.value, join(at, element), result);
  }
}

function everyPath(schema: Schema, value: unknown, at: string, into: Set<string>): void {
  if (value === undefined) return;
  if (at !== '') into.add(at);
  for (const part of members(schema, value) ?? []) everyPath(part.schema, part.value, join(at, part.element), into);
}

/** The live value with what the configuration says in it. */
export function merge(schema: Schema, live: unknown, config: unknown): unknown {
  if (live === undefined) return config;
  const [old, now] = [members(schema, live), members(schema, config)];
  if (old === undefined || now === undefined) return config;
  const was = new Map(old.map((member) => [member.element, member]));
  const merged = now.map(
    (member) => [member.element, merge(member.schema, was.get(member.element)?.value, member.value)] as const,
  );
  if (!Array.isArray(live)) {
    const result: Fields = isFields(live) ? { ...live } : {};
    for (const [element, value] of merged) setField(result, element.slice(2), value);
    return result;
  }
  return mergeItems(old, new Map(merged));
}

/** The configuration's items in its order; items it does not name stay behind the one they stood behind. */
function mergeItems(old: readonly Member[], merged: ReadonlyMap<string, unknown>): unknown[] {
  const result = [...merged];
  let previous: string | undefined;
  for (const { element, value } of old) {
    if (!merged.has(element)) {
      const index = previous === undefined ? 0 : result.findIndex(([other]) => other === previous) + 1;
      result.splice(index, 0, [element, value]);
    }
    previous = element;
  }
  return result.map(([, value]) => value);
}

/** Without the fields at these paths, each with all it holds. */
export function without(schema: Schema, value: unknown, paths: FieldSet): unknown {
  const tree = new Map<string, string[]>();
  for (const path of paths) {
    const [first = '', ...rest] = elements(path);
    tree.set(first, [...(tree.get(first) ?? []), rest.join('\0')]);
  }
  const parts = members(schema, value);
  if (parts === undefined || tree.size === 0) return value;
  const kept = parts.flatMap(({ element, schema: inner, value: item }): [string, unknown][] => {
    const below = tree.get(element);
    if (below === undefined) return [[element, item]];
    return below.includes('') ? [] : [[element, without(inner, item, new Set(below))]];
  });
  if (Array.isArray(value)) return kept.map(([, item]) => item);
  const result: Fields = {};
  for (const [element, item] of kept) setField(result, element.slice(2), item);
  return result;
}
