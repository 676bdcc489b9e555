/** thanos-query of the hub, as the API server's service proxy shows it: only while its Service is there and Pods run. */
import { DeploymentKind, MultiClusterObservabilityKind } from '../kinds.ts';
import type { ApiServer, ProxyAnswer, ProxyHook } from './api/index.ts';
import { ServiceKind } from './controllers/kinds.ts';
import { hubNamespace } from './controllers/names.ts';
import { answerMetrics, type MetricsApi } from './metrics/http.ts';

const names = new Set(['observability-thanos-query', 'observability-thanos-query-frontend']);
const ports = new Set(['9090', 'http', '']);

/** `undefined` is "no endpoints available". `hub` is asked for late: the server is made with this very hook. */
export function queryProxy(hub: () => ApiServer, api: MetricsApi): ProxyHook {
  return ({ through, namespace, name, port, method, path, query, body }): ProxyAnswer | undefined => {
    if (through !== 'services' || namespace !== hubNamespace || !names.has(name) || !ports.has(port)) return undefined;
    if (hub().get(ServiceKind, { namespace, name }) === undefined) return undefined;
    const deployment = hub().get(DeploymentKind, { namespace, name });
    if ((deployment?.status?.readyReplicas ?? 0) === 0) return undefined;
    return answerMetrics(api, `${path}?${method === 'POST' ? body : query}`);
  };
}

/** Seconds; twice the collection interval where that is more than Thanos' own five minutes (acm.md §7.3). */
export function lookbackOf(hub: ApiServer): number {
  const [observability] = hub.list(MultiClusterObservabilityKind);
  return Math.max(300, 2 * (observability?.spec?.observabilityAddonSpec?.interval ?? 300));
}
