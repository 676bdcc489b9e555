/** One dashboard's ConfigMap as a resource. It is gone when no Grafana shows the dashboard any more (acm.md §10.1). */
import type { Context } from '../context.ts';
import { lintDashboard } from '../dashboards/lint.ts';
import { isProblem } from '../engine/problem.ts';
import type { Readiness, Resource } from '../engine/step.ts';
import { observabilityNamespace as namespace } from '../hub.ts';
import { type ConfigMap, ConfigMapKind } from '../kinds.ts';
import type { RefuseTwin } from './acm-dashboards.ts';
import { cannotLook, dashboardsIn, refuseClash } from './dashboards.ts';
import { grafanaRights } from './grafana-rights.ts';
import { objectResource } from './object.ts';
import { optional } from './rights.ts';

interface Beside {
  /** Uids that are to stay, whichever ConfigMap holds them. */
  readonly staying?: ReadonlySet<string>;
  /** What else there is for the loader: it must not be in the way. */
  readonly live?: readonly ConfigMap[];
  /** Nor must what ACM itself brings. */
  readonly refuseTwin?: RefuseTwin;
}

export function dashboardResource(
  context: Context,
  map: ConfigMap,
  { staying, live = [], refuseTwin }: Beside,
): Resource {
  const { cluster, config, settings } = context;
  const { team } = config;
  const base = objectResource<ConfigMap>({
    cluster,
    kind: ConfigMapKind,
    key: { namespace, name: map.metadata.name },
    step: 'dashboards',
    team,
    async desired() {
      refuseClash(map, live, team);
      await refuseTwin?.(map);
      return map;
    },
    forceConflicts: settings.forceConflicts,
  });
  const uids = dashboardsIn(map).flatMap(({ uid }) => (staying?.has(uid) ? [] : [uid]));
  return {
    ...base,
    async plan() {
      const change = await base.plan();
      if (change.kind !== 'create' && change.kind !== 'update') return change;
      const note = [change.note, ...faultsOf(map, config)].filter((part) => part !== undefined).join('; ');
      return note === '' ? change : { ...change, note };
    },
    async gone() {
      const answer = await base.gone();
      return answer.state === 'ready' ? notServed(context, uids) : answer;
    },
    rights: (mode) => [
      ...base.rights(mode),
      ...(mode === 'verify'
        ? []
        : optional('what Grafana shows already, or still', grafanaRights(cluster, 'production'))),
    ],
  };
}

/** What people will find broken: told, not refused, because it may be somebody else's dashboard as it is. */
function faultsOf(map: ConfigMap, { observability }: Context['config']): string[] {
  const options = { intervalSeconds: observability.interval };
  const found = dashboardsIn(map).flatMap(({ model }) => lintDashboard(model, options));
  const [first, ...others] = found.filter(({ severity }) => severity === 'error');
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : `, and ${others.length} more: acm-observability grafana lint`;
  return [`will not work: ${first.where}: ${first.message}${more}`];
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
    // One that is being replaced comes back with what it showed.
    if (isProblem(error, 'grafana-unreachable')) return { state: 'waiting', message: error.message };
    if (!cannotLook(error)) throw error;
    return { state: 'ready', note: 'whether Grafana still shows it was not seen' };
  }
}
