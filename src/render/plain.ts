/**
 * The door of every renderer: texts that came from elsewhere (an object's name, an operator's message, a server's error)
 * must not be able to move the cursor, repaint a verdict or reorder what is read.
 */
import { stripVTControlCharacters } from 'node:util';

/** Control characters besides the line feed, marks that reorder text, and the replacement for broken encodings. */
const harmful = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** The same without a memory of where it was last found. */
const anyHarmful = new RegExp(harmful.source);

/** The text without anything a terminal would obey. Line feeds stay. */
export function plainText(text: string): string {
  // Every sequence a terminal obeys begins with one of them; of a fleet's hundred thousand texts hardly one has any.
  if (!anyHarmful.test(text)) return text;
  return stripVTControlCharacters(text)
    .replaceAll('\r\n', '\n')
    .replace(harmful, (character) => (character === '\t' ? ' ' : ''));
}

/** Every text inside plain data, made plain; the shape stays. */
export function plain<T>(value: T): T {
  return walk(value) as T;
}

/** What is plain already stays the very same: of a fleet's rows hardly one is not, and copying all of them is felt. */
function walk(value: unknown): unknown {
  if (isPlain(value)) return value;
  if (typeof value === 'string') return plainText(value);
  if (Array.isArray(value)) return value.map(walk);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [plainText(key), walk(entry)]));
  }
  return value;
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return !anyHarmful.test(value);
  if (value === null || typeof value !== 'object') return true;
  if (Array.isArray(value)) return value.every(isPlain);
  return Object.keys(value).every(isPlain) && Object.values(value).every(isPlain);
}

/** As JSON. What a terminal would obey is escaped, so that a reader gets the very text and a terminal nothing to do. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(harmful, (character) =>
    character === '\t' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const replacements: readonly (readonly [RegExp, string])[] = [
  [/[‘’]/g, "'"],
  [/[“”]/g, '"'],
  [/[–—]/g, '-'],
  [/…/g, '...'],
  [/×/g, 'x'],
  [/≥/g, '>='],
  [/≤/g, '<='],
];

/** The text for a terminal that shows nothing but ASCII. */
export function asciiText(text: string): string {
  const spelled = replacements.reduce((done, [pattern, letters]) => done.replace(pattern, letters), text);
  return spelled
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\n\u001b -~]/gu, '?');
}
