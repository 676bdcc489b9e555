/** What the operator does to objects that people made: a label for ACM's backup, and an owner for the pull secret. */
import {
  ConfigMapKind,
  type Kind,
  type KubeObject,
  type MultiClusterObservability,
  SecretKind,
} from '../../../kinds.ts';
import type { ControllerClient } from '../client.ts';
import type { Informers } from '../informer.ts';
import { backupLabel, customAllowlist, customRules, defaultPullSecret, hubNamespace } from '../names.ts';
import { ensure, objectOf, ownerOf } from '../objects.ts';

/** Labels them, and makes the pull secret the CR's own (measured.md §1.2). Their data is left alone. */
export async function adoptUserObjects(informers: Informers, cr: MultiClusterObservability): Promise<void> {
  const { client } = informers;
  const secrets = informers.of(SecretKind).list(hubNamespace);
  const configMaps = informers.of(ConfigMapKind).list(hubNamespace);
  const pullSecret = cr.spec?.imagePullSecret ?? defaultPullSecret;
  const storage = cr.spec?.storageConfig?.metricObjectStorage?.name;
  for (const secret of secrets) {
    const { name } = secret.metadata;
    if (name === pullSecret) await mark(client, SecretKind, secret, cr);
    else if (name === storage) await mark(client, SecretKind, secret);
  }
  for (const configMap of configMaps) {
    const { name, labels } = configMap.metadata;
    const known = name === customAllowlist || name === customRules;
    if (known || labels?.['grafana-custom-dashboard'] === 'true') await mark(client, ConfigMapKind, configMap);
  }
}

async function mark<T extends KubeObject>(
  client: ControllerClient,
  kind: Kind<T>,
  live: T,
  owner?: KubeObject,
): Promise<void> {
  const { name, namespace = hubNamespace } = live.metadata;
  const metadata = {
    name,
    namespace,
    labels: { [backupLabel]: '' },
    ...(owner && { ownerReferences: [ownerOf(owner)] }),
  };
  await ensure(client, { kind, object: objectOf(kind, metadata) }, live);
}
