/**
 * Dashboards that `grafana promote` brought into production: ConfigMaps of ours that no configuration declares. They stay as
 * they are until an uninstall, or until the configuration declares the same dashboard.
 */
import { createHash } from 'node:crypto';
import type { Context } from '../context.ts';
import { type Model, slug } from '../dashboards/model.ts';
import type { Resource } from '../engine/step.ts';
import { observabilityNamespace } from '../hub.ts';
import { type ConfigMap, ConfigMapKind } from '../kinds.ts';
import type { DashboardPlace } from '../ports.ts';
import { dashboardResource } from './dashboard-resource.ts';
import { dashboardConfigMap, promotedLabel } from './dashboards.ts';
import { objectResource } from './object.ts';

/** Named after its uid, so that the next promotion finds it under another title too. */
export function promotedConfigMap({ uid, folder }: DashboardPlace, model: Model): ConfigMap {
  const hash = createHash('sha256').update(uid).digest('hex').slice(0, 8);
  const map = dashboardConfigMap({
    name: `promoted-${slug(uid) || 'dashboard'}-${hash}`,
    folder: folder ?? 'General',
    model,
  });
  return { ...map, metadata: { ...map.metadata, labels: { ...map.metadata.labels, [promotedLabel]: 'true' } } };
}

export function promotedResource({ cluster, config, settings }: Context, map: ConfigMap): Resource {
  return objectResource<ConfigMap>({
    cluster,
    kind: ConfigMapKind,
    key: { namespace: observabilityNamespace, name: map.metadata.name },
    step: 'dashboards',
    team: config.team,
    desired: () => map,
    forceConflicts: settings.forceConflicts,
  });
}

/** One that is there: nothing is to be done about it until it is removed, and that is when no Grafana shows it any more. */
export function keptDashboard(context: Context, map: ConfigMap): Resource {
  return { ...dashboardResource(context, map, {}), plan: async () => ({ kind: 'none' }), apply: async () => {} };
}
