/** Where the parts of a YAML document stand in its text, and how new parts are written: what `yaml-edits.ts` cuts along. */
import { type CST, isAlias, isCollection, isScalar, type Pair, type YAMLSeq } from 'yaml';

/** One item to put into a list: its value, and its text in block style without the dash. */
export interface ListItem {
  readonly value: unknown;
  readonly text: string;
}

/** Why a document, though it parses, cannot be edited. `offset` points into its text. */
export class EditRefused extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'EditRefused';
    this.offset = offset;
  }
}

/** Replaces the text from `at` to `end`. */
export interface Splice {
  readonly at: number;
  readonly end: number;
  readonly text: string;
}
export type RootPair = Pair<unknown, unknown>;
export type Range = readonly [number, number, number];

export function rangeOf(node: unknown): Range {
  if (isScalar(node) || isCollection(node) || isAlias(node)) {
    if (node.range !== null && node.range !== undefined) return node.range;
  }
  throw new EditRefused('a node without a place in the text', 0);
}

export function isNull(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}

export function colonOf(pair: RootPair): number {
  const source = pair.srcToken;
  const colon = source?.sep?.find((token: CST.SourceToken) => token.type === 'map-value-ind');
  if (colon === undefined) throw new EditRefused('a key without a value', rangeOf(pair.key)[0]);
  return colon.offset + 1;
}

export function pairSpan(pair: RootPair): { at: number; end: number } {
  const at = rangeOf(pair.key)[0];
  return { at, end: rangeOf(pair.value ?? pair.key)[1] };
}

/** Lines of each item of a block list, dash to end of line. */
export function itemSpans(text: string, list: YAMLSeq): { at: number; end: number; indent: string }[] {
  const source = list.srcToken;
  return list.items.map((item, index) => {
    const tokens = source !== undefined && 'items' in source ? source.items[index]?.start : undefined;
    const dash = tokens?.find((token) => token.type === 'seq-item-ind')?.offset;
    if (dash === undefined) throw new EditRefused('a list item without a dash', rangeOf(list)[0]);
    const at = lineStart(text, dash);
    return { at, end: lineEnd(text, Math.max(dash + 1, rangeOf(item)[1])), indent: text.slice(at, dash) };
  });
}

export function blockItems(items: readonly ListItem[], indent: string, eol: string): string {
  const lines = items.flatMap((item) =>
    item.text.split('\n').map((line, index) => (line === '' ? '' : `${indent}${index === 0 ? '- ' : '  '}${line}`)),
  );
  return lines.map((line) => line + eol).join('');
}

export function flowItems(items: readonly ListItem[], open: string, close: string): string {
  return open + items.map((item) => JSON.stringify(item.value)).join(', ') + close;
}

export function spanAt<T>(spans: readonly T[], index: number): T {
  const span = spans[index];
  if (span === undefined) throw new EditRefused('no such list item', 0);
  return span;
}

export const removal = (span: { at: number; end: number }): Splice => ({ at: span.at, end: span.end, text: '' });
export const endsLine = (text: string, offset: number): boolean => offset > 0 && text[offset - 1] === '\n';
export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** The start of the line after the one that `offset` ends in. */
export function lineEnd(text: string, offset: number): number {
  if (endsLine(text, offset)) return offset;
  const next = text.indexOf('\n', offset);
  return next === -1 ? text.length : next + 1;
}
