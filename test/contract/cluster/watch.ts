/** Watches: what they begin with, tell, and end by. */
import { expect, it } from 'vitest';
import { ConfigMapKind, type KubeObject, MultiClusterObservabilityKind } from '../../../src/kinds.ts';
import { isApiError, type ListQuery, type WatchEvent } from '../../../src/ports.ts';
import { failure, type Lab, type LabMaker, observability, refusal, UnknownKind } from './world.ts';

type Query = ListQuery & { readonly resourceVersion?: string };

/**
 * Opens the watch, acts, and collects until there are as many events as expected. Bookmarks are left out. Without a version
 * the watch must tell of something that is there: acts then, since what came and went before a watch began is told by none.
 */
async function events(
  { world, namespace }: Lab,
  count: number,
  query: Query,
  act: () => Promise<unknown>,
): Promise<string[]> {
  const abort = new AbortController();
  const seen: string[] = [];
  let acted = query.resourceVersion === undefined ? undefined : act();
  for await (const event of world.as('watcher').watch(ConfigMapKind, { namespace, ...query }, abort.signal)) {
    if (event.type === 'BOOKMARK') continue;
    seen.push(told(event));
    acted ??= act();
    if (seen.length === count) abort.abort();
  }
  await acted;
  return seen;
}

const told = ({ type, object }: WatchEvent): string => `${type} ${object.metadata.name}`;
const versionOf = (object: KubeObject): string => object.metadata.resourceVersion ?? '';

/** The lines of a watch that the server ends after a second. */
async function linesOf({ world, namespace }: Lab, query: string): Promise<string[]> {
  const path = `/api/v1/namespaces/${namespace}/configmaps?watch=true&timeoutSeconds=1&${query}`;
  const { body } = await world.as('watcher').raw(path);
  const lines = body.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const { type, object }: WatchEvent = JSON.parse(line);
    return type === 'BOOKMARK' ? `${type} ${JSON.stringify(object.metadata.annotations)}` : told({ type, object });
  });
}

export function watchContract(open: LabMaker): void {
  it('says where what is there ends, where that is asked for, as informers do', async () => {
    const lab = await open();
    await lab.world.as('me').create(ConfigMapKind, lab.configMap({}, { name: 'a' }));
    const asked = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&fieldSelector=metadata.name';

    const one = await linesOf(lab, `${asked}=a&allowWatchBookmarks=true`);
    const none = await linesOf(lab, `${asked}=b&allowWatchBookmarks=true&resourceVersion=0`);

    const end = 'BOOKMARK {"k8s.io/initial-events-end":"true"}';
    expect(one.slice(0, 2)).toEqual(['ADDED a', end]);
    expect(none[0]).toBe(end);
  });

  it('refuses to begin with what is there at any version but one not older', async () => {
    const { world, namespace } = await open();
    const path = `/api/v1/namespaces/${namespace}/configmaps?watch=true&timeoutSeconds=1`;

    const unmatched = await world.as('me').raw(`${path}&sendInitialEvents=true`);
    const unasked = await world.as('me').raw(`${path}&resourceVersionMatch=NotOlderThan`);

    const said = 'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: ';
    const [first, second] = [unmatched, unasked].map(({ body }) => JSON.parse(body).message);
    expect([unmatched.status, unasked.status]).toEqual([422, 422]);
    expect(first).toBe(`${said}sendInitialEvents requires setting resourceVersionMatch to NotOlderThan`);
    expect(second).toBe(`${said}resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided`);
  });

  it('without a version begins with what is there, then tells what happens', async () => {
    const lab = await open();
    const me = lab.world.as('me');
    await me.create(ConfigMapKind, lab.configMap({}, { name: 'a' }));

    const seen = await events(lab, 4, {}, async () => {
      await me.create(ConfigMapKind, lab.configMap({}, { name: 'b' }));
      await me.mergePatch(ConfigMapKind, lab.key('a'), { data: { x: '1' } });
      await me.delete(ConfigMapKind, lab.key('b'));
    });

    expect(seen).toEqual(['ADDED a', 'ADDED b', 'MODIFIED a', 'DELETED b']);
  });

  it('resumes after a version', async () => {
    const lab = await open();
    const me = lab.world.as('me');
    const from = versionOf(await me.create(ConfigMapKind, lab.configMap({}, { name: 'a' })));
    await me.create(ConfigMapKind, lab.configMap({}, { name: 'b' }));

    const seen = await events(lab, 2, { resourceVersion: from }, () =>
      me.create(ConfigMapKind, lab.configMap({}, { name: 'c' })),
    );

    expect(seen).toEqual(['ADDED b', 'ADDED c']);
  });

  it('tells of objects entering and leaving its selection', async () => {
    const lab = await open();
    const me = lab.world.as('me');
    const from = versionOf(await me.create(ConfigMapKind, lab.configMap()));
    const label = (app: string) => me.mergePatch(ConfigMapKind, lab.key(), { metadata: { labels: { app } } });

    const seen = await events(lab, 4, { labelSelector: 'app=web', resourceVersion: from }, async () => {
      await label('web');
      await me.mergePatch(ConfigMapKind, lab.key(), { data: { y: '1' } });
      await label('db');
      await label('web');
    });

    expect(seen).toEqual(['ADDED x', 'MODIFIED x', 'DELETED x', 'ADDED x']);
  });

  it('of one object by its name tells of nothing else', async () => {
    const lab = await open();
    const me = lab.world.as('me');
    const from = versionOf(await me.create(ConfigMapKind, lab.configMap({}, { name: 'a' })));

    const seen = await events(lab, 1, { fieldSelector: 'metadata.name=c', resourceVersion: from }, async () => {
      await me.create(ConfigMapKind, lab.configMap({}, { name: 'b' }));
      await me.create(ConfigMapKind, lab.configMap({}, { name: 'c' }));
    });

    expect(seen).toEqual(['ADDED c']);
  });

  it('carries whole objects with their kind; a deleted one with the version of its deletion', async () => {
    const { world, namespace } = await open();
    const me = world.as('me');
    const made = await me.create(MultiClusterObservabilityKind, observability(namespace));
    const abort = new AbortController();
    const query = { fieldSelector: `metadata.name=${namespace}`, resourceVersion: versionOf(made) };
    await me.delete(MultiClusterObservabilityKind, { name: namespace });

    const seen: WatchEvent[] = [];
    for await (const event of me.watch(MultiClusterObservabilityKind, query, abort.signal)) {
      if (event.type === 'BOOKMARK') continue;
      seen.push(event);
      abort.abort();
    }

    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ type: 'DELETED', object: { kind: 'MultiClusterObservability', spec: made.spec } });
    expect(Number(seen[0]?.object.metadata.resourceVersion)).toBeGreaterThan(Number(versionOf(made)));
  });

  it('from a version that is forgotten is 410', async () => {
    const { world, namespace } = await open();
    await world.as('me').create(MultiClusterObservabilityKind, observability(namespace));
    await world.forget();
    const { signal } = new AbortController();

    const work = async () => {
      for await (const _ of world.as('me').watch(MultiClusterObservabilityKind, { resourceVersion: '1' }, signal))
        break;
    };

    expect(isApiError(await failure(work()), 410, 'Expired')).toBe(true);
  });

  it('of a kind the server does not know is 404', async () => {
    const { world } = await open();
    const work = async () => {
      for await (const _ of world.as('me').watch(UnknownKind, {}, new AbortController().signal)) break;
    };

    expect(await refusal(work())).toMatchObject({ status: 404 });
  });

  it('ends without an error when it is called off', async () => {
    const lab = await open();
    await lab.world.as('me').create(ConfigMapKind, lab.configMap());

    const seen = await events(lab, 1, {}, async () => {});

    expect(seen).toEqual(['ADDED x']);
  });
}
