/** Operators between scalars and vectors. Vectors are matched one to one. */
import { type Element, keep, type Value, withoutName } from './evaluate.ts';
import { comparison, type Expression, type Grouping, QueryError, setOperators } from './expression.ts';
import { labelKey } from './store.ts';

type Binary = Extract<Expression, { kind: 'binary' }>;

/** Throws {@link QueryError} for what Prometheus refuses too. */
export function evaluateBinary(expression: Binary, left: Value, right: Value, time: number): Value {
  const { operator } = expression;
  if (setOperators.some((set) => set === operator)) return combineSets(expression, left, right);
  if (left.type === 'vector' && right.type === 'vector')
    return { type: 'vector', elements: join(expression, left, right, time) };
  if (left.type === 'scalar' && right.type === 'scalar') {
    if (compares(expression) && !expression.bool)
      throw new QueryError('comparisons between scalars must use BOOL modifier', 400);
    return { type: 'scalar', value: compute(operator, left.value, right.value) };
  }
  const { elements } = left.type === 'vector' ? left : (right as Extract<Value, { type: 'vector' }>);
  return {
    type: 'vector',
    elements: elements.flatMap((element) => withScalar(expression, element, left, right, time)),
  };
}

function withScalar(expression: Binary, element: Element, left: Value, right: Value, time: number): Element[] {
  const a = left.type === 'scalar' ? left.value : element.value;
  const b = right.type === 'scalar' ? right.value : element.value;
  const value = compute(expression.operator, a, b);
  if (!filters(expression)) return [{ labels: withoutName(element.labels), value, timestamp: time }];
  return value === 1 ? [{ ...element, timestamp: time }] : [];
}

function join(
  expression: Binary,
  left: { elements: readonly Element[] },
  right: { elements: readonly Element[] },
  time: number,
): Element[] {
  const others = unique(right.elements, expression.matching, 'right');
  unique(left.elements, expression.matching, 'left');
  return left.elements.flatMap((element) => {
    const other = others.get(signature(element, expression.matching));
    if (other === undefined) return [];
    const value = compute(expression.operator, element.value, other.value);
    if (filters(expression) && value !== 1) return [];
    return [
      {
        labels: resultLabels(expression, element),
        value: filters(expression) ? element.value : value,
        timestamp: time,
      },
    ];
  });
}

function resultLabels(expression: Binary, { labels }: Element): Record<string, string> {
  const { matching } = expression;
  const kept = filters(expression) ? { ...labels } : withoutName(labels);
  if (matching === undefined) return kept;
  return matching.only
    ? keep(kept, matching)
    : Object.fromEntries(Object.entries(kept).filter(([name]) => !matching.labels.includes(name)));
}

function unique(elements: readonly Element[], matching: Grouping | undefined, side: string): Map<string, Element> {
  const found = new Map<string, Element>();
  for (const element of elements) {
    const id = signature(element, matching);
    if (found.has(id)) {
      throw new QueryError(
        `found duplicate series for the match group on the ${side} hand-side of the operation`,
        422,
        'execution',
      );
    }
    found.set(id, element);
  }
  return found;
}

function combineSets({ operator, matching }: Binary, left: Value, right: Value): Value {
  if (left.type === 'scalar' || right.type === 'scalar') {
    throw new QueryError(`set operator "${operator}" not allowed in binary scalar expression`, 400);
  }
  const inLeft = new Set(left.elements.map((element) => signature(element, matching)));
  const inRight = new Set(right.elements.map((element) => signature(element, matching)));
  if (operator === 'or') {
    const added = right.elements.filter((element) => !inLeft.has(signature(element, matching)));
    return { type: 'vector', elements: [...left.elements, ...added] };
  }
  const wanted = operator === 'and';
  return {
    type: 'vector',
    elements: left.elements.filter((element) => inRight.has(signature(element, matching)) === wanted),
  };
}

function signature({ labels }: Element, matching: Grouping | undefined): string {
  return labelKey(keep(labels, matching ?? { only: false, labels: [] }));
}

function compares({ operator }: Binary): boolean {
  return comparison.some((known) => known === operator);
}

/** A comparison without `bool` keeps or drops; everything else computes. */
function filters(expression: Binary): boolean {
  return compares(expression) && !expression.bool;
}

const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '>': (a, b) => Number(a > b),
  '<': (a, b) => Number(a < b),
  '>=': (a, b) => Number(a >= b),
  '<=': (a, b) => Number(a <= b),
};

function compute(operator: string, a: number, b: number): number {
  return operations[operator]?.(a, b) ?? Number.NaN;
}
