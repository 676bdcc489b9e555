/** The rule file of the hub's Thanos ruler (acm.md §7): Prometheus' own format, without any of the collector's escaping. */
import { isDeepStrictEqual } from 'node:util';
import { Problem } from '../engine/problem.ts';
import { type HubRule, isAlert, type Pack } from './pack.ts';

/** The key of the ConfigMap that is read; others are ignored. */
export const rulerKey = 'custom_rules.yaml';

/** A group as the file holds it. */
export interface RulerGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly Readonly<Record<string, unknown>>[];
}

/**
 * The groups of several packs. Each keeps its interval: Thanos' own default is one minute, whatever ACM's objects say (acm.md
 * §7.3).
 *
 * @throws Problem `pack-collision` for one group name with two meanings
 */
export function compileRuler(packs: readonly Pack[]): RulerGroup[] {
  const groups = new Map<string, { readonly by: string; readonly group: RulerGroup }>();
  for (const pack of packs) {
    for (const source of pack.hub.groups) {
      const group = { name: source.name, interval: source.interval, rules: source.rules.map(compileRule) };
      const other = groups.get(group.name);
      if (other !== undefined && !isDeepStrictEqual(other.group, group)) {
        throw new Problem(
          'pack-collision',
          `The group ${group.name} is in pack ${other.by} and, otherwise, in pack ${pack.name}.`,
        );
      }
      groups.set(group.name, other ?? { by: pack.name, group });
    }
  }
  return [...groups.values()].map(({ group }) => group);
}

function compileRule(rule: HubRule): Record<string, unknown> {
  const expr = rule.expr.trim();
  if (isAlert(rule)) {
    const { alert, labels, annotations } = rule;
    return {
      alert,
      expr,
      ...(rule.for === undefined ? {} : { for: rule.for }),
      labels: { ...labels },
      annotations: { ...annotations },
    };
  }
  return { record: rule.record, expr, ...(rule.labels === undefined ? {} : { labels: { ...rule.labels } }) };
}
