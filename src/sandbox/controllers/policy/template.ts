/** Carries out a template as the policy engine on a cluster does: what it cannot do ends in a {@link TemplateError}. */
import { isRecord } from '../objects.ts';
import { functions, goText, type Lookup } from './template-functions.ts';
import { type Body, type Node, type Operand, type Pipeline, parseTemplate, TemplateError } from './template-parse.ts';

/** Variables by name; a block sees those around it. */
interface Scope {
  readonly own: Map<string, unknown>;
  readonly outer?: Scope;
}

/**
 * The text a template comes to. `lookup` finds objects of the cluster; `{}` where there is none.
 * @param data what `.Field` is a field of
 */
export async function resolveTemplate(template: string, lookup: Lookup, data: object = {}): Promise<string> {
  const body = parseTemplate(template);
  requireFunctions(body);
  return await print(body, { own: new Map<string, unknown>([['$', data]]) }, lookup);
}

/** A function that does not exist stops the whole template before it begins. */
function requireFunctions(body: Body): void {
  for (const node of body) {
    if (node.kind === 'text') continue;
    for (const pipeline of pipelinesOf(node)) requireKnown(pipeline);
    if (node.kind === 'if') for (const branch of node.branches) requireFunctions(branch.body);
    if (node.kind === 'range') requireFunctions(node.body);
  }
}

function pipelinesOf(node: Exclude<Node, { kind: 'text' }>): Pipeline[] {
  if (node.kind === 'if') return node.branches.flatMap(({ condition }) => (condition === undefined ? [] : [condition]));
  return [node.kind === 'range' ? node.over : node.pipeline];
}

function requireKnown(pipeline: Pipeline): void {
  for (const operand of pipeline.flat()) {
    if (operand.kind === 'group') requireKnown(operand.pipeline);
    if (operand.kind !== 'call' || operand.name === 'lookup' || Object.hasOwn(functions, operand.name)) continue;
    throw new TemplateError(`function "${operand.name}" not defined`);
  }
}

async function print(body: Body, scope: Scope, lookup: Lookup): Promise<string> {
  let text = '';
  for (const node of body) text += await printNode(node, scope, lookup);
  return text;
}

async function printNode(node: Node, scope: Scope, lookup: Lookup): Promise<string> {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'print':
      return goText(await value(node.pipeline, scope, lookup));
    case 'set':
      (node.fresh ? scope : declaring(scope, node.name)).own.set(node.name, await value(node.pipeline, scope, lookup));
      return '';
    case 'if':
      for (const { condition, body } of node.branches) {
        const inside: Scope = { own: new Map(), outer: scope };
        if (condition === undefined || isTrue(await value(condition, inside, lookup)))
          return await print(body, inside, lookup);
      }
      return '';
    case 'range':
      return await repeat(node, scope, lookup);
  }
}

async function repeat(node: Node & { kind: 'range' }, scope: Scope, lookup: Lookup): Promise<string> {
  const over = await value(node.over, scope, lookup);
  // Maps are gone through in the order of their keys.
  const entries: [unknown, unknown][] = isRecord(over)
    ? Object.entries(over).sort(([one], [other]) => (one < other ? -1 : 1))
    : Array.isArray(over)
      ? [...over.entries()]
      : [];
  let text = '';
  for (const entry of entries) {
    const own = new Map(node.names.map((name, at) => [name, node.names.length === 1 ? entry[1] : entry[at]]));
    text += await print(node.body, { own, outer: scope }, lookup);
  }
  return text;
}

function declaring(scope: Scope, name: string): Scope {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) if (at.own.has(name)) return at;
  throw new TemplateError(`undefined variable "${name}"`);
}

async function value(pipeline: Pipeline, scope: Scope, lookup: Lookup): Promise<unknown> {
  let last: unknown[] = [];
  for (const command of pipeline) last = [await run(command, last, scope, lookup)];
  return last[0];
}

async function run(command: readonly Operand[], piped: unknown[], scope: Scope, lookup: Lookup): Promise<unknown> {
  const [first, ...rest] = command;
  if (first === undefined) return undefined;
  if (first.kind !== 'call') {
    if (rest.length + piped.length > 0) throw new TemplateError(`can't give argument to non-function`);
    return await operand(first, scope, lookup);
  }
  const values: unknown[] = [];
  // `and` and `or` look no further than they must.
  for (const one of rest) {
    values.push(await operand(one, scope, lookup));
    if (first.name === 'and' && !isTrue(values.at(-1))) return values.at(-1);
    if (first.name === 'or' && isTrue(values.at(-1))) return values.at(-1);
  }
  return await call(first.name, [...values, ...piped], lookup);
}

async function operand(one: Operand, scope: Scope, lookup: Lookup): Promise<unknown> {
  switch (one.kind) {
    case 'literal':
      return one.value;
    case 'group':
      return await value(one.pipeline, scope, lookup);
    case 'call':
      return await call(one.name, [], lookup);
    case 'variable': {
      const start = declaring(scope, one.name).own.get(one.name);
      return one.fields.reduce<unknown>((at, field) => (isRecord(at) ? at[field] : undefined), start);
    }
  }
}

async function call(name: string, values: unknown[], lookup: Lookup): Promise<unknown> {
  try {
    if (name === 'lookup') return await lookup(...(values.map(goText) as [string, string, string, string]));
    return functions[name]?.(...values);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new TemplateError(`error calling ${name}: ${error.message}`);
  }
}

/** Go's truth: what is empty is false. */
function isTrue(one: unknown): boolean {
  if (Array.isArray(one)) return one.length > 0;
  if (isRecord(one)) return Object.keys(one).length > 0;
  return Boolean(one);
}
