/** Hops on the hub that tell what will not last although metrics may still arrive. Asked by `verify` only. */
import type { Context } from '../context.ts';
import { Problem } from '../engine/problem.ts';
import { observabilityNamespace } from '../hub.ts';
import { DeploymentKind, PodKind, RouteKind, SecretKind } from '../kinds.ts';
import { olderThanSecret } from '../resources/restart.ts';
import { on } from '../resources/rights.ts';
import { fail, hubCheck, storeReference } from './hub.ts';
import { metricsRights } from './looking.ts';

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

export const loaded = hubCheck(
  'loaded',
  'Thanos runs with the store’s present configuration',
  ['store'],
  (context) => [
    ...on(context.cluster, SecretKind, storeReference(context).key, ['get']),
    ...on(context.cluster, PodKind, { namespace: observabilityNamespace }, ['list']),
  ],
  async (context) => {
    const { key } = storeReference(context);
    const stale = await olderThanSecret(context.cluster, key);
    if (stale.length === 0) return { verdict: 'pass', evidence: `no pod is older than Secret ${key.name}` };
    const detail = `started before Secret ${key.name} changed: ${stale.join(', ')}`;
    return fail(new Problem('store-config-not-loaded', detail));
  },
);

const gateway = { namespace: observabilityNamespace, name: 'observatorium-api' };

export const route = hubCheck(
  'route',
  'The router lets collectors in',
  ['workloads'],
  ({ cluster }) => on(cluster, RouteKind, gateway, ['get']),
  async ({ cluster }) => {
    const live = await cluster.get(RouteKind, gateway);
    if (live === undefined) return fail(new Problem('route-not-admitted', `there is no Route ${gateway.name}`));
    const conditions = live.status?.ingress?.flatMap((entry) => entry.conditions ?? []) ?? [];
    const admitted = conditions.filter(({ type }) => type === 'Admitted');
    if (admitted.some(({ status }) => status === 'True')) return { verdict: 'pass', evidence: 'the route is admitted' };
    const why = admitted[0] === undefined ? 'no router has seen it' : `${admitted[0].reason}: ${admitted[0].message}`;
    return fail(new Problem('route-not-admitted', `Route ${gateway.name}: ${why}`));
  },
);

export const ruler = hubCheck(
  'ruler',
  'No rule of the Thanos ruler fails',
  ['workloads', 'query'],
  metricsRights,
  async ({ metrics }) => {
    const groups = await metrics.rules();
    const rules = groups.flatMap((group) => group.rules.map((rule) => ({ ...rule, group: group.name })));
    const broken = rules.filter(({ health }) => health === 'err');
    const [first] = broken;
    if (first === undefined) return { verdict: 'pass', evidence: `${rules.length} rules in ${groups.length} groups` };
    const others = broken.length === 1 ? '' : `, and ${broken.length - 1} more`;
    const proof = first.lastError ?? 'it gives no reason';
    return fail(new Problem('ruler-failing', `${first.name} in group ${first.group}${others}`, { proof }), 'warn');
  },
);
