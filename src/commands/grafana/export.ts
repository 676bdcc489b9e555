/** `grafana export`: dashboards of the development Grafana as files for `dashboards:` and for Git. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { GlobalOptions } from '../../cli/options.ts';
import type { CommandResult } from '../../cli/output.ts';
import type { Shell } from '../../cli/shell.ts';
import type { DashboardReference } from '../../config/config.ts';
import { choose, folderOf } from '../../dashboards/choose.ts';
import { fileText, isModel, portable, slug } from '../../dashboards/model.ts';
import { Problem } from '../../engine/problem.ts';
import type { DashboardPlace, Grafana } from '../../ports.ts';
import { withSession } from '../with-session.ts';
import { requireGrafanaRights } from './rights.ts';
import { developmentGrafana } from './with-grafana.ts';

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
    const target = resolve(shell.cwd, to);
    const names = await namesFor(chosen, target);
    await mkdir(target, { recursive: true });
    const lines: string[] = [];
    const entries: DashboardReference[] = [];
    for (const [index, one] of chosen.entries()) {
      const path = join(target, names[index] ?? `${one.uid}.json`);
      await writeFile(path, await textOf(grafana, one));
      const shown = relative(shell.cwd, path);
      lines.push(`${shown}  ${one.uid}  ${folderOf(one)}: ${one.title}`);
      entries.push({ path: shown, folder: folderOf(one) });
    }
    if (lines.length === 0) return { exitCode: 0, text: 'There are no dashboards to export.' };
    return { exitCode: 0, text: `${lines.join('\n')}\n\nIn the configuration:\n${stringify({ dashboards: entries })}` };
  });
}

async function textOf(grafana: Grafana, { uid, title }: DashboardPlace): Promise<string> {
  const found = await grafana.dashboard(uid);
  if (found === undefined) throw new Problem('dashboard-absent', `${JSON.stringify(title)} was deleted meanwhile`);
  return fileText(portable(found.model));
}

/** A dashboard that has a file keeps it; a new one is named after its title, and after its uid where that is taken. */
async function namesFor(chosen: readonly DashboardPlace[], folder: string): Promise<string[]> {
  const files = await uidsIn(folder);
  const taken = new Set(files.values());
  return chosen.map(({ uid, title }) => {
    const known = files.get(uid);
    if (known !== undefined) return known;
    const plain = slug(title);
    const names = [...(plain === '' ? [] : [`${plain}.json`, `${plain}-${uid}.json`]), `${uid}.json`];
    const name = names.find((candidate) => !taken.has(candidate)) ?? `${uid}.json`;
    taken.add(name);
    return name;
  });
}

/** uid → file, of the dashboards that are there; files that are none keep their names too. */
async function uidsIn(folder: string): Promise<Map<string, string>> {
  const uids = new Map<string, string>();
  for (const name of await jsonFilesIn(folder)) {
    const model = modelIn(await readFile(join(folder, name), 'utf8'));
    uids.set(isModel(model) && typeof model.uid === 'string' ? model.uid : `file ${name}`, name);
  }
  return uids;
}

async function jsonFilesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function modelIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Somebody else's file: it is not read, only not written over.
    return undefined;
  }
}
