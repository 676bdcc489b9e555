/** A pack's rules as Prometheus rule files, for whoever evaluates them with Prometheus itself. */
import { stringify } from 'yaml';
import type { Pack } from './pack.ts';
import { compileRuler } from './ruler.ts';

/** The hub's groups. */
export function hubRuleFile(packs: readonly Pack[]): string {
  return stringify({ groups: compileRuler(packs) }, { lineWidth: 0 });
}

/** What is recorded on a cluster, in a group for each list. */
export function clusterRuleFile(packs: readonly Pack[]): string {
  const groups = packs.flatMap((pack) =>
    (['platform', 'userWorkload'] as const).flatMap((source) => {
      const rules = pack.collect[source].recordingRules.map(({ record, expr }) => ({ record, expr: expr.trim() }));
      return rules.length === 0 ? [] : [{ name: `${pack.name}-${source}`, rules }];
    }),
  );
  return stringify({ groups }, { lineWidth: 0 });
}
