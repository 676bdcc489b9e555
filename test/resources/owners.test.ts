import { describe, expect, test } from 'vitest';
import { type OwnerReference, type Secret, SecretKind } from '../../src/kinds.ts';
import { livingOwners } from '../../src/resources/owners.ts';
import { memoryCluster } from '../helpers/memory-cluster.ts';

const key = { namespace: 'open-cluster-management-observability', name: 'multiclusterhub-operator-pull-secret' };

function owner(uid: string, kind = 'MultiClusterObservability'): OwnerReference {
  return { apiVersion: 'observability.open-cluster-management.io/v1beta2', kind, name: 'observability', uid };
}

function secretOf(...ownerReferences: OwnerReference[]): Secret {
  const labels = { 'app.kubernetes.io/managed-by': 'acm-observability', 'acm-observability/step': 'pull-secret' };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { ...key, labels, ownerReferences } };
}

function resourceOn(secret: Secret) {
  const cluster = memoryCluster();
  cluster.put(SecretKind, secret);
  const living = [
    { apiVersion: 'v1', kind: 'MultiClusterObservability', metadata: { name: 'observability', uid: 'new' } },
  ];
  return { cluster, resource: livingOwners({ cluster, kind: SecretKind, key, step: 'pull-secret', living }) };
}

describe('the owners of the pull secret', () => {
  test('an object that is long gone is taken off, the others stay', async () => {
    const { cluster, resource } = resourceOn(secretOf(owner('old'), owner('new'), owner('else', 'ConfigMap')));

    const change = await resource.plan();
    await resource.apply(change);

    expect(change).toMatchObject({ kind: 'update', diff: [expect.stringContaining('old')] });
    const left = cluster.peek(SecretKind, key)?.metadata.ownerReferences;
    expect(left?.map(({ uid }) => uid)).toEqual(['new', 'else']);
    expect(await resource.plan()).toEqual({ kind: 'none' });
  });

  test('a secret that is not ours is left alone', async () => {
    const secret = secretOf(owner('old'));
    const { resource } = resourceOn({ ...secret, metadata: { ...secret.metadata, labels: {} } });

    const change = await resource.plan();

    expect(change).toEqual({ kind: 'none' });
  });
});
