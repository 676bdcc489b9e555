/** What a namespace holds that is not ours: the reason to keep it. */
import type { Right } from '../engine/rights.ts';
import { ConfigMapKind, type KubeObject, PersistentVolumeClaimKind, type Secret, SecretKind } from '../kinds.ts';
import type { Cluster } from '../ports.ts';
import { marks } from './marks.ts';
import { on } from './rights.ts';

/** Made by the platform in every namespace, and remade when deleted. */
const platformMaps = new Set(['kube-root-ca.crt', 'openshift-service-ca.crt']);
const platformSecretTypes = new Set(['kubernetes.io/service-account-token', 'kubernetes.io/dockercfg']);

/** `it still holds 12 volumes, Secret alertmanager-config and 5 more`; `undefined` when nothing is left but ours. */
export async function foreignContent(cluster: Cluster, namespace: string): Promise<string | undefined> {
  const [volumes, maps, secrets] = await Promise.all([
    cluster.list(PersistentVolumeClaimKind, { namespace }),
    cluster.list(ConfigMapKind, { namespace }),
    cluster.list(SecretKind, { namespace }),
  ]);
  const others = [
    ...maps
      .filter((map) => !isMarked(map) && !platformMaps.has(map.metadata.name))
      .map((map) => named('ConfigMap', map)),
    ...secrets.filter((secret) => !isMarked(secret) && !isPlatform(secret)).map((secret) => named('Secret', secret)),
  ];
  const shown = others.slice(0, 2);
  const parts = [
    ...(volumes.length > 0 ? [`${volumes.length} volumes`] : []),
    ...shown,
    ...(others.length > shown.length ? [`${others.length - shown.length} more objects`] : []),
  ];
  return parts.length === 0 ? undefined : `it still holds ${parts.join(', ')}`;
}

/** What that look takes. */
export function foreignContentRights(cluster: Cluster, namespace: string): Right[] {
  const kinds = [PersistentVolumeClaimKind, ConfigMapKind, SecretKind];
  return kinds.flatMap((kind) => on(cluster, kind, { namespace }, ['list']));
}

function isMarked(object: KubeObject): boolean {
  return object.metadata.labels?.[marks.managedBy[0]] === marks.managedBy[1];
}

function isPlatform(secret: Secret): boolean {
  return platformSecretTypes.has(secret.type ?? '');
}

function named(kind: string, object: KubeObject): string {
  return `${kind} ${object.metadata.name}`;
}
