import { describe, expect, it } from 'vitest';
import { ConfigMapKind, type KubeObject, Namespace } from '../../../src/kinds.ts';
import type { WatchEvent } from '../../../src/ports.ts';
import { type Bench, bench, configMap, configMaps, failure, labKey } from './bench.ts';

const names = (items: readonly KubeObject[]): string[] => items.map(({ metadata }) => metadata.name);
const many = async ({ as }: Bench, ...all: readonly string[]): Promise<void> => {
  for (const name of all) await as('me').create(ConfigMapKind, configMap({}, { name }));
};

describe('a list', () => {
  it('comes in pages that all show the moment of the first', async () => {
    const world = bench();
    await many(world, 'a', 'b', 'c', 'd');
    const first = await world.send('GET', `${configMaps}?limit=2`);
    await world.as('me').delete(ConfigMapKind, { ...labKey, name: 'c' });
    await many(world, 'bb');
    const { continue: next, remainingItemCount, resourceVersion } = Object(first.body.metadata);

    const second = await world.send('GET', `${configMaps}?limit=2&continue=${next}`);

    expect([names(first.body.items), remainingItemCount]).toEqual([['a', 'b'], 2]);
    expect(names(second.body.items)).toEqual(['c', 'd']);
    expect(second.body.metadata).toEqual({ resourceVersion });
  });

  it('is 410 Expired when that moment is forgotten', async () => {
    const world = bench();
    await many(world, 'a', 'b');
    const { body } = await world.send('GET', `${configMaps}?limit=1`);
    await many(world, 'c');
    world.api.compact();

    const { status, body: refused } = await world.send(
      'GET',
      `${configMaps}?limit=1&continue=${Object(body.metadata).continue}`,
    );

    expect([status, refused.reason]).toEqual([410, 'Expired']);
    expect((await world.send('GET', `${configMaps}?continue=nonsense`)).status).toBe(400);
  });

  it('of a built-in kind has items without their type, as the real one; the client adds it', async () => {
    const world = bench();
    await many(world, 'a');

    const { body } = await world.send('GET', configMaps);
    const [item] = await world.as('me').list(ConfigMapKind);

    expect(body.items[0]).not.toHaveProperty('kind');
    expect(item).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
  });

  it('cannot show the future', async () => {
    const { send } = bench();

    const { status, body } = await send('GET', `${configMaps}?resourceVersion=999999`);

    expect(status).toBe(504);
    expect(body.message).toMatch(/^Too large resource version: 999999, current: \d+$/);
  });

  it.each([
    ['app=web', ['a']],
    ['app==web', ['a']],
    ['app!=web', ['b', 'c']],
    ['app in (web, db)', ['a', 'b']],
    ['app notin (web)', ['b', 'c']],
    ['app', ['a', 'b']],
    ['!app', ['c']],
    ['app in (web,db),tier=back', ['b']],
    ['size>3', ['b']],
    ['size<3', ['a']],
    ['', ['a', 'b', 'c']],
  ])('with the labels %s', async (labelSelector, expected) => {
    const { as } = bench();
    const me = as('me');
    await me.create(ConfigMapKind, configMap({}, { name: 'a', labels: { app: 'web', size: '1' } }));
    await me.create(ConfigMapKind, configMap({}, { name: 'b', labels: { app: 'db', tier: 'back', size: '5' } }));
    await me.create(ConfigMapKind, configMap({}, { name: 'c' }));

    expect(names(await me.list(ConfigMapKind, { labelSelector }))).toEqual(expected);
  });

  it('by fields knows name and namespace, and says so of others', async () => {
    const world = bench();
    await many(world, 'a', 'b');
    const me = world.as('me');

    expect(names(await me.list(ConfigMapKind, { fieldSelector: 'metadata.name=a' }))).toEqual(['a']);
    expect(names(await me.list(Namespace, { fieldSelector: 'status.phase!=Active' }))).toEqual([]);
    expect(await failure(me.list(ConfigMapKind, { fieldSelector: 'data.x=1' }))).toMatchObject({
      status: 400,
      message: 'field label not supported: data.x',
    });
    expect(await failure(me.list(ConfigMapKind, { labelSelector: 'a b' }))).toMatchObject({ status: 400 });
  });

  it('as a table has the columns of the kind, and the age', async () => {
    const { send, clock, api } = bench();
    api.seed([configMap({ a: '1', b: '2' })]);
    await clock.sleep(300_000);

    const { body } = await send('GET', configMaps, undefined, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
    });

    expect(body.kind).toBe('Table');
    expect(body.rows).toMatchObject([{ cells: ['x', 2, '5m'], object: { kind: 'PartialObjectMetadata' } }]);
  });
});

describe('a watch', () => {
  /** Collects until there are as many events as expected. */
  async function events(
    { as }: Bench,
    count: number,
    query: { readonly labelSelector?: string; readonly fieldSelector?: string; readonly resourceVersion?: string },
    act: () => Promise<unknown>,
  ): Promise<string[]> {
    const abort = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const event of as('watcher').watch(ConfigMapKind, query, abort.signal)) {
        seen.push(told(event));
        if (seen.length === count) abort.abort();
      }
    })();
    await act();
    await watching;
    return seen;
  }
  const told = ({ type, object }: WatchEvent): string => `${type} ${object.metadata.name}`;

  it('without a version begins with what is there, then tells what happens', async () => {
    const world = bench();
    await many(world, 'a');

    const seen = await events(world, 4, {}, async () => {
      await many(world, 'b');
      await world.as('me').mergePatch(ConfigMapKind, { ...labKey, name: 'a' }, { data: { x: '1' } });
      await world.as('me').delete(ConfigMapKind, { ...labKey, name: 'b' });
    });

    expect(seen).toEqual(['ADDED a', 'ADDED b', 'MODIFIED a', 'DELETED b']);
  });

  it('resumes after a version', async () => {
    const world = bench();
    await many(world, 'a');
    const from = (await world.as('me').get(ConfigMapKind, { ...labKey, name: 'a' }))?.metadata.resourceVersion ?? '';
    await many(world, 'b');

    const seen = await events(world, 2, { resourceVersion: from }, () => many(world, 'c'));

    expect(seen).toEqual(['ADDED b', 'ADDED c']);
  });

  it('tells of objects entering and leaving its selection', async () => {
    const world = bench();
    await many(world, 'x');
    const label = (app: string | null) =>
      world.as('me').mergePatch(ConfigMapKind, labKey, { metadata: { labels: { app } } });

    const seen = await events(world, 4, { labelSelector: 'app=web' }, async () => {
      await label('web');
      await world.as('me').mergePatch(ConfigMapKind, labKey, { data: { y: '1' } });
      await label('db');
      await label('web');
    });

    expect(seen).toEqual(['ADDED x', 'MODIFIED x', 'DELETED x', 'ADDED x']);
  });

  it('is told 410 when its version is forgotten', async () => {
    const world = bench();
    await many(world, 'a');
    const from = (await world.as('me').get(ConfigMapKind, { ...labKey, name: 'a' }))?.metadata.resourceVersion ?? '';
    await many(world, 'b');
    world.api.compact();

    const error = await failure(events(world, 1, { resourceVersion: from }, () => Promise.resolve()));

    expect(error).toMatchObject({ status: 410, reason: 'Expired' });
  });

  it('gets bookmarks when it asks, and ends at its time-out', async () => {
    const { api, clock } = bench({ bookmarkMs: 60_000 });
    const path = `${configMaps}?watch=true&allowWatchBookmarks=true&timeoutSeconds=150`;

    const answer = await api.handle({ method: 'GET', path, headers: {} });
    const text = await answer.text();

    const types = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect(types).toEqual(['BOOKMARK', 'BOOKMARK', 'BOOKMARK']);
    expect(clock.now()).toBe(Date.UTC(2026, 0, 1) + 150_000);
  });

  it('ends when the server closes, and then nobody is let in', async () => {
    const { api, as } = bench();
    const answer = await api.handle({ method: 'GET', path: `${configMaps}?watch=true`, headers: {} });

    api.close();

    expect(await answer.text()).toBe('');
    expect(await failure(as('me').list(ConfigMapKind))).toMatchObject({ code: 'unreachable' });
  });
});
