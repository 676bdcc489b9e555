/** Texts that want to do something to whoever shows or parses them, and documents that have been tampered with. */
import fc from 'fast-check';
import type { Ran } from '../../helpers/harness.ts';

/** Moves a cursor, sets a title, hides what follows, reorders a line, breaks out of a log, a table or a document. */
export const hostileTexts = [
  '\u001b[2J\u001b[31mPWNED',
  '\u001b]0;title\u0007\u001b]8;;http://x\u0007link',
  '\u009b2J\u0085',
  'ok\r\nFAIL  everything',
  'safe\u202egnp.exe',
  '\u0000\u0008\u007f',
  '::set-output name=x::y',
  '"}]}\n---\n- <script>&amp;|`',
  '`touch x`; $(touch x)',
  '\ud800 lone surrogate',
  '__proto__',
  '../../../etc/passwd',
] as const;

const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1e308, '', [], {}, [null], [[]], [{}], { '': '' }),
  fc.constantFrom(...hostileTexts),
  fc.constantFrom<unknown>('x'.repeat(300_000), nested(400), { __proto__x: 1, constructor: { prototype: 1 } }),
  fc.integer(),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
);

function nested(depth: number): unknown {
  return Array.from({ length: depth }).reduce<unknown>((inner) => [inner], 'deep');
}

/** What is done to a document: at a place chosen by a share of all its places. */
export interface Tampering {
  readonly how: 'replaced' | 'added' | 'removed' | 'doubled' | 'poisoned';
  readonly at: number;
  readonly by: unknown;
}

/** Of a whole, evenly. */
export const share = fc.nat({ max: 999_999 }).map((parts) => parts / 1_000_000);
const done = (how: Tampering['how'], by: fc.Arbitrary<unknown>) => fc.record({ how: fc.constant(how), at: share, by });
const one: fc.Arbitrary<Tampering> = fc.oneof(
  { arbitrary: done('replaced', junk), weight: 4 },
  { arbitrary: done('added', junk), weight: 1 },
  { arbitrary: done('removed', fc.constant(undefined)), weight: 2 },
  { arbitrary: done('doubled', fc.constant(undefined)), weight: 1 },
  { arbitrary: done('poisoned', fc.constantFrom(...hostileTexts)), weight: 3 },
);

/** One to three things done to a document. */
export const tamperings: fc.Arbitrary<readonly Tampering[]> = fc.array(one, { minLength: 1, maxLength: 3 });

export function tampered(document: unknown, all: readonly Tampering[]): unknown {
  return all.reduce((left, what) => tamper(structuredClone(left), what), document);
}

interface Place {
  readonly owner: Record<string | number, unknown>;
  readonly key: string | number;
}

function tamper(document: unknown, { how, at, by }: Tampering): unknown {
  const root: Record<string | number, unknown> = { document };
  const places = placesIn(root);
  const { owner, key } = places[Math.floor(at * places.length)] ?? { owner: root, key: 'document' };
  const old = owner[key];
  switch (how) {
    case 'replaced':
      owner[key] = by;
      break;
    case 'removed':
      delete owner[key];
      break;
    case 'doubled':
      owner[key] = [old, old];
      break;
    case 'poisoned':
      owner[key] = `${String(old).slice(0, 80)}${String(by)}`;
      break;
    case 'added':
      owner[key] = { ...(isObject(old) ? old : {}), [String(key)]: by };
  }
  return root.document ?? null;
}

function placesIn(value: unknown): Place[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [{ owner: value, key }, ...placesIn(inner)]);
}

/** A list too. */
function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Whatever a terminal would obey; the line feed is none. */
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** `    at function (file.ts:1:2)` */
const stack = /^\s+at .*:\d+:\d+\)?$/m;
/** What cli.md lets a run end with; 70 is our bug. */
const ends = new Set([0, 2, 3, 4, 5, 6, 7, 8, 64, 65, 69, 77]);

/** Why a run is not one that a person can live with. */
export function unbearable({ exitCode, stdout, stderr }: Pick<Ran, 'exitCode' | 'stdout' | 'stderr'>): string[] {
  const said = stdout + stderr;
  const sequence = obeyed.exec(said);
  return [
    ...(ends.has(exitCode) ? [] : [`exit ${exitCode}`]),
    ...(/\bBUG\b/.test(said) ? [said.slice(said.search(/\bBUG\b/)).slice(0, 700)] : []),
    ...(stack.test(said) ? [`a stack: ${stack.exec(said)?.[0]}`] : []),
    ...(sequence === null
      ? []
      : [`a terminal obeys ${JSON.stringify(said.slice(Math.max(0, sequence.index - 80), sequence.index + 20))}`]),
  ];
}
