/** Our metrics and rules in the custom allowlist, beside other people's: one ConfigMap for the whole fleet (acm.md §6). */
import type { Resource } from '../engine/step.ts';
import {
  type AllowlistPart,
  allowlistKeys,
  compileAllowlist,
  type SingleNames,
  type Source,
} from '../packs/allowlist.ts';
import type { Pack } from '../packs/pack.ts';
import type { Cluster } from '../ports.ts';
import { isMapping } from './document.ts';
import { documentResource } from './document-resource.ts';
import { mergeLists, type SharedItem, type SharedList } from './shared-lists.ts';

export const allowlistName = 'observability-metrics-custom-allowlist';

export interface AllowlistOptions {
  readonly hub: Cluster;
  readonly namespace: string;
  readonly packs: readonly Pack[];
  readonly metrics: SingleNames;
  /** Whose entries these are, where several installations share a hub. */
  readonly owner: string;
  readonly forceConflicts?: boolean;
}

/** @throws Problem `pack-invalid`, `pack-collision` for packs that do not fit together */
export function allowlistResource({
  hub,
  namespace,
  packs,
  metrics,
  owner,
  forceConflicts = false,
}: AllowlistOptions): Resource {
  const key = { namespace, name: allowlistName };
  const where = `ConfigMap ${namespace}/${allowlistName}`;
  const lists = allowlistLists(compileAllowlist(packs, metrics));
  const none = lists.map((list) => ({ ...list, items: [] }));
  return documentResource({
    cluster: hub,
    key,
    step: 'allowlist',
    merge: (content) => mergeLists(content, owner, lists, where),
    unmerge: (content) => mergeLists(content, owner, none, where),
    forceConflicts,
    renders: true,
  });
}

/** An allowlist as lists to be merged, keys and items in the form ACM and its collectors read (acm.md §6.4). */
export function allowlistLists(allowlist: Readonly<Record<Source, AllowlistPart>>): SharedList[] {
  return (['platform', 'userWorkload'] as const).flatMap((source) => {
    const dataKey = allowlistKeys[source];
    const { names, matches, recording_rules } = allowlist[source];
    return [
      { dataKey, list: 'names', items: names.map(textItem), idOf: String },
      { dataKey, list: 'matches', items: matches.map(textItem), idOf: String },
      {
        dataKey,
        list: 'recording_rules',
        // The user-workload list never evaluated `rules`; in the platform list ours would silence them (acm.md §6.2).
        ...(source === 'platform' ? { formerly: 'rules' } : {}),
        items: recording_rules.map((rule) => ({
          id: rule.record,
          value: rule,
          text: `record: ${rule.record}\nexpr: ${singleQuoted(rule.expr)}`,
        })),
        idOf: (value) => (isMapping(value) ? String(value.record) : String(value)),
      },
    ];
  });
}

function textItem(text: string): SharedItem {
  return { id: text, value: text, text: singleQuoted(text) };
}

/** One line, and no escapes but the doubled quote: backslashes arrive as they are. */
function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
