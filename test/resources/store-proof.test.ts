import { describe, expect, it } from 'vitest';
import { isProblem } from '../../src/engine/problem.ts';
import type { ObjectStore } from '../../src/ports.ts';
import { bucketResource, markerKey } from '../../src/resources/bucket.ts';
import { storeProof } from '../../src/resources/store-proof.ts';

/** A store in memory that can be told to misbehave; what it was asked is kept. */
function memoryStore(how: { there?: boolean; mangle?: (body: string) => string | undefined } = {}) {
  const objects = new Map<string, string>();
  const calls: string[] = [];
  let there = how.there ?? true;
  const store: ObjectStore = {
    endpoint: 'https://s3.example.com',
    bucket: async () => (there ? { state: 'ours' } : { state: 'absent' }),
    createBucket: async () => {
      calls.push('create');
      there = true;
    },
    read: async (key) => {
      const body = objects.get(key);
      return body === undefined || how.mangle === undefined ? body : how.mangle(body);
    },
    write: async (key, body) => {
      calls.push(`write ${key}`);
      objects.set(key, body);
    },
    remove: async (key) => {
      calls.push(`remove ${key}`);
      objects.delete(key);
    },
    list: async (prefix) => [...objects.keys()].filter((key) => key.startsWith(prefix)),
    destroy: async () => {
      calls.push('destroy');
      there = false;
    },
  };
  return { store, objects, calls };
}

function bucket(store: ObjectStore, more: Partial<Parameters<typeof bucketResource>[0]> = {}) {
  return bucketResource({
    hub: 'local-cluster',
    clusterID: 'hub-1',
    bucket: 'acm-metrics',
    create: true,
    adopt: false,
    deleteData: false,
    store: async () => store,
    ...more,
  });
}

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('the bucket', () => {
  it('is created where it is missing, marked with its hub, and then left alone', async () => {
    const { store, objects, calls } = memoryStore({ there: false });
    const resource = bucket(store);

    const before = await resource.plan();
    await resource.apply(before);
    const after = await resource.plan();

    expect(before).toEqual({ kind: 'create' });
    expect(after).toEqual({ kind: 'none' });
    expect(calls).toEqual(['create', `write ${markerKey}`]);
    expect(objects.get(markerKey)).toContain('hub-1');
  });

  it('that is missing and must not be created is a Problem', async () => {
    const { store } = memoryStore({ there: false });

    expect(isProblem(await thrownBy(bucket(store, { create: false }).plan()), 'bucket-missing')).toBe(true);
  });

  it('of another hub is refused, and taken only when told to', async () => {
    const { store } = memoryStore();
    await bucket(store, { clusterID: 'hub-2' }).apply({ kind: 'update', diff: [] });

    const refused = await thrownBy(bucket(store).plan());
    const taken = await bucket(store, { adopt: true }).plan();

    expect(isProblem(refused, 'bucket-other-hub')).toBe(true);
    expect(String(refused)).toContain('hub-2');
    expect(taken).toMatchObject({ kind: 'update', note: 'taken over' });
  });

  it('with a marker nobody can read is somebody’s, and refused', async () => {
    const { store } = memoryStore();
    await store.write(markerKey, 'not json');

    expect(isProblem(await thrownBy(bucket(store).plan()), 'bucket-other-hub')).toBe(true);
  });

  it('stays at an uninstall, unless the data is to go, and then only if it is ours', async () => {
    const { store, calls } = memoryStore();
    await bucket(store).apply({ kind: 'update', diff: [] });

    const kept = await bucket(store).planRemoval();
    const foreign = await thrownBy(bucket(store, { clusterID: 'hub-2', deleteData: true }).planRemoval());
    const resource = bucket(store, { deleteData: true });
    await resource.remove(await resource.planRemoval());

    expect(kept.kind).toBe('skip');
    expect(isProblem(foreign, 'bucket-other-hub')).toBe(true);
    expect(calls).toContain('destroy');
  });
});

describe('the proof of the store', () => {
  const proof = (store: ObjectStore, unchanged = false) =>
    storeProof({
      hub: 'local-cluster',
      bucket: 'acm-metrics',
      runId: '7f3a',
      store: async () => store,
      unchanged: async () => unchanged,
      reads: () => [],
    });

  it('puts, gets, lists and deletes, and leaves nothing', async () => {
    const { store, objects, calls } = memoryStore();

    await proof(store).apply({ kind: 'update', diff: [] });

    expect(calls).toEqual(['write acm-observability/probe/7f3a', 'remove acm-observability/probe/7f3a']);
    expect(objects.size).toBe(0);
  });

  it('writes nothing when Thanos already has exactly what it is to get', async () => {
    const { store } = memoryStore();

    expect(await proof(store, true).plan()).toEqual({ kind: 'none' });
  });

  it.each([
    ['changes what it stores', (body: string) => body.toUpperCase()],
    ['loses what it stores', () => undefined],
  ])('fails on a store that %s, and still cleans up', async (_, mangle) => {
    const { store, objects } = memoryStore({ mangle });

    const error = await thrownBy(proof(store).apply({ kind: 'update', diff: [] }));

    expect(isProblem(error, 'store-probe')).toBe(true);
    expect(objects.size).toBe(0);
  });
});
