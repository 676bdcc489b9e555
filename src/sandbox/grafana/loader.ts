/**
 * The dashboard loader beside each of ACM's Grafanas (acm.md §10.1): ConfigMaps become dashboards within seconds, and from
 * 2.17 whatever has no ConfigMap is deleted at its start and every ten minutes. Nobody sees it work: what it has done by
 * now is worked out when its Grafana is asked.
 */
import type { ConfigMap } from '../../kinds.ts';
import { domain } from '../controllers/names.ts';
import { type Database, Refusal } from './database.ts';

/** Milliseconds from a change of a ConfigMap to the dashboard. */
const latencyMs = 3_000;
const sweepMs = 600_000;

export interface LoaderOptions {
  readonly database: Database;
  /** From 2.17: no dashboard without a ConfigMap, and one bad key does not keep the others out. */
  readonly exclusive: boolean;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

export interface Loader {
  /** Does what it would have done until now. */
  catchUp(maps: readonly ConfigMap[], now: number): void;
}

interface Known {
  readonly version: string | undefined;
  /** Absent: the ConfigMap is gone. */
  readonly map: ConfigMap | undefined;
  readonly due: number;
  readonly uids: readonly string[];
  readonly done: boolean;
}

export function createLoader({ database, exclusive, startedAt }: LoaderOptions): Loader {
  const known = new Map<string, Known>();
  let sweeps = -1;

  const notice = (maps: readonly ConfigMap[], now: number): void => {
    const present = new Set(maps.map(({ metadata }) => metadata.name));
    for (const map of maps) {
      const { name, resourceVersion: version } = map.metadata;
      const before = known.get(name);
      if (before !== undefined && before.version === version && before.map !== undefined) continue;
      const due = Math.max(startedAt, changedAt(map) ?? now) + latencyMs;
      known.set(name, { version, map, due, uids: before?.uids ?? [], done: false });
    }
    for (const [name, entry] of known) {
      if (present.has(name) || entry.map === undefined) continue;
      known.set(name, { ...entry, map: undefined, due: now + latencyMs, done: false });
    }
  };
  const load = (now: number): void => {
    for (const [name, entry] of known) {
      if (entry.done || entry.due > now) continue;
      if (entry.map === undefined) {
        for (const uid of entry.uids) removeWithFolder(database, uid);
        known.delete(name);
      } else known.set(name, { ...entry, uids: save(database, entry.map, exclusive), done: true });
    }
  };
  return {
    catchUp(maps, now) {
      notice(maps, now);
      load(now);
      const due = Math.floor((now - startedAt) / sweepMs);
      if (!exclusive || due <= sweeps) return;
      sweeps = due;
      const wanted = new Set([...known.values()].flatMap(({ uids }) => uids));
      for (const { uid } of database.dashboards()) if (!wanted.has(uid)) removeWithFolder(database, uid);
      for (const { uid } of database.folders()) removeIfEmpty(database, uid);
    },
  };
}

/** ConfigMaps the loader takes up. */
export function isDashboardMap({ metadata }: ConfigMap): boolean {
  const owned = metadata.ownerReferences?.some(({ kind }) => kind === 'MultiClusterObservability') === true;
  return (
    metadata.labels?.['grafana-custom-dashboard'] === 'true' ||
    (owned && metadata.name.startsWith('grafana-dashboard-'))
  );
}

function changedAt({ metadata }: ConfigMap): number | undefined {
  const times = (metadata.managedFields ?? []).map(({ time }) => Date.parse(time ?? '')).filter(Number.isFinite);
  return times.length === 0 ? undefined : Math.max(...times);
}

/** The uids of the dashboards that were saved. */
function save(database: Database, map: ConfigMap, exclusive: boolean): string[] {
  const uids: string[] = [];
  for (const text of Object.values(map.data ?? {})) {
    const model = modelIn(text);
    if (model === undefined) {
      if (exclusive) continue;
      break;
    }
    const { id: _, ...rest } = model;
    const uid = typeof model.uid === 'string' && model.uid !== '' ? model.uid : uidFor(map);
    try {
      const folderUid = folderFor(database, map);
      uids.push(database.save({ model: { ...rest, uid }, folderUid, overwrite: true }).uid);
    } catch (error) {
      // A line in its log, and the dashboard is not there.
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return uids;
}

function modelIn(text: string): Record<string, unknown> | undefined {
  try {
    const model: unknown = JSON.parse(text);
    return typeof model === 'object' && model !== null && !Array.isArray(model) ? { ...model } : undefined;
  } catch {
    // As the loader does: what does not parse is passed over.
    return undefined;
  }
}

function folderFor(database: Database, { metadata }: ConfigMap): string {
  if (metadata.labels?.['general-folder'] === 'true') return '';
  const title = metadata.annotations?.[`${domain}/dashboard-folder`] ?? 'Custom';
  return (database.foldersIn('').find((folder) => folder.title === title) ?? database.createFolder(title)).uid;
}

/** `NAME-NAMESPACE`, hashed where Grafana would find it too long. */
function uidFor({ metadata }: ConfigMap): string {
  const text = `${metadata.name}-${metadata.namespace}`;
  return text.length <= 40 ? text : fnv128(text);
}

/** FNV-1a of 128 bits, in hexadecimal. */
function fnv128(text: string): string {
  const prime = 0x1000000000000000000013bn;
  let hash = 0x6c62272e07bb014262b821756295c58dn;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(128, (hash ^ BigInt(byte)) * prime);
  return hash.toString(16).padStart(32, '0');
}

function removeWithFolder(database: Database, uid: string): void {
  const folder = database.dashboard(uid)?.folderUid;
  database.remove(uid);
  if (folder !== undefined) removeIfEmpty(database, folder);
}

function removeIfEmpty(database: Database, folder: string): void {
  if (folder === '' || database.dashboards().some(({ folderUid }) => folderUid === folder)) return;
  if (database.foldersIn(folder).length > 0) return;
  database.removeFolder(folder);
}
