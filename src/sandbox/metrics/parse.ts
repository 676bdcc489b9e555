/** From PromQL text to an {@link Expression}, by the grammar Prometheus itself publishes. */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import {
  type AggregateOperator,
  aggregateOperators,
  arithmetic,
  type BinaryOperator,
  comparison,
  type Expression,
  type FunctionName,
  functionArity,
  type Grouping,
  type Matcher,
  mostInstants,
  notUnderstood,
  overTimes,
  QueryError,
  setOperators,
} from './expression.ts';

/** Throws {@link QueryError}: 400 for what is no PromQL, 422 for what this store does not understand. */
export function parseExpression(text: string): Expression {
  const tree = parser.parse(text);
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) throw new QueryError(`parse error at char ${from + 1}: ${JSON.stringify(text)}`, 400);
    },
  });
  const root = tree.topNode.firstChild;
  if (root === null) throw new QueryError('no expression found in input', 400);
  return read(root, text);
}

function read(node: SyntaxNode, text: string): Expression {
  switch (node.name) {
    case 'NumberDurationLiteral':
      return { kind: 'number', value: readNumber(textOf(node, text)) };
    case 'StringLiteral':
      return { kind: 'string', value: unquote(textOf(node, text)) };
    case 'ParenExpr':
      return read(child(node, 0), text);
    case 'UnaryExpr': {
      const argument = read(child(node, 1), text);
      return textOf(child(node, 0), text) === '-' ? { kind: 'negate', argument } : argument;
    }
    case 'VectorSelector':
      return { kind: 'selector', matchers: readMatchers(node, text) };
    case 'FunctionCall':
      return readCall(node, text);
    case 'AggregateExpr':
      return readAggregate(node, text);
    case 'BinaryExpr':
      return readBinary(node, text);
    default:
      throw notUnderstood(`${node.name} ${JSON.stringify(textOf(node, text))}`);
  }
}

function readCall(node: SyntaxNode, text: string): Expression {
  const name = textOf(child(node, 0), text);
  const range = readOverTime(name, node, text);
  if (range !== undefined) return range;
  if (name === 'max_over_time') return readLookBack(node, text);
  if (!isFunction(name)) throw notUnderstood(`the function ${name}()`);
  const given = children(node.getChild('FunctionCallBody'));
  const wanted = functionArity[name];
  if (given.length !== wanted) throw new QueryError(`expected ${wanted} argument(s) in call to "${name}"`, 400);
  return { kind: 'call', name, given: given.map((argument) => read(argument, text)) };
}

function isFunction(name: string): name is FunctionName {
  return Object.hasOwn(functionArity, name);
}

function readOverTime(name: string, node: SyntaxNode, text: string): Expression | undefined {
  const [argument] = children(node.getChild('FunctionCallBody'));
  if (!isOneOf(overTimes, name) || argument?.name !== 'MatrixSelector') return undefined;
  const [selector, duration] = children(argument);
  if (selector === undefined || duration === undefined) return undefined;
  const range = readNumber(textOf(duration, text));
  if (!(range > 0)) throw new QueryError('duration must be greater than 0', 400);
  return { kind: 'overTime', fold: name, matchers: readMatchers(selector, text), range };
}

function readLookBack(node: SyntaxNode, text: string): Expression {
  const [argument] = children(node.getChild('FunctionCallBody'));
  if (argument?.name !== 'SubqueryExpr') throw notUnderstood('max_over_time of anything but a subquery');
  const [range = 0, step = 60] = children(argument)
    .filter((part) => part.name === 'DurationExpr')
    .map((part) => readNumber(textOf(part, text)));
  if (!(range > 0 && step > 0)) throw new QueryError('duration must be greater than 0', 400);
  if (range / step > mostInstants) throw notUnderstood(`a subquery of more than ${mostInstants} points`);
  return { kind: 'lookBack', argument: read(child(argument, 0), text), range, step };
}

function readAggregate(node: SyntaxNode, text: string): Expression {
  const operator = textOf(child(node, 0), text).toLowerCase();
  if (!isOneOf(aggregateOperators, operator)) throw notUnderstood(`the aggregation ${operator}`);
  const given = children(node.getChild('FunctionCallBody'));
  const [argument] = given;
  if (argument === undefined || given.length > 1)
    throw new QueryError(`wrong number of arguments for ${operator}`, 400);
  const modifier = node.getChild('AggregateModifier');
  const grouping = modifier === null ? { only: true, labels: [] } : readGrouping(modifier, text);
  return {
    kind: 'aggregate',
    operator: operator satisfies AggregateOperator,
    grouping,
    argument: read(argument, text),
  };
}

/** `by (a)`, `without (a)`, `on (a)`, `ignoring (a)`. */
function readGrouping(node: SyntaxNode, text: string): Grouping {
  const keyword = textOf(child(node, 0), text).toLowerCase();
  const labels = children(node.getChild('GroupingLabels')).map((label) => unquoteName(textOf(label, text)));
  return { only: keyword === 'by' || keyword === 'on', labels };
}

function readBinary(node: SyntaxNode, text: string): Expression {
  const operator = textOf(child(node, 1), text).toLowerCase();
  if (![...arithmetic, ...comparison, ...setOperators].some((known) => known === operator)) {
    throw notUnderstood(`the operator ${operator}`);
  }
  const matching = node.getChild('MatchingModifierClause');
  if (matching?.getChild('GroupLeft') || matching?.getChild('GroupRight')) {
    throw notUnderstood('many-to-one matching (group_left, group_right)');
  }
  return {
    kind: 'binary',
    operator: operator as BinaryOperator,
    bool: node.getChild('BoolModifier') !== null,
    matching: matching === null ? undefined : readGrouping(matching, text),
    left: read(child(node, 0), text),
    right: read(lastChild(node), text),
  };
}

function readMatchers(node: SyntaxNode, text: string): Matcher[] {
  const identifier = node.getChild('Identifier');
  const matchers: Matcher[] = [];
  if (identifier !== null) matchers.push(nameMatcher(textOf(identifier, text)));
  for (const entry of children(node.getChild('LabelMatchers'))) {
    if (entry.name === 'QuotedLabelName') {
      matchers.push(nameMatcher(unquote(textOf(entry, text))));
      continue;
    }
    const [label, operator, value] = children(entry).map((part) => textOf(part, text));
    matchers.push({
      label: unquoteName(label ?? ''),
      operator: operator as Matcher['operator'],
      value: unquote(value ?? ''),
    });
  }
  return matchers;
}

function nameMatcher(value: string): Matcher {
  return { label: '__name__', operator: '=', value };
}

const durationUnits: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** Decimal, hexadecimal, `Inf`, `NaN`, and durations, which are seconds. */
function readNumber(text: string): number {
  if (/^[+-]?inf$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  const parts = [...text.matchAll(/(\d+)(ms|[smhdwy])/g)];
  if (parts.length > 0 && parts.map(([part]) => part).join('') === text) {
    return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (durationUnits[unit ?? ''] ?? 0), 0);
  }
  const value = Number(text.replaceAll('_', ''));
  if (Number.isNaN(value)) throw new QueryError(`bad number: ${text}`, 400);
  return value;
}

function unquoteName(text: string): string {
  return /^["'`]/.test(text) ? unquote(text) : text;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** A Go string literal: `"…"` and `'…'` with escapes, back-quoted as it is. */
function unquote(text: string): string {
  const inner = text.slice(1, -1);
  if (text.startsWith('`')) return inner;
  return inner.replace(/\\(x[0-9a-f]{2}|u[0-9a-f]{4}|[0-7]{3}|.)/gis, (_, code: string) => {
    if (/^[xu]./i.test(code)) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]{3}$/.test(code)) return String.fromCodePoint(Number.parseInt(code, 8));
    return escapes[code] ?? code;
  });
}

function textOf(node: SyntaxNode, text: string): string {
  return text.slice(node.from, node.to);
}

function children(node: SyntaxNode | null): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let next = node?.firstChild ?? null; next !== null; next = next.nextSibling) {
    if (next.name !== 'LineComment') found.push(next);
  }
  return found;
}

function child(node: SyntaxNode, at: number): SyntaxNode {
  const found = children(node)[at];
  if (found === undefined) throw new QueryError(`unexpected ${node.name}`, 400);
  return found;
}

function lastChild(node: SyntaxNode): SyntaxNode {
  return child(node, children(node).length - 1);
}

function isOneOf<T extends string>(known: readonly T[], text: string): text is T {
  return known.some((name) => name === text);
}
