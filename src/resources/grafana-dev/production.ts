/** The objects of ACM's own Grafana, from which the development one is built (acm.md §10.2). Read only, each when it is needed. */
import { NotYet } from '../../engine/problem.ts';
import { observabilityNamespace as namespace } from '../../hub.ts';
import {
  ClusterRoleBindingKind,
  DeploymentKind,
  describe,
  type Key,
  type Kind,
  type KubeObject,
  OAuthClientKind,
  RouteKind,
  SecretKind,
  ServiceAccountKind,
  ServiceKind,
} from '../../kinds.ts';
import type { Cluster } from '../../ports.ts';

/** Where each of them is. */
export const production = {
  configuration: { kind: SecretKind, key: { namespace, name: 'grafana-config' } },
  deployment: { kind: DeploymentKind, key: { namespace, name: 'observability-grafana' } },
  service: { kind: ServiceKind, key: { namespace, name: 'grafana' } },
  account: { kind: ServiceAccountKind, key: { namespace, name: 'grafana' } },
  binding: { kind: ClusterRoleBindingKind, key: { name: 'open-cluster-management:grafana-crb' } },
  route: { kind: RouteKind, key: { namespace, name: 'grafana' } },
  client: { kind: OAuthClientKind, key: { name: 'grafana-proxy-client' } },
} as const;

/** An object and its place. */
export interface Place<T extends KubeObject = KubeObject> {
  readonly kind: Kind<T>;
  readonly key: Key;
}

/** Reads an object once; while it is not there every call looks again and throws `NotYet`. */
export type Read = <T extends KubeObject>(place: Place<T>) => Promise<T>;

export function reader(cluster: Cluster): Read {
  const found = new Map<string, KubeObject>();
  return async <T extends KubeObject>({ kind, key }: Place<T>): Promise<T> => {
    const name = describe(kind, key);
    // The name holds the kind, so what is stored under it was read as this very T.
    const known = found.get(name) as T | undefined;
    const live = known ?? (await cluster.get(kind, key));
    if (live === undefined) throw new NotYet(`${name} is not there yet`);
    found.set(name, live);
    return live;
  };
}
