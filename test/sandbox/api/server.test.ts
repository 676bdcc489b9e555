import { describe, expect, it } from 'vitest';
import { ConfigMapKind } from '../../../src/kinds.ts';
import { bodyText, networkError } from '../../../src/sandbox/api/index.ts';
import { bench, configMap, failure, labKey } from './bench.ts';

describe('faults', () => {
  it('may break the connection after the write was done', async () => {
    const world = bench({
      faults: async (request, next) => {
        const answer = await next();
        if (request.method === 'POST') throw networkError('ECONNRESET', 'the connection broke off');
        return answer;
      },
    });
    const me = world.as('me');

    const error = await failure(me.create(ConfigMapKind, configMap({})));

    expect(error).toMatchObject({ code: 'unreachable' });
    expect(await me.get(ConfigMapKind, labKey)).toBeDefined();
  });

  it('may take longer than a client waits', async () => {
    const { as, clock } = bench({
      faults: async (_, next) => {
        await clock.sleep(3_600_000);
        return next();
      },
    });

    const error = (await failure(as('me').get(ConfigMapKind, labKey))) as Error;

    expect(error).toMatchObject({ code: 'unreachable' });
    expect(error.message).toContain('no answer within 30 s');
    expect(clock.now()).toBe(Date.UTC(2026, 0, 1) + 30_000);
  });
});

describe('the service proxy', () => {
  it('hands on path and query, and hands back whatever comes', async () => {
    const asked: object[] = [];
    const { as } = bench({
      proxies: (request) => {
        asked.push(request);
        return { status: 418, contentType: 'text/plain', body: 'short and stout' };
      },
    });

    const answer = await as('me').raw(
      '/api/v1/namespaces/lab/services/https:thanos:9090/proxy/api/v1/query?query=up%7B%7D',
    );

    expect(answer).toEqual({ status: 418, contentType: 'text/plain', body: 'short and stout' });
    expect(asked).toMatchObject([
      {
        through: 'services',
        scheme: 'https',
        namespace: 'lab',
        name: 'thanos',
        port: '9090',
        path: '/api/v1/query',
        query: 'query=up%7B%7D',
      },
    ]);
  });

  it('answers 503 when nobody is behind it', async () => {
    const { as } = bench();

    const { status, body } = await as('me').raw('/api/v1/namespaces/lab/services/thanos:9090/proxy/');

    expect(status).toBe(503);
    expect(JSON.parse(body).message).toBe('no endpoints available for service "thanos"');
  });
});

describe('protobuf', () => {
  const field = (number: number, content: Buffer | string): Buffer => {
    const bytes = Buffer.from(content);
    return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
  };
  const message = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields);
  const envelope = (kind: string, raw: Buffer): string =>
    bodyText(type, message(Buffer.from('k8s\0'), field(1, message(field(1, 'v1'), field(2, kind))), field(2, raw)));
  const type = 'application/vnd.kubernetes.protobuf';
  const headers = { 'content-type': type };

  it('of a Secret is read: text, maps and bytes', async () => {
    const { send } = bench();
    const entry = message(field(1, 'key'), field(2, Buffer.from([0, 255, 128])));
    const metadata = message(field(1, 's'), field(12, message(field(1, 'note'), field(2, 'wörld'))));

    const { status, body } = await send(
      'POST',
      '/api/v1/namespaces/lab/secrets',
      envelope('Secret', message(field(1, metadata), field(2, entry))),
      headers,
    );

    expect(status).toBe(201);
    expect(body).toMatchObject({
      metadata: { name: 's', annotations: { note: 'wörld' } },
      data: { key: 'AP+A' },
      type: 'Opaque',
    });
  });

  it('of a kind not known is 415, and half a message 400', async () => {
    const { send } = bench();
    const whole = envelope('ConfigMap', message(field(1, field(1, 'x'))));

    const unknown = await send('POST', '/api/v1/namespaces/lab/pods', envelope('Pod', message()), headers);
    const half = await send('POST', '/api/v1/namespaces/lab/configmaps', whole.slice(0, -1), headers);

    expect([unknown.status, half.status]).toEqual([415, 400]);
  });
});
