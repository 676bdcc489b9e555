/** What is read once for all who ask within a moment: for a run that only looks. */
import { shared } from '../looks.ts';
import type { Clock, Cluster, ObjectStore } from '../ports.ts';

/** Milliseconds an answer is good for, unless told. */
const aMoment = 1_000;

/**
 * The same cluster; a `get`, and a `list` of a namespace, asks once in a moment. Lists of the whole cluster are large, and
 * shared by `looks`.
 */
export function sharingReads(cluster: Cluster, clock: Clock, goodFor = aMoment): Cluster {
  const reads = new Map<string, () => Promise<unknown>>();
  const once = (id: readonly unknown[], read: () => Promise<unknown>): Promise<unknown> => {
    const key = JSON.stringify(id);
    const known = reads.get(key) ?? shared(read, clock, goodFor);
    reads.set(key, known);
    return known();
  };
  const get = (...[kind, key]: Parameters<Cluster['get']>): Promise<unknown> =>
    once([kind.apiVersion, kind.plural, key.namespace, key.name], () => cluster.get(kind, key));
  const list = (...[kind, query = {}, keep]: Parameters<Cluster['list']>): Promise<unknown> =>
    query.namespace === undefined || keep !== undefined
      ? cluster.list(kind, query, keep)
      : once([kind.apiVersion, kind.plural, query], () => cluster.list(kind, query));
  // What a kind's objects look like is told by the kind, as in the port itself.
  return { ...cluster, get: get as Cluster['get'], list: list as Cluster['list'] };
}

/** The same store; whether its bucket is there is asked once in a moment. */
export function sharingBucket(store: ObjectStore, clock: Clock, goodFor = aMoment): ObjectStore {
  return { ...store, bucket: shared(() => store.bucket(), clock, goodFor) };
}
