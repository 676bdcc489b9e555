/** Grafana dashboards as the ConfigMaps ACM's loader takes up (acm.md §10.1): one dashboard each, with its own stable uid. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { invalid, uidFault } from '../dashboards/files.ts';
import { isModel, type Model, slug, storable } from '../dashboards/model.ts';
import { Problem } from '../engine/problem.ts';
import { observabilityNamespace } from '../hub.ts';
import type { ConfigMap } from '../kinds.ts';
import type { Pack } from '../packs/pack.ts';
import { marks } from './marks.ts';

/** The label the loader looks for. */
export const dashboardLabel = 'grafana-custom-dashboard';
/** The Grafana folder; without it the loader files a dashboard under Custom. */
export const folderAnnotation = 'observability.open-cluster-management.io/dashboard-folder';
/** Label: the folder General. */
const generalLabel = 'general-folder';
/** Label on what no configuration declares. */
export const promotedLabel = 'acm-observability/promoted';
/** A ConfigMap holds 1 MiB; some of it is for the rest of the object. */
const largest = 1_000_000;

interface Source {
  readonly name: string;
  readonly path: string;
  readonly folder?: string;
  readonly text: string;
}
interface Dashboard extends Source {
  readonly title: string;
  readonly uid: string;
  readonly model: Model;
}
interface NamedModel {
  readonly name: string;
  /** Absent: Custom. */
  readonly folder?: string;
  readonly model: Model;
  /** Where it comes from, for messages. */
  readonly path?: string;
}

/**
 * One ConfigMap per dashboard of the packs and of the configuration's files.
 *
 * @throws Problem `dashboard-invalid`: no JSON, no dashboard model, too large, no such file, or two that Grafana would take
 *   for one
 */
export async function dashboardConfigMaps(
  config: Pick<Config, 'dashboards' | 'baseFolder'>,
  packs: readonly Pack[],
): Promise<ConfigMap[]> {
  const files = await Promise.all(config.dashboards.map((pattern) => filesOf(pattern, config.baseFolder)));
  const own = await Promise.all(
    [...new Set(files.flat())].map(async (path) => ({
      name: nameOf(basename(path)),
      path,
      text: await readFile(path, 'utf8'),
    })),
  );
  const ofPacks = packs.flatMap((pack) =>
    pack.dashboards.map(({ file, path, folder, text }) => ({
      name: `${pack.name}-${nameOf(file)}`,
      path,
      folder,
      text,
    })),
  );
  const dashboards = [...ofPacks, ...own].map(readDashboard);
  refuseTwins(dashboards);
  return dashboards.map(dashboardConfigMap);
}

/** The ConfigMap of one dashboard: one key, because to 2.16 the loader takes the uid of all its keys from its name. */
export function dashboardConfigMap({ name, folder, model, path = name }: NamedModel): ConfigMap {
  const text = JSON.stringify(model);
  const size = Buffer.byteLength(text);
  if (size > largest) throw invalid(path, `${size} bytes are more than a ConfigMap holds (${largest})`);
  const isGeneral = folder === 'General';
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: `dashboard-${name}`,
      namespace: observabilityNamespace,
      labels: { [dashboardLabel]: 'true', ...(isGeneral ? { [generalLabel]: 'true' } : {}) },
      ...(folder === undefined || isGeneral ? {} : { annotations: { [folderAnnotation]: folder } }),
    },
    data: { [`${name}.json`]: text },
  };
}

/** A dashboard as a ConfigMap holds it. */
export interface HeldDashboard {
  readonly uid: string;
  readonly title: string;
  readonly folder: string;
  readonly model: Model;
}

/** What a ConfigMap of dashboards holds, somebody else's too: what does not parse is left out, as the loader does. */
export function dashboardsIn({ metadata, data = {} }: ConfigMap): HeldDashboard[] {
  const general = metadata.labels?.[generalLabel] === 'true';
  const folder = general ? 'General' : (metadata.annotations?.[folderAnnotation] ?? 'Custom');
  return Object.values(data).flatMap((text) => {
    const model = parsed(text);
    if (!isModel(model)) return [];
    const uid = typeof model.uid === 'string' ? model.uid : '';
    return [{ uid, title: String(model.title ?? ''), folder, model }];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Somebody else's, and of no use to the loader either.
    return undefined;
  }
}

/** A file that got another name keeps its ConfigMap: removing the old one would take the dashboard of the new one with it. */
export function underOldNames(declared: readonly ConfigMap[], live: readonly ConfigMap[]): ConfigMap[] {
  const ours = live.filter(({ metadata }) => metadata.labels?.[marks.step] === 'dashboards');
  const names = new Map(ours.flatMap((map) => dashboardsIn(map).map(({ uid }) => [uid, map.metadata.name] as const)));
  return declared.map((map) => {
    const [uid = ''] = dashboardsIn(map).map((one) => one.uid);
    const old = names.get(uid);
    const taken = old !== undefined && declared.some((other) => other !== map && other.metadata.name === old);
    return old === undefined || taken ? map : { ...map, metadata: { ...map.metadata, name: old } };
  });
}

/** @throws Problem `dashboard-clash`: Grafana would show one of two, and the loader says so only in its log. */
export function refuseClash(map: ConfigMap, live: readonly ConfigMap[]): void {
  const others = live.filter(({ metadata }) => metadata.name !== map.metadata.name);
  for (const { uid, title, folder } of dashboardsIn(map)) {
    for (const other of others) {
      const ours = other.metadata.labels?.[marks.step] === 'dashboards';
      const twin = dashboardsIn(other).find((one) => one.title === title && one.folder === folder && one.uid !== uid);
      const same = ours ? undefined : dashboardsIn(other).find((one) => one.uid === uid);
      // Of ours, only what was promoted stays beside what the configuration declares.
      if (same === undefined && (twin === undefined || (ours && !isPromoted(other)))) continue;
      const what = same ? `the uid ${uid}` : `the title ${JSON.stringify(title)} in folder ${folder}`;
      throw new Problem(
        'dashboard-clash',
        `${JSON.stringify(title)}: ConfigMap ${other.metadata.name} has ${what} already`,
      );
    }
  }
}

/** Brought into production by `grafana promote`. */
export function isPromoted({ metadata }: ConfigMap): boolean {
  return metadata.labels?.[promotedLabel] === 'true' && metadata.labels[marks.step] === 'dashboards';
}

function readDashboard(source: Source): Dashboard {
  const { path, text } = source;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw invalid(path, error instanceof Error ? error.message : 'not JSON', error);
  }
  if (!isModel(parsed)) throw invalid(path, 'not a dashboard model');
  if (isModel(parsed.dashboard)) throw invalid(path, 'the answer of Grafana’s API, not the model in its "dashboard"');
  const { title, uid } = parsed;
  if (typeof title !== 'string' || title.trim() === '') throw invalid(path, 'a dashboard model has a title');
  const fault = uidFault(uid);
  if (fault !== undefined) throw invalid(path, fault);
  const own = typeof uid === 'string' && uid !== '' ? uid : ownUid(source.name);
  return { ...source, title, uid: own, model: { ...storable(parsed), uid: own } };
}

/** Stable, for a dashboard without: what the loader would make up depends on the release. */
function ownUid(name: string): string {
  return `ao-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

/** Same uid: the loader would show only one. Same title in one folder: Grafana refuses the second. */
function refuseTwins(dashboards: readonly Dashboard[]): void {
  const seen = new Map<string, string>();
  for (const { name, uid, folder, title, path } of dashboards) {
    for (const key of [`name ${name}`, `uid ${uid}`, `title ${title} in folder ${folder ?? 'Custom'}`]) {
      const other = seen.get(key);
      if (other !== undefined) throw invalid(path, `same ${key} as ${other}`);
      seen.set(key, path);
    }
  }
}

/** The files a pattern names: `*` stands for any part of a file's name. */
async function filesOf(pattern: string, baseFolder: string): Promise<string[]> {
  const path = resolve(baseFolder, pattern);
  const wanted = new RegExp(`^${basename(path).split('*').map(literally).join('.*')}$`);
  const names = await namesIn(dirname(path), pattern);
  const found = names.filter((name) => wanted.test(name)).sort();
  if (found.length === 0) throw invalid(pattern, `no such file in ${dirname(path)}`);
  return found.map((name) => join(dirname(path), name));
}

async function namesIn(folder: string, pattern: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw invalid(pattern, error instanceof Error ? error.message : `${folder} cannot be read`, error);
  }
}

const literally = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');

/** `My Board.json` → `my-board`: part of an object's name. */
function nameOf(file: string): string {
  return slug(file.replace(/\.json$/i, '')) || 'unnamed';
}
