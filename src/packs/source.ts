/** The text of a `pack.yaml`, and where in it something stands: file, line and column, for messages. */
import { isCollection, isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { Origin, Path } from './expand.ts';

/** Counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface PackText {
  readonly file: string;
  /** Not YAML: each with its place. */
  readonly errors: readonly { readonly place: Place; readonly message: string }[];
  /** What it says; meaningless where there are errors. */
  readonly value: unknown;
  /** Where the deepest node of a path that exists begins. */
  placeOf(path: readonly PropertyKey[]): Place;
  /** Where a key is written. */
  keyPlace(path: readonly PropertyKey[]): Place;
  /** Where an expression has this offset; the beginning of what it belongs to without one. */
  expressionPlace(origin: Origin, offset?: number): Place;
}

export function packText(file: string, text: string): PackText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const placeOf = (path: readonly PropertyKey[]) => at(offsetOf(document.contents, path));
  return {
    file,
    errors: document.errors.map((error) => ({ place: at(error.pos[0]), message: error.message })),
    value: document.errors.length > 0 ? undefined : document.toJS(),
    placeOf,
    keyPlace(path) {
      const map: unknown =
        path.length > 1 && isCollection(document.contents)
          ? document.contents.getIn(path.slice(0, -1), true)
          : document.contents;
      const pair = isMap(map) ? map.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
      return isScalar(pair?.key) && pair.key.range ? at(pair.key.range[0]) : placeOf(path);
    },
    expressionPlace({ path, expression }, offset) {
      if (expression === undefined || offset === undefined) return placeOf(expression?.path ?? path);
      return inScalar(document.contents, expression.path, expression.back(offset), text, at) ?? placeOf(path);
    },
  };
}

export const placeText = ({ file, line, column }: Place): string => `${file}:${line}:${column}`;

function offsetOf(root: Node | null, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = isCollection(root) ? root.getIn(path.slice(0, length), true) : undefined;
    if (isNode(node) && node.range) return node.range[0];
  }
  return root?.range?.[0] ?? 0;
}

/** The place of an offset in a scalar's value. Lines of a block are its value's lines; others are on one line as a rule. */
function inScalar(
  root: Node | null,
  path: Path,
  offset: number,
  text: string,
  at: (offset: number) => Place,
): Place | undefined {
  const node: unknown = isCollection(root) ? root.getIn(path, true) : undefined;
  if (!isScalar(node) || !node.range || typeof node.value !== 'string') return undefined;
  const start = at(node.range[0]);
  const before = node.value.slice(0, offset).split('\n');
  const [line, column] = [before.length, (before.at(-1)?.length ?? 0) + 1];
  if (node.type === 'BLOCK_LITERAL') {
    const body = text.slice(node.range[0]).split('\n').slice(1);
    const indent = /^ */.exec(body.find((row) => row.trim() !== '') ?? '')?.[0].length ?? 0;
    return { file: start.file, line: start.line + line, column: column + indent };
  }
  const quote = node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE' ? 1 : 0;
  return { file: start.file, line: start.line, column: start.column + quote + node.value.slice(0, offset).length };
}
