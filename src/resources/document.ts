/**
 * The one place where a YAML document inside a ConfigMap is changed. Other people and operators write these documents too,
 * so an edit touches only the keys it names, and is checked: read again by a YAML 1.1 reader (as gopkg.in/yaml.v2 is, which
 * the cluster monitoring operator and ACM use), the new text must mean the old one plus the edits and nothing else.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, LineCounter, parseDocument } from 'yaml';
import { isProblem, Problem } from '../engine/problem.ts';
import { applyEdits, type Edit } from './yaml-edits.ts';
import { EditRefused } from './yaml-spans.ts';

export type Mapping = Readonly<Record<string, unknown>>;

/** Decides the edits from what the document says now (`{}` when it is missing or empty). */
export type Editor = (value: Mapping) => readonly Edit[];

interface Read {
  readonly document: Document.Parsed;
  readonly value: Mapping;
}

/**
 * The text after the edits; the very same text when there are none. Missing, blank, comment-only, `null` and `{}` documents
 * count as empty mappings. Throws Problem `document-invalid` for text that does not parse, holds several documents, directives,
 * duplicate keys or line breaks that readers disagree on, for a document that is no mapping, and for an edit that would
 * change anything else; in each case nothing is to be written.
 *
 * @param where how to name the document to a person: `ConfigMap a/b, key c`
 */
export function mergeDocument(text: string | undefined, edit: Editor, where: string): string {
  const before = text === undefined || text.trim() === '{}' ? '' : text;
  const { document, value } = read(before, where);
  const edits = edit(value);
  if (edits.length === 0) return text ?? '';
  const after = splice(before, document, edits, where);
  if (meansOnly(after, value, edits)) return after;
  throw new Problem('document-invalid', `${where}: the document cannot be edited without changing other parts of it.`, {
    proof: `keys to change: ${edits.map((entry) => entry.key).join(', ')}`,
    likely: 'It uses anchors, merge keys or a layout that ties our keys to others.',
    fix: 'Write the keys named plainly (no anchors), then run again.',
  });
}

/** Whether the new text says what the old one said, with the edits, and nothing else. */
function meansOnly(after: string, before: Mapping, edits: readonly Edit[]): boolean {
  try {
    const meaning = read(after, '').value;
    // New list items may have to come first (a last line without its end): the order of our lists has no meaning.
    return (['last', 'first'] as const).some((place) => isDeepStrictEqual(meaning, expected(before, edits, place)));
  } catch (error) {
    if (isProblem(error, 'document-invalid')) return false;
    throw error;
  }
}

/** What the documents read last say, by their text: those of a fleet are mostly alike, and each is read more than once. */
const said = new Map<string, Mapping>();
const remembered = 32;

/** What the document says, as plain values. Same errors as {@link mergeDocument}. */
export function readDocument(text: string | undefined, where: string): Mapping {
  const known = said.get(text ?? '');
  if (known !== undefined) return known;
  const { value } = read(text ?? '', where);
  const [oldest] = said.keys();
  if (said.size >= remembered && oldest !== undefined) said.delete(oldest);
  said.set(text ?? '', value);
  return value;
}

/** Whether a document says nothing and holds nobody's comments. */
export function isBlankDocument(text: string | undefined): boolean {
  return text === undefined || /^(?:\s|\{\}|---|null|~)*$/.test(text);
}

function read(text: string, where: string): Read {
  const odd = /\r(?!\n)|[\u0085\u2028\u2029]/.exec(text);
  if (odd !== null) {
    throw invalid(where, text, odd.index, 'a line break that YAML readers disagree on (a bare CR, NEL, LS or PS)');
  }
  const document = parseDocument(text, { version: '1.1', keepSourceTokens: true, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) throw invalid(where, text, error.pos[0], error.message, error);
  if (document.directives.yaml.explicit === true) {
    throw invalid(where, text, 0, 'a %YAML directive, which readers of version 1.1 refuse');
  }
  return { document, value: plainValue(document, text, where) };
}

function plainValue(document: Document.Parsed, text: string, where: string): Mapping {
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    throw invalid(where, text, 0, error instanceof Error ? error.message : 'aliases that cannot be resolved', error);
  }
  if (value === null || value === undefined) return {};
  if (!isMap(document.contents) || !isMapping(value)) {
    throw invalid(where, text, document.contents?.range?.[0] ?? 0, 'not a mapping of keys to values');
  }
  return value;
}

/** Whether a value is a mapping (as against a list, a scalar or null). */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function splice(text: string, document: Document.Parsed, edits: readonly Edit[], where: string): string {
  try {
    return applyEdits(text, document, edits);
  } catch (error) {
    if (error instanceof EditRefused) throw invalid(where, text, error.offset, error.message, error);
    throw error;
  }
}

/** The same edits on plain values: what the new text has to mean. */
function expected(before: Mapping, edits: readonly Edit[], place: 'first' | 'last'): Mapping {
  const after = new Map(Object.entries(before));
  for (const edit of edits) {
    if (edit.kind === 'set') after.set(edit.key, edit.value);
    if (edit.kind === 'unset') after.delete(edit.key);
    if (edit.kind === 'list') {
      const list = edited(after.get(edit.key), edit, place);
      if (list.length > 0) after.set(edit.key, list);
      else after.delete(edit.key);
    }
    if (edit.kind === 'rename') {
      const value = after.get(edit.key);
      after.delete(edit.key);
      if (value !== undefined) after.set(edit.to, value);
    }
  }
  return Object.fromEntries(after);
}

function edited(list: unknown, edit: Extract<Edit, { kind: 'list' }>, place: 'first' | 'last'): unknown[] {
  const items: unknown[] = Array.isArray(list) ? list : [];
  const replaced = items.map((item, index) => edit.replace.get(index)?.value ?? item);
  const kept = replaced.filter((_, index) => !edit.drop.includes(index));
  const added = edit.add.map((item) => item.value);
  return place === 'first' ? [...added, ...kept] : [...kept, ...added];
}

function invalid(where: string, text: string, offset: number, reason: string, cause?: unknown): Problem {
  const lines = new LineCounter();
  for (let at = 0; at !== -1; at = text.indexOf('\n', at) + 1 || -1) lines.addNewLine(at);
  const { line, col } = lines.linePos(offset);
  return new Problem('document-invalid', `${where}, line ${line}, column ${col}: ${reason}.`, {
    proof: `${line}: ${masked(lineAt(text, line)).slice(0, 120)}`,
    ...(cause === undefined ? {} : { cause }),
  });
}

const lineAt = (text: string, line: number): string => (text.split('\n')[line - 1] ?? '').trimEnd();

/** A line as it may be shown: what follows a key that sounds like a secret is hidden. */
const masked = (line: string): string =>
  line.replace(/((?:password|passwd|token|secret|credential)[^:]*:\s*)\S.*/i, '$1***');
