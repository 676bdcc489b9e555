/** The words of the schema table. */
import { anything, type ListSchema, type ObjectSchema, type ScalarSchema, type Schema } from '../schema.ts';

type Bounds = Omit<ScalarSchema, 'type'>;

export const text: ScalarSchema = { type: 'string' };
export const integer: ScalarSchema = { type: 'integer' };
export const flag: ScalarSchema = { type: 'boolean' };
export const quantity: ScalarSchema = { type: 'int-or-string' };

export const textWith = (bounds: Bounds): ScalarSchema => ({ type: 'string', ...bounds });
export const integerWith = (bounds: Bounds): ScalarSchema => ({ type: 'integer', ...bounds });
export const flagWith = (value: boolean): ScalarSchema => ({ type: 'boolean', default: value });

/** Exactly these fields. */
export const object = (fields: ObjectSchema['fields'], more: Partial<ObjectSchema> = {}): ObjectSchema => ({
  type: 'object',
  fields,
  ...more,
});
/** These fields, and any other. */
export const open = (fields: ObjectSchema['fields'] = {}): ObjectSchema => ({ type: 'object', fields, open: true });
export const mapOf = (values: Schema): ObjectSchema => ({ type: 'object', fields: {}, values });
/** A map owned and replaced whole. */
export const atomicMap: ObjectSchema = { type: 'object', fields: {}, values: anything, atomic: true };
/** A list owned and replaced whole. */
export const listOf = (items: Schema): ListSchema => ({ type: 'array', items });
export const setOf = (items: Schema): ListSchema => ({ type: 'array', items, list: 'set' });
/** A list whose items are told apart by these fields. */
export const listBy = (keys: readonly string[], fields: ObjectSchema['fields'] = {}): ListSchema => ({
  type: 'array',
  items: open({ ...Object.fromEntries(keys.map((key) => [key, anything])), ...fields }),
  list: 'map',
  keys,
});
