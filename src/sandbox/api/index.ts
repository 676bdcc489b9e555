/**
 * A small API server, in the process: one cluster's objects behind the Kubernetes REST protocol.
 *
 *     const server = createApiServer({ name: 'hub', clock });
 *     server.seed([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } }]);
 *     const hub = createCluster({ name: 'hub', transport: server.transport(), clock });
 *
 * - `transport()` carries requests to it without sockets; `handle()` is the same door for a socket server: whatever
 *   rejects there is a connection to break (an error with a `code`) or a bug. It turns bodies into text by `bodyText()`.
 * - `seed()` puts objects in place as if they had always been there: no admission, status included, namespaces made.
 * - Controllers are clients like any other: they get a transport of their own, usually with `user: clusterAdmin`.
 * - An idle server costs about 4 KB: tables, history and timers come with the first object that needs them.
 */
import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { HttpRequest, HttpResponse, Transport } from '../../http.ts';
import type { Key, Kind, KubeObject } from '../../kinds.ts';
import { startCollectors } from './gc.ts';
import { handle } from './handle.ts';
import { createKindTable, splitApiVersion } from './kinds.ts';
import { type SeedOptions, seed } from './seed.ts';
import type { ApiServerOptions, Server } from './server.ts';
import { type Change, createStore } from './storage.ts';
import { createTransport, type TransportOptions } from './transport.ts';

export { resourceTypes } from './kinds.ts';
export { bodyText } from './protobuf.ts';
export {
  type AdmissionHook,
  type AdmissionReview,
  type ApiServerOptions,
  clusterAdmin,
  type ProxyAnswer,
  type ProxyHook,
  type User,
} from './server.ts';
export { networkError } from './transport.ts';

export interface ApiServer {
  readonly name: string;
  /** As shown to people; nothing listens there. */
  readonly url: string;
  /** A way to it in the same process. */
  transport(options?: TransportOptions): Transport;
  /** One request as it came over a socket. Rejects with a network error where the connection is to be broken. */
  handle(request: HttpRequest): Promise<HttpResponse>;
  /** Puts objects in place, and returns them as stored. */
  seed(objects: readonly KubeObject[], options?: SeedOptions): KubeObject[];
  /** What is stored, without a request. */
  get<T extends KubeObject>(kind: Kind<T>, key: Key): T | undefined;
  /** What is stored, without a request; sorted by namespace and name. */
  list<T extends KubeObject>(kind: Kind<T>, namespace?: string): T[];
  /** Calls for every change from now on; returns the way to end it. */
  onChange(hear: (change: Change) => void): () => void;
  /** Forgets old changes: watches and continued lists from before get 410. */
  compact(): void;
  /** Ends watches, refuses connections and stops the collectors. */
  close(): void;
}

const remembered = 1000;

export function createApiServer(options: ApiServerOptions): ApiServer {
  const closing = new AbortController();
  // Every open watch listens to it.
  setMaxListeners(0, closing.signal);
  const url = options.url ?? `https://api.${options.name}.sandbox:6443`;
  const server = createState(options, closing.signal);
  startCollectors(server);
  // What is stored under a kind has the shape the kind's type promises.
  const typeOf = ({ apiVersion, plural }: Kind) => server.kinds.find(splitApiVersion(apiVersion)[0], plural);
  return {
    name: options.name,
    url,
    transport: (how) => createTransport(server, url, how),
    handle: (request) => handle(server, request),
    seed: (objects, how = {}) => seed(server, objects, how),
    get: <T extends KubeObject>(kind: Kind<T>, { namespace, name }: Key) => {
      const type = typeOf(kind);
      return type && (server.store.get(type, namespace, name) as T | undefined);
    },
    list: <T extends KubeObject>(kind: Kind<T>, namespace?: string) => {
      const type = typeOf(kind);
      return type === undefined ? [] : (server.store.list(type, namespace) as T[]);
    },
    onChange: (hear) => server.store.subscribe(hear),
    compact: () => server.store.compact(),
    close: () => closing.abort(),
  };
}

function createState(options: ApiServerOptions, closed: AbortSignal): Server {
  let made = 0;
  const digest = (): Buffer => {
    made += 1;
    return createHash('sha256').update(`${options.name}/${made}`).digest();
  };
  return {
    options,
    clock: options.clock,
    store: createStore(options.history ?? remembered),
    kinds: createKindTable(options.kinds, options.without),
    closed,
    uid: () => {
      const hex = digest().toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
    suffix: () => {
      const letters = 'bcdfghjklmnpqrstvwxz2456789';
      return [...digest().subarray(0, 5)].map((byte) => letters[byte % letters.length]).join('');
    },
  };
}
