/** The keys of the configuration, read off the schema: what variables, flags, help and origins are named after. */
import * as z from 'zod';
import { configSchema } from './schema.ts';

/** How a key's value is written where only text can be: in a variable or a flag. */
export type Form = 'text' | 'number' | 'boolean' | 'list' | 'map';

/** One key that holds a value; lists and maps are one value. */
export interface ConfigKey {
  /** `storage.bucket` */
  readonly path: string;
  readonly form: Form;
  readonly description: string;
  readonly schema: z.ZodType;
}

/** Every key but `apiVersion`, in the order of the schema. */
export const configKeys: readonly ConfigKey[] = [...walk(configSchema, [], '')].filter(
  ({ path }) => path !== 'apiVersion',
);

const byPath = new Map(configKeys.map((key) => [key.path, key]));

export function configKey(path: string): ConfigKey | undefined {
  return byPath.get(path);
}

/** The keys a mapping of the schema may have; empty where anything goes or nothing is nested. */
export function keysBelow(path: readonly (string | number)[]): string[] {
  let schema: unknown = configSchema;
  for (const step of path) {
    const inner = bare(schema);
    if (inner instanceof z.ZodObject) schema = inner.shape[String(step)];
    else if (inner instanceof z.ZodArray) schema = inner.element;
    else return [];
  }
  return shapes(bare(schema)).flatMap((shape) => Object.keys(shape));
}

function shapes(schema: unknown): Record<string, unknown>[] {
  if (schema instanceof z.ZodObject) return [schema.shape];
  return schema instanceof z.ZodUnion ? schema.options.flatMap((option) => shapes(bare(option))) : [];
}

function* walk(schema: z.ZodType, path: readonly string[], inherited: string): Generator<ConfigKey> {
  const inner = bare(schema);
  const description = schema.description ?? inherited;
  if (inner instanceof z.ZodObject) {
    for (const [name, child] of Object.entries(inner.shape)) {
      if (child instanceof z.ZodType) yield* walk(child, [...path, name], description);
    }
  } else {
    yield { path: path.join('.'), form: formOf(inner), description, schema };
  }
}

/** The schema below defaults and optionality. */
function bare(schema: unknown): unknown {
  let inner = schema;
  while (
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodPrefault ||
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodExactOptional
  ) {
    inner = inner.def.innerType;
  }
  return inner;
}

function formOf(schema: unknown): Form {
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodLiteral) return schema.values.has(true) ? 'boolean' : 'text';
  if (schema instanceof z.ZodArray) return 'list';
  return schema instanceof z.ZodRecord ? 'map' : 'text';
}
