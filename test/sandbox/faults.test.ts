import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '../../src/adapters/virtual-clock.ts';
import type { HttpRequest, HttpResponse, Transport } from '../../src/http.ts';
import { dice, type Fault, faults, isFaultName, parseFault, strikes } from '../../src/sandbox/faults/faults.ts';
import { faulty } from '../../src/sandbox/faults/transport.ts';

function server() {
  const served: HttpRequest[] = [];
  const transport: Transport = {
    server: 'https://api.hub.example.com:6443',
    send: async (request): Promise<HttpResponse> => {
      served.push(request);
      const body = JSON.stringify({ kind: 'ConfigMap', data: { a: 'b' } });
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        text: async () => body,
        async *chunks() {
          yield body;
        },
      };
    },
    close: async () => undefined,
  };
  return { served, transport };
}

function request(method = 'GET', path = '/api/v1/namespaces/a/configmaps/b'): HttpRequest {
  return { method, path, headers: {} };
}

function start(...names: string[]) {
  const { served, transport } = server();
  const clock = createVirtualClock();
  const faultyTransport = faulty(transport, { faults: names.map(parseFault), seed: 1, clock, cluster: 'hub' });
  return { served, clock, send: faultyTransport.send, transport, faultyTransport };
}

async function bodyOf(response: HttpResponse): Promise<Record<string, unknown>> {
  return JSON.parse(await response.text());
}

describe('a fault is written', () => {
  it('by its name, with or without a probability', () => {
    expect(parseFault('throttled')).toEqual({ name: 'throttled', probability: 0.2 });
    expect(parseFault('throttled:0.75')).toEqual({ name: 'throttled', probability: 0.75 });
    for (const name of Object.keys(faults)) expect(isFaultName(parseFault(name).name)).toBe(true);
  });

  it.each(['nonsense', 'reset:', 'reset:2', 'reset:x', 'reset:0.1:0.2', '__proto__', ''])('and %j is none', (text) => {
    expect(() => parseFault(text)).toThrow(RangeError);
  });
});

describe('chance', () => {
  it('is the same for the same seed, and near the probability', () => {
    const fault: Fault = { name: 'reset', probability: 0.2 };
    const draws = (seed: number) => Array.from({ length: 2_000 }, dice(seed, fault, 'hub'));

    expect(draws(7)).toEqual(draws(7));
    expect(draws(7)).not.toEqual(draws(8));
    const struck = draws(7).filter(Boolean).length;
    expect(struck).toBeGreaterThan(300);
    expect(struck).toBeLessThan(500);
  });

  it('strikes the same clusters in every run', () => {
    const found = [parseFault('offline:0.25')];
    const names = Array.from({ length: 400 }, (_, at) => `cluster-${at}`);
    const struck = names.filter((name) => strikes(found, 'offline', 3, name));

    expect(struck).toEqual(names.filter((name) => strikes(found, 'offline', 3, name)));
    expect(struck.length).toBeGreaterThan(60);
    expect(struck.length).toBeLessThan(140);
    expect(names.some((name) => strikes([], 'offline', 3, name))).toBe(false);
  });
});

describe('a transport', () => {
  it('without faults of requests is left as it is', () => {
    const { transport, faultyTransport } = start('offline', 'clock-skew');

    expect(faultyTransport).toBe(transport);
  });

  it('refuses updates and patches with 409 and writes nothing', async () => {
    const { served, send } = start('conflict:1');

    const put = await send(request('PUT'));
    const get = await send(request('GET'));

    expect(put.status).toBe(409);
    expect(await bodyOf(put)).toMatchObject({ kind: 'Status', reason: 'Conflict', code: 409 });
    expect(get.status).toBe(200);
    expect(served.map(({ method }) => method)).toEqual(['GET']);
  });

  it('asks for patience with 429 and Retry-After', async () => {
    const { served, send } = start('throttled:1');

    const response = await send(request());

    expect(response.status).toBe(429);
    expect(response.headers['retry-after']).toBe('1');
    expect(await bodyOf(response)).toMatchObject({ reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } });
    expect(served).toEqual([]);
  });

  it('fails with a server error', async () => {
    const { send } = start('server-error:1');

    expect([500, 503, 504]).toContain((await send(request())).status);
  });

  it('breaks in the middle of an answer, after the write was done', async () => {
    const { served, send } = start('reset:1');

    const response = await send(request('POST'));

    expect(served).toHaveLength(1);
    await expect(response.text()).rejects.toMatchObject({ code: 'ECONNRESET' });
    const chunks: string[] = [];
    const read = async () => {
      for await (const chunk of (await send(request())).chunks()) chunks.push(chunk);
    };
    await expect(read()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(chunks.join('')).toMatch(/^\{"kind":/);
    expect(chunks.join('')).not.toMatch(/\}$/);
  });

  it('refuses the connection', async () => {
    const { send, served } = start('refused:1');

    await expect(send(request())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(served).toEqual([]);
  });

  it('takes no expired token', async () => {
    const { send } = start('expired-token');

    expect(await bodyOf(await send(request()))).toMatchObject({ reason: 'Unauthorized', code: 401 });
  });

  it('tells a watch that its version is too old, and no other request', async () => {
    const { send } = start('stale-watch:1');

    const watch = await send(request('GET', '/api/v1/configmaps?watch=true&resourceVersion=12'));
    const fresh = await send(request('GET', '/api/v1/configmaps?watch=true'));

    expect(watch.status).toBe(200);
    expect(await bodyOf(watch)).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
    expect(await bodyOf(fresh)).toMatchObject({ kind: 'ConfigMap' });
  });

  it('delays answers, and writes behind a slow webhook', async () => {
    const { send, clock } = start('slow-webhook');
    const path = '/apis/observability.open-cluster-management.io/v1beta2/multiclusterobservabilities/observability';

    await send(request('GET', path));
    const read = clock.now();
    await send(request('PATCH', path));

    expect(read).toBe(0);
    expect(clock.now()).toBe(9_000);
    const late = start('latency:1');
    await late.send(request());
    expect(late.clock.now()).toBeGreaterThan(0);
  });
});
