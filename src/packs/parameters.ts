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
