/** PromQL as dashboards hold it: with Grafana's variables in it. Pure. */
import { parser } from '@prometheus-io/lezer-promql';

/** `$name`, `${name}`, `${name:format}`: as Grafana finds them; `[[name]]` is the same in an older dress. */
const variable = /\$(\w+)|\$\{(\w+)(?:[.:][^}]*)?\}/g;
const modern = (text: string): string => text.replace(/\[\[(\w+)(?::\w+)?\]\]/g, '$${$1}');
/** Texts, ranges, what follows `offset`, and all the rest. */
const piece = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|\[[^\]]*\]|\boffset\s+-?\S+|[^"'`[o]+|[\s\S]/g;

/** Durations and numbers that Grafana itself fills in. */
const durations = new Set(['__rate_interval', '__interval', '__range']);
/** What stands for a metric's or label's name that only a person chooses. */
const placeholder = 'chosen_by_variable';

/** The names of the variables in a text; `$1` is a group of a regular expression. */
export function variablesIn(text: string): string[] {
  const names = [...modern(text).matchAll(variable)].map(([, plain, braced]) => plain ?? braced ?? '');
  return [...new Set(names.filter((name) => !/^\d+$/.test(name)))];
}

/** What does not parse in an expression, whatever its variables stand for; `undefined` when it does. */
export function expressionFault(expression: string): string | undefined {
  const fault = faultIn(expression, placeholder);
  return fault === undefined || faultIn(expression, '1') === undefined ? undefined : fault;
}

function faultIn(expression: string, otherwise: string): string | undefined {
  const text = withoutVariables(expression, otherwise);
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
  const text = withoutVariables(expression, placeholder);
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

function withoutVariables(expression: string, otherwise: string): string {
  return [...modern(expression).matchAll(piece)].map(([text]) => filledIn(text, otherwise)).join('');
}

function filledIn(text: string, otherwise: string): string {
  const isDuration = text.startsWith('[') || text.startsWith('offset');
  return text.replace(variable, (_, plain?: string, braced?: string) => {
    const name = plain ?? braced ?? '';
    if (/^\d+$/.test(name)) return `$${name}`;
    if (durations.has(name)) return '5m';
    if (name.startsWith('__')) return '300';
    return isDuration ? '5m' : otherwise;
  });
}
