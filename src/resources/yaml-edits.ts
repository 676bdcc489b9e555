/**
 * Small edits to the text of a YAML mapping, as splices: every byte outside an edit stays as it was, with its comments,
 * order, quotes, line ends and number spellings. A whole-document re-print would turn `1_000` into `1000` and CRLF into LF.
 */
import { type Document, isAlias, isCollection, isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import {
  blockItems,
  colonOf,
  EditRefused,
  endsLine,
  flowItems,
  isNull,
  itemSpans,
  type ListItem,
  lineEnd,
  lineStart,
  pairSpan,
  type Range,
  type RootPair,
  rangeOf,
  removal,
  type Splice,
  spanAt,
} from './yaml-spans.ts';

/** An edit of one top-level key. Indexes are those of the list before any edit. */
export type Edit =
  | { readonly kind: 'set'; readonly key: string; readonly value: boolean | string | number }
  | { readonly kind: 'unset'; readonly key: string }
  | { readonly kind: 'rename'; readonly key: string; readonly to: string }
  | {
      readonly kind: 'list';
      readonly key: string;
      readonly drop: readonly number[];
      readonly replace: ReadonlyMap<number, ListItem>;
      readonly add: readonly ListItem[];
    };
type ListEdit = Extract<Edit, { kind: 'list' }>;

/** The text after the edits. The caller checks its meaning: this only cuts and pastes. */
export function applyEdits(text: string, document: Document.Parsed, edits: readonly Edit[]): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const root = document.contents;
  const splices: Splice[] = [];
  const fresh: Edit[] = [];
  for (const edit of edits) {
    const pair = isMap(root) ? findPair(root, edit.key) : undefined;
    if (isMap(root) && pair !== undefined) splices.push(...editPair(text, root, pair, edit, eol));
    else if (edit.kind === 'set' || (edit.kind === 'list' && edit.add.length > 0)) fresh.push(edit);
  }
  if (fresh.length > 0) {
    if (isMap(root) && root.flow === true) splices.push(...freshFlowKeys(root, fresh));
    else splices.push(...freshBlockKeys(text, document, fresh, eol));
  }
  return paste(text, splices);
}

function paste(text: string, splices: readonly Splice[]): string {
  const ordered = [...splices].sort((a, b) => a.at - b.at);
  let result = '';
  let position = 0;
  for (const splice of ordered) {
    if (splice.at < position) throw new EditRefused('two edits touch the same place', splice.at);
    result += text.slice(position, splice.at) + splice.text;
    position = splice.end;
  }
  return result + text.slice(position);
}

function findPair(root: YAMLMap, key: string): RootPair | undefined {
  return root.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}

function editPair(text: string, root: YAMLMap, pair: RootPair, edit: Edit, eol: string): Splice[] {
  switch (edit.kind) {
    case 'set':
      return [setValue(pair, JSON.stringify(edit.value))];
    case 'rename':
      return [rename(text, pair, edit.to)];
    case 'unset':
      return root.flow === true ? unsetFlow(root, pair) : unsetBlock(text, pair);
    case 'list':
      return editList(text, root, pair, edit, eol);
  }
}

function setValue(pair: RootPair, value: string): Splice {
  const [start, end] = rangeOf(pair.value ?? pair.key);
  if (isCollection(pair.value)) throw new EditRefused('the value is a list or a mapping', start);
  if (start !== end && pair.value) return { at: start, end, text: value };
  const colon = colonOf(pair);
  return { at: colon, end: colon, text: ` ${value}` };
}

function rename(text: string, pair: RootPair, to: string): Splice {
  const [at, end] = rangeOf(pair.key);
  return { at, end, text: text[at] === '"' ? JSON.stringify(to) : to };
}

/** A key goes with its lines; comment lines between the items of its list stay. */
function unsetBlock(text: string, pair: RootPair): Splice[] {
  const [start, keyEnd] = rangeOf(pair.key);
  const at = lineStart(text, start);
  if (isSeq(pair.value) && pair.value.flow !== true) {
    return [{ at, end: lineEnd(text, keyEnd), text: '' }, ...itemSpans(text, pair.value).map(removal)];
  }
  return [{ at, end: lineEnd(text, rangeOf(pair.value ?? pair.key)[1]), text: '' }];
}

function unsetFlow(root: YAMLMap, pair: RootPair): Splice[] {
  const spans = root.items.map(pairSpan);
  return dropFlow(spans, new Set([root.items.indexOf(pair)]), rangeOf(root));
}

function editList(text: string, root: YAMLMap, pair: RootPair, edit: ListEdit, eol: string): Splice[] {
  const list = pair.value;
  if (isSeq(list)) {
    const remaining = list.items.length - edit.drop.length + edit.add.length;
    if (remaining === 0) return root.flow === true ? unsetFlow(root, pair) : unsetBlock(text, pair);
    if (list.flow !== true) return editBlockList(text, list, edit, eol);
    if (list.items.length > 0 || root.flow === true) return editFlowList(list, edit);
    return [{ at: colonOf(pair), end: rangeOf(list)[1], text: '' }, openList(text, pair, edit, eol)];
  }
  const [start, end] = rangeOf(list ?? pair.key);
  if (isAlias(list) || !isNull(list)) throw new EditRefused(`"${edit.key}" is not a list`, start);
  if (root.flow === true) return [setValue(pair, flowItems(edit.add, '[', ']'))];
  const open = openList(text, pair, edit, eol);
  return start === end ? [open] : [{ at: colonOf(pair), end, text: '' }, open];
}

/** Items below a key that has none yet, from the line after it. */
function openList(text: string, pair: RootPair, edit: ListEdit, eol: string): Splice {
  const colon = colonOf(pair);
  const at = lineEnd(text, colon);
  const [start] = rangeOf(pair.key);
  const block = blockItems(edit.add, text.slice(lineStart(text, start), start), eol);
  return { at, end: at, text: endsLine(text, at) ? block : eol + block };
}

function editBlockList(text: string, list: YAMLSeq, edit: ListEdit, eol: string): Splice[] {
  const spans = itemSpans(text, list);
  const first = spans[0];
  const last = spans.at(-1);
  if (first === undefined || last === undefined) throw new EditRefused('an empty block list', rangeOf(list)[0]);
  const splices = edit.drop.map((index) => removal(spanAt(spans, index)));
  for (const [index, item] of edit.replace) {
    splices.push({ ...spanAt(spans, index), text: blockItems([item], first.indent, eol) });
  }
  // A last line without its end may be a block scalar that would gain a newline: then the new items come first.
  const at = endsLine(text, last.end) ? last.end : first.at;
  if (edit.add.length > 0) splices.push({ at, end: at, text: blockItems(edit.add, first.indent, eol) });
  return splices;
}

function editFlowList(list: YAMLSeq, edit: ListEdit): Splice[] {
  const range = rangeOf(list);
  const spans = list.items.map((item) => ({ at: rangeOf(item)[0], end: rangeOf(item)[1] }));
  const splices: Splice[] = [...edit.replace].map(([index, item]) => ({
    ...spanAt(spans, index),
    text: JSON.stringify(item.value),
  }));
  const last = spans.at(-1);
  if (edit.drop.length === spans.length) return [{ at: range[0], end: range[1], text: flowItems(edit.add, '[', ']') }];
  splices.push(...dropFlow(spans, new Set(edit.drop), range));
  if (edit.add.length > 0) {
    const at = last?.end ?? range[0] + 1;
    splices.push({ at, end: at, text: flowItems(edit.add, last === undefined ? '' : ', ', '') });
  }
  return splices;
}

function dropFlow(spans: readonly { at: number; end: number }[], drop: ReadonlySet<number>, whole: Range): Splice[] {
  if (drop.size === spans.length) return [{ at: whole[0] + 1, end: whole[1] - 1, text: '' }];
  const firstKept = spans.findIndex((_, index) => !drop.has(index));
  return [...drop].map((index) =>
    index < firstKept
      ? { at: spanAt(spans, index).at, end: spanAt(spans, index + 1).at, text: '' }
      : { at: spanAt(spans, index - 1).end, end: spanAt(spans, index).end, text: '' },
  );
}

function freshFlowKeys(root: YAMLMap, edits: readonly Edit[]): Splice[] {
  const last = root.items.at(-1);
  const at = last === undefined ? rangeOf(root)[0] + 1 : pairSpan(last).end;
  const entries = edits.map((edit) => {
    const value = edit.kind === 'list' ? flowItems(edit.add, '[', ']') : edit.kind === 'set' ? String(edit.value) : '';
    return `${JSON.stringify(edit.key)}: ${value}`;
  });
  return [{ at, end: at, text: (last === undefined ? '' : ', ') + entries.join(', ') }];
}

function freshBlockKeys(text: string, document: Document.Parsed, edits: readonly Edit[], eol: string): Splice[] {
  const root = document.contents;
  const start = isMap(root) ? rangeOf(root)[0] : 0;
  const before = text.slice(lineStart(text, start), start);
  const indent = isMap(root) && /^ *$/.test(before) ? before : '';
  const lines = edits.map((edit) => {
    if (edit.kind === 'list') return `${indent}${edit.key}:${eol}${blockItems(edit.add, indent, eol)}`;
    return edit.kind === 'set' ? `${indent}${edit.key}: ${JSON.stringify(edit.value)}${eol}` : '';
  });
  const block = lines.join('');
  if (!isMap(root)) {
    const [at, end] = root === null || root === undefined ? [0, 0] : rangeOf(root);
    const gap = text === '' || text.endsWith('\n') ? '' : eol;
    return [
      { at, end, text: '' },
      { at: text.length, end: text.length, text: gap + block },
    ];
  }
  const at = appendPoint(text, rangeOf(root)[2]) ?? lineStart(text, start);
  return [{ at, end: at, text: block }];
}

/** After the mapping and the comments behind it; before a `...`. `undefined` when the last line has no end. */
function appendPoint(text: string, rootEnd: number): number | undefined {
  if (!endsLine(text, rootEnd)) return undefined;
  return /^(?:[ \t]*(?:#[^\n]*)?\n)*$/.test(text.slice(rootEnd)) ? text.length : rootEnd;
}
