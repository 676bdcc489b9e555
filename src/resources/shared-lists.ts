/**
 * Lists in shared documents, merged item by item: ours are put in, brought up to date and taken out; other people's stay. An
 * item that was there before us is not claimed; one that another owner put in and we want too is claimed by both, and stays
 * until the last owner lets it go.
 */
import { isDeepStrictEqual } from 'node:util';
import { Problem } from '../engine/problem.ts';
import { type Mapping, mergeDocument } from './document.ts';
import type { Merged, SharedContent } from './document-resource.ts';
import { type Entries, fingerprint, otherOwners, type Recorded, readEntries, writeEntries } from './entries.ts';
import type { Edit } from './yaml-edits.ts';
import type { ListItem } from './yaml-spans.ts';

export interface SharedItem extends ListItem {
  /** What identifies it in its list: name, match, record, group name. */
  readonly id: string;
}

export interface SharedList {
  readonly dataKey: string;
  /** Top-level key of the document. */
  readonly list: string;
  /** A deprecated name of the list: where only that one is there, it is renamed, so that both parts count. */
  readonly formerly?: string;
  readonly items: readonly SharedItem[];
  idOf(value: unknown): string;
}

interface Reconciled {
  readonly edits: readonly Edit[];
  readonly recorded: Recorded;
  readonly drifted: readonly string[];
}

/**
 * Brings our items of all lists up to date. With no items in any list everything of this owner is taken out.
 *
 * @throws Problem `pack-collision` when an item of ours exists with another meaning, `document-invalid`
 */
export function mergeLists(content: SharedContent, owner: string, lists: readonly SharedList[], where: string): Merged {
  const entries = readEntries(content.annotations);
  const data: Record<string, string> = { ...content.data };
  const drifted: { dataKey: string; part: string }[] = [];
  const ours: Record<string, Record<string, Recorded>> = {};
  for (const dataKey of new Set(lists.map((list) => list.dataKey))) {
    const ofKey = lists.filter((list) => list.dataKey === dataKey);
    const recorded: Record<string, Recorded> = {};
    const text = mergeDocument(
      data[dataKey],
      (value) =>
        ofKey.flatMap((list) => {
          const result = reconcile(value, list, entries, owner, where);
          recorded[list.list] = result.recorded;
          drifted.push(...result.drifted.map((part) => ({ dataKey, part })));
          return result.edits;
        }),
      `${where}, key ${dataKey}`,
    );
    // A document that held nothing but ours goes with it.
    if (text !== (data[dataKey] ?? '')) {
      if (text === '') delete data[dataKey];
      else data[dataKey] = text;
    }
    ours[dataKey] = recorded;
  }
  return { data, annotations: writeEntries(content.annotations, { ...entries, [owner]: ours }), drifted };
}

function reconcile(value: Mapping, list: SharedList, entries: Entries, owner: string, where: string): Reconciled {
  const key =
    list.formerly !== undefined && list.items.length > 0 && isOnly(value, list.formerly, list.list)
      ? list.formerly
      : list.list;
  const present = Array.isArray(value[key]) ? (value[key] as readonly unknown[]) : [];
  const positions = new Map(present.map((item, index) => [list.idOf(item), index]));
  const mine = entries[owner]?.[list.dataKey]?.[list.list] ?? {};
  const othersOf = (id: string) => otherOwners(entries, owner, list.dataKey, list.list, id);
  const add: SharedItem[] = [];
  const replace = new Map<number, ListItem>();
  const recorded: Record<string, string> = {};
  const drifted: string[] = [];

  for (const item of list.items) {
    const index = positions.get(item.id);
    const known = mine[item.id];
    const print = fingerprint(item.value);
    if (index === undefined) {
      add.push(item);
      if (known !== undefined) drifted.push(item.id);
    } else if (!isDeepStrictEqual(present[index], item.value)) {
      const others = othersOf(item.id);
      if (known === undefined || others.length > 0) throw collision(item.id, others, where);
      if (known !== fingerprint(present[index])) drifted.push(item.id);
      replace.set(index, item);
    } else if (known === undefined && othersOf(item.id).length === 0) continue;
    recorded[item.id] = print;
  }
  const wanted = new Set(list.items.map((item) => item.id));
  const drop = Object.keys(mine)
    .filter((id) => !wanted.has(id) && othersOf(id).length === 0)
    .flatMap((id) => positions.get(id) ?? []);
  const changes = add.length + replace.size + drop.length > 0;
  const edits: Edit[] = changes ? [{ kind: 'list', key, drop, replace, add }] : [];
  if (changes && key !== list.list) edits.push({ kind: 'rename', key, to: list.list });
  return { edits, recorded, drifted };
}

function isOnly(value: Mapping, former: string, current: string): boolean {
  const list = value[former];
  return Array.isArray(list) && list.length > 0 && value[current] === undefined;
}

function collision(id: string, owners: readonly string[], where: string): Problem {
  const who = owners.length > 0 ? owners.join(', ') : 'somebody else';
  return new Problem('pack-collision', `${where}: ${id} is there already with another meaning, put in by ${who}.`);
}
