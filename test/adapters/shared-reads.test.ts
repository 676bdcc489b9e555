import { describe, expect, it } from 'vitest';
import { sharingBucket, sharingReads } from '../../src/adapters/shared-reads.ts';
import { ConfigMapKind, SecretKind } from '../../src/kinds.ts';
import type { Cluster, ListQuery, ObjectStore } from '../../src/ports.ts';

function clockAt(start: number) {
  let now = start;
  return { now: () => now, sleep: async () => {}, pass: (milliseconds: number) => (now += milliseconds) };
}

const key = { namespace: 'a', name: 'x' };

describe('a cluster for a run that only looks', () => {
  function asked() {
    const clock = clockAt(0);
    const paths: string[] = [];
    let answer = async (): Promise<undefined> => undefined;
    const cluster = {
      get: (kind: { plural: string }, { name }: { name: string }) => {
        paths.push(`${kind.plural}/${name}`);
        return answer();
      },
      list: (kind: { plural: string }, { namespace = 'all', labelSelector = '' }: ListQuery) => {
        paths.push(`${kind.plural} in ${namespace} ${labelSelector}`.trim());
        return answer();
      },
    } as unknown as Cluster;
    return { clock, paths, cluster: sharingReads(cluster, clock), answers: (next: typeof answer) => (answer = next) };
  }

  it('is asked once for an object that many want at a moment, and again a second later', async () => {
    const { clock, paths, cluster } = asked();

    await Promise.all([cluster.get(SecretKind, key), cluster.get(SecretKind, key)]);
    await cluster.get(SecretKind, key);
    expect(paths).toEqual(['secrets/x']);

    clock.pass(1_000);
    await cluster.get(SecretKind, key);
    expect(paths).toEqual(['secrets/x', 'secrets/x']);
  });

  it('takes no object for another', async () => {
    const { paths, cluster } = asked();

    await cluster.get(SecretKind, key);
    await cluster.get(ConfigMapKind, key);
    await cluster.get(SecretKind, { ...key, name: 'y' });

    expect(paths).toEqual(['secrets/x', 'configmaps/x', 'secrets/y']);
  });

  it('is asked once for the same list of a namespace; a list of everything is nobody else’s', async () => {
    const { paths, cluster } = asked();
    const query = { namespace: 'a' };

    await Promise.all([cluster.list(SecretKind, query), cluster.list(SecretKind, { ...query })]);
    await cluster.list(SecretKind, { ...query, labelSelector: 'x' });
    await cluster.list(SecretKind, query, ({ metadata }) => metadata.name);
    await Promise.all([cluster.list(SecretKind), cluster.list(SecretKind)]);

    expect(paths).toEqual(['secrets in a', 'secrets in a x', 'secrets in a', 'secrets in all', 'secrets in all']);
  });

  it('does not keep a failure', async () => {
    const { paths, cluster, answers } = asked();
    answers(() => Promise.reject(new Error('away')));

    await expect(cluster.get(SecretKind, key)).rejects.toThrow('away');
    answers(async () => undefined);

    await expect(cluster.get(SecretKind, key)).resolves.toBeUndefined();
    expect(paths).toHaveLength(2);
  });
});

describe('a store for a run that only looks', () => {
  it('is asked once at a moment whether its bucket is there, and for everything else as it is', async () => {
    const clock = clockAt(0);
    const calls: string[] = [];
    const plain = {
      endpoint: 'https://s3.example.com',
      bucket: async () => {
        calls.push('bucket');
        return { state: 'ours' };
      },
      read: async () => void calls.push('read'),
    } as unknown as ObjectStore;
    const store = sharingBucket(plain, clock);

    expect(await Promise.all([store.bucket(), store.bucket()])).toEqual([{ state: 'ours' }, { state: 'ours' }]);
    await store.read('a');
    await store.read('a');
    clock.pass(1_000);
    await store.bucket();

    expect(store.endpoint).toBe('https://s3.example.com');
    expect(calls).toEqual(['bucket', 'read', 'read', 'bucket']);
  });
});
