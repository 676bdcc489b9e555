import { beforeEach, describe, expect, it } from 'vitest';
import { createViewPool, type ViewPool, type ViewPoolOptions } from '../../../src/adapters/views/view-pool.ts';
import { createVirtualClock, type VirtualClock } from '../../../src/adapters/virtual-clock.ts';
import { Problem } from '../../../src/engine/problem.ts';
import { ConfigMapKind, ManagedClusterViewKind, SecretKind, StatefulSetKind } from '../../../src/kinds.ts';
import { ApiError } from '../../../src/ports.ts';
import { configMap, type FakeHub, fakeHub } from './fake-hub.ts';

const key = { namespace: 'openshift-monitoring', name: 'cluster-monitoring-config' };
const map = configMap(key.name, { 'config.yaml': 'a: 1' });

let clock: VirtualClock;
let hub: FakeHub;
beforeEach(() => {
  clock = createVirtualClock();
  hub = fakeHub(clock);
});
const poolWith = (more: Partial<ViewPoolOptions> = {}): ViewPool =>
  createViewPool({ hub: hub.cluster, clock, runId: 'run1', timeoutMs: 30_000, ...more });

describe('reading through Views', () => {
  it('gives the object, whole, and leaves nothing on the hub', async () => {
    hub.agent('paris').objects.set(key.name, map);

    const object = await poolWith().read('paris', ConfigMapKind, key);

    expect(object).toEqual(map);
    expect(hub.objects.size).toBe(0);
  });

  it('asks once for exactly what is wanted, recognisably ours', async () => {
    await poolWith().read('paris', StatefulSetKind, { namespace: 'ns', name: 'prometheus' });

    expect(hub.created).toMatchObject([
      {
        apiVersion: 'view.open-cluster-management.io/v1beta1',
        kind: 'ManagedClusterView',
        metadata: {
          namespace: 'paris',
          name: expect.stringMatching(/^acm-observability-[0-9a-f]{10}$/),
          labels: { 'app.kubernetes.io/managed-by': 'acm-observability', 'acm-observability/run': 'run1' },
        },
        spec: {
          scope: {
            apiGroup: 'apps',
            version: 'v1',
            kind: 'StatefulSet',
            namespace: 'ns',
            name: 'prometheus',
            updateIntervalSeconds: 86_400,
          },
        },
      },
    ]);
  });

  it('is undefined for an object that does not exist, even when an older result lies there', async () => {
    expect(await poolWith().read('paris', ConfigMapKind, key)).toBeUndefined();
    expect(hub.objects.size).toBe(0);
  });

  it('says what the agent could not look at', async () => {
    const unknown = { apiVersion: 'x.test/v1', kind: 'Unknown', plural: 'unknowns', namespaced: true };

    await expect(poolWith().read('paris', unknown, key)).rejects.toMatchObject({
      code: 'view-failed',
      cluster: 'paris',
      proof: 'ResourceGVKInvalid: no matches for kind',
    });
    expect(hub.objects.size).toBe(0);
  });

  it('does not even ask for Secrets', async () => {
    await expect(poolWith().read('paris', SecretKind, key)).rejects.toMatchObject({ code: 'not-seen' });
    expect(hub.created).toEqual([]);
  });

  it('gives up on a cluster that does not answer, and leaves nothing there', async () => {
    hub.agent('lab').delayMs = undefined;

    await expect(poolWith().read('lab', ConfigMapKind, key)).rejects.toMatchObject({
      code: 'cluster-unreachable',
      cluster: 'lab',
      message: expect.stringContaining('30 s'),
    });

    expect(clock.now()).toBeGreaterThanOrEqual(30_000);
    expect(clock.now()).toBeLessThan(33_000);
    expect(hub.objects.size).toBe(0);
  });

  it('asks for the answers of a whole fleet by few LISTs, with few Views alive at once', async () => {
    const names = Array.from({ length: 100 }, (_, n) => `c${n}`);
    for (const name of names) hub.agent(name).objects.set(key.name, configMap(key.name, { of: name }));
    const pool = poolWith({ maxAlive: 10 });

    const objects = await Promise.all(names.map((name) => pool.read(name, ConfigMapKind, key)));

    expect(objects.map((object) => object?.data?.of)).toEqual(names);
    expect(hub.mostAlive).toBeLessThanOrEqual(10);
    expect(hub.requests).toMatchObject({ creates: 100, deletes: 100 });
    expect(hub.requests.lists).toBeLessThanOrEqual(20);
  });

  it('does not let a silent cluster slow down another', async () => {
    hub.agent('lab').delayMs = undefined;
    const pool = poolWith();
    const silent = pool.read('lab', ConfigMapKind, key).catch(() => 'gave up');
    await clock.sleep(20_000);

    const before = clock.now();
    await pool.read('paris', ConfigMapKind, key);

    expect(clock.now() - before).toBeLessThan(1_000);
    expect(await silent).toBe('gave up');
  });

  it('makes a View again that somebody swept away', async () => {
    hub.agent('paris').delayMs = 1_000;
    hub.agent('paris').objects.set(key.name, map);
    const pool = poolWith();
    void clock.sleep(500).then(() => hub.objects.clear());

    expect(await pool.read('paris', ConfigMapKind, key)).toEqual(map);
    expect(hub.requests.creates).toBe(2);
  });

  it('gives up when its Views are swept away again and again', async () => {
    hub.agent('paris').delayMs = undefined;
    const { objects } = hub;
    const time = clock;
    void (async () => {
      for (let n = 0; n < 200; n += 1) {
        await time.sleep(50);
        objects.clear();
      }
    })();

    await expect(poolWith().read('paris', ConfigMapKind, key)).rejects.toMatchObject({ code: 'view-failed' });
  });

  it('passes on what the hub refuses, without a vain delete', async () => {
    hub.fail.create = new ApiError(403, 'Forbidden', 'cannot create managedclusterviews');

    await expect(poolWith().read('paris', ConfigMapKind, key)).rejects.toMatchObject({ code: 'not-permitted' });
    expect(hub.requests.deletes).toBe(0);
  });

  it('deletes a View whose creation got no answer', async () => {
    hub.fail.create = new Problem('unreachable', 'connection lost');

    await expect(poolWith().read('paris', ConfigMapKind, key)).rejects.toMatchObject({ code: 'unreachable' });
    expect(hub.objects.size).toBe(0);
  });

  it('fails all who wait when the LIST fails, and works again afterwards', async () => {
    hub.fail.list = new ApiError(403, 'Forbidden', 'cannot list');
    const pool = poolWith();

    const results = await Promise.allSettled(['a', 'b'].map((name) => pool.read(name, ConfigMapKind, key)));
    delete hub.fail.list;

    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
    expect(hub.objects.size).toBe(0);
    expect(await pool.read('a', ConfigMapKind, key)).toBeUndefined();
  });

  it('gives the answer although the View cannot be deleted, and deletes it when it closes', async () => {
    hub.agent('paris').objects.set(key.name, map);
    hub.fail.delete = new Problem('unreachable', 'for a moment');
    const pool = poolWith();

    const object = await pool.read('paris', ConfigMapKind, key);
    delete hub.fail.delete;
    await pool.close();

    expect(object).toEqual(map);
    expect(hub.objects.size).toBe(0);
  });

  it('ends what is under way when it closes, and leaves nothing', async () => {
    const names = Array.from({ length: 8 }, (_, n) => `c${n}`);
    for (const name of names) hub.agent(name).delayMs = undefined;
    const pool = poolWith({ maxAlive: 4 });
    const reads = Promise.allSettled(names.map((name) => pool.read(name, ConfigMapKind, key)));
    await clock.sleep(1_000);

    await pool.close();

    expect((await reads).every((result) => result.status === 'rejected')).toBe(true);
    expect(hub.objects.size).toBe(0);
    expect(hub.requests.creates).toBe(4);
  });
});

describe('sweeping', () => {
  it('removes what dead runs left, and nothing else', async () => {
    const leave = async (runId: string, more: object = {}) => {
      const left = await hub.cluster.create(ManagedClusterViewKind, {
        apiVersion: ManagedClusterViewKind.apiVersion,
        kind: 'ManagedClusterView',
        metadata: {
          name: `v-${runId}`,
          namespace: 'paris',
          labels: { 'app.kubernetes.io/managed-by': 'acm-observability', 'acm-observability/run': runId, ...more },
        },
      });
      return left.metadata.name;
    };
    await leave('dead');
    const kept = [
      await leave('run1'),
      await leave('alive'),
      await leave('x', { 'app.kubernetes.io/managed-by': 'them' }),
    ];
    hub.objects.set('ManagedClusterAction/paris/a', {
      apiVersion: 'action.open-cluster-management.io/v1beta1',
      kind: 'ManagedClusterAction',
      metadata: { name: 'a', namespace: 'paris', labels: { 'app.kubernetes.io/managed-by': 'acm-observability' } },
    });

    const removed = await poolWith().sweep(async (runId) => runId === 'alive');

    expect(removed).toBe(2);
    expect([...hub.objects.values()].map((object) => object.metadata.name)).toEqual(kept);
  });
});
