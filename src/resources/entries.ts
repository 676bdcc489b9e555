/**
 * What in a shared document is ours, kept in one annotation on its ConfigMap: per owner, data key and list, the names of the
 * items with a fingerprint of each. Two teams' installations on one hub are two owners and do not notice each other.
 */
import { createHash } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { Problem } from '../engine/problem.ts';
import { isMapping } from './document.ts';
import { marks } from './marks.ts';

/** Item name: fingerprint of its value. */
export type Recorded = Readonly<Record<string, string>>;
/** Owner, data key, list: what is recorded. */
export type Entries = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Recorded>>>>>>;

/** Under which name entries of a configuration are kept. No object's name has a colon: a team is no installation. */
export function ownerOf({ team, observability }: Pick<Config, 'team' | 'observability'>): string {
  return team === undefined ? observability.name : `team:${team}`;
}

/** What the annotation says. Throws `document-invalid` when somebody made it unreadable: nothing may be guessed then. */
export function readEntries(annotations: Readonly<Record<string, string>>): Entries {
  const text = annotations[marks.entries];
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unreadable(cause);
  }
  if (!isEntries(value)) throw unreadable(undefined);
  return value;
}

/** The annotations with these entries; without the annotation when there are none. */
export function writeEntries(annotations: Readonly<Record<string, string>>, entries: Entries): Record<string, string> {
  const { [marks.entries]: _before, ...rest } = annotations;
  const kept = prune(entries);
  return Object.keys(kept).length === 0 ? rest : { ...rest, [marks.entries]: JSON.stringify(kept) };
}

/** Enough to tell whether a person changed an item since. */
export function fingerprint(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);
}

/** The owners other than `owner` that claim an item of a list. */
export function otherOwners(entries: Entries, owner: string, dataKey: string, list: string, item: string): string[] {
  return Object.entries(entries)
    .filter(([name, keys]) => name !== owner && Object.hasOwn(keys[dataKey]?.[list] ?? {}, item))
    .map(([name]) => name);
}

function unreadable(cause: unknown): Problem {
  return new Problem('document-invalid', `The annotation ${marks.entries} cannot be read: what is ours is unknown.`, {
    fix: `Remove the annotation: what it named stays, as somebody else's, and apply takes up what is missing.`,
    ...(cause === undefined ? {} : { cause }),
  });
}

function isEntries(value: unknown): value is Entries {
  const every = (inner: unknown, is: (entry: unknown) => boolean) => isMapping(inner) && Object.values(inner).every(is);
  return every(value, (keys) =>
    every(keys, (lists) => every(lists, (items) => every(items, (hash) => typeof hash === 'string'))),
  );
}

/** Without owners, keys and lists that hold nothing; in one order, so that the same entries are the same text. */
function prune(entries: Entries): Record<string, unknown> {
  const filled = (record: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(record)
        .map(([name, inner]) => [name, isMapping(inner) ? filled(inner) : inner] as const)
        .filter(([, inner]) => !isMapping(inner) || Object.keys(inner).length > 0)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  return filled(entries);
}
