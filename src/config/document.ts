/**
 * The configuration file as a document: its value, and the line and column of every key. Messages never quote the file:
 * what stands at the place named may be a secret.
 */
import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Pair,
  type ParsedNode,
  Parser,
  visit,
  type YAMLError,
} from 'yaml';
import type { Issue } from './origin.ts';
import { shown } from './origin.ts';

/** Levels of nesting. Beyond it a composer's recursion could exhaust the stack, and no configuration is that deep. */
const maxDepth = 64;
/** Words, marks and line ends. Beyond it the parser takes more than a few seconds. */
const maxLexemes = 100_000;
const maxAliases = 100;
/** Faults told of one file. */
const maxFaults = 50;

export interface ConfigDocument {
  /** A mapping; empty when there are issues. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly issues: readonly Issue[];
  /** `file:line:column` of the value (or of the key) at a path; of the nearest one above where there is none. */
  place(path: readonly PropertyKey[], of: 'key' | 'value'): string;
}

/** Parses YAML (or JSON). Never throws for any text. */
export function parseConfig(text: string, name: string): ConfigDocument {
  const lines = new LineCounter();
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const broken = (issues: readonly Issue[]): ConfigDocument => ({ value: {}, issues, place: () => `${name}:1:1` });
  const issue = (offset: number, message: string): Issue => ({
    code: 'configuration-invalid',
    place: at(offset),
    message,
  });
  const composed = compose(text, lines);
  if ('refused' in composed) return broken([issue(composed.at, composed.refused)]);
  const { document, more } = composed;
  const faults = [
    ...[...document.errors, ...document.warnings].map((error) => ({ at: error.pos[0], message: yamlFault(error) })),
    ...(more === undefined ? [] : [{ at: more, message: 'a second document; one is allowed' }]),
    ...oddities(document),
  ];
  if (faults.length > 0) return broken(faults.slice(0, maxFaults).map((fault) => issue(fault.at, fault.message)));
  const value = plainValue(document);
  if (value === undefined) return broken([issue(0, 'aliases (*) that multiply beyond reason')]);
  if (value.of === null) return { ...broken([]), value: {} };
  if (!isMapping(value.of)) return broken([issue(0, 'must be a mapping of keys to values')]);
  return { value: value.of, issues: [], place: (path, of) => at(offsetOf(document, path, of)) };
}

type Composed =
  | { readonly document: Document.Parsed; readonly more?: number }
  | { readonly refused: string; readonly at: number };

/** Composes from tokens instead of text, so that depth and size are bounded before anything recurses. */
function compose(text: string, lines: LineCounter): Composed {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    lexemes += 1;
    const at = parser.offset;
    if (parser.stack.length > maxDepth + 2) return { refused: `nested more than ${maxDepth} levels deep`, at };
    if (lexemes > maxLexemes) return { refused: `more than ${maxLexemes} words and marks up to here`, at };
  }
  for (const token of parser.end()) tokens.push(token);
  const composer = new Composer<ParsedNode, true>({
    prettyErrors: false,
    uniqueKeys: false,
    stringKeys: true,
    logLevel: 'error',
  });
  let first: Document.Parsed | undefined;
  for (const document of composer.compose(tokens, true, text.length)) {
    if (first !== undefined) return { document: first, more: document.range[0] };
    first = document;
  }
  if (first === undefined) throw new Error('the YAML composer gave no document');
  return { document: first };
}

/**
 * Keys that stand twice (found here and not by the library, which compares each key with each other), and aliases that
 * lead nowhere or back to themselves.
 */
function oddities(document: Document.Parsed): { at: number; message: string }[] {
  const found: { at: number; message: string }[] = [];
  let aliases = 0;
  const report = (node: unknown, message: string): void => {
    found.push({ at: startOf(node) ?? 0, message });
  };
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const pair of map.items) {
        const key = keyOf(pair);
        if (key === undefined) continue;
        if (seen.has(key)) report(pair.key, `key ${shown(key)} stands here twice`);
        seen.add(key);
      }
    },
    Alias: (_, alias, ancestors) => {
      aliases += 1;
      // Each look-up walks the document.
      if (aliases > maxAliases) {
        report(alias, `more than ${maxAliases} aliases (*)`);
        return visit.BREAK;
      }
      const target = alias.resolve(document);
      if (target === undefined) report(alias, 'an alias (*) without its anchor (&)');
      else if (ancestors.includes(target)) report(alias, 'an alias (*) inside its own anchor (&)');
      return undefined;
    },
  });
  return found;
}

/** The document as plain values, or `undefined` for an alias bomb. */
function plainValue(document: Document.Parsed): { readonly of: unknown } | undefined {
  try {
    return { of: document.toJS({ maxAliasCount: 100 }) as unknown };
  } catch (error) {
    // The library's way to say that aliases make too many nodes.
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[], of: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    const container = isAlias(node) ? node.resolve(document) : node;
    const last = index === path.length - 1;
    if (isMap(container)) {
      const pair = container.items.find((item) => keyOf(item) === String(step));
      if (pair === undefined) return offset;
      offset = startOf(last && of === 'value' ? pair.value : pair.key) ?? startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(container)) {
      node = container.items[Number(step)];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function keyOf(pair: Pair): string | undefined {
  return isScalar(pair.key) ? String(pair.key.value) : undefined;
}

function startOf(node: unknown): number | undefined {
  const known = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
  return known ? node.range?.[0] : undefined;
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const yamlFaults: Partial<Record<YAMLError['code'], string>> = {
  BAD_ALIAS: 'an alias (*) YAML does not allow',
  BAD_DQ_ESCAPE: 'an escape YAML does not know, inside double quotes',
  BAD_INDENT: 'indented differently from the lines around it',
  BAD_SCALAR_START: 'a character that needs quotes around the text',
  BLOCK_AS_IMPLICIT_KEY: 'a key and value where only a value can stand; is the line above complete?',
  MISSING_CHAR: 'a bracket, quote, comma or colon is missing',
  MULTILINE_IMPLICIT_KEY: 'a key that goes over several lines; is a colon missing?',
  MULTIPLE_DOCS: 'a second document; one is allowed',
  NON_STRING_KEY: 'a key that is not text',
  TAB_AS_INDENT: 'a tab where YAML wants spaces',
  TAG_RESOLVE_FAILED: 'a tag (!) this file cannot have',
  UNEXPECTED_TOKEN: 'something YAML does not expect here; is a quote or a colon missing?',
};

function yamlFault(error: YAMLError): string {
  return yamlFaults[error.code] ?? `not YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`;
}
