import { beforeEach, describe, expect, it } from 'vitest';
import { createActionCluster } from '../../../src/adapters/views/action-cluster.ts';
import { createViewPool } from '../../../src/adapters/views/view-pool.ts';
import { createVirtualClock, type VirtualClock } from '../../../src/adapters/virtual-clock.ts';
import { type ConfigMap, ConfigMapKind, StatefulSetKind } from '../../../src/kinds.ts';
import type { Cluster } from '../../../src/ports.ts';
import { configMap, type FakeAgent, type FakeHub, fakeHub } from './fake-hub.ts';

const key = { namespace: 'openshift-monitoring', name: 'cluster-monitoring-config' };

let clock: VirtualClock;
let hub: FakeHub;
let agent: FakeAgent;
let paris: Cluster;
beforeEach(() => {
  clock = createVirtualClock();
  hub = fakeHub(clock);
  agent = hub.agent('paris');
  const views = createViewPool({ hub: hub.cluster, clock, runId: 'run1', timeoutMs: 30_000 });
  paris = createActionCluster({ name: 'paris', hub: hub.cluster, views });
});

async function read(): Promise<ConfigMap> {
  const live = await paris.get(ConfigMapKind, key);
  if (live === undefined) throw new Error('no map');
  return live;
}

describe('a cluster reached through Actions', () => {
  it('says what it is and what it cannot do', async () => {
    expect(paris).toMatchObject({
      name: 'paris',
      server: 'https://hub.test:6443',
      capabilities: { list: false, watch: false, secrets: false, apply: false },
    });
    await expect(paris.list(ConfigMapKind)).rejects.toMatchObject({ code: 'not-seen', cluster: 'paris' });
    await expect(paris.apply(ConfigMapKind, configMap('a', {}))).rejects.toMatchObject({ code: 'not-seen' });
    await expect(paris.access([])).rejects.toMatchObject({ code: 'not-seen' });
    await expect(paris.raw('/version')).rejects.toMatchObject({ code: 'not-seen' });
    expect(() => paris.watch(ConfigMapKind, {}, new AbortController().signal)).toThrow(
      expect.objectContaining({ code: 'not-seen' }),
    );
  });

  it('sends the whole object back with its resourceVersion and without managedFields', async () => {
    agent.objects.set(key.name, configMap(key.name, { 'config.yaml': 'a: 1', other: 'kept' }));
    const live = await read();

    const written = await paris.replace(ConfigMapKind, { ...live, data: { ...live.data, 'config.yaml': 'a: 2' } });

    const sent = hub.created.at(-1);
    expect(sent).toMatchObject({
      kind: 'ManagedClusterAction',
      spec: {
        actionType: 'Update',
        kube: {
          resource: 'configmaps',
          ...key,
          template: { metadata: { resourceVersion: '7', uid: live.metadata.uid }, data: { other: 'kept' } },
        },
      },
    });
    expect(sent).not.toHaveProperty('spec.kube.template.metadata.managedFields');
    expect(written.metadata.resourceVersion).toBeUndefined();
    expect((await read()).data).toEqual({ 'config.yaml': 'a: 2', other: 'kept' });
    expect(hub.objects.size).toBe(0);
  });

  it('is refused when somebody wrote in between, and writes nothing', async () => {
    agent.objects.set(key.name, configMap(key.name, { mine: 'no' }, '7'));
    const live = await read();
    agent.objects.set(key.name, configMap(key.name, { theirs: 'yes' }, '8'));

    await expect(paris.replace(ConfigMapKind, live)).rejects.toMatchObject({ status: 409, reason: 'Conflict' });
    expect((await read()).data).toEqual({ theirs: 'yes' });
  });

  it('never replaces blindly', async () => {
    const { resourceVersion: _, ...metadata } = configMap(key.name, {}).metadata;

    await expect(paris.replace(ConfigMapKind, { ...configMap(key.name, {}), metadata })).rejects.toThrow(
      'resourceVersion',
    );
    expect(hub.created).toEqual([]);
  });

  it('creates, and says when it is there already', async () => {
    await paris.create(ConfigMapKind, configMap(key.name, { a: '1' }));

    expect((await read()).data).toEqual({ a: '1' });
    await expect(paris.create(ConfigMapKind, configMap(key.name, {}))).rejects.toMatchObject({
      status: 409,
      reason: 'AlreadyExists',
    });
  });

  it('patches what is there, and nothing that is not', async () => {
    agent.objects.set(key.name, configMap(key.name, { a: '1', b: '2' }));

    await paris.mergePatch(ConfigMapKind, key, { data: { a: null, c: '3' }, metadata: { labels: { l: 'x' } } });

    expect(await read()).toMatchObject({ data: { b: '2', c: '3' }, metadata: { labels: { l: 'x' } } });
    await expect(paris.mergePatch(ConfigMapKind, { name: 'none' }, {})).rejects.toMatchObject({ status: 404 });
  });

  it('deletes, and says when there was nothing', async () => {
    agent.objects.set(key.name, configMap(key.name, {}));

    expect(await paris.delete(ConfigMapKind, key)).toBe('deleted');
    expect(await paris.delete(ConfigMapKind, key)).toBe('absent');
    expect(await paris.delete(ConfigMapKind, key, { uid: 'u' })).toBe('absent');
  });

  it('does not delete another object than the one that was looked at', async () => {
    agent.objects.set(key.name, configMap(key.name, {}, '8'));

    await expect(paris.delete(ConfigMapKind, key, { resourceVersion: '7' })).rejects.toMatchObject({ status: 409 });
    await expect(paris.delete(ConfigMapKind, key, { uid: 'other' })).rejects.toMatchObject({ status: 409 });
    expect(agent.done).toEqual([]);
  });

  it('names kinds of a group as the agent wants them', async () => {
    await paris.delete(StatefulSetKind, { namespace: 'ns', name: 's' });

    expect(hub.created[0]).toMatchObject({ spec: { kube: { resource: 'statefulsets.v1.apps' } } });
  });

  it('repeats what the agent says when it refuses for another reason', async () => {
    agent.objects.set(key.name, configMap(key.name, {}));
    agent.refuse.set(key.name, 'admission webhook "monitoringconfigmaps.openshift.io" denied the request: bad key');

    await expect(paris.replace(ConfigMapKind, await read())).rejects.toMatchObject({
      code: 'action-failed',
      cluster: 'paris',
      message: expect.stringContaining('bad key'),
      proof: expect.stringContaining('UpdateResourceFailed'),
    });
  });

  it('takes the Action of a cluster that does not answer away, so that it cannot fire later', async () => {
    agent.objects.set(key.name, configMap(key.name, { a: '1' }));
    const live = await read();
    agent.delayMs = 60_000;

    await expect(paris.replace(ConfigMapKind, { ...live, data: {} })).rejects.toMatchObject({
      code: 'cluster-unreachable',
    });
    await clock.sleep(120_000);

    expect(agent.done).toEqual([]);
    expect(hub.objects.size).toBe(0);
  });

  it('looks for itself when the Action vanished after it was done', async () => {
    agent.objects.set(key.name, configMap(key.name, { a: '1' }));
    const live = await read();
    void clock.sleep(70).then(() => hub.objects.clear());

    const written = await paris.replace(ConfigMapKind, { ...live, data: { a: '2' } });

    expect(written.data).toEqual({ a: '2' });
    expect(agent.done).toEqual(['Update cluster-monitoring-config']);
  });

  it('says so when the Action vanished before it was done', async () => {
    agent.objects.set(key.name, configMap(key.name, { a: '1' }));
    const live = await read();
    void clock.sleep(20).then(() => hub.objects.clear());

    await expect(paris.replace(ConfigMapKind, { ...live, data: { a: '2' } })).rejects.toMatchObject({
      code: 'action-failed',
      message: expect.stringContaining('vanished'),
    });
  });
});
