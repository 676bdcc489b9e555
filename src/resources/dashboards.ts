/** Grafana dashboards as the ConfigMaps ACM's loader takes up (acm.md §10.1): one dashboard each, with its own stable uid. */
import { invalid } from '../dashboards/files.ts';
import { isModel, type Model, sizeFault } from '../dashboards/model.ts';
import { isProblem, Problem } from '../engine/problem.ts';
import { observabilityNamespace } from '../hub.ts';
import type { ConfigMap } from '../kinds.ts';
import { isApiError } from '../ports.ts';
import { marks } from './marks.ts';
import { teamOf } from './ownership.ts';

/** The label the loader looks for. */
export const dashboardLabel = 'grafana-custom-dashboard';
/** The Grafana folder; without it the loader files a dashboard under Custom. */
export const folderAnnotation = 'observability.open-cluster-management.io/dashboard-folder';
/** Label: the folder General. */
const generalLabel = 'general-folder';
/** Label on what no configuration declares. */
export const promotedLabel = 'acm-observability/promoted';

interface NamedModel {
  readonly name: string;
  /** Absent: Custom. */
  readonly folder?: string;
  readonly model: Model;
  /** Where it comes from, for messages. */
  readonly path?: string;
}

/** The ConfigMap of one dashboard: one key, because to 2.16 the loader takes the uid of all its keys from its name. */
export function dashboardConfigMap({ name, folder, model, path = name }: NamedModel): ConfigMap {
  const fault = sizeFault(model);
  if (fault !== undefined) throw invalid(path, fault);
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
    data: { [`${name}.json`]: JSON.stringify(model) },
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
export function underOldNames(
  declared: readonly ConfigMap[],
  live: readonly ConfigMap[],
  team: string | undefined,
): ConfigMap[] {
  const ours = live.filter((map) => isOf(team, map));
  const names = new Map(ours.flatMap((map) => dashboardsIn(map).map(({ uid }) => [uid, map.metadata.name] as const)));
  return declared.map((map) => {
    const [uid = ''] = dashboardsIn(map).map((one) => one.uid);
    const old = names.get(uid);
    const taken = old !== undefined && declared.some((other) => other !== map && other.metadata.name === old);
    return old === undefined || taken ? map : { ...map, metadata: { ...map.metadata, name: old } };
  });
}

/** @throws Problem `dashboard-clash`: Grafana would show one of two, and the loader says so only in its log. */
export function refuseClash(map: ConfigMap, live: readonly ConfigMap[], team: string | undefined): void {
  const others = live.filter(({ metadata }) => metadata.name !== map.metadata.name);
  for (const { uid, title, folder } of dashboardsIn(map)) {
    for (const other of others) {
      const ours = isOf(team, other);
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

/** Whether it is in a configuration of this team, or was promoted for it. */
export function isOf(team: string | undefined, map: ConfigMap): boolean {
  return map.metadata.labels?.[marks.step] === 'dashboards' && teamOf(map) === team;
}

/** Brought into production by `grafana promote`. */
export function isPromoted({ metadata }: ConfigMap): boolean {
  return metadata.labels?.[promotedLabel] === 'true' && metadata.labels[marks.step] === 'dashboards';
}

/** Not being allowed to ask Grafana: its ConfigMaps can still be told. */
export function cannotLook(error: unknown): boolean {
  return isApiError(error, 403) || isProblem(error, 'not-permitted');
}
