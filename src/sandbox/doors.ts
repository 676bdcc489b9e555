/** The ways clients reach a sandbox's API servers: noted, with the faults asked for, and closed while a cluster is offline. */
import type { Transport } from '../http.ts';
import type { Clock } from '../ports.ts';
import { networkError } from './api/index.ts';
import { type Fault, strikes } from './faults/faults.ts';
import { faulty } from './faults/transport.ts';
import { logged, type RequestLog } from './requests.ts';
import type { WorldCluster } from './world.ts';

export interface Doors {
  /** `undefined`: there is no cluster of that name. The same transport every time. */
  endpoint(name: string): Transport | undefined;
  isOffline(name: string): boolean;
  setOffline(name: string, offline: boolean): void;
}

export interface DoorsOptions {
  readonly world: ReadonlyMap<string, WorldCluster>;
  readonly clock: Clock;
  readonly requests: RequestLog;
  readonly seed: number;
  readonly faults: readonly Fault[];
}

export function createDoors({ world, clock, requests, seed, faults }: DoorsOptions): Doors {
  const away = ({ spec, isHub }: WorldCluster): boolean =>
    spec.state !== 'available' || (!isHub && strikes(faults, 'offline', seed, spec.name));
  const offline = new Set([...world.values()].filter(away).map(({ spec }) => spec.name));
  const made = new Map<string, Transport>();
  const make = ({ spec, server }: WorldCluster): Transport => {
    const direct = closedWhile(() => offline.has(spec.name), server.transport());
    return logged(faulty(direct, { faults, seed, clock, cluster: spec.name }), spec.name, requests);
  };
  return {
    endpoint(name) {
      const cluster = world.get(name);
      const known = made.get(name);
      if (known !== undefined || cluster === undefined) return known;
      const transport = make(cluster);
      made.set(name, transport);
      return transport;
    },
    isOffline: (name) => offline.has(name),
    setOffline: (name, is) => void (is ? offline.add(name) : offline.delete(name)),
  };
}

function closedWhile(closed: () => boolean, transport: Transport): Transport {
  return {
    server: transport.server,
    send: async (request) => {
      if (closed()) throw networkError('EHOSTUNREACH', `connect EHOSTUNREACH ${transport.server}`);
      return transport.send(request);
    },
    close: () => transport.close(),
  };
}

/** A transport that asks with a bearer token. */
export function withToken(transport: Transport, token: string): Transport {
  return {
    server: transport.server,
    send: (request) =>
      transport.send({ ...request, headers: { authorization: `Bearer ${token}`, ...request.headers } }),
    close: () => transport.close(),
  };
}
