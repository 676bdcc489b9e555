/** Faults of the sandbox put on the requests of one run: on a single one, on all from one on, or on some by a seed. */
import type { HttpRequest, Transport } from '../../../src/http.ts';
import type { Clock } from '../../../src/ports.ts';
import type { Fault, FaultName } from '../../../src/sandbox/faults/faults.ts';
import { faulty } from '../../../src/sandbox/faults/transport.ts';
import type { Wires } from '../../helpers/harness.ts';

/** The faults of requests. `expired-token` ends a run, so it is no part of a mixture; those of clusters and clocks are told apart. */
export const requestFaults = [
  'latency',
  'conflict',
  'throttled',
  'server-error',
  'reset',
  'refused',
  'expired-token',
  'slow-webhook',
] as const satisfies readonly FaultName[];

export type RequestFault = (typeof requestFaults)[number];

/** Whether the fault can happen to a request: as the sandbox has it. */
export function concerns(fault: RequestFault, { call }: Site): boolean {
  const [method, path = ''] = call.split(' ');
  if (fault === 'conflict') return method === 'PUT' || method === 'PATCH';
  if (fault === 'slow-webhook') return method !== 'GET' && path.includes('/multiclusterobservabilities');
  return true;
}

/** One request of a run: what it asks, and for the how manieth time. In another run it comes at about the same moment. */
export interface Site {
  /** `METHOD path`, without what is random or a cluster's own. */
  readonly call: string;
  /** From 1. */
  readonly time: number;
}

interface Struck extends Wires {
  /** In the order they were sent. */
  readonly sent: readonly Site[];
}

/** The fault on the requests that are chosen, by site or by their number from 1, over all clusters. */
export function struckAt(fault: RequestFault, chosen: (site: Site, number: number) => boolean, clock: Clock): Struck {
  const sent: Site[] = [];
  const note = (request: HttpRequest): Site => {
    const call = callOf(request);
    const site = { call, time: sent.filter((other) => other.call === call).length + 1 };
    sent.push(site);
    return site;
  };
  const transport = (inner: Transport, cluster: string): Transport => {
    const broken = faulty(inner, { faults: [{ name: fault, probability: 1 }], seed: 1, clock, cluster });
    return {
      ...inner,
      send(request) {
        return chosen(note(request), sent.length) ? broken.send(request) : inner.send(request);
      },
    };
  };
  return { transport, sent };
}

function callOf({ method, path }: HttpRequest): string {
  const [resource = '', query = ''] = path.split('?');
  const place = resource.replace(/\/acm-observability-[0-9a-f]+$/, '/NAME').replace(/\/namespaces\/[^/]+\//, '/');
  return `${method} ${place}${query.includes('dryRun=All') ? ' (dry run)' : ''}`;
}

/** Every fault but the one that ends a run, together struck on this share of the requests. */
export function mixture(share: number, seed: number, clock: Clock): Wires {
  const names = requestFaults.filter((name) => name !== 'expired-token' && name !== 'slow-webhook');
  const faults: readonly Fault[] = names.map((name) => ({ name, probability: share / names.length }));
  const made = new Map<string, Transport>();
  return {
    transport(inner, cluster) {
      const known = made.get(cluster) ?? faulty(inner, { faults, seed, clock, cluster });
      made.set(cluster, known);
      return known;
    },
  };
}
