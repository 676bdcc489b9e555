/** ACM's signer on the hub: makes the certificates that collectors ask for, once somebody has approved them (acm.md §4.8). */
import { type CertificateSigningRequest, CertificateSigningRequestKind } from '../../kinds.ts';
import type { Clock } from '../../ports.ts';
import type { Delays } from './delays.ts';
import type { Informers } from './informer.ts';
import { type Log, type Running, startController, watching } from './runtime.ts';

export interface SignerOptions {
  readonly informers: Informers;
  readonly clock: Clock;
  readonly delays: Delays;
  readonly log?: Log;
}

/** Starts it. Nobody here approves: where the controller that does is well, no request is seen. */
export function startSigner({ informers, clock, delays, log }: SignerOptions): Running {
  const requests = informers.of(CertificateSigningRequestKind);
  const client = informers.client.as('observability-signer');
  return startController({
    name: 'observability-signer',
    cluster: client.name,
    clock,
    delays,
    ...(log && { log }),
    watches: [watching(requests, ({ type, object }) => (type === 'present' ? [object.metadata.name] : []))],
    reconcile: async (name) => {
      const live = requests.get({ name });
      if (live === undefined || !isToBeSigned(live)) return undefined;
      const certificate = Buffer.from('sandbox certificate').toString('base64');
      await client.status(CertificateSigningRequestKind, { ...live, status: { ...live.status, certificate } });
      return undefined;
    },
  });
}

function isToBeSigned({ spec, status }: CertificateSigningRequest): boolean {
  const decided = (type: string) => status?.conditions?.some((one) => one.type === type && one.status === 'True');
  return spec !== undefined && decided('Approved') === true && decided('Denied') !== true && !status?.certificate;
}
