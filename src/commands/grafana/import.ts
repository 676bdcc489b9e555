/** `grafana import`: dashboards from files into the development Grafana. What is the same there is left alone. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { confirm } from '../../cli/ask.ts';
import type { GlobalOptions } from '../../cli/options.ts';
import { answered, type CommandResult, tell } from '../../cli/output.ts';
import type { Shell } from '../../cli/shell.ts';
import type { Context } from '../../context.ts';
import { folderOf, requireFreeTitle } from '../../dashboards/choose.ts';
import { broughtBy, invalid } from '../../dashboards/files.ts';
import { lintDashboard } from '../../dashboards/lint.ts';
import { type Model, modelDifferences, portable } from '../../dashboards/model.ts';
import { Problem } from '../../engine/problem.ts';
import type { DashboardPlace, Grafana } from '../../ports.ts';
import { type DashboardFinding, doneVerdict, type ImportAnswer } from '../../render/answers/answer.ts';
import { withSession } from '../with-session.ts';
import { requireGrafanaRights } from './rights.ts';
import { developmentGrafana, manyAtOnce } from './with-grafana.ts';

export interface ImportOptions extends GlobalOptions {
  readonly files: readonly string[];
  /** For all of them; absent: the folder a file names, else where the dashboard is, else General. */
  readonly folder?: string;
}

type Done = ImportAnswer['dashboards'][number];

interface Wanted {
  readonly title: string;
  readonly model: Model;
  readonly folder: string | undefined;
  /** Where it is there already. */
  readonly folderUid: string | undefined;
  readonly change: 'new' | 'changed' | 'same';
}

/** @throws Problem `dashboard-invalid`, `dashboard-clash`, and what the development Grafana says; all before the first write. */
export function importCommand(options: ImportOptions, shell: Shell): Promise<CommandResult> {
  return withSession(options, shell, {}, async ({ context }) => {
    const texts = await Promise.all(options.files.map((file) => read(resolve(shell.cwd, file))));
    const brought = texts.flatMap(({ path, text }) => broughtBy(path, text));
    await requireGrafanaRights('grafana-import', context);
    const grafana = await developmentGrafana(context);
    const there = await grafana.dashboards();
    const wanted = await manyAtOnce(brought, ({ model, folder }) =>
      compared(grafana, there, portable(model), options.folder ?? folder),
    );
    refuseTwins(wanted);
    const findings = wanted.flatMap((one) => faultsOf(one, context.config));
    for (const { title, where, message } of findings) {
      await tell(`${JSON.stringify(title)} will not work: ${where}: ${message}`, shell);
    }
    const answer = (dashboards: readonly Done[]): CommandResult =>
      answered({ schemaVersion: 1, command: 'grafana import', ...doneVerdict(dashboards), dashboards, findings });
    const changed = wanted.filter(({ change }) => change === 'changed');
    const titles = changed.map(({ title }) => JSON.stringify(title)).join(', ');
    if (changed.length > 0 && !(await confirm(`Replace what differs there: ${titles}?`, options, shell))) {
      await tell('Nothing was changed.', shell);
      return answer(wanted.map((one) => told(one, one.change === 'same' ? 'unchanged' : 'declined')));
    }
    const dashboards: Done[] = [];
    try {
      for (const one of wanted) dashboards.push(await saved(grafana, one));
    } catch (error) {
      // Those before it are there, and stay.
      for (const { done, title } of dashboards) await tell(`${done}  ${title}`, shell);
      throw error;
    }
    return answer(dashboards);
  });
}

async function saved(grafana: Grafana, one: Wanted): Promise<Done> {
  if (one.change === 'same') return told(one, 'unchanged');
  const { uid } = await grafana.save(one.model, one.folder, one.folderUid);
  return told(one, one.change === 'new' ? 'imported' : 'replaced', uid);
}

/** The uid of a new one that came without is known once it is saved. */
function told({ title, model, folder }: Wanted, done: Done['done'], uid = String(model.uid ?? '')): Done {
  return { uid, title, folder: folderOf(folder === undefined ? {} : { folder }), done };
}

/** Somebody may import it to mend it there. */
function faultsOf({ title, model }: Wanted, { observability }: Context['config']): DashboardFinding[] {
  const found = lintDashboard(model, { intervalSeconds: observability.interval });
  return found.filter(({ severity }) => severity === 'error').map((one) => ({ title, ...one }));
}

/** @throws Problem `dashboard-clash`: of two files that mean one dashboard, the first would be lost. */
function refuseTwins(wanted: readonly Wanted[]): void {
  const seen = new Set<string>();
  for (const { title, model, folder } of wanted) {
    const uid = typeof model.uid === 'string' && model.uid !== '' ? [`uid ${model.uid}`] : [];
    for (const key of [...uid, `title ${JSON.stringify(title)} in folder ${folder ?? 'General'}`]) {
      if (seen.has(key)) throw new Problem('dashboard-clash', `two of the files bring a dashboard with the ${key}`);
      seen.add(key);
    }
  }
}

async function compared(
  grafana: Grafana,
  there: readonly DashboardPlace[],
  model: Model,
  folder: string | undefined,
): Promise<Wanted> {
  const title = String(model.title);
  const known = knownAs(there, model, folder);
  const place = folder === undefined ? known?.folder : inGrafana(folder);
  const folderUid = known !== undefined && known.folder === place ? known.folderUid : undefined;
  const uid = known?.uid ?? String(model.uid ?? '');
  requireFreeTitle(there, { uid, title, ...(place === undefined ? {} : { folder: place }) }, 'the development Grafana');
  const own = uid === '' ? model : { ...model, uid };
  const wanted = { title, model: own, folder: place, folderUid };
  if (known === undefined) return { ...wanted, change: 'new' };
  const live = await grafana.dashboard(known.uid);
  const moved = place !== known.folder;
  const differs = live === undefined || moved || modelDifferences(portable(live.model), own).length > 0;
  return { ...wanted, change: differs ? 'changed' : 'same' };
}

/** By its uid; one that was exported without (as ACM's script does) by its title in its folder. */
function knownAs(there: readonly DashboardPlace[], { uid, title }: Model, folder: string | undefined) {
  if (typeof uid === 'string' && uid !== '') return there.find((one) => one.uid === uid);
  return there.find((one) => one.title === title && one.folder === inGrafana(folder));
}

/** General is no folder of its own there. */
function inGrafana(folder: string | undefined): string | undefined {
  return folder === 'General' ? undefined : folder;
}

async function read(path: string): Promise<{ path: string; text: string }> {
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (cause) {
    throw invalid(path, 'it cannot be read', cause);
  }
}
