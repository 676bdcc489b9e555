/** `grafana export`: dashboards of the development Grafana as files for `dashboards:` and for Git. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { makeFolder } from '../../adapters/folder.ts';
import type { GlobalOptions } from '../../cli/options.ts';
import { answered, type CommandResult } from '../../cli/output.ts';
import type { Shell } from '../../cli/shell.ts';
import { choose, folderOf } from '../../dashboards/choose.ts';
import { fileText, isModel, portable, slug } from '../../dashboards/model.ts';
import { Problem } from '../../engine/problem.ts';
import type { DashboardInGrafana, DashboardPlace } from '../../ports.ts';
import { doneVerdict, type ExportedDashboard } from '../../render/answers/answer.ts';
import { withSession } from '../with-session.ts';
import { requireGrafanaRights } from './rights.ts';
import { developmentGrafana, manyAtOnce } from './with-grafana.ts';

export interface ExportOptions extends GlobalOptions {
  /** Title or uid. */
  readonly dashboard?: string;
  readonly all: boolean;
  /** Only of this folder. */
  readonly folder?: string;
  /** Where the files go; `dashboards` unless told. */
  readonly to?: string;
}

/** @throws Problem `usage`, `grafana-absent`, `dashboard-absent`, `dashboard-ambiguous`. */
export function exportCommand(options: ExportOptions, shell: Shell): Promise<CommandResult> {
  const { dashboard, all, folder, to = 'dashboards' } = options;
  if ((dashboard === undefined) === !all) {
    throw new Problem('usage', 'name one dashboard, or say --all', {
      fix: 'As `acm-observability grafana export TITLE`, or `acm-observability grafana export --all`.',
    });
  }
  return withSession(options, shell, {}, async ({ context }) => {
    await requireGrafanaRights('grafana-export', context);
    const grafana = await developmentGrafana(context);
    const there = await grafana.dashboards();
    const inFolder = there.filter((one) => folder === undefined || folderOf(one) === folder);
    const chosen = dashboard === undefined ? inFolder : [choose(there, dashboard, folder)];
    // All is read before the first file is written.
    const found = (await manyAtOnce(chosen, ({ uid }) => grafana.dashboard(uid))).filter((one) => one !== undefined);
    if (dashboard !== undefined && found.length === 0) {
      throw new Problem('dashboard-absent', `${JSON.stringify(dashboard)} was deleted meanwhile`);
    }
    const dashboards = await writeAll(found, resolve(shell.cwd, to), shell.cwd, context.config.baseFolder);
    return answered({ schemaVersion: 1, command: 'grafana export', ...doneVerdict(dashboards), dashboards });
  });
}

/** @throws Problem `usage`: a file cannot be written. */
async function writeAll(
  found: readonly DashboardInGrafana[],
  target: string,
  cwd: string,
  baseFolder: string,
): Promise<ExportedDashboard[]> {
  const dashboards: ExportedDashboard[] = [];
  try {
    await makeFolder(target);
    const names = await namesFor(found, target);
    for (const [index, { uid, title, model, ...place }] of found.entries()) {
      const path = join(target, names[index] ?? `${uid}.json`);
      const done = await written(path, fileText(portable(model)));
      const folder = folderOf(place);
      const entry = { path: relative(baseFolder, path), folder };
      dashboards.push({ uid, title, folder, file: relative(cwd, path), done, entry });
    }
    return dashboards;
  } catch (cause) {
    throw cause instanceof Error && 'code' in cause ? notWritten(target, cause) : cause;
  }
}

function notWritten(target: string, cause: Error): Problem {
  return new Problem('usage', `The dashboards cannot be written to ${target}: ${cause.message}.`, {
    cause,
    likely: 'The folder or a file in it is read-only, or the path is a file.',
    fix: 'Name a folder that can be written: --to FOLDER.',
  });
}

/** A file that holds the text already is left as it is. */
async function written(path: string, text: string): Promise<ExportedDashboard['done']> {
  if ((await textIn(path)) === text) return 'unchanged';
  await writeFile(path, text);
  return 'written';
}

/** A dashboard that has a file keeps it; a new one is named after its title, and after its uid where that is taken. */
async function namesFor(found: readonly DashboardPlace[], folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const taken = new Set(files);
  const known = new Map<string, string>();
  for (const name of files) {
    const uid = uidIn(await textIn(join(folder, name)));
    if (uid !== undefined && !known.has(uid)) known.set(uid, name);
  }
  return found.map(({ uid, title }) => {
    const own = known.get(uid);
    if (own !== undefined) return own;
    const plain = slug(title);
    const names = [...(plain === '' ? [] : [`${plain}.json`, `${plain}-${uid}.json`]), `${uid}.json`];
    const name = names.find((candidate) => !taken.has(candidate)) ?? `${uid}.json`;
    taken.add(name);
    return name;
  });
}

/** Of a dashboard's file; of somebody else's, which is only not written over, none. */
function uidIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const model: unknown = JSON.parse(text);
    return isModel(model) && typeof model.uid === 'string' ? model.uid : undefined;
  } catch {
    return undefined;
  }
}

/** None where there is no file, or none that can be read. */
function textIn(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
