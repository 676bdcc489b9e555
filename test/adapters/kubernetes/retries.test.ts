import { describe, expect, it } from 'vitest';
import { createCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import { ConfigMapKind } from '../../../src/kinds.ts';
import type { Cluster } from '../../../src/ports.ts';
import { bench, broken, configMap, failed, key, patientClock, scripted, status, type Turn } from './scripted.ts';

const throttled: Turn = { ...status(429, 'TooManyRequests', 'slow down'), headers: { 'retry-after': '3' } };

describe('trying again', () => {
  it('waits as long as the server asks, whatever the verb', async () => {
    const { cluster, slept, counts } = bench(throttled, { status: 201 });

    await cluster.create(ConfigMapKind, configMap());

    expect(slept).toEqual([3000]);
    expect(counts.kubernetes).toBe(2);
  });

  it('gives up after five times, each pause twice as long', async () => {
    const { cluster, slept } = bench(...Array.from({ length: 6 }, () => broken('ECONNRESET')));

    const error = await failed(cluster.get(ConfigMapKind, key));

    expect(error).toMatchObject({ code: 'unreachable' });
    expect(slept).toEqual([250, 500, 1000, 2000, 4000]);
  });

  it.each([
    ['a read', (cluster: Cluster) => cluster.get(ConfigMapKind, key)],
    ['an apply', (cluster: Cluster) => cluster.apply(ConfigMapKind, configMap())],
    ['a replace', (cluster: Cluster) => cluster.replace(ConfigMapKind, configMap('7'))],
    [
      'a conditional merge patch',
      (cluster: Cluster) => cluster.mergePatch(ConfigMapKind, key, { metadata: { resourceVersion: '7' } }),
    ],
    [
      'a merge patch, which says what is to be',
      (cluster: Cluster) => cluster.mergePatch(ConfigMapKind, key, { data: { a: null, b: '1' } }),
    ],
    ['a delete', (cluster: Cluster) => cluster.delete(ConfigMapKind, key)],
    ['a create, whose name we chose', (cluster: Cluster) => cluster.create(ConfigMapKind, configMap())],
  ])('repeats %s after a broken connection and after a failure of the server', async (_, act) => {
    const { cluster, counts } = bench(broken('ECONNRESET'), status(500, 'InternalError', 'oops'), { status: 200 });

    await act(cluster);

    expect(counts.kubernetes).toBe(3);
  });

  it('repeats a merge patch when the connection was refused: nobody has heard of it', async () => {
    const { cluster, counts } = bench(broken('ECONNREFUSED'), { status: 200 });

    await cluster.mergePatch(ConfigMapKind, key, { data: {} });

    expect(counts.kubernetes).toBe(2);
  });

  it('asks twice where nobody has ever answered: nothing listens there', async () => {
    const refused = Array.from({ length: 6 }, () => broken('ECONNREFUSED'));
    const { cluster, slept, counts } = bench(...refused);

    const error = (await failed(cluster.get(ConfigMapKind, key))) as Error;

    expect(error.message).toContain('nothing listens there');
    expect(counts.kubernetes).toBe(2);
    expect(slept).toEqual([250]);
  });

  it('waits for a server that has answered before: it is being restarted', async () => {
    const refused = Array.from({ length: 5 }, () => broken('ECONNREFUSED'));
    const { cluster, slept } = bench({ status: 200 }, ...refused, { status: 200 });

    await cluster.get(ConfigMapKind, key);
    await cluster.get(ConfigMapKind, key);

    expect(slept).toEqual([250, 500, 1000, 2000, 4000]);
  });

  it('asks a black hole twice, not more', async () => {
    const { cluster, counts } = bench(broken('ETIMEDOUT'), broken('ETIMEDOUT'));

    const error = (await failed(cluster.get(ConfigMapKind, key))) as Error;

    expect(error.message).toContain('no answer within 30 s');
    expect(counts.kubernetes).toBe(2);
  });
});

describe('silence', () => {
  it.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted-certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'untrusted-certificate'],
    ['CERT_HAS_EXPIRED', 'untrusted-certificate'],
    ['ENOTFOUND', 'unreachable'],
  ])('%s is %s at once', async (code, problem) => {
    const { cluster, counts } = bench(broken(code));

    expect(await failed(cluster.get(ConfigMapKind, key))).toMatchObject({ code: problem });
    expect(counts.kubernetes).toBe(1);
  });

  it('of every address of a host is said by the first', async () => {
    const all = new AggregateError([broken('ENETUNREACH'), broken('ECONNREFUSED')]);
    const transport = scripted(all, all);
    const cluster = createCluster({ name: 'hub', transport, clock: patientClock(), maxRetries: 1 });

    const error = (await failed(cluster.get(ConfigMapKind, key))) as Error;

    expect(error.message).toContain('there is no route to the network');
  });

  it('is never made of our own mistakes', async () => {
    const { cluster } = bench(new TypeError('undefined is not a function'));

    expect(await failed(cluster.get(ConfigMapKind, key))).toBeInstanceOf(TypeError);
  });
});
