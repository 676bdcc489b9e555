/** Rules that know nothing of each other, apart: each part can be played by an engine of its own, at the same time. */
import { selectorsOf } from '../inspect.ts';
import type { RulerGroup } from '../ruler.ts';

/**
 * The groups once for each part, in their order and that of their rules; one without any where there are none.
 *
 * @param asked an expression that will be asked: what it looks at stays together, in the first part
 */
export function independentParts(groups: readonly RulerGroup[], asked: string): (readonly RulerGroup[])[] {
  const rules = groups.flatMap((group) => group.rules);
  const makers = new Map<string, number[]>();
  for (const [at, { record }] of rules.entries()) {
    const name = String(record ?? 'ALERTS');
    makers.set(name, [...(makers.get(name) ?? []), at]);
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
  const lookedAt = (expr: string): number[] =>
    // A selector without a name may mean any of them.
    selectorsOf(expr).flatMap(({ name }) => (name === undefined ? [...parents.keys()] : (makers.get(name) ?? [])));
  for (const [at, { expr }] of rules.entries()) join([at, ...lookedAt(String(expr))]);
  const wanted = lookedAt(asked);
  join(wanted);
  const parts = new Set([...wanted, ...parents.keys(), ...(rules.length === 0 ? [0] : [])].map(root));
  return [...parts].map((part) => {
    const own = new Set(rules.filter((_, at) => root(at) === part));
    return groups
      .map((group) => ({ ...group, rules: group.rules.filter((rule) => own.has(rule)) }))
      .filter((group) => group.rules.length > 0);
  });
}
