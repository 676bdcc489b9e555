/** `grafana diff`: each dashboard of the configuration as it is in the development Grafana, in its file and in production. */
import type { GlobalOptions } from '../../cli/options.ts';
import { answered, type CommandResult } from '../../cli/output.ts';
import type { Shell } from '../../cli/shell.ts';
import { folderOf } from '../../dashboards/choose.ts';
import { modelDifferences, portable } from '../../dashboards/model.ts';
import { exits } from '../../engine/exits.ts';
import type { DashboardInGrafana, Grafana } from '../../ports.ts';
import type { ComparedDashboard, Comparison } from '../../render/answers/answer.ts';
import { dashboardConfigMaps } from '../../resources/dashboard-files.ts';
import { dashboardsIn, type HeldDashboard } from '../../resources/dashboards.ts';
import { withSession } from '../with-session.ts';
import { requireGrafanaRights } from './rights.ts';
import { manyAtOnce, productionGrafanas } from './with-grafana.ts';

/** Reads only. Exit code 2 for differences with `--detailed-exitcode`. */
export function diffCommand(options: GlobalOptions, shell: Shell): Promise<CommandResult> {
  return withSession(options, shell, {}, async ({ context }) => {
    const maps = await dashboardConfigMaps(context.config, await context.packs());
    if (maps.length === 0) return answer([], options);
    await requireGrafanaRights('grafana-diff', context);
    const [development] = await context.grafanas('development');
    const [production] = await productionGrafanas(context);
    const held = maps.flatMap(dashboardsIn);
    return answer(await manyAtOnce(held, (one) => compared(one, development, production)), options);
  });
}

function answer(dashboards: readonly ComparedDashboard[], { detailedExitcode }: GlobalOptions): CommandResult {
  const isSame = ({ is }: Comparison) => is === 'same' || is === 'not-asked';
  const differs = dashboards.some(({ development, production }) => !isSame(development) || !isSame(production));
  return answered({
    schemaVersion: 1,
    command: 'grafana diff',
    verdict: differs ? 'differences' : 'unchanged',
    exitCode: differs && detailedExitcode ? exits.differences : exits.done,
    dashboards,
  });
}

async function compared(
  { uid, title, folder, model }: HeldDashboard,
  development: Grafana | undefined,
  production: Grafana | undefined,
): Promise<ComparedDashboard> {
  const file = portable(model);
  return {
    uid,
    title,
    folder,
    // Where it is drawn, a dashboard may be in any folder.
    development: await between(development, uid, (live) => modelDifferences(portable(live.model), file)),
    production: await between(production, uid, (live) => [
      ...(folderOf(live) === folder ? [] : [`- folder: ${folder}`, `+ folder: ${folderOf(live)}`]),
      ...modelDifferences(file, portable(live.model)),
    ]),
  };
}

async function between(
  grafana: Grafana | undefined,
  uid: string,
  differencesTo: (live: DashboardInGrafana) => readonly string[],
): Promise<Comparison> {
  if (grafana === undefined) return { is: 'not-asked', differences: [] };
  const live = await grafana.dashboard(uid);
  if (live === undefined) return { is: 'absent', differences: [] };
  const differences = differencesTo(live);
  return { is: differences.length === 0 ? 'same' : 'different', differences };
}
