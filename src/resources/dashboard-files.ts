/** The dashboards that are declared: those of the packs, and the files the configuration names. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Config, DashboardReference } from '../config/config.ts';
import { invalid, uidFault } from '../dashboards/files.ts';
import { isModel, type Model, slug, storable } from '../dashboards/model.ts';
import { literally } from '../engine/literally.ts';
import type { ConfigMap } from '../kinds.ts';
import type { Pack } from '../packs/pack.ts';
import { dashboardConfigMap } from './dashboards.ts';

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

/** What of the configuration declares dashboards. */
type Declared = Pick<Config, 'dashboards' | 'baseFolder'>;

/**
 * One ConfigMap per dashboard of the packs and of the configuration's files.
 *
 * @throws Problem `dashboard-invalid`: no JSON, no dashboard model, too large, no such file, or two that Grafana would take
 *   for one
 */
export async function dashboardConfigMaps(config: Declared, packs: readonly Pack[]): Promise<ConfigMap[]> {
  const own = await Promise.all(
    (await dashboardFiles(config)).map(async ({ path, folder }) => ({
      name: nameOf(basename(path)),
      path,
      ...(folder === undefined ? {} : { folder }),
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

function readDashboard(source: Source): Dashboard {
  const { path, text } = source;
  let parsed: unknown;
  try {
    // Editors of Windows begin a file with a mark of its encoding.
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
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
  return { ...source, title: title.trim(), uid: own, model: { ...storable(parsed), uid: own } };
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

/**
 * The files of `dashboards:`, each once: of two entries that name it, the one with a folder of Grafana counts.
 * @throws Problem `dashboard-invalid`: no such file, or two folders for one.
 */
export async function dashboardFiles({ dashboards, baseFolder }: Declared): Promise<DashboardReference[]> {
  const named = dashboards.map((one) => (typeof one === 'string' ? { path: one } : one));
  const lists = await Promise.all(
    named.map(async ({ path, ...folder }) =>
      (await filesOf(path, baseFolder)).map((file): DashboardReference => ({ path: file, ...folder })),
    ),
  );
  const files = new Map<string, DashboardReference>();
  for (const one of lists.flat()) {
    const { folder } = files.get(one.path) ?? {};
    if (folder !== undefined && one.folder !== undefined && folder !== one.folder) {
      throw invalid(one.path, `both in folder ${folder} and in ${one.folder}`);
    }
    files.set(one.path, { ...files.get(one.path), ...one });
  }
  return [...files.values()];
}

/** The files a pattern names: `*` stands for any part of a file's name. */
async function filesOf(pattern: string, baseFolder: string): Promise<string[]> {
  const path = resolve(baseFolder, pattern);
  if (dirname(path).includes('*')) throw invalid(pattern, 'a * may stand in a file’s name, not in a folder’s');
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

/** `My Board.json` → `my-board`: part of an object's name. */
function nameOf(file: string): string {
  return slug(file.replace(/\.json$/i, '')) || 'unnamed';
}
