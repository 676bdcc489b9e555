/** Agents: the connections to one server, kept open and counted. */
import { createHash } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { createSecureContext } from 'node:tls';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import type { Credentials } from './credentials.ts';

/** An idle connection is let go of before servers usually do (API servers: 90 s), so that none closes under a request. */
const idleMs = 60_000;

export interface Sockets {
  /** For requests that are answered and done; bounded. */
  pool(credentials: Credentials): http.Agent;
  /** For streams that stay open: they must not take the pool's places. */
  streams(credentials: Credentials): http.Agent;
  /** Tells that a request got this socket. */
  used(socket: Duplex): void;
  readonly opened: number;
  close(): void;
}

interface Pair {
  readonly fingerprint: string;
  readonly pool: http.Agent;
  readonly streams: http.Agent;
}

/** Connections to one server, straight or through a proxy. New trust or a new client certificate means new connections. */
export function createSockets(server: URL, proxy: URL | undefined, maxSockets: number): Sockets {
  const all = new Set<http.Agent>();
  const seen = new WeakSet<Duplex>();
  let opened = 0;
  let pair: Pair | undefined;

  function pairFor(credentials: Credentials): Pair {
    const fingerprint = fingerprintOf(credentials);
    if (pair?.fingerprint === fingerprint) return pair;
    if (pair) retire(pair.pool);
    pair = {
      fingerprint,
      pool: createAgent(server, proxy, credentials, maxSockets),
      streams: createAgent(server, proxy, credentials, Number.POSITIVE_INFINITY),
    };
    all.add(pair.pool).add(pair.streams);
    return pair;
  }

  return {
    pool: (credentials) => pairFor(credentials).pool,
    streams: (credentials) => pairFor(credentials).streams,
    used: (socket) => {
      if (seen.has(socket)) return;
      seen.add(socket);
      opened += 1;
    },
    get opened() {
      return opened;
    },
    close: () => {
      for (const agent of all) agent.destroy();
      all.clear();
      pair = undefined;
    },
  };
}

function createAgent(server: URL, proxy: URL | undefined, credentials: Credentials, maxSockets: number): http.Agent {
  const { ca, cert, key, servername, rejectUnauthorized } = credentials;
  const options = { keepAlive: true, maxSockets, timeout: idleMs };
  const tls = {
    // Made once: reading the authorities again for each connection costs more than its handshake.
    ...(server.protocol === 'https:' && !proxy && { secureContext: createSecureContext({ ca, cert, key }) }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(servername !== undefined && { servername }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  };
  if (server.protocol === 'https:') {
    return proxy ? new HttpsProxyAgent({ ...options, ...tls, proxy }) : new https.Agent({ ...options, ...tls });
  }
  return proxy ? new HttpProxyAgent({ ...options, proxy }) : new http.Agent(options);
}

/** Idle connections go at once; those in use end with their request. */
function retire(agent: http.Agent): void {
  agent.keepSocketAlive = () => false;
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}

function fingerprintOf({ ca, cert, key, servername, rejectUnauthorized }: Credentials): string {
  const material = JSON.stringify([ca, cert, key, servername, rejectUnauthorized]);
  return createHash('sha256').update(material).digest('hex');
}
