/** What each command of `grafana` takes of an account: printed by `rbac grafana-…`, and asked for before it does anything. */
import { grafanaDev } from '../../../steps/grafana-dev.ts';
import { metricsRights } from '../../checks/looking.ts';
import { type Frame, rightsFor, rightsNow } from '../../checks/rights.ts';
import type { GrafanaMode } from '../../cli/grafana.ts';
import type { Context } from '../../context.ts';
import { type Right, requireRights } from '../../engine/rights.ts';
import type { Step } from '../../engine/step.ts';
import { observabilityNamespace as namespace } from '../../hub.ts';
import { ConfigMapKind, RouteKind } from '../../kinds.ts';
import { grafanaDevResources } from '../../resources/grafana-dev/index.ts';
import { development } from '../../resources/grafana-dev/names.ts';
import { grafanaRights } from '../../resources/grafana-rights.ts';
import { on, optional } from '../../resources/rights.ts';

/** Cleaning takes what another tool left under these names too: that is asked for by name, and shown before. */
export const cleaning: Step<Context> = {
  ...grafanaDev,
  resources: (context) => grafanaDevResources(context, { removesLeftovers: true }),
};

/** As if the configuration asked for the development Grafana. */
export function withDevelopment(context: Context): Context {
  return { ...context, config: { ...context.config, grafana: { ...context.config.grafana, dev: true } } };
}

export function grafanaCommandRights(
  mode: GrafanaMode,
  context: Context,
  gather: typeof rightsFor = rightsFor,
): Promise<Right[]> {
  if (mode === 'grafana-deploy') return gather('apply', withDevelopment(context), [grafanaDev], { bare: true });
  if (mode === 'grafana-clean') return gather('uninstall', withDevelopment(context), [cleaning], { bare: true });
  const frame: Frame = { bare: true, more: dashboardRights(mode, context) };
  return gather(mode === 'grafana-promote' ? 'apply' : 'plan', context, [], frame);
}

function dashboardRights(mode: Exclude<GrafanaMode, 'grafana-deploy' | 'grafana-clean'>, context: Context): Right[] {
  const { cluster } = context;
  const url = on(cluster, RouteKind, development.route.key, ['get']);
  switch (mode) {
    case 'grafana-grant-admin':
      return [...grafanaRights(cluster, 'development', ['get', 'patch']), ...optional('where people log in', url)];
    case 'grafana-import':
      return grafanaRights(cluster, 'development', ['get', 'create']);
    case 'grafana-export':
      return grafanaRights(cluster, 'development');
    case 'grafana-diff':
      return bothRead(context);
    // Only --live asks anything of a hub.
    case 'grafana-lint':
      return metricsRights(context);
    case 'grafana-promote':
      // Without a name: it is the dashboard's own.
      return [
        ...bothRead(context),
        ...metricsRights(context),
        ...on(cluster, ConfigMapKind, { namespace }, ['get', 'create', 'patch']),
      ];
  }
}

function bothRead({ cluster }: Context): Right[] {
  return [...grafanaRights(cluster, 'development'), ...grafanaRights(cluster, 'production')];
}

/** @throws Problem `not-permitted` naming exactly what is missing. */
export async function requireGrafanaRights(mode: GrafanaMode, context: Context): Promise<void> {
  const needed = await grafanaCommandRights(mode, context, rightsNow);
  const fix = `Have somebody who may grant them run \`acm-observability rbac ${mode} --serviceaccount NAMESPACE:NAME | kubectl apply -f -\`.`;
  await requireRights(context.cluster, needed, fix);
}
