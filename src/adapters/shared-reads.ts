/** A cluster whose objects are read once for all who ask within a moment: for a run that only looks. */
import { shared } from '../looks.ts';
import type { Clock, Cluster } from '../ports.ts';

/** Milliseconds a read object is good for. */
const goodFor = 1_000;

/** The same cluster; `get` of one object asks once in a moment. Lists are large, and shared by `looks`. */
export function sharingReads(cluster: Cluster, clock: Clock): Cluster {
  const reads = new Map<string, () => Promise<unknown>>();
  const get = (...[kind, key]: Parameters<Cluster['get']>): Promise<unknown> => {
    const id = JSON.stringify([kind.apiVersion, kind.plural, key.namespace, key.name]);
    const read = reads.get(id) ?? shared(() => cluster.get(kind, key), clock, goodFor);
    reads.set(id, read);
    return read();
  };
  // What a kind's objects look like is told by the kind, as in the port itself.
  return { ...cluster, get: get as Cluster['get'] };
}
