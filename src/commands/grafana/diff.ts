/** `grafana diff`: each dashboard of the configuration as it is in the development Grafana, in its file and in production. */
import type { GlobalOptions } from '../../cli/options.ts';
import type { CommandResult } from '../../cli/output.ts';
import type { Shell } from '../../cli/shell.ts';
import { folderOf } from '../../dashboards/choose.ts';
import { modelDifferences, portable } from '../../dashboards/model.ts';
import { exits } from '../../engine/exits.ts';
import type { DashboardInGrafana, Grafana } from '../../ports.ts';
import { dashboardConfigMaps } from '../../resources/dashboard-files.ts';
import { dashboardsIn } from '../../resources/dashboards.ts';
import { withSession } from '../with-session.ts';
import { requireGrafanaRights } from './rights.ts';
import { productionGrafanas } from './with-grafana.ts';

/** Reads only. Exit code 2 for differences with `--detailed-exitcode`. */
export function diffCommand(options: GlobalOptions, shell: Shell): Promise<CommandResult> {
  return withSession(options, shell, {}, async ({ context }) => {
    const maps = await dashboardConfigMaps(context.config, await context.packs());
    if (maps.length === 0) return { exitCode: 0, text: 'No dashboards are configured.' };
    await requireGrafanaRights('grafana-diff', context);
    const [development] = await context.grafanas('development');
    const [production] = await productionGrafanas(context);
    const lines: string[] = development === undefined ? ['There is no development Grafana to compare with.', ''] : [];
    let differs = false;
    for (const held of maps.flatMap(dashboardsIn)) {
      const { uid, title } = held;
      const file = portable(held.model);
      const own = await between(development, uid, 'the development Grafana', ({ model }) =>
        modelDifferences(portable(model), file),
      );
      // Where it is drawn, a dashboard may be in any folder.
      const served = await between(production, uid, 'production', ({ model, ...place }) => [
        ...modelDifferences(file, portable(model)),
        ...(folderOf(place) === held.folder ? [] : [`- folder: ${held.folder}`, `+ folder: ${folderOf(place)}`]),
      ]);
      const changes = [...headed('development → file', own), ...headed('file → production', served)];
      differs ||= changes.length > 0;
      lines.push(`${changes.length > 0 ? 'differs' : 'same   '}  ${title} (${uid})`, ...changes);
    }
    const exitCode = differs && options.detailedExitcode ? exits.differences : exits.done;
    return { exitCode, text: lines.join('\n') };
  });
}

async function between(
  grafana: Grafana | undefined,
  uid: string,
  where: string,
  compared: (live: DashboardInGrafana) => readonly string[],
): Promise<readonly string[]> {
  if (grafana === undefined) return [];
  const found = await grafana.dashboard(uid);
  return found === undefined ? [`not in ${where}`] : compared(found);
}

function headed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)];
}
