import { describe, expect, test } from 'vitest';
import { createVirtualClock } from '../../../src/adapters/virtual-clock.ts';
import { ConfigMapKind, ObservabilityAddonKind } from '../../../src/kinds.ts';
import { createApiServer } from '../../../src/sandbox/api/index.ts';
import { createControllerClient } from '../../../src/sandbox/controllers/client.ts';
import { createDelays } from '../../../src/sandbox/controllers/delays.ts';
import { createInformers, type News } from '../../../src/sandbox/controllers/informer.ts';
import { createQueue } from '../../../src/sandbox/controllers/queue.ts';
import { chance, suffix } from '../../../src/sandbox/controllers/random.ts';
import { startController, watching } from '../../../src/sandbox/controllers/runtime.ts';
import { featuresOf, parseVersion } from '../../../src/sandbox/controllers/versions.ts';

function setUp(without: readonly string[] = []) {
  const clock = createVirtualClock();
  const delays = createDelays();
  const server = createApiServer({ name: 'one', clock, without });
  const client = createControllerClient({ name: 'one', transport: server.transport(), clock });
  const informers = createInformers({ client, clock, delays });
  const stop = async () => {
    await informers.stop();
    server.close();
    clock.stop();
  };
  return { clock, delays, server, client, informers, stop };
}

const map = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data,
});

describe('a queue', () => {
  test('works on a key once for many news, and again for news that come while it works', async () => {
    const clock = createVirtualClock();
    const worked: string[] = [];
    const queue = createQueue({
      clock,
      workers: 1,
      work: async (key) => {
        worked.push(key);
        if (worked.length === 1) queue.add('a');
        await clock.sleep(10);
      },
    });

    queue.add('a');
    queue.add('a');
    await clock.sleep(100);
    await queue.stop();

    expect(worked).toEqual(['a', 'a']);
  });

  test('of two times for a key keeps the earlier', async () => {
    const clock = createVirtualClock();
    const at: number[] = [];
    const queue = createQueue({ clock, workers: 1, work: async () => void at.push(clock.now()) });

    queue.addAfter('a', 500);
    queue.addAfter('a', 100);
    queue.addAfter('a', 900);
    await clock.sleep(2000);
    await queue.stop();

    expect(at).toEqual([100]);
  });
});

describe('a controller', () => {
  test('tries a failed key again, after pauses that double', async () => {
    const { clock, delays, informers, server, stop } = setUp();
    server.seed([map('a')]);
    const at: number[] = [];
    const running = startController({
      name: 'test',
      cluster: 'one',
      clock,
      delays,
      watches: [watching(informers.of(ConfigMapKind))],
      reconcile: async () => {
        at.push(clock.now());
        if (at.length < 4) throw new Error('not yet');
        return undefined;
      },
    });

    await clock.sleep(60_000);
    await running.stop();
    await stop();

    const [first = 0, ...rest] = at;
    expect(rest.map((time) => time - first)).toEqual([200, 600, 1400]);
  });

  test('does nothing more once it has stopped', async () => {
    const { clock, delays, informers, client, stop } = setUp();
    let worked = 0;
    const running = startController({
      name: 'test',
      cluster: 'one',
      clock,
      delays,
      watches: [watching(informers.of(ConfigMapKind))],
      reconcile: async () => {
        worked += 1;
        return { againInMs: 10 };
      },
    });

    await running.stop();
    await client.create(
      { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } },
    );
    await client.create(ConfigMapKind, map('a'));
    await clock.sleep(5000);
    await stop();

    expect(worked).toBe(0);
  });
});

describe('an informer', () => {
  test('tells of what there is, of changes, and of one namespace only where asked', async () => {
    const { clock, server, client, informers, stop } = setUp();
    server.seed([map('a'), { ...map('b'), metadata: { name: 'b', namespace: 'other' } }]);
    const heard: string[] = [];
    const informer = informers.of(ConfigMapKind);
    await informer.synced;
    informer.subscribe(
      ({ type, object }: News<{ apiVersion: string; kind: string; metadata: { name: string } }>) =>
        heard.push(`${type} ${object.metadata.name}`),
      'default',
    );

    await client.mergePatch(ConfigMapKind, { name: 'a', namespace: 'default' }, { data: { x: '1' } });
    await client.mergePatch(ConfigMapKind, { name: 'b', namespace: 'other' }, { data: { x: '1' } });
    await client.delete(ConfigMapKind, { name: 'a', namespace: 'default' });
    await clock.sleep(1000);
    await stop();

    expect(heard).toEqual(['present a', 'present a', 'gone a']);
  });

  test('whose version is too old reads everything again and learns what went away meanwhile', async () => {
    const clock = createVirtualClock();
    const server = createApiServer({ name: 'one', clock, history: 5 });
    const transport = server.transport();
    let cut = false;
    const client = createControllerClient({
      name: 'one',
      clock,
      transport: {
        ...transport,
        send: (request) =>
          cut && request.path.includes('watch=true')
            ? Promise.reject(Object.assign(new Error('cut'), { code: 'ECONNRESET' }))
            : transport.send(request),
      },
    });
    server.seed([map('a'), map('gone')]);
    const direct = createControllerClient({ name: 'one', clock, transport });
    const informers = createInformers({ client, clock, delays: createDelays() });
    const informer = informers.of(ConfigMapKind);
    await informer.synced;

    cut = true;
    await direct.delete(ConfigMapKind, { name: 'gone', namespace: 'default' });
    for (let round = 0; round < 20; round += 1)
      await direct.mergePatch(ConfigMapKind, { name: 'a', namespace: 'default' }, { data: { round: String(round) } });
    server.compact();
    cut = false;
    await clock.sleep(120_000);
    const known = informer.list().map(({ metadata, data }) => [metadata.name, data?.round]);
    await informers.stop();
    server.close();

    expect(known).toEqual([['a', '19']]);
  });

  test('of a kind that is not there waits for its definition', async () => {
    const { clock, server, client, informers, stop } = setUp([
      'observabilityaddons.observability.open-cluster-management.io',
    ]);
    server.seed([map('makes-the-namespace')]);
    const informer = informers.of(ObservabilityAddonKind);
    await clock.sleep(20_000);
    const before = informer.list();
    await client.create(
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        plural: 'customresourcedefinitions',
        namespaced: false,
      },
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'observabilityaddons.observability.open-cluster-management.io' },
        spec: {
          group: 'observability.open-cluster-management.io',
          scope: 'Namespaced',
          names: {
            kind: 'ObservabilityAddon',
            listKind: 'ObservabilityAddonList',
            plural: 'observabilityaddons',
            singular: 'observabilityaddon',
          },
          versions: [
            {
              name: 'v1beta1',
              served: true,
              storage: true,
              schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
            },
          ],
        },
      },
    );
    await client.create(ObservabilityAddonKind, {
      apiVersion: 'observability.open-cluster-management.io/v1beta1',
      kind: 'ObservabilityAddon',
      metadata: { name: 'a', namespace: 'default' },
    });
    await clock.sleep(10_000);
    const after = informer.list().map(({ metadata }) => metadata.name);
    await stop();

    expect([before, after]).toEqual([[], ['a']]);
  });
});

describe('chance', () => {
  test('is the same for the same seed and words, and differs between near names', () => {
    const drawn = Array.from({ length: 200 }, (_, at) => chance(1, 'pod', String(at)));

    expect(chance(1, 'pod', '7')).toBe(drawn[7]);
    expect(new Set(drawn).size).toBe(200);
    expect(drawn.reduce((sum, one) => sum + one, 0) / 200).toBeCloseTo(0.5, 1);
    expect(suffix(5, 1, 'a')).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });
});

describe('versions', () => {
  test('compare as numbers, and 5.0 follows 2.17', () => {
    expect(
      ['2.9.0', '2.14.1', '2.15.0', '2.17.0', '5.0.0'].map((text) => featuresOf(parseVersion(text)).webhook),
    ).toEqual(['sizes', 'sizes', 'inert', 'inert', 'full']);
    expect(
      ['2.14.0', '2.15.0', '2.15.1', '5.0.0'].map((text) => featuresOf(parseVersion(text)).alertSecretSuffix),
    ).toEqual(['none', 'cluster', 'hub', 'hub']);
    expect(() => parseVersion('latest')).toThrow(RangeError);
  });
});
