/** Requests as they were sent, bodies and all. */
import type { HttpRequest, Transport } from '../../../src/http.ts';
import type { Wires } from '../../helpers/harness.ts';

export function recording(): { readonly wires: Wires; readonly sent: readonly HttpRequest[] } {
  const sent: HttpRequest[] = [];
  const transport = (inner: Transport): Transport => ({
    ...inner,
    send(request) {
      sent.push(request);
      return inner.send(request);
    },
  });
  return { wires: { transport }, sent };
}
