/** The hub's metrics, through the API server; where that is not allowed, through the query proxy's route. */
import type { Kubeconfig } from '../adapters/kubernetes/kubeconfig.ts';
import { createMetrics } from '../adapters/metrics.ts';
import { observabilityNamespace } from '../hub.ts';
import { RouteKind } from '../kinds.ts';
import type { Cluster, Metrics, RequestCounts } from '../ports.ts';

export interface HubMetricsOptions {
  readonly cluster: Cluster;
  readonly counts: RequestCounts;
  readonly kubeconfig: Kubeconfig;
}

export function hubMetrics({ cluster, counts, kubeconfig }: HubMetricsOptions): Metrics {
  return createMetrics({
    hub: cluster,
    namespace: observabilityNamespace,
    counts,
    async route() {
      const route = await cluster.get(RouteKind, { namespace: observabilityNamespace, name: 'rbac-query-proxy' });
      const host = route?.status?.ingress?.[0]?.host;
      const { headers } = await kubeconfig.credentials();
      const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
      return host === undefined || token === undefined ? undefined : { host, token };
    },
  });
}
