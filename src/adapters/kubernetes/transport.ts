/**
 * Carries requests to one API server over a few connections that stay open. Knows sockets, proxies and credentials, and
 * nothing of Kubernetes but that a 401 may mean "your token has been replaced".
 */
import { createPool } from '../../engine/pool.ts';
import { Problem } from '../../engine/problem.ts';
import type { HttpRequest, HttpResponse, Transport } from '../../http.ts';
import { type Environment, proxyFor, showProxy } from '../proxy.ts';
import type { Credentials, CredentialsSource } from './credentials.ts';
import { createPace } from './pace.ts';
import { createSockets } from './sockets.ts';
import { openStream, sendWhole } from './wire.ts';

export interface TransportOptions {
  /** Base URL; its path is kept in front of every request's. */
  readonly server: string;
  readonly credentials: CredentialsSource;
  /** A kubeconfig's `proxy-url`: wins over the environment. */
  readonly proxyUrl?: string;
  /** For HTTPS_PROXY and NO_PROXY. */
  readonly env?: Environment;
  /** Connections at once, streams not counted; 16 unless told. */
  readonly maxSockets?: number;
  /** Milliseconds after which credentials are read again: files with tokens are replaced. 60 s unless told. */
  readonly credentialsAgeMs?: number;
  readonly now?: () => number;
}

export interface SocketTransport extends Transport {
  /** TCP (and TLS) connections opened so far. */
  readonly connectionsOpened: number;
}

/**
 * A transport on sockets. A request with `timeoutMs` is answered whole; one without is a stream.
 * @throws Problem `kubeconfig-unreadable` for a server that is no URL, `unreachable` for a proxy that cannot be used.
 */
export function createTransport(options: TransportOptions): SocketTransport {
  const server = parseServer(options.server);
  const proxy = proxyFor(server, options.env ?? {}, options.proxyUrl);
  const maxSockets = options.maxSockets ?? 16;
  const sockets = createSockets(server, proxy, maxSockets);
  const wire = { server, sockets, pace: createPace() };
  const holder = holdCredentials(options);
  // Our own queue in front of the agent's: the time of a request begins when it gets a connection, not when it is asked.
  const inPool = createPool(maxSockets);

  function once(request: HttpRequest, credentials: Credentials): Promise<HttpResponse> {
    const sent =
      request.timeoutMs === undefined
        ? openStream(wire, request, credentials)
        : inPool(() => sendWhole(wire, request, credentials));
    return proxy === undefined ? sent : sent.catch((error) => Promise.reject(proxyError(error, proxy)));
  }

  return {
    server: shown(server),
    get connectionsOpened() {
      return sockets.opened;
    },
    send: async (request) => {
      const used = await holder.current();
      const answer = await once(request, used);
      if (answer.status !== 401) return answer;
      const renewed = await holder.renew(used);
      if (renewed === undefined) return answer;
      await answer.text();
      return once(request, renewed);
    },
    close: async () => sockets.close(),
  };
}

/** Keeps credentials while they are young; everybody who needs new ones at the same time shares one reading. */
function holdCredentials({ credentials, credentialsAgeMs = 60_000, now = Date.now }: TransportOptions) {
  let held: { readonly value: Credentials; readonly at: number } | undefined;
  let reading: Promise<Credentials> | undefined;
  let refusedAt = Number.NEGATIVE_INFINITY;

  function read(fresh: boolean): Promise<Credentials> {
    reading ??= credentials({ fresh })
      .then((value) => {
        held = { value, at: now() };
        return value;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  }

  return {
    current: async (): Promise<Credentials> =>
      held !== undefined && now() - held.at < credentialsAgeMs ? held.value : read(false),
    /** After a 401: other credentials than those refused, or `undefined` when it was tried only just now. */
    renew: async (refused: Credentials): Promise<Credentials | undefined> => {
      if (held !== undefined && held.value !== refused) return held.value;
      if (reading === undefined && now() - refusedAt < credentialsAgeMs) return undefined;
      refusedAt = now();
      return read(true);
    },
  };
}

/** Without what must not be shown: a user and password in the URL. */
function shown(server: URL): string {
  return `${server.protocol}//${server.host}${server.pathname.replace(/\/+$/, '')}`;
}

function parseServer(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new Problem('kubeconfig-unreadable', 'The server of the cluster is not an http or https URL.', {
    likely: 'The kubeconfig has a typing error in clusters[].cluster.server.',
  });
}

/** A proxy that answers, but does not let us through, is told by a bare status. */
function proxyError(error: unknown, proxy: URL): unknown {
  const status = error instanceof Error ? /^Bad response: (\d+)$/.exec(error.message)?.[1] : undefined;
  if (status === undefined) return error;
  return new Problem('unreachable', `The proxy ${showProxy(proxy)} does not let us through: HTTP ${status}.`, {
    likely: status === '407' ? 'The proxy wants a user name and password.' : 'The proxy may not reach the server.',
    fix: 'Put the server into NO_PROXY where it is reached directly, or correct HTTPS_PROXY.',
  });
}
