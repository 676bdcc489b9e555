/**
 * What a controller holds of a cluster: the `Cluster` port, and the one thing a controller does that a user does not:
 * writing the status subresource.
 */
import { refusal } from '../../adapters/kubernetes/answers.ts';
import { createCluster } from '../../adapters/kubernetes/cluster.ts';
import { objectPath, withQuery } from '../../adapters/kubernetes/paths.ts';
import type { Transport } from '../../http.ts';
import type { Kind, KubeObject } from '../../kinds.ts';
import type { Clock, Cluster } from '../../ports.ts';

export type ControllerPort = Pick<
  Cluster,
  'name' | 'get' | 'list' | 'watch' | 'create' | 'replace' | 'mergePatch' | 'apply' | 'delete'
>;

export interface ControllerClient extends ControllerPort {
  /** PUT of `…/status`, conditional on `metadata.resourceVersion`. Throws `ApiError`. */
  status<T extends KubeObject>(kind: Kind<T>, object: T): Promise<void>;
  /** The same cluster under another field manager: who wrote what is part of what a controller does. */
  as(manager: string): ControllerClient;
}

export interface ControllerClientOptions {
  /** The ManagedCluster's name. */
  readonly name: string;
  readonly transport: Transport;
  readonly clock: Clock;
  /** Field manager and user agent; the operator on the hub unless told. */
  readonly manager?: string;
}

/** A controller's client over a transport: sockets, or the sandbox in the same process. */
export function createControllerClient(options: ControllerClientOptions): ControllerClient {
  const others = new Map<string, ControllerClient>();
  const as = (manager: string): ControllerClient => {
    const known = others.get(manager) ?? clientAs({ ...options, manager }, as);
    others.set(manager, known);
    return known;
  };
  return as(options.manager ?? 'multicluster-observability-operator');
}

function clientAs(
  options: ControllerClientOptions & { readonly manager: string },
  as: ControllerClient['as'],
): ControllerClient {
  const { name, transport, clock, manager } = options;
  const cluster = createCluster({ name, transport, clock, fieldManager: manager, userAgent: manager });
  return { ...cluster, status: (kind, object) => putStatus(options, kind, object), as };
}

async function putStatus<T extends KubeObject>(
  { name, transport, manager }: ControllerClientOptions,
  kind: Kind<T>,
  object: T,
): Promise<void> {
  const path = withQuery(`${objectPath(kind, object.metadata)}/status`, { fieldManager: manager });
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    'user-agent': manager ?? 'controller',
  };
  const response = await transport.send({ method: 'PUT', path, headers, body: JSON.stringify(object) });
  const body = await response.text();
  if (response.status === 200) return;
  throw refusal(
    { status: response.status, headers: response.headers, body },
    { cluster: name, server: transport.server },
  );
}
