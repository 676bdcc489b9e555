/** One dashboard's ConfigMap as a resource. It is gone when no Grafana shows the dashboard any more (acm.md §10.1). */
import type { Context } from '../context.ts';
import { isProblem } from '../engine/problem.ts';
import type { Right } from '../engine/rights.ts';
import type { Readiness, Resource } from '../engine/step.ts';
import { observabilityNamespace as namespace } from '../hub.ts';
import { type ConfigMap, ConfigMapKind, PodKind, SecretKind } from '../kinds.ts';
import { type Cluster, isApiError } from '../ports.ts';
import { dashboardsIn, refuseClash } from './dashboards.ts';
import { grafanaNames } from './grafana-dev/names.ts';
import { objectResource } from './object.ts';
import { on, optional } from './rights.ts';

interface Beside {
  /** Uids that are to stay, whichever ConfigMap holds them. */
  readonly staying?: ReadonlySet<string>;
  /** What else there is for the loader: it must not be in the way. */
  readonly live?: readonly ConfigMap[];
}

export function dashboardResource(context: Context, map: ConfigMap, { staying, live = [] }: Beside): Resource {
  const { cluster, settings } = context;
  const base = objectResource<ConfigMap>({
    cluster,
    kind: ConfigMapKind,
    key: { namespace, name: map.metadata.name },
    step: 'dashboards',
    desired: () => {
      refuseClash(map, live);
      return map;
    },
    forceConflicts: settings.forceConflicts,
  });
  const uids = dashboardsIn(map).flatMap(({ uid }) => (staying?.has(uid) ? [] : [uid]));
  return {
    ...base,
    async gone() {
      const answer = await base.gone();
      return answer.state === 'ready' ? notServed(context, uids) : answer;
    },
    rights: (mode) => [
      ...base.rights(mode),
      ...(mode === 'apply' || mode === 'uninstall'
        ? grafanaRights(cluster, 'whether Grafana still shows what was removed')
        : []),
    ],
  };
}

async function notServed({ grafanas }: Pick<Context, 'grafanas'>, uids: readonly string[]): Promise<Readiness> {
  try {
    for (const grafana of await grafanas('production')) {
      for (const uid of uids) {
        if ((await grafana.dashboard(uid)) === undefined) continue;
        return { state: 'waiting', message: `Grafana in pod ${grafana.pod} still shows ${uid}` };
      }
    }
    return { state: 'ready' };
  } catch (error) {
    if (!cannotLook(error)) throw error;
    return { state: 'ready', note: 'whether Grafana still shows it was not seen' };
  }
}

/** Not being allowed to ask Grafana: its ConfigMaps can still be told. */
export function cannotLook(error: unknown): boolean {
  return isApiError(error, 403) || isProblem(error, 'not-permitted');
}

/** What it takes to ask ACM's own Grafanas. Whoever has it is their administrator (acm.md §10.6). */
export function grafanaRights(cluster: Cluster, what: string): Right[] {
  const { configuration } = grafanaNames.production;
  return optional(what, [
    ...on(cluster, PodKind, { namespace }, ['list']),
    ...on(cluster, SecretKind, { namespace, name: configuration }, ['get']),
    { cluster: cluster.name, verb: 'get', group: '', resource: 'pods', subresource: 'proxy', namespace },
  ]);
}
