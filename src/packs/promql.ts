/** PromQL as text: where it does not parse, and the same expression on one line without comments. */
import { parser } from '@prometheus-io/lezer-promql';

/** A place in an expression, counted from 1. */
export interface Misplaced {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/**
 * The same expression on one line: `#` comments taken out (joined lines would swallow the rest), white space outside string
 * literals made single blanks. String literals stay as they are; those in backticks may hold line breaks.
 */
export function oneLine(expression: string): string {
  const uncommented = pieces(expression).map((piece) => (piece.kind === 'comment' ? ' ' : piece.text));
  const collapsed = pieces(uncommented.join('')).map((piece) =>
    piece.kind === 'code' ? piece.text.replace(/\s+/g, ' ') : piece.text,
  );
  return collapsed.join('').trim();
}

interface Piece {
  readonly kind: 'code' | 'string' | 'comment';
  readonly text: string;
}

/** A double- or single-quoted string with backslash escapes, a raw string in backticks, a comment, or anything else. */
const token = /"(?:\\[\s\S]|[^"\\])*"?|'(?:\\[\s\S]|[^'\\])*'?|`[^`]*`?|#[^\n]*|[^"'`#]+/g;

function pieces(expression: string): Piece[] {
  return [...expression.matchAll(token)].map(([text]) => {
    const first = text[0] ?? '';
    return { kind: first === '#' ? 'comment' : '"\'`'.includes(first) ? 'string' : 'code', text };
  });
}

/** The first place where an expression is not PromQL; `undefined` when it parses. Types are not checked. */
export function syntaxError(expression: string): Misplaced | undefined {
  const at = offsetOfError(expression);
  if (at === undefined) return undefined;
  const before = expression.slice(0, at).split('\n');
  const rest = expression.slice(at).split('\n')[0]?.trim() ?? '';
  const message = rest === '' ? 'the expression ends too early' : `not PromQL from here: ${rest.slice(0, 60)}`;
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message };
}

/** The same place as an offset. */
export function offsetOfError(expression: string): number | undefined {
  let at: number | undefined;
  parser.parse(expression).iterate({
    enter(node) {
      if (node.type.isError && at === undefined) at = node.from;
    },
  });
  return at;
}

/** Whether a text is the inside of one selector's braces: `__name__="up",job="x"`, and nothing that leaves them. */
export function isSelectorBody(body: string): boolean {
  const selector = `{${body}}`;
  if (syntaxError(selector) !== undefined || body.trim() === '' || body.includes('#')) return false;
  const names = new Set<string>();
  parser.parse(selector).iterate({ enter: (node) => void names.add(node.type.name) });
  return ![...names].some((name) => name === 'BinaryExpr' || name === 'MatrixSelector' || name.endsWith('Expr'));
}

/** What Prometheus allows as a metric's name. */
export function isMetricName(name: string): boolean {
  return /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name);
}
