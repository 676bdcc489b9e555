/** Answers of an API server that are not what they should be. */
import fc from 'fast-check';
import type { HttpRequest, HttpResponse, Transport } from '../../../src/http.ts';
import type { Wires } from '../../helpers/harness.ts';
import { hostileTexts, share, type Tampering, tampered, tamperings } from './hostile.ts';

export type Bend =
  | { readonly how: 'cut'; readonly at: number }
  | { readonly how: 'body'; readonly body: string; readonly type: string }
  | { readonly how: 'status'; readonly status: number; readonly message: string }
  | { readonly how: 'tampered'; readonly all: readonly Tampering[] };

const bodies = ['', 'null', '[]', '"text"', '17', '{}', '{"items":', '[', '\u0000\u001b[2J', '['.repeat(100_000)];
const login = '<html><title>Log in</title>\u001b[31m</html>';

export const bends: fc.Arbitrary<Bend> = fc.oneof(
  { arbitrary: fc.record({ how: fc.constant('tampered' as const), all: tamperings }), weight: 6 },
  {
    arbitrary: fc.record({ how: fc.constant('cut' as const), at: share }),
    weight: 1,
  },
  {
    arbitrary: fc.record({
      how: fc.constant('body' as const),
      body: fc.constantFrom(...bodies, login),
      type: fc.constantFrom('application/json', 'text/html'),
    }),
    weight: 2,
  },
  {
    arbitrary: fc.record({
      how: fc.constant('status' as const),
      status: fc.constantFrom(201, 204, 302, 400, 401, 403, 404, 405, 409, 410, 413, 418, 422, 429, 500, 503),
      message: fc.constantFrom(...hostileTexts),
    }),
    weight: 2,
  },
);

/** The answer to one request, chosen by its number from 1 over all clusters, is bent; so is each that repeats it. */
export function bentAt(number: number, bend: Bend): Wires {
  let sent = 0;
  let chosen: string | undefined;
  const transport = (inner: Transport): Transport => ({
    ...inner,
    async send(request) {
      sent += 1;
      if (sent === number) chosen = nameOf(request);
      const response = await inner.send(request);
      return nameOf(request) === chosen ? bent(response, bend) : response;
    },
  });
  return { transport };
}

function nameOf({ method, path }: HttpRequest): string {
  return `${method} ${path}`;
}

async function bent(response: HttpResponse, bend: Bend): Promise<HttpResponse> {
  const body = await response.text();
  switch (bend.how) {
    case 'cut':
      return { ...response, ...whole(body.slice(0, Math.floor(body.length * bend.at))) };
    case 'body':
      return { ...response, headers: { ...response.headers, 'content-type': bend.type }, ...whole(bend.body) };
    case 'status': {
      const { status, message } = bend;
      const said = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, message, reason: message };
      return { ...response, status, ...whole(JSON.stringify(said)) };
    }
    case 'tampered':
      return { ...response, ...whole(JSON.stringify(tampered(jsonOf(body), bend.all))) };
  }
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // The metrics of a component, as text.
    return body;
  }
}

function whole(body: string): Pick<HttpResponse, 'text' | 'chunks'> {
  return {
    text: async () => body,
    async *chunks() {
      yield body;
    },
  };
}
