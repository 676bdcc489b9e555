/** What a PromQL expression asks for and what it leaves: selectors with their ranges and functions, and the labels that stay. */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { parseDuration } from '../config/duration.ts';

export interface Asked {
  /** The metric; absent where only a pattern or other labels choose. */
  readonly name?: string;
  /** Regular expression on the name, as `{__name__=~"…"}` has it. */
  readonly pattern?: string;
  /** Offset in the expression. */
  readonly from: number;
  /** Seconds of `[…]`; absent for an instant selector, and for a subquery around it. */
  readonly rangeSeconds?: number;
  /** Functions and aggregations around it, innermost first. */
  readonly inside: readonly string[];
}

/** Every selector of an expression that parses. */
export function selectorsOf(expression: string): Asked[] {
  const found: Asked[] = [];
  parser.parse(expression).iterate({
    enter({ node }) {
      if (node.name === 'VectorSelector') found.push(readSelector(node, expression));
    },
  });
  return found;
}

function readSelector(node: SyntaxNode, expression: string): Asked {
  const text = (part: SyntaxNode) => expression.slice(part.from, part.to);
  const identifier = node.getChild('Identifier');
  const matchers = children(node.getChild('LabelMatchers')).flatMap((matcher) => readMatcher(matcher, text));
  const quoted = matchers.find(({ label, operator }) => label === '__name__' && operator === '=')?.value;
  const name = identifier === null ? quoted : text(identifier);
  const pattern = matchers.find(({ label, operator }) => label === '__name__' && operator === '=~')?.value;
  const range = rangeOf(node, text);
  return {
    ...(name === undefined ? {} : { name }),
    ...(pattern === undefined ? {} : { pattern }),
    from: node.from,
    ...(range === undefined ? {} : { rangeSeconds: range }),
    inside: around(node, text),
  };
}

function readMatcher(matcher: SyntaxNode, text: (part: SyntaxNode) => string) {
  if (matcher.name === 'QuotedLabelName')
    return [{ label: '__name__', operator: '=', value: text(matcher).slice(1, -1) }];
  const label = matcher.getChild('LabelName') ?? matcher.getChild('QuotedLabelName');
  const [operator, value] = [matcher.getChild('MatchOp'), matcher.getChild('StringLiteral')];
  if (label === null || operator === null || value === null) return [];
  return [
    { label: text(label).replace(/^["']|["']$/g, ''), operator: text(operator), value: text(value).slice(1, -1) },
  ];
}

function rangeOf(node: SyntaxNode, text: (part: SyntaxNode) => string): number | undefined {
  const matrix = node.parent?.name === 'MatrixSelector' ? node.parent.getChild('DurationExpr') : null;
  if (matrix === null) return undefined;
  const milliseconds = parseDuration(text(matrix));
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

function around(node: SyntaxNode, text: (part: SyntaxNode) => string): string[] {
  const names: string[] = [];
  for (let at = node.parent; at !== null; at = at.parent) {
    const name = at.name === 'FunctionCall' ? at.getChild('FunctionIdentifier') : at.getChild('AggregateOp');
    if ((at.name === 'FunctionCall' || at.name === 'AggregateExpr') && name !== null) names.push(text(name));
  }
  return names;
}

/** Whether a result still says of which cluster it is. `plain`: a number, which has no labels to lose. */
type Kept = 'kept' | 'plain' | { readonly lostAt: number };

/** Where an expression loses a label all its series have; `undefined` where it does not. */
export function losesLabel(expression: string, label: string): number | undefined {
  const root = parser.parse(expression).topNode.firstChild;
  if (root === null) return undefined;
  const kept = keeps(root, expression, label);
  return typeof kept === 'object' ? kept.lostAt : undefined;
}

const setOperators = new Set(['And', 'Or', 'Unless']);

function keeps(node: SyntaxNode, expression: string, label: string): Kept {
  const below = (part: SyntaxNode | null | undefined): Kept =>
    part === null || part === undefined ? 'plain' : keeps(part, expression, label);
  switch (node.name) {
    case 'VectorSelector':
      return 'kept';
    case 'AggregateExpr':
      return ofAggregate(node, expression, label, below);
    case 'BinaryExpr':
      return ofBinary(node, expression, label, below);
    case 'FunctionCall': {
      const given = children(node.getChild('FunctionCallBody')).map(below);
      return given.find((kept) => kept !== 'plain') ?? 'plain';
    }
    default:
      return (
        children(node)
          .map(below)
          .find((kept) => kept !== 'plain') ?? 'plain'
      );
  }
}

function ofAggregate(node: SyntaxNode, expression: string, label: string, below: (part?: SyntaxNode) => Kept): Kept {
  const given = children(node.getChild('FunctionCallBody'));
  const inner = below(given.at(-1));
  if (inner !== 'kept') return inner;
  const modifier = node.getChild('AggregateModifier');
  const operator = node.getChild('AggregateOp')?.firstChild?.name ?? '';
  if (modifier === null) return ['Topk', 'Bottomk', 'LimitK'].includes(operator) ? 'kept' : { lostAt: node.from };
  const named = labelsIn(modifier, expression).includes(label);
  return (modifier.getChild('By') !== null) === named ? 'kept' : { lostAt: node.from };
}

function ofBinary(node: SyntaxNode, expression: string, label: string, below: (part?: SyntaxNode) => Kept): Kept {
  const sides = children(node).filter((part) => /Expr$|Selector$|Call$|Literal$/.test(part.name));
  const [left, right] = [below(sides[0]), below(sides.at(-1))];
  const matching = node.getChild('MatchingModifierClause');
  const operator = children(node).find((part) => setOperators.has(part.name));
  if (operator !== undefined) return operator.name === 'Or' ? worse(left, right) : left;
  if (left === 'plain') return right;
  if (right === 'plain') return left;
  if (matching?.getChild('GroupLeft')) return left;
  if (matching?.getChild('GroupRight')) return right;
  if (matching?.getChild('On')) {
    return labelsIn(matching, expression).includes(label) ? worse(left, right) : { lostAt: node.from };
  }
  if (matching?.getChild('Ignoring') && labelsIn(matching, expression).includes(label)) return { lostAt: node.from };
  return worse(left, right);
}

function worse(left: Kept, right: Kept): Kept {
  if (typeof left === 'object') return left;
  return typeof right === 'object' ? right : left === 'plain' ? right : left;
}

function labelsIn(modifier: SyntaxNode, expression: string): string[] {
  return children(modifier.getChild('GroupingLabels')).map(({ from, to }) => expression.slice(from, to));
}

function children(node: SyntaxNode | null): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) found.push(child);
  return found;
}
