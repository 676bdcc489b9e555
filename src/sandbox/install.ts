/** Observability as somebody installed it by hand, for sandboxes that begin with it: `--state installed`. */
import { stringify } from 'yaml';
import {
  condition,
  type KubeObject,
  MultiClusterHubKind,
  MultiClusterObservabilityKind,
  Namespace,
  type Secret,
  SecretKind,
} from '../kinds.ts';
import type { Clock } from '../ports.ts';
import { type ApiServer, clusterAdmin } from './api/index.ts';
import { createControllerClient } from './controllers/client.ts';
import { defaultPullSecret, hubNamespace } from './controllers/names.ts';
import { objectOf, secretData } from './controllers/objects.ts';
import type { ServedFiles } from './serve/files.ts';

export interface Installation {
  readonly hub: ApiServer;
  readonly clock: Clock;
  readonly store: ServedFiles['store'];
  readonly addonArchitecture: boolean;
  /** Names of clusters that have sent a sample. */
  readonly sending: () => ReadonlySet<string>;
  /** Names of those that will. */
  readonly expected: readonly string[];
  /** Milliseconds until it is given up: then something in the sandbox is wrong. */
  readonly deadlineMs: number;
}

/** Makes the objects of a minimal installation, and waits until it is ready and every cluster has sent something. */
export async function install(options: Installation): Promise<void> {
  const { hub, clock } = options;
  const transport = hub.transport({ user: { ...clusterAdmin, name: 'alex' } });
  const client = createControllerClient({ name: hub.name, transport, clock, manager: 'kubectl-create' });
  await client.create(Namespace, objectOf(Namespace, { name: hubNamespace }));
  await client.create(SecretKind, pullSecret(hub));
  await client.create(SecretKind, thanosSecret(options));
  await client.create(MultiClusterObservabilityKind, observability(options.addonArchitecture));
  const deadline = clock.now() + options.deadlineMs;
  while (!isUp(options)) {
    if (clock.now() > deadline) throw new Error('observability did not come up on the sandbox');
    await clock.sleep(500);
  }
}

function isUp({ hub, sending, expected }: Installation): boolean {
  const [found] = hub.list(MultiClusterObservabilityKind);
  const arrived = sending();
  return condition(found, 'Ready')?.status === 'True' && expected.every((name) => arrived.has(name));
}

function pullSecret(hub: ApiServer): Secret {
  const [acm] = hub.list(MultiClusterHubKind);
  const named = acm?.spec?.imagePullSecret;
  const source =
    named === undefined
      ? hub.get(SecretKind, { namespace: 'openshift-config', name: 'pull-secret' })
      : hub.get(SecretKind, { namespace: acm?.metadata.namespace ?? '', name: named });
  const { type = 'kubernetes.io/dockerconfigjson', data = {} } = source ?? {};
  return objectOf(SecretKind, { namespace: hubNamespace, name: defaultPullSecret }, { type, data });
}

function thanosSecret({ store }: Installation): Secret {
  const { bucket, region, accessKeyId, secretAccessKey, endpoint } = store;
  const { host, protocol } = new URL(endpoint);
  const config = {
    bucket,
    endpoint: host,
    region,
    insecure: protocol === 'http:',
    access_key: accessKeyId,
    secret_key: secretAccessKey,
    bucket_lookup_type: 'path',
  };
  const data = secretData({ 'thanos.yaml': stringify({ type: 's3', config }) });
  return objectOf(SecretKind, { namespace: hubNamespace, name: 'thanos-object-storage' }, { type: 'Opaque', data });
}

function observability(addonArchitecture: boolean): KubeObject {
  const switched = { metrics: { default: { enabled: true } } };
  const spec = {
    observabilityAddonSpec: {},
    storageConfig: { metricObjectStorage: { name: 'thanos-object-storage', key: 'thanos.yaml' } },
    ...(addonArchitecture && { capabilities: { platform: switched, userWorkloads: switched } }),
  };
  return objectOf(MultiClusterObservabilityKind, { name: 'observability' }, { spec });
}
