/** One server in the process, and clients of it under any name. */
import { createCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import { createVirtualClock, type VirtualClock } from '../../../src/adapters/virtual-clock.ts';
import type { HttpRequest } from '../../../src/http.ts';
import type { ConfigMap, KubeObject } from '../../../src/kinds.ts';
import type { Cluster } from '../../../src/ports.ts';
import { type ApiServer, type ApiServerOptions, createApiServer } from '../../../src/sandbox/api/index.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // The tests look into whatever the server says.
  readonly body: Record<string, unknown> & KubeObject & { message: string; reason: string; items: KubeObject[] };
}

export interface Bench {
  readonly api: ApiServer;
  readonly clock: VirtualClock;
  /** A client that writes as this field manager. */
  as(manager: string, how?: { readonly token?: string; readonly as?: string }): Cluster;
  /** One request as it is, without a client's conveniences. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export function bench(options: Partial<ApiServerOptions> = {}): Bench {
  const clock = createVirtualClock({ startMs: Date.UTC(2026, 0, 1) });
  const api = createApiServer({ name: 'hub', clock, bookmarkMs: 0, ...options });
  api.seed([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lab' } }]);
  return {
    api,
    clock,
    as: (fieldManager, how = {}) =>
      createCluster({ name: 'hub', transport: api.transport(how), fieldManager, clock, maxRetries: 0 }),
    send: async (method, path, body, headers = {}) => {
      const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
      const sent = typeof body === 'string' ? body : JSON.stringify(body);
      const request: HttpRequest = {
        method,
        path,
        headers: { ...type, ...headers },
        ...(body !== undefined && { body: sent }),
      };
      const answer = await api.handle(request);
      return { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) };
    },
  };
}

export const labKey = { namespace: 'lab', name: 'x' };
export const configMaps = '/api/v1/namespaces/lab/configmaps';

export const mco = (spec: object = {}) => ({
  apiVersion: 'observability.open-cluster-management.io/v1beta2',
  kind: 'MultiClusterObservability',
  metadata: { name: 'observability' },
  spec: {
    observabilityAddonSpec: {},
    storageConfig: { metricObjectStorage: { name: 'thanos', key: 'thanos.yaml' } },
    ...spec,
  },
});
export const mcoPath = '/apis/observability.open-cluster-management.io/v1beta2/multiclusterobservabilities';
export const mergeType = { 'content-type': 'application/merge-patch+json' };

export function configMap(data: Record<string, string>, metadata: Partial<KubeObject['metadata']> = {}): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...labKey, ...metadata }, data };
}

/** A manager's entry in `metadata.managedFields`. */
export const owner = (object: KubeObject | undefined, manager: string, operation = 'Apply') =>
  object?.metadata.managedFields?.find((entry) => entry.manager === manager && entry.operation === operation);

/** The error of work that must fail. */
export async function failure(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}
