/** Grafana dashboards as the ConfigMaps ACM's loader takes up (acm.md §10.1): one dashboard each, with its own stable uid. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { Problem } from '../engine/problem.ts';
import { observabilityNamespace } from '../hub.ts';
import type { ConfigMap } from '../kinds.ts';
import type { Pack } from '../packs/pack.ts';
import { isMapping } from './document.ts';

/** The label the loader looks for. */
export const dashboardLabel = 'grafana-custom-dashboard';
/** The Grafana folder; without it the loader files a dashboard under Custom. */
export const folderAnnotation = 'observability.open-cluster-management.io/dashboard-folder';
/** The hub's Prometheus data source (ACM 2.11 and later). */
const dataSource = '000000001';
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
  readonly uid?: string;
  readonly model: Readonly<Record<string, unknown>>;
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
      name: slug(basename(path)),
      path,
      text: await readFile(path, 'utf8'),
    })),
  );
  const ofPacks = packs.flatMap((pack) =>
    pack.dashboards.map(({ file, path, folder, text }) => ({ name: `${pack.name}-${slug(file)}`, path, folder, text })),
  );
  const dashboards = [...ofPacks, ...own].map(readDashboard);
  refuseTwins(dashboards);
  return dashboards.map(configMap);
}

function configMap({ name, folder, model, path }: Dashboard): ConfigMap {
  const text = JSON.stringify(model);
  const size = Buffer.byteLength(text);
  if (size > largest) throw invalid(path, `${size} bytes are more than a ConfigMap holds (${largest})`);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: `dashboard-${name}`,
      namespace: observabilityNamespace,
      labels: { [dashboardLabel]: 'true' },
      ...(folder === undefined ? {} : { annotations: { [folderAnnotation]: folder } }),
    },
    data: { [`${name}.json`]: text },
  };
}

function readDashboard(source: Source): Dashboard {
  const { path, text } = source;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw invalid(path, error instanceof Error ? error.message : 'not JSON', error);
  }
  if (!isMapping(parsed)) throw invalid(path, 'not a dashboard model');
  if (isMapping(parsed.dashboard)) throw invalid(path, 'the answer of Grafana’s API, not the model in its "dashboard"');
  const { title, uid } = parsed;
  if (typeof title !== 'string' || title.trim() === '') throw invalid(path, 'a dashboard model has a title');
  if (uid !== undefined && uid !== null && (typeof uid !== 'string' || !/^[A-Za-z0-9_-]{1,40}$/.test(uid))) {
    throw invalid(path, `the uid ${JSON.stringify(uid)} is not 1 to 40 letters, digits, _ or -`);
  }
  return { ...source, title, ...(typeof uid === 'string' ? { uid } : {}), model: storable(parsed) };
}

/** Without what belongs to one Grafana's database; inputs of an exported file become the hub's data source. */
function storable(model: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const {
    id: _id,
    version: _version,
    iteration: _iteration,
    __inputs,
    __requires: _r,
    __elements: _e,
    ...rest
  } = model;
  const inputs = Array.isArray(__inputs) ? __inputs.filter(isMapping) : [];
  const text = inputs
    .filter((input) => input.type === 'datasource' && input.pluginId === 'prometheus')
    .reduce((result, input) => result.replaceAll(`\${${String(input.name)}}`, dataSource), JSON.stringify(rest));
  return inputs.length === 0 ? rest : (JSON.parse(text) as Readonly<Record<string, unknown>>);
}

/** Same uid: the loader would show only one. Same title in one folder: Grafana refuses the second. */
function refuseTwins(dashboards: readonly Dashboard[]): void {
  const seen = new Map<string, string>();
  for (const { name, uid, folder, title, path } of dashboards) {
    for (const key of [
      `name ${name}`,
      ...(uid === undefined ? [] : [`uid ${uid}`]),
      `title ${title} in folder ${folder ?? 'Custom'}`,
    ]) {
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
function slug(file: string): string {
  const name = file.replace(/\.json$/i, '').toLowerCase();
  const plain = name.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return plain.slice(0, 200) || 'unnamed';
}

function invalid(path: string, reason: string, cause?: unknown): Problem {
  return new Problem('dashboard-invalid', `${path}: ${reason}.`, cause === undefined ? {} : { cause });
}
