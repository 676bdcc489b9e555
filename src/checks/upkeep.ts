/** Hops on the hub that tell what will not last although metrics may still arrive. Asked by `verify` only. */
import type { Context } from '../context.ts';
import { Problem } from '../engine/problem.ts';
import type { Finding } from '../engine/step.ts';
import { observabilityNamespace } from '../hub.ts';
import { DeploymentKind, type Route, RouteKind } from '../kinds.ts';
import { on } from '../resources/rights.ts';
import { fail, hubCheck } from './hub.ts';
import { metricsRights, rulesIn } from './looking.ts';

/** Beside the MultiClusterHub, wherever that is. */
function operatorKey({ hub }: Pick<Context, 'hub'>) {
  return { namespace: hub.multiClusterHub.metadata.namespace, name: 'multicluster-observability-operator' };
}

export const operator = hubCheck(
  'operator',
  'ACM’s observability operator runs',
  ['acm'],
  (context) => on(context.cluster, DeploymentKind, operatorKey(context), ['get']),
  async (context) => {
    const key = operatorKey(context);
    const live = await context.cluster.get(DeploymentKind, key);
    if ((live?.status?.readyReplicas ?? 0) > 0) return { verdict: 'pass', evidence: 'ready' };
    const detail = `Deployment ${key.namespace}/${key.name} has no pod that is ready`;
    const scaled = `oc -n ${key.namespace} scale deployment ${key.name} --replicas=1`;
    const look = `oc -n ${key.namespace} describe pods -l name=${key.name}`;
    const fix = live?.spec?.replicas === 0 ? `Bring it back: \`${scaled}\`.` : `See why: \`${look}\`.`;
    return fail(new Problem('operator-down', detail, { fix }));
  },
);

const gateway = { namespace: observabilityNamespace, name: 'observatorium-api' };

export const route = hubCheck(
  'route',
  'The router lets collectors in',
  ['workloads'],
  ({ cluster }) => on(cluster, RouteKind, gateway, ['get']),
  async ({ cluster }) => {
    const why = refusedBy(await cluster.get(RouteKind, gateway));
    if (why === undefined) return { verdict: 'pass', evidence: 'the route is admitted' };
    return fail(new Problem('route-not-admitted', `Route ${gateway.name}: ${why}`));
  },
);

/** Why no router lets anybody in by it; `undefined` where one does. */
export function refusedBy(route: Route | undefined): string | undefined {
  if (route === undefined) return 'it is not there';
  const conditions = route.status?.ingress?.flatMap((entry) => entry.conditions ?? []) ?? [];
  const [first, ...others] = conditions.filter(({ type }) => type === 'Admitted');
  if ([first, ...others].some((one) => one?.status === 'True')) return undefined;
  return first === undefined ? 'no router has seen it' : `${first.reason}: ${first.message}`;
}

export const ruler = hubCheck(
  'ruler',
  'No rule of the Thanos ruler fails',
  ['workloads', 'query'],
  metricsRights,
  async ({ hub, looks }) => {
    const groups = await looks.ruleGroups();
    const rules = rulesIn(groups);
    if (rules.length === 0 && hub.architecture === 'legacy') return unseen();
    const broken = rules.filter(({ health }) => health === 'err');
    const [first] = broken;
    if (first === undefined) return { verdict: 'pass', evidence: `${rules.length} rules in ${groups.length} groups` };
    const others = broken.length === 1 ? '' : `, and ${broken.length - 1} more`;
    const proof = first.lastError ?? 'it gives no reason';
    return fail(new Problem('ruler-failing', `${first.name} in group ${first.group}${others}`, { proof }), 'warn');
  },
);

/** ACM's own rules are always there, but under the addon architecture: no rule at all is an answer without rulers (acm.md §7.5). */
function unseen(): Finding {
  const look = `oc -n ${observabilityNamespace} get pods -l app.kubernetes.io/name=thanos-rule`;
  const problem = new Problem(
    'not-seen',
    'Thanos Query knows no rule, not even ACM’s own: it does not reach the rulers',
    {
      fix: `Look at them: \`${look}\`.`,
    },
  );
  return { verdict: 'unknown', problem };
}
