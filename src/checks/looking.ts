/** What the looks that several checks share take of an account. */
import type { Context } from '../context.ts';
import type { Right } from '../engine/rights.ts';
import { observabilityNamespace, queryService } from '../hub.ts';
import { RouteKind } from '../kinds.ts';
import type { RuleGroup } from '../ports.ts';
import { on, optional } from '../resources/rights.ts';
import { workloadRights } from '../resources/workloads.ts';

/** Deployments and StatefulSets of the observability namespace, without the words about them. */
export function hubWorkloads({ cluster }: Pick<Context, 'cluster'>): Right[] {
  return workloadRights(cluster, observabilityNamespace).filter((right) => right.optional === undefined);
}

/** Every rule, with the name of its group. */
export function rulesIn(groups: readonly RuleGroup[]) {
  return groups.flatMap(({ name: group, rules }) => rules.map((rule) => ({ ...rule, group })));
}

/** Asking Thanos through the API server; the route of the query proxy is the other way, for who has a token. */
export function metricsRights({ cluster }: Pick<Context, 'cluster'>): Right[] {
  const namespace = observabilityNamespace;
  const proxy: Right = {
    cluster: cluster.name,
    verb: 'get',
    group: '',
    resource: 'services',
    subresource: 'proxy',
    namespace,
    name: queryService,
  };
  const route = on(cluster, RouteKind, { namespace, name: 'rbac-query-proxy' }, ['get']);
  return [proxy, ...optional('asking for metrics where services/proxy is not granted', route)];
}
