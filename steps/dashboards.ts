import type { Context } from '../src/context.ts';
import { defineStep, type Resource } from '../src/engine/step.ts';
import { observabilityNamespace } from '../src/hub.ts';
import { type ConfigMap, ConfigMapKind } from '../src/kinds.ts';
import { dashboardConfigMaps } from '../src/resources/dashboards.ts';
import { marks } from '../src/resources/marks.ts';
import { objectResource } from '../src/resources/object.ts';
import { on } from '../src/resources/rights.ts';
import { namespace } from './namespace.ts';

/** Grafana's loader takes every ConfigMap with its label; one that is no longer declared is removed (acm.md §10.1). */
export const dashboards = defineStep<Context>({
  id: 'dashboards',
  title: 'Our dashboards for Grafana',
  requires: [namespace],
  async resources(context) {
    const wanted = await dashboardConfigMaps(context.config, await context.packs());
    return wanted.map((map) => dashboardResource(context, map));
  },
  async owned(context) {
    const labelSelector = `${marks.managedBy.join('=')},${marks.step}=dashboards`;
    const maps = await context.cluster.list(ConfigMapKind, { namespace: observabilityNamespace, labelSelector });
    return maps.map((map) => dashboardResource(context, map));
  },
  // A verify does not look for what is no longer declared.
  rights: ({ cluster }, mode) =>
    mode === 'verify' ? [] : on(cluster, ConfigMapKind, { namespace: observabilityNamespace }, ['list']),
});

function dashboardResource({ cluster, settings }: Context, map: ConfigMap): Resource {
  return objectResource<ConfigMap>({
    cluster,
    kind: ConfigMapKind,
    key: { namespace: observabilityNamespace, name: map.metadata.name },
    step: 'dashboards',
    desired: () => map,
    forceConflicts: settings.forceConflicts,
  });
}
