/** Turns what the schema finds wrong into lines that name a place and say what to write instead. */
import type * as z from 'zod';
import { configKeys, keysBelow } from './keys.ts';
import { type Issue, pathText } from './origin.ts';
import { didYouMean, suggest } from './suggest.ts';

type SchemaIssue = z.core.$ZodIssue;
type Place = (path: readonly PropertyKey[], of: 'key' | 'value') => string;

/** More lines help nobody; a file of garbage could have a hundred thousand. */
const most = 50;

/** One issue for each thing wrong, in the order of the schema; at most 50 and a line that counts the rest. */
export function schemaIssues(found: readonly SchemaIssue[], place: Place, base: readonly PropertyKey[] = []): Issue[] {
  const single = found.flatMap((issue) => atoms(issue, base));
  const issues = single.slice(0, most).map((atom) => describe(atom, place));
  const last = issues.at(-1);
  if (last !== undefined && single.length > most) {
    issues.push({ code: last.code, place: last.place, message: `and ${single.length - most} more` });
  }
  return issues;
}

interface Atom {
  readonly issue: SchemaIssue;
  readonly path: readonly PropertyKey[];
  /** The unknown key, for an issue about one. */
  readonly key?: string;
}

/** Several unknown keys are several issues; of a union's branches, the one that got furthest speaks. */
function atoms(issue: SchemaIssue, base: readonly PropertyKey[]): Atom[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ issue, path: [...path, key], key }));
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.find((errors) => errors.every((error) => error.path.length > 0 || !isTypeIssue(error)));
    if (branch !== undefined) return branch.flatMap((error) => atoms(error, path));
  }
  return [{ issue, path }];
}

function isTypeIssue(issue: SchemaIssue): boolean {
  return issue.code === 'invalid_type';
}

function describe({ issue, path, key }: Atom, place: Place): Issue {
  return {
    code: 'configuration-invalid',
    place: place(path, key === undefined ? 'value' : 'key'),
    path: pathText(path),
    message: key === undefined ? messageOf(issue) : `unknown key${hint(key, path.slice(0, -1))}`,
  };
}

/** The nearest key here; else the same key elsewhere, for one that slipped to another level. */
function hint(key: string, parent: readonly PropertyKey[]): string {
  const steps = parent.map((step) => (typeof step === 'number' ? step : String(step)));
  const near = suggest(key, keysBelow(steps));
  if (near !== undefined) return `; did you mean ${near}?`;
  const elsewhere = configKeys.find(({ path }) => path.split('.').at(-1) === key);
  return elsewhere === undefined ? '' : `; did you mean ${elsewhere.path}?`;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

function messageOf(issue: SchemaIssue): string {
  if (issue.code === 'invalid_type') {
    if (/^must /.test(issue.message)) return issue.message;
    const wanted = kinds[issue.expected] ?? issue.expected;
    const got = issue.message.split(', received ')[1];
    if (got === 'undefined') return 'is missing';
    if (got === 'null') return `is empty; it must be ${wanted}`;
    const quotes = issue.expected === 'string' && (got === 'number' || got === 'boolean') ? '; put it in quotes' : '';
    return `must be ${wanted}${quotes}`;
  }
  if (issue.code === 'invalid_value' && !/^must /.test(issue.message)) {
    return `must be one of ${issue.values.map(String).join(', ')}`;
  }
  return issue.message;
}

/** For a key given as text by a flag or a variable. */
export function unknownKey(path: string): string {
  return `unknown key${didYouMean(
    path,
    configKeys.map((known) => known.path),
  )}`;
}
