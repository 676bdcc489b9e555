/** The functions the small store knows. */
import { type Element, evaluate, type Instant, type Value, vectorOf, withoutName } from './evaluate.ts';
import { type Expression, QueryError } from './expression.ts';

type Call = Extract<Expression, { kind: 'call' }>;

/** Throws {@link QueryError}. The parser has counted the arguments. */
export function callFunction({ name, given }: Call, at: Instant): Value {
  const [argument, ...rest] = given;
  if (argument === undefined) return { type: 'scalar', value: at.time };
  const value = (): Value => evaluate(argument, at);
  const vector = (): readonly Element[] => vectorOf(value(), name);
  switch (name) {
    case 'time':
      return { type: 'scalar', value: at.time };
    case 'timestamp':
      return computed(vector(), at, ({ timestamp }) => (argument.kind === 'selector' ? timestamp : at.time));
    case 'absent':
      return { type: 'vector', elements: vector().length > 0 ? [] : [one(absentLabels(argument), 1, at)] };
    case 'vector':
      return { type: 'vector', elements: [one({}, scalarOf(value(), name), at)] };
    case 'scalar': {
      const elements = vector();
      return { type: 'scalar', value: elements.length === 1 ? (elements[0]?.value ?? Number.NaN) : Number.NaN };
    }
    case 'clamp':
    case 'clamp_min':
    case 'clamp_max':
      return clamp(name, vector(), rest, at);
    case 'label_replace':
      return { type: 'vector', elements: replaceLabel(vector(), rest, at) };
  }
}

function one(labels: Record<string, string>, value: number, { time }: Instant): Element {
  return { labels, value, timestamp: time };
}

function computed(elements: readonly Element[], at: Instant, compute: (element: Element) => number): Value {
  return {
    type: 'vector',
    elements: elements.map((element) => one(withoutName(element.labels), compute(element), at)),
  };
}

function scalarOf(value: Value, asker: string): number {
  if (value.type === 'scalar') return value.value;
  throw new QueryError(`expected type scalar in call to function "${asker}", got instant vector`, 400);
}

function clamp(name: string, elements: readonly Element[], rest: readonly Expression[], at: Instant): Value {
  const [first = Number.NaN, second = Number.NaN] = rest.map((bound) => scalarOf(evaluate(bound, at), name));
  const least = name === 'clamp_max' ? -Infinity : first;
  const most = name === 'clamp_max' ? first : name === 'clamp_min' ? Infinity : second;
  if (least > most) return { type: 'vector', elements: [] };
  return computed(elements, at, ({ value }) => Math.max(least, Math.min(most, value)));
}

/** `label_replace(v, "to", "replacement", "from", "pattern")`: the pattern has to match the whole value. */
function replaceLabel(elements: readonly Element[], rest: readonly Expression[], { time }: Instant): Element[] {
  const [to = '', replacement = '', from = '', pattern = ''] = rest.map(textOf);
  const expression = wholeMatch(pattern);
  return elements.map((element) => {
    const match = expression.exec(element.labels[from] ?? '');
    if (match === null) return { ...element, timestamp: time };
    const value = replacement.replace(/\$(?:\{(\w+)\}|(\w+)|(\$))/g, (_, braced, bare, dollar) =>
      dollar === undefined ? groupOf(match, braced ?? bare) : '$',
    );
    const { [to]: _, ...others } = element.labels;
    return { ...element, labels: value === '' ? others : { ...others, [to]: value }, timestamp: time };
  });
}

function groupOf(match: RegExpExecArray, name: string): string {
  return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? '';
}

function textOf(expression: Expression): string {
  if (expression.kind === 'string') return expression.value;
  throw new QueryError('expected type string in call to function "label_replace"', 400);
}

/** A regular expression as PromQL means it: of the whole text. */
export function wholeMatch(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 's');
  } catch (cause) {
    throw new QueryError(`error parsing regexp: ${pattern}: ${cause instanceof Error ? cause.message : ''}`, 400);
  }
}

/** What the equality matchers promise, where each label is named once. */
function absentLabels(argument: Expression): Record<string, string> {
  if (argument.kind !== 'selector') return {};
  const labels = argument.matchers.filter(({ label }) => label !== '__name__');
  const single = labels.filter(
    ({ label, operator }) => operator === '=' && labels.filter((other) => other.label === label).length === 1,
  );
  return Object.fromEntries(single.map(({ label, value }) => [label, value]));
}
