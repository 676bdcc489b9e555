/**
 * Reads the part of Go's text/template that policies use: actions with trim marks, variables, pipelines, if, range.
 * The words of an error are Go's where a test or a person sees them.
 */

/** A template could not be read, or not be carried out. */
export class TemplateError extends Error {}

export type Operand =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'variable'; readonly name: string; readonly fields: readonly string[] }
  | { readonly kind: 'call'; readonly name: string }
  | { readonly kind: 'group'; readonly pipeline: Pipeline };
/** Commands joined by `|`; each is a value, or a function with its arguments. */
export type Pipeline = readonly (readonly Operand[])[];

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly pipeline: Pipeline }
  | { readonly kind: 'set'; readonly name: string; readonly fresh: boolean; readonly pipeline: Pipeline }
  | { readonly kind: 'if'; readonly branches: readonly Branch[] }
  | { readonly kind: 'range'; readonly names: readonly string[]; readonly over: Pipeline; readonly body: Body };
export type Body = readonly Node[];
/** Without a condition: `else`. */
interface Branch {
  readonly condition?: Pipeline;
  readonly body: Body;
}

/** Throws {@link TemplateError}. */
export function parseTemplate(text: string): Body {
  const parts = partsOf(text);
  const { body, end } = parseBody(parts, 0);
  if (end < parts.length) throw new TemplateError(`unexpected {{${parts[end]?.action}}}`);
  return body;
}

interface Part {
  readonly text?: string;
  readonly action?: string;
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  const pattern = /\{\{(- )?((?:`[^`]*`|"(?:\\.|[^"\\])*"|\/\*[\s\S]*?\*\/|(?!-?\}\})[^`"])*?)( -)?\}\}/g;
  let from = 0;
  let trim = false;
  const add = (piece: string, cutEnd: boolean): void => {
    const start = trim ? piece.trimStart() : piece;
    const cut = cutEnd ? start.trimEnd() : start;
    if (cut !== '') parts.push({ text: cut });
  };
  for (const found of text.matchAll(pattern)) {
    add(text.slice(from, found.index), found[1] !== undefined);
    const action = (found[2] ?? '').trim();
    if (!action.startsWith('/*')) parts.push({ action });
    trim = found[3] !== undefined;
    from = found.index + found[0].length;
  }
  add(text.slice(from), false);
  return parts;
}

interface Parsed {
  readonly body: Body;
  /** Where the part stands that ended it: `end` or `else`. */
  readonly end: number;
}

function parseBody(parts: readonly Part[], from: number): Parsed {
  const body: Node[] = [];
  let at = from;
  for (let part = parts[at]; part !== undefined; part = parts[at]) {
    const { text, action = '' } = part;
    if (text !== undefined) body.push({ kind: 'text', text });
    else if (/^(end|else)\b/.test(action)) return { body, end: at };
    else if (/^(if|range)\b/.test(action)) {
      const block = action.startsWith('if') ? parseIf(parts, at) : parseRange(parts, at);
      body.push(block.node);
      at = block.end;
    } else body.push(simple(action));
    at += 1;
  }
  return { body, end: at };
}

function parseIf(parts: readonly Part[], from: number): { readonly node: Node; readonly end: number } {
  const branches: Branch[] = [];
  for (let at = from; ; ) {
    const action = parts[at]?.action ?? '';
    const condition = /^(?:else )?\s*if\b(.*)$/s.exec(action)?.[1];
    const { body, end } = parseBody(parts, at + 1);
    branches.push({ body, ...(condition !== undefined && { condition: pipelineOf(condition) }) });
    const closing = parts[end]?.action;
    if (closing === undefined) throw new TemplateError('unexpected EOF');
    if (closing === 'end') return { node: { kind: 'if', branches }, end };
    at = end;
  }
}

function parseRange(parts: readonly Part[], from: number): { readonly node: Node; readonly end: number } {
  const action = (parts[from]?.action ?? '').replace(/^range\b/, '');
  const [, names, over] = /^\s*(?:(\$\w+(?:\s*,\s*\$\w+)?)\s*:=)?(.*)$/s.exec(action) ?? [];
  const { body, end } = parseBody(parts, from + 1);
  if (parts[end]?.action !== 'end') throw new TemplateError('unexpected EOF');
  const list = names?.split(',').map((name) => name.trim()) ?? [];
  return { node: { kind: 'range', names: list, over: pipelineOf(over ?? ''), body }, end };
}

function simple(action: string): Node {
  const [, name, sign, rest] = /^(\$\w+)\s*(:=|=)(.*)$/s.exec(action) ?? [];
  if (name === undefined) return { kind: 'print', pipeline: pipelineOf(action) };
  return { kind: 'set', name, fresh: sign === ':=', pipeline: pipelineOf(rest ?? '') };
}

/** A field without a variable is one of what the template was given. */
const token = /\s+|`[^`]*`|"(?:\\.|[^"\\])*"|-?\d+(?:\.\d+)?|\$?(?:\w+)?(?:\.\w+)+|\$\w*|[A-Za-z]\w*|[()|]/y;

function pipelineOf(text: string): Pipeline {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const [found] = token.exec(text) ?? [];
    if (found === undefined) throw new TemplateError(`unexpected ${JSON.stringify(text.slice(at, at + 8))} in operand`);
    if (found.trim() !== '') tokens.push(found);
  }
  const { pipeline, end } = commands(tokens, 0);
  if (end < tokens.length) throw new TemplateError('unexpected ")" in operand');
  return pipeline;
}

function commands(tokens: readonly string[], from: number): { readonly pipeline: Pipeline; readonly end: number } {
  const pipeline: Operand[][] = [[]];
  let at = from;
  for (let next = tokens[at]; next !== undefined && next !== ')'; next = tokens[at]) {
    if (next === '|') pipeline.push([]);
    else if (next === '(') {
      const group = commands(tokens, at + 1);
      if (tokens[group.end] !== ')') throw new TemplateError('unclosed left paren');
      pipeline.at(-1)?.push({ kind: 'group', pipeline: group.pipeline });
      at = group.end;
    } else pipeline.at(-1)?.push(operandOf(next));
    at += 1;
  }
  if (pipeline.some((command) => command.length === 0)) throw new TemplateError('missing value for command');
  return { pipeline, end: at };
}

function operandOf(text: string): Operand {
  if (text.startsWith('`')) return { kind: 'literal', value: text.slice(1, -1) };
  if (text.startsWith('"')) return { kind: 'literal', value: String(JSON.parse(text)) };
  if (/^-?\d/.test(text)) return { kind: 'literal', value: Number(text) };
  if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' };
  if (text === 'nil') return { kind: 'literal', value: null };
  if (!/^[$.]/.test(text)) return { kind: 'call', name: text };
  const [name = '', ...fields] = text.split('.');
  return { kind: 'variable', name: name === '' ? '$' : name, fields };
}
