/**
 * What depends on what. Rules that know nothing of each other, apart: each part can be played by an engine of its own, at the
 * same time. And those alone that an expression is about.
 */
import { selectorsOf } from '../inspect.ts';
import type { RulerGroup } from '../ruler.ts';

/** The metrics an expression looks at; `undefined` where a selector without a name may mean any. */
export type Look = (expression: string) => ReadonlySet<string> | undefined;

/** Each expression is parsed once, however often it is looked at. */
export function lookedAtBy(): Look {
  const known = new Map<string, ReadonlySet<string> | undefined>();
  return (expression) => {
    if (!known.has(expression)) known.set(expression, namesIn(expression));
    return known.get(expression);
  };
}

function namesIn(expression: string): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const { name } of selectorsOf(expression)) {
    if (name === undefined) return undefined;
    names.add(name);
  }
  return names;
}

/**
 * The groups once for each part, in their order and that of their rules; one without any where there are none.
 *
 * @param asked an expression that will be asked: what it looks at stays together, in the first part
 */
export function independentParts(
  groups: readonly RulerGroup[],
  asked: string,
  look = lookedAtBy(),
): (readonly RulerGroup[])[] {
  const rules = groups.flatMap((group) => group.rules);
  const makers = new Map<string, number[]>();
  for (const [at, rule] of rules.entries()) {
    for (const name of madeBy(rule)) makers.set(name, [...(makers.get(name) ?? []), at]);
  }
  const parents = rules.map((_, at) => at);
  const root = (at: number): number => {
    const parent = parents[at] ?? at;
    return parent === at ? at : root(parent);
  };
  const join = (positions: readonly number[]) => {
    const [first = 0, ...others] = positions.map(root);
    for (const other of others) parents[other] = first;
  };
  const lookedAt = (expr: string): number[] => {
    const names = look(expr);
    return names === undefined ? [...parents.keys()] : [...names].flatMap((name) => makers.get(name) ?? []);
  };
  for (const [at, { expr }] of rules.entries()) join([at, ...lookedAt(String(expr))]);
  const wanted = lookedAt(asked);
  join(wanted);
  const parts = new Set([...wanted, ...parents.keys(), ...(rules.length === 0 ? [0] : [])].map(root));
  return [...parts].map((part) => {
    return only(groups, new Set(rules.filter((_, at) => root(at) === part)));
  });
}

/** The groups with the rules that an expression looks at, directly or through other rules: no other changes what it says. */
export function rulesBehind(groups: readonly RulerGroup[], asked: string, look = lookedAtBy()): readonly RulerGroup[] {
  const rules = groups.flatMap((group) => group.rules);
  const found = new Set<Rule>();
  const follow = (expression: string) => {
    const names = look(expression);
    for (const rule of rules) {
      if (found.has(rule) || (names !== undefined && !madeBy(rule).some((name) => names.has(name)))) continue;
      found.add(rule);
      follow(String(rule.expr));
    }
  };
  follow(asked);
  return only(groups, found);
}

type Rule = RulerGroup['rules'][number];

/** Names of the series a rule leaves. */
function madeBy({ record }: Rule): readonly string[] {
  return record === undefined ? ['ALERTS', 'ALERTS_FOR_STATE'] : [String(record)];
}

/** In their order; a group without any of these rules goes. */
function only(groups: readonly RulerGroup[], rules: ReadonlySet<Rule>): readonly RulerGroup[] {
  return groups
    .map((group) => ({ ...group, rules: group.rules.filter((rule) => rules.has(rule)) }))
    .filter((group) => group.rules.length > 0);
}

/** The metrics that rules and a question look at; `undefined` where one may mean any. */
export function namesFor(
  part: readonly RulerGroup[],
  asked: string,
  look = lookedAtBy(),
): ReadonlySet<string> | undefined {
  const all = [...part.flatMap(({ rules }) => rules.map(({ expr }) => String(expr))), asked].map(look);
  return all.includes(undefined) ? undefined : new Set(all.flatMap((names) => [...(names ?? [])]));
}

/** Of many series those with these names: the others would only be loaded. */
export function seriesNamed<S extends { readonly series: string }>(
  names: ReadonlySet<string> | undefined,
  series: readonly S[],
): readonly S[] {
  return names === undefined ? series : series.filter((one) => names.has(one.series.split('{', 1)[0] ?? ''));
}
