/** Requests of controllers, which are answered in the process, let through at its pace. */
import type { Pace } from '../adapters/kubernetes/pace.ts';
import type { Transport } from '../http.ts';

/** The transport, at this pace. */
export function paced(transport: Transport, pace: Pace | undefined): Transport {
  if (pace === undefined) return transport;
  return {
    ...transport,
    async send(request) {
      await pace();
      return transport.send(request);
    },
  };
}
