/**
 * Clashes with ACM's own dashboards. Their ConfigMaps lack the loader's label and are megabytes: Grafana is asked first, and
 * they are read only when it shows a twin.
 */
import type { Context } from '../context.ts';
import { folderOf } from '../dashboards/choose.ts';
import { isProblem, Problem } from '../engine/problem.ts';
import { observabilityNamespace as namespace } from '../hub.ts';
import { type ConfigMap, ConfigMapKind } from '../kinds.ts';
import type { DashboardPlace } from '../ports.ts';
import { cannotLook, dashboardsIn } from './dashboards.ts';

/** @throws Problem `dashboard-clash`: ACM has a dashboard of this title in the folder. */
export type RefuseTwin = (map: ConfigMap) => Promise<void>;

/** Asks once for all, and only for dashboards that are not there yet. */
export function acmTwins(
  { cluster, grafanas }: Pick<Context, 'cluster' | 'grafanas'>,
  live: readonly ConfigMap[],
): RefuseTwin {
  const there = new Set(live.map(({ metadata }) => metadata.name));
  const labelled = new Set(live.flatMap(dashboardsIn).map(({ uid }) => uid));
  let looked: Promise<readonly DashboardPlace[]> | undefined;

  return async (map) => {
    if (there.has(map.metadata.name)) return;
    looked ??= shown(grafanas);
    const places = await looked;
    for (const { uid, title, folder } of dashboardsIn(map)) {
      const twin = places.find((one) => one.title === title && folderOf(one) === folder && one.uid !== uid);
      if (twin === undefined || labelled.has(twin.uid)) continue;
      const maps: ConfigMap[] = await cluster.list(ConfigMapKind, { namespace });
      const owner = maps.find((one) =>
        dashboardsIn(one).some((held) => held.uid === twin.uid || (held.title === title && held.folder === folder)),
      );
      // None: left over, and the loader is about to remove it, or a person made it where nothing lasts.
      if (owner === undefined) continue;
      const what = `the title is in folder ${folder} already, by ConfigMap ${owner.metadata.name} of ACM`;
      throw new Problem('dashboard-clash', `${JSON.stringify(title)}: ${what}`);
    }
  };
}

/** None where Grafana does not run yet, or may not be asked: then `verify` shows what the loader could not save. */
async function shown(grafanas: Context['grafanas']): Promise<readonly DashboardPlace[]> {
  try {
    const [grafana] = await grafanas('production');
    return (await grafana?.dashboards()) ?? [];
  } catch (error) {
    if (!cannotLook(error) && !isProblem(error, 'grafana-unreachable')) throw error;
    return [];
  }
}
