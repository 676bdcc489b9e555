/** Our rule groups in the hub's Thanos ruler, beside other people's: one ConfigMap with one key (acm.md §7.1, peers.md U28). */
import { stringify } from 'yaml';
import type { Resource } from '../engine/step.ts';
import type { Pack } from '../packs/pack.ts';
import { compileRuler, type RulerGroup, rulerKey } from '../packs/ruler.ts';
import type { Cluster } from '../ports.ts';
import { isMapping } from './document.ts';
import { documentResource } from './document-resource.ts';
import { mergeLists, type SharedList } from './shared-lists.ts';

export const rulerName = 'thanos-ruler-custom-rules';

export interface RulerOptions {
  readonly hub: Cluster;
  readonly namespace: string;
  readonly packs: readonly Pack[];
  /** Whose entries these are, where several installations share a hub. */
  readonly owner: string;
  readonly forceConflicts?: boolean;
}

/** @throws Problem `pack-collision` for packs that do not fit together */
export function rulerResource({ hub, namespace, packs, owner, forceConflicts = false }: RulerOptions): Resource {
  const where = `ConfigMap ${namespace}/${rulerName}`;
  const list = rulerList(compileRuler(packs));
  return documentResource({
    cluster: hub,
    key: { namespace, name: rulerName },
    step: 'ruler-rules',
    merge: (content) => mergeLists(content, owner, [list], where),
    unmerge: (content) => mergeLists(content, owner, [{ ...list, items: [] }], where),
    forceConflicts,
    renders: true,
  });
}

/** Expressions of several lines stay as their author wrote them. */
export function rulerList(groups: readonly RulerGroup[]): SharedList {
  return {
    dataKey: rulerKey,
    list: 'groups',
    items: groups.map((group) => ({
      id: group.name,
      value: group,
      text: stringify(group, { version: '1.1', lineWidth: 0, blockQuote: 'literal' }).trimEnd(),
    })),
    idOf: (value) => (isMapping(value) ? String(value.name) : String(value)),
  };
}
