/** What the contract of the `Cluster` port is held against: one API server, seen by several people. */

import type { Transport } from '../../../src/http.ts';
import {
  type ConfigMap,
  ConfigMapKind,
  DeploymentKind,
  type Kind,
  type KubeObject,
  type MultiClusterObservability,
  Namespace,
} from '../../../src/kinds.ts';
import { ApiError, type Cluster } from '../../../src/ports.ts';

export interface ClusterWorld {
  /** An administrator writing under this field manager. */
  as(fieldManager: string): Cluster;
  /** The administrator's transport, for requests the port has no word for. */
  readonly transport: Transport;
  /** User `stranger`, who has no right but those of everybody. */
  readonly stranger: Cluster;
  /** Lets the server forget its first changes: a watch from version 1 is too old then. */
  forget(): Promise<void>;
  /** Something collects what has lost its owner, and empties namespaces. */
  readonly collectsGarbage: boolean;
  stop(): Promise<void>;
}

interface SentAnswer {
  readonly status: number;
  // The tests look into whatever the server says.
  readonly body: Record<string, unknown>;
}

export interface Lab {
  readonly world: ClusterWorld;
  readonly namespace: string;
  key(name?: string): { readonly name: string; readonly namespace: string };
  configMap(data?: Record<string, string>, metadata?: Partial<KubeObject['metadata']>): ConfigMap;
  /** One request as it is. `path` below the server. */
  send(method: string, path: string, body?: unknown, contentType?: string): Promise<SentAnswer>;
}

export type LabMaker = () => Promise<Lab>;

let labs = 0;

/** A namespace of its own for each test, so that nothing has to be cleaned up. */
export async function openLab(world: ClusterWorld): Promise<Lab> {
  labs += 1;
  const namespace = `lab-${labs}`;
  await world.as('setup').create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  return {
    world,
    namespace,
    key: (name = 'x') => ({ name, namespace }),
    configMap: (data = {}, metadata = {}) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', namespace, ...metadata },
      data,
    }),
    send: (method, path, body, contentType = 'application/json') => send(world, method, path, body, contentType),
  };
}

async function send(
  { transport }: ClusterWorld,
  method: string,
  path: string,
  body: unknown,
  contentType: string,
): Promise<SentAnswer> {
  const answer = await transport.send({
    method,
    path,
    headers: {
      accept: 'application/json',
      'user-agent': 'contract',
      ...(body !== undefined && { 'content-type': contentType }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    timeoutMs: 30_000,
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

export const mergePatchType = 'application/merge-patch+json';
export const jsonPatchType = 'application/json-patch+json';
export const applyPatchType = 'application/apply-patch+yaml';

export function observability(name: string, spec: object = {}): MultiClusterObservability {
  return {
    apiVersion: 'observability.open-cluster-management.io/v1beta2',
    kind: 'MultiClusterObservability',
    metadata: { name },
    spec: {
      observabilityAddonSpec: {},
      storageConfig: { metricObjectStorage: { name: 'thanos', key: 'thanos.yaml' } },
      ...spec,
    },
  };
}
export const observabilityPath = '/apis/observability.open-cluster-management.io/v1beta2/multiclusterobservabilities';

/** The same kinds, for objects with fields that the program's own types leave out, or get wrong on purpose. */
export const AnyConfigMap: Kind = ConfigMapKind;
export const AnyDeployment: Kind = DeploymentKind;

export function deployment(namespace: string, containers: readonly object[]): KubeObject {
  const labels = { app: 'd' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', namespace },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}

/** A kind no server has. */
export const UnknownKind: Kind = {
  apiVersion: 'example.com/v1',
  kind: 'Nothing',
  plural: 'nothings',
  namespaced: true,
};

/** The error of work that must fail. */
export async function failure(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

/** The answer's own words, of work the server must refuse. */
export async function refusal(
  work: Promise<unknown>,
): Promise<Pick<ApiError, 'status' | 'reason' | 'message' | 'details'>> {
  const error = await failure(work);
  if (!(error instanceof ApiError)) throw error;
  const { status, reason, message, details } = error;
  return { status, reason, message, details };
}

/** A manager's entry in `metadata.managedFields`. */
export const owner = (object: KubeObject | undefined, manager: string, operation = 'Apply') =>
  object?.metadata.managedFields?.find((entry) => entry.manager === manager && entry.operation === operation);
