/**
 * Schemas: what the fields of a kind are. From one description come pruning, defaults, bounds, and how lists are merged
 * and owned (server-side apply, strategic merge).
 */
import { type Fields, isFields } from './objects.ts';
import type { Cause } from './status.ts';

export interface ObjectSchema {
  readonly type: 'object';
  readonly fields: Readonly<Record<string, Schema>>;
  /** A map: every other key holds one of these. */
  readonly values?: Schema;
  /** Fields we do not describe are kept as they are. */
  readonly open?: boolean;
  readonly required?: readonly string[];
  /** Owned and replaced as a whole. */
  readonly atomic?: boolean;
  readonly default?: unknown;
}

export interface ListSchema {
  readonly type: 'array';
  readonly items: Schema;
  /** Absent: owned and replaced as a whole. */
  readonly list?: 'set' | 'map';
  /** What tells the items of a `map` apart; the first is also the merge key of a strategic merge patch. */
  readonly keys?: readonly string[];
  readonly default?: unknown;
}

export interface ScalarSchema {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'int-or-string';
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/** Anything at all: what we do not describe. */
export interface OpenSchema {
  readonly type: 'any';
  readonly default?: unknown;
}

export type Schema = ObjectSchema | ListSchema | ScalarSchema | OpenSchema;

export const anything: OpenSchema = { type: 'any' };

/** The schema of one field; `undefined`: no such field. */
export function fieldSchema(schema: Schema, name: string): Schema | undefined {
  if (schema.type === 'any') return anything;
  if (schema.type !== 'object') return undefined;
  const own = Object.hasOwn(schema.fields, name) ? schema.fields[name] : undefined;
  return own ?? schema.values ?? (schema.open ? anything : undefined);
}

/** Without the fields nobody knows; their paths are added to `unknown`. */
export function prune(schema: Schema, value: unknown, unknown: string[] = [], path = ''): unknown {
  if (Array.isArray(value)) {
    if (schema.type !== 'array') return value;
    return value.map((item, index) => prune(schema.items, item, unknown, `${path}[${index}]`));
  }
  if (!isFields(value) || schema.type !== 'object') return value;
  const kept = Object.entries(value).flatMap(([name, item]): [string, unknown][] => {
    const inner = fieldSchema(schema, name);
    const where = path === '' ? name : `${path}.${name}`;
    if (inner !== undefined) return [[name, prune(inner, item, unknown, where)]];
    unknown.push(where);
    return [];
  });
  return Object.fromEntries(kept);
}

/** With every default of what is there filled in. */
export function fillDefaults(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value))
    return schema.type === 'array' ? value.map((item) => fillDefaults(schema.items, item)) : value;
  if (!isFields(value) || schema.type !== 'object') return value;
  const missing = Object.entries(schema.fields).filter(
    ([name, field]) => field.default !== undefined && value[name] === undefined,
  );
  const all: Fields = { ...value, ...Object.fromEntries(missing.map(([name, field]) => [name, field.default])) };
  return Object.fromEntries(
    Object.entries(all).map(([name, item]) => [name, fillDefaults(fieldSchema(schema, name) ?? anything, item)]),
  );
}

/** What is wrong with a value, in the words of the API server. */
export function validate(schema: Schema, value: unknown, path: string): Cause[] {
  if (schema.type === 'any') return [];
  const mistyped = wrongType(schema, value, path);
  if (mistyped) return [mistyped];
  if (schema.type === 'array') {
    return asList(value).flatMap((item, index) => validate(schema.items, item, `${path}[${index}]`));
  }
  if (schema.type !== 'object') return validateScalar(schema, value, path);
  const fields = isFields(value) ? value : {};
  const join = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const missing = (schema.required ?? []).filter((name) => fields[name] === undefined);
  return [
    ...missing.map((name) => ({ reason: 'FieldValueRequired', message: 'Required value', field: join(name) })),
    ...Object.entries(fields).flatMap(([name, item]) =>
      validate(fieldSchema(schema, name) ?? anything, item, join(name)),
    ),
  ];
}

function validateScalar(schema: ScalarSchema, value: unknown, path: string): Cause[] {
  const shown = JSON.stringify(value);
  const bad = (because: string): Cause => ({
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${shown}: ${path} in body ${because}`,
    field: path,
  });
  const { minimum, maximum, minLength, maxLength, pattern } = schema;
  const causes: Cause[] = [];
  if (typeof value === 'number') {
    if (minimum !== undefined && value < minimum) causes.push(bad(`should be greater than or equal to ${minimum}`));
    if (maximum !== undefined && value > maximum) causes.push(bad(`should be less than or equal to ${maximum}`));
  }
  if (typeof value !== 'string') return causes;
  if (minLength !== undefined && value.length < minLength)
    causes.push(bad(`should be at least ${minLength} chars long`));
  if (maxLength !== undefined && value.length > maxLength)
    causes.push(bad(`should be at most ${maxLength} chars long`));
  if (pattern !== undefined && !new RegExp(pattern).test(value)) causes.push(bad(`should match '${pattern}'`));
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    const supported = schema.enum.map((item) => JSON.stringify(item)).join(', ');
    const message = `Unsupported value: ${shown}: supported values: ${supported}`;
    causes.push({ reason: 'FieldValueNotSupported', message, field: path });
  }
  return causes;
}

function wrongType(schema: ListSchema | ObjectSchema | ScalarSchema, value: unknown, path: string): Cause | undefined {
  if (isOfType(schema.type, value)) return undefined;
  const actual = typeName(value);
  return {
    reason: 'FieldValueTypeInvalid',
    message: `Invalid value: "${actual}": ${path} in body must be of type ${schema.type}: "${actual}"`,
    field: path,
  };
}

function isOfType(type: Exclude<Schema['type'], 'any'>, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isFields(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'int-or-string') return typeof value === 'string' || Number.isInteger(value);
  return typeof value === type;
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
