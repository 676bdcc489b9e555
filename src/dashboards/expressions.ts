/** PromQL as dashboards hold it: with Grafana's variables in it. Pure. */
import { parser } from '@prometheus-io/lezer-promql';

/** `$name`, `${name}`, `${name:format}`: as Grafana finds them; `[[name]]` is the same in an older dress. */
const variable = /\$(\w+)|\$\{(\w+)(?:[.:][^}]*)?\}/g;
const modern = (text: string): string => text.replace(/\[\[(\w+)(?::\w+)?\]\]/g, '$${$1}');
/** Texts, ranges, what follows `offset`, variables, and all the rest. */
const piece =
  /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|\[[^\]]*\]|\boffset\s+-?\S+|\$\{\w+(?:[.:][^}]*)?\}|\$\w+|[^"'`[o$]+|[\s\S]/g;

/** Durations and numbers that Grafana itself fills in. */
const durations = new Set(['__rate_interval', '__interval', '__range']);
/** Letters looked at beside a variable. */
const near = 10_000;
/** What stands for a metric's or label's name that only a person chooses. */
const placeholder = 'chosen_by_variable';

/** The names of the variables in a text; `$1` is a group of a regular expression. */
export function variablesIn(text: string): string[] {
  const names = [...modern(text).matchAll(variable)].map(([, plain, braced]) => plain ?? braced ?? '');
  return [...new Set(names.filter((name) => !/^\d+$/.test(name)))];
}

/** What does not parse in an expression, whatever its variables stand for; `undefined` when it does. */
export function expressionFault(expression: string): string | undefined {
  const fault = faultIn(expression, asName);
  if (fault === undefined) return undefined;
  return [asNumber, byPlace].some((filling) => faultIn(expression, filling) === undefined) ? undefined : fault;
}

/** What a variable may stand for, by what is near it, before and after. */
type Filling = (before: string, after: string) => string;
const asName: Filling = () => placeholder;
const asNumber: Filling = () => '1';
/** A function or its beginning, a whole matcher, an operator; else a name. */
const byPlace: Filling = (before, after) => {
  if (/^\w*\s*(?:\(|by\b|without\b)/i.test(after)) return 'sum';
  if (/[{,]\s*$/.test(before) && /^\s*[,}]/.test(after) && isInBraces(before)) return `${placeholder}=""`;
  const isBetween = /[\w)\]}]\s*$/.test(before) && /^\s*[\w($]/.test(after);
  return isBetween && !/\b(?:and|or|unless)\s*$/i.test(before) && !/^\s*(?:and|or|unless)\b/i.test(after)
    ? '>'
    : placeholder;
};

function isInBraces(before: string): boolean {
  const bare = before.replace(piece, (text) => (/^["'`$]./.test(text) ? '' : text));
  return bare.lastIndexOf('{') > bare.lastIndexOf('}');
}

function faultIn(expression: string, filling: Filling): string | undefined {
  const text = withoutVariables(expression, filling);
  let at: number | undefined;
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError) at ??= node.from;
    },
  });
  if (text.trim() === '') return 'it is empty';
  if (at === undefined) return undefined;
  const rest = text.slice(at).trim();
  return rest === '' ? 'it ends too early' : `not PromQL from here: ${rest.slice(0, 60)}`;
}

/** The metrics an expression asks for by name. */
export function metricsIn(expression: string): string[] {
  const text = withoutVariables(expression, byPlace);
  const names: string[] = [];
  parser.parse(text).iterate({
    enter(node) {
      if (node.name !== 'VectorSelector') return;
      const name = node.node.getChild('Identifier');
      if (name !== null) names.push(text.slice(name.from, name.to));
      else names.push(...(/__name__\s*=\s*["']([^"']+)["']/.exec(text.slice(node.from, node.to))?.slice(1) ?? []));
    },
  });
  return [...new Set(names.filter((name) => !name.includes(placeholder)))];
}

/** The ranges an expression writes down, as `5m`; those a variable fills in are left out. */
export function rangesIn(expression: string): string[] {
  const ranges = [...expression.matchAll(piece)].map(([text]) => /^\[\s*([0-9smhdwy]+)\s*(?::.*)?\]$/.exec(text)?.[1]);
  return ranges.filter((range) => range !== undefined);
}

function withoutVariables(expression: string, filling: Filling): string {
  const whole = modern(expression);
  return [...whole.matchAll(piece)]
    .map(({ 0: text, index }) =>
      filledIn(text, () =>
        text.startsWith('$') ? filling(...around(whole, index, index + text.length)) : placeholder,
      ),
    )
    .join('');
}

/** Not all of it: of an expression without end this is asked for each of its variables. */
function around(whole: string, from: number, to: number): [before: string, after: string] {
  return [whole.slice(Math.max(0, from - near), from), whole.slice(to, to + near)];
}

function filledIn(text: string, otherwise: () => string): string {
  const isDuration = text.startsWith('[') || text.startsWith('offset');
  return text.replace(variable, (_, plain?: string, braced?: string) => {
    const name = plain ?? braced ?? '';
    if (/^\d+$/.test(name)) return `$${name}`;
    if (durations.has(name)) return '5m';
    if (name.startsWith('__')) return '300';
    return isDuration ? '5m' : otherwise();
  });
}
