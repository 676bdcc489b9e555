import { describe, expect, test } from 'vitest';
import { type KubeObject, type OwnerReference, type Secret, SecretKind } from '../../src/kinds.ts';
import type { Cluster } from '../../src/ports.ts';
import { livingOwners } from '../../src/resources/owners.ts';
import { memoryCluster } from '../helpers/memory-cluster.ts';

const key = { namespace: 'open-cluster-management-observability', name: 'multiclusterhub-operator-pull-secret' };

function owner(uid: string, kind = 'MultiClusterObservability'): OwnerReference {
  return { apiVersion: 'observability.open-cluster-management.io/v1beta2', kind, name: 'observability', uid };
}

function observability(uid: string): KubeObject {
  return { apiVersion: 'v1', kind: 'MultiClusterObservability', metadata: { name: 'observability', uid } };
}

function secretOf(...ownerReferences: OwnerReference[]): Secret {
  const labels = { 'app.kubernetes.io/managed-by': 'acm-observability', 'acm-observability/step': 'pull-secret' };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { ...key, labels, ownerReferences } };
}

/** What owns it, as the hub was looked at, and what has been made since. */
function resourceOn(secret: Secret, since: readonly KubeObject[] = []) {
  const memory = memoryCluster();
  memory.put(SecretKind, secret);
  const living = [observability('new')];
  // The one kind that is listed.
  const list: Cluster['list'] = async <U>() => [...living, ...since] as U[];
  const cluster = { ...memory, list };
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

  test('one that another run has made since the hub was looked at stays', async () => {
    const { resource } = resourceOn(secretOf(owner('young')), [observability('young')]);

    const change = await resource.plan();

    expect(change).toEqual({ kind: 'none' });
  });

  test('a secret that is not ours is left alone', async () => {
    const secret = secretOf(owner('old'));
    const { resource } = resourceOn({ ...secret, metadata: { ...secret.metadata, labels: {} } });

    const change = await resource.plan();

    expect(change).toEqual({ kind: 'none' });
  });
});
