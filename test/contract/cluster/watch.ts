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

export function watchContract(open: LabMaker): void {
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
