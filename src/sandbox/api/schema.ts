/**
 * Schemas: what the fields of a kind are. From one description come pruning, defaults, bounds, and how lists are merged
 * and owned (server-side apply, strategic merge).
 */
import { isFields, mapped, mappedFields, setField } from './objects.ts';
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
    return mapped(value, (item, index) => prune(schema.items, item, unknown, `${path}[${index}]`));
  }
  if (!isFields(value) || schema.type !== 'object') return value;
  return mappedFields(value, (name, item) => {
    const inner = fieldSchema(schema, name);
    if (inner === anything) return item;
    const where = path === '' ? name : `${path}.${name}`;
    if (inner !== undefined) return prune(inner, item, unknown, where);
    unknown.push(where);
    return undefined;
  });
}

/** With every default of what is there filled in. */
export function fillDefaults(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value))
    return schema.type === 'array' ? mapped(value, (item) => fillDefaults(schema.items, item)) : value;
  if (!isFields(value) || schema.type !== 'object') return value;
  let all = value;
  for (const [name, field] of Object.entries(schema.fields)) {
    if (field.default === undefined || value[name] !== undefined) continue;
    if (all === value) all = { ...value };
    setField(all, name, field.default);
  }
  return mappedFields(all, (name, item) => fillDefaults(fieldSchema(schema, name) ?? anything, item));
}

/** What is wrong with a value, in the words of the API server. */
export function validate(schema: Schema, value: unknown, path: string, causes: Cause[] = []): Cause[] {
  if (schema.type === 'any') return causes;
  const mistyped = wrongType(schema, value, path);
  if (mistyped) causes.push(mistyped);
  else if (schema.type === 'array') {
    for (const [index, item] of asList(value).entries()) validate(schema.items, item, `${path}[${index}]`, causes);
  } else if (schema.type !== 'object') validateScalar(schema, value, path, causes);
  else {
    const fields = isFields(value) ? value : {};
    const join = (name: string): string => (path === '' ? name : `${path}.${name}`);
    for (const name of schema.required ?? []) {
      if (fields[name] !== undefined) continue;
      causes.push({ reason: 'FieldValueRequired', message: 'Required value', field: join(name) });
    }
    for (const name of Object.keys(fields)) {
      const inner = fieldSchema(schema, name) ?? anything;
      if (inner !== anything) validate(inner, fields[name], join(name), causes);
    }
  }
  return causes;
}

function validateScalar(schema: ScalarSchema, value: unknown, path: string, causes: Cause[]): void {
  const bad = (because: string): Cause => ({
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${JSON.stringify(value)}: ${path} in body ${because}`,
    field: path,
  });
  const { minimum, maximum, minLength, maxLength, pattern } = schema;
  if (typeof value === 'number') {
    if (minimum !== undefined && value < minimum) causes.push(bad(`should be greater than or equal to ${minimum}`));
    if (maximum !== undefined && value > maximum) causes.push(bad(`should be less than or equal to ${maximum}`));
  }
  if (typeof value !== 'string') return;
  if (minLength !== undefined && value.length < minLength)
    causes.push(bad(`should be at least ${minLength} chars long`));
  if (maxLength !== undefined && value.length > maxLength)
    causes.push(bad(`should be at most ${maxLength} chars long`));
  if (pattern !== undefined && !new RegExp(pattern).test(value)) causes.push(bad(`should match '${pattern}'`));
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    const supported = schema.enum.map((item) => JSON.stringify(item)).join(', ');
    const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
    causes.push({ reason: 'FieldValueNotSupported', message, field: path });
  }
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
