/** The hub's metrics, through the API server; where that is not allowed, through the query proxy's route. */
import { createMetrics } from '../adapters/metrics.ts';
import type { Shell } from '../cli/shell.ts';
import { observabilityNamespace } from '../hub.ts';
import { RouteKind } from '../kinds.ts';
import { type Cluster, isApiError, type Metrics, type RequestCounts } from '../ports.ts';
import type { Doors } from './doors.ts';

export interface HubMetricsOptions {
  readonly cluster: Cluster;
  readonly counts: RequestCounts;
  readonly doors: Doors;
  /** For the proxy the route may be behind. */
  readonly env: Shell['env'];
  readonly signal: AbortSignal;
}

export function hubMetrics({ cluster, counts, doors, env, signal }: HubMetricsOptions): Metrics {
  return createMetrics({
    hub: cluster,
    namespace: observabilityNamespace,
    counts,
    env,
    signal,
    async route() {
      const key = { namespace: observabilityNamespace, name: 'rbac-query-proxy' };
      // Not being allowed to look for the other way leaves the refusal of the first as the answer.
      const route = await cluster.get(RouteKind, key).catch(unlessForbidden);
      const host = route?.status?.ingress?.[0]?.host;
      const token = await doors.token();
      return host === undefined ? undefined : { host, ...(token === undefined ? {} : { token }) };
    },
  });
}

function unlessForbidden(error: unknown): undefined {
  if (!isApiError(error, 403)) throw error;
}
