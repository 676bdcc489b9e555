import type { Context } from '../src/context.ts';
import { defineStep } from '../src/engine/step.ts';
import { observabilityNamespace as namespace } from '../src/hub.ts';
import { ConfigMapKind } from '../src/kinds.ts';
import { acmTwins } from '../src/resources/acm-dashboards.ts';
import { dashboardConfigMaps } from '../src/resources/dashboard-files.ts';
import { dashboardResource } from '../src/resources/dashboard-resource.ts';
import { dashboardsIn, isOf, isPromoted, underOldNames } from '../src/resources/dashboards.ts';
import { isOurs, teamOf } from '../src/resources/ownership.ts';
import { keptDashboard } from '../src/resources/promoted-dashboards.ts';
import { on } from '../src/resources/rights.ts';
import { namespace as namespaceStep } from './namespace.ts';

/** Grafana's loader takes every ConfigMap with its label; one that is no longer declared is removed (acm.md §10.1). */
export const dashboards = defineStep<Context>({
  id: 'dashboards',
  title: 'Our dashboards for Grafana',
  requires: [namespaceStep],
  async resources(context) {
    const live = await context.looks.dashboards();
    const { config } = context;
    const declared = underOldNames(await dashboardConfigMaps(config, await context.packs()), live, config.team);
    const uids = new Set(declared.flatMap(dashboardsIn).map(({ uid }) => uid));
    const promoted = live.filter(
      (map) => isPromoted(map) && isOf(config.team, map) && !dashboardsIn(map).some(({ uid }) => uids.has(uid)),
    );
    const refuseTwin = acmTwins(context, live);
    return [
      ...declared.map((map) => dashboardResource(context, map, { live, refuseTwin })),
      ...promoted.map((map) => keptDashboard(context, map)),
    ];
  },
  async owned(context) {
    const { config } = context;
    const live = await context.looks.dashboards();
    const maps = live.filter((map) => isOurs(map, 'dashboards') && teamOf(map) === config.team);
    const declared = await dashboardConfigMaps(config, await context.packs());
    const uids = new Set(declared.flatMap(dashboardsIn).map(({ uid }) => uid));
    return maps.map((map) => dashboardResource(context, map, { staying: uids }));
  },
  rights: ({ cluster }) => on(cluster, ConfigMapKind, { namespace }, ['list']),
});
