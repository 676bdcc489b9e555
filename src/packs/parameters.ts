/** The parameters of a pack: typed, with defaults; all that is wrong told at once. */
import { parseDuration } from '../config/duration.ts';
import { didYouMean } from '../config/suggest.ts';
import type { ParameterSource } from './schema.ts';

/** Values by name, complete; or what is wrong, a line each. `timestamp` values come out as seconds since the epoch. */
export function readParameters(
  declared: Readonly<Record<string, ParameterSource>>,
  given: Readonly<Record<string, unknown>>,
): { readonly values: Record<string, unknown>; readonly wrong: string[] } {
  const values: Record<string, unknown> = {};
  const wrong = Object.keys(given)
    .filter((name) => !Object.hasOwn(declared, name))
    .map((name) => `${name}: no such parameter${didYouMean(name, Object.keys(declared))}`);
  for (const [name, source] of Object.entries(declared)) {
    const value = given[name] ?? source.default;
    if (value === undefined || value === null) {
      wrong.push(`${name}: is missing (${source.type}): ${source.description}`);
      continue;
    }
    const read = readValue(source, value);
    if ('wrong' in read) wrong.push(`${name}: ${read.wrong}`);
    else values[name] = read.value;
  }
  return { values, wrong };
}

/** A parameter somebody has to give: there is no value to fall back to. */
export interface RequiredParameter {
  readonly name: string;
  readonly description: string;
  /** What a typed answer means, as it is to be written down; or what is wrong with it. */
  read(text: string): Read;
}

/** Every parameter without a default, in the order of the pack. */
export function requiredParameters(declared: Readonly<Record<string, ParameterSource>>): RequiredParameter[] {
  return Object.entries(declared)
    .filter(([, source]) => source.default === undefined || source.default === null)
    .map(([name, source]) => ({
      name,
      description: source.description,
      read(text) {
        const value = typed(source.type, text.trim());
        const read = readValue(source, value);
        return 'wrong' in read ? read : { value };
      },
    }));
}

/** Text is all a person can type: numbers, switches and lists (by comma, or JSON) are made of it. */
function typed(type: ParameterSource['type'], text: string): unknown {
  switch (type) {
    case 'number':
    case 'integer':
      return text === '' ? text : Number(text);
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'list':
      return text.startsWith('[')
        ? jsonOf(text)
        : text
            .split(',')
            .map((word) => word.trim())
            .filter(Boolean);
    default:
      return text;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is not a list: the reader of lists says so.
    return text;
  }
}

type Read = { readonly value: unknown } | { readonly wrong: string };

function readValue(source: ParameterSource, value: unknown): Read {
  const read = readers[source.type](value);
  if ('wrong' in read || source.pattern === undefined) return read;
  const matches = new RegExp(`^(?:${source.pattern})$`).test(String(read.value));
  return matches ? read : { wrong: `must match ${source.pattern}` };
}

const readers: Readonly<Record<ParameterSource['type'], (value: unknown) => Read>> = {
  string: (value) => (typeof value === 'string' ? { value } : { wrong: 'must be text; put it in quotes' }),
  number: (value) => numberOf(value, Number.isFinite, 'must be a number'),
  integer: (value) => numberOf(value, Number.isInteger, 'must be a whole number'),
  boolean: (value) => (typeof value === 'boolean' ? { value } : { wrong: 'must be true or false' }),
  duration: (value) =>
    typeof value === 'string' && (parseDuration(value) ?? 0) > 0
      ? { value }
      : { wrong: 'must be a duration such as 5m' },
  timestamp: readTimestamp,
  list: (value) => (Array.isArray(value) && value.length > 0 ? { value } : { wrong: 'must be a list with members' }),
};

function numberOf(value: unknown, is: (number: number) => boolean, wrong: string): Read {
  return typeof value === 'number' && is(value) ? { value } : { wrong };
}

/** Seconds since the epoch, or a date with time and zone: `2024-10-04T15:15:00+02:00`. */
function readTimestamp(value: unknown): Read {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return { value };
  const text = value instanceof Date ? value.toISOString() : value;
  const milliseconds =
    typeof text === 'string' && /T.*(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds)) return { wrong: 'must be a time with its zone, such as 2024-10-04T15:15:00+02:00' };
  return { value: Math.round(milliseconds / 1000) };
}
