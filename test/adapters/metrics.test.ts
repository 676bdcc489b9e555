import { inspect } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createMetrics, type MetricsOptions, type QueryRoute } from '../../src/adapters/metrics.ts';
import type { RawAnswer } from '../../src/ports.ts';
import { json, type Pems, selfSigned, startServer, type TestServer, unusedPort } from './support/servers.ts';

const answer = (body: unknown, status = 200): RawAnswer => ({
  status,
  contentType: 'application/json',
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const vector = (...result: unknown[]) => ({ status: 'success', data: { resultType: 'vector', result } });
const status = (code: number, message: string) => answer({ kind: 'Status', code, message }, code);

/** Metrics of a hub whose service proxy gives this answer; remembers what was asked. */
function metricsOf(proxy: RawAnswer | (() => RawAnswer), more: Partial<MetricsOptions> = {}) {
  const paths: string[] = [];
  const counts = { kubernetes: 0, objectStore: 0, metrics: 0 };
  const hub = {
    raw: async (path: string) => {
      paths.push(path);
      return typeof proxy === 'function' ? proxy() : proxy;
    },
  };
  const metrics = createMetrics({ hub, namespace: 'obs', counts, ...more });
  return { metrics, paths, counts };
}

describe('by the service proxy', () => {
  it('asks by GET and reads numbers, infinities and what is not a number', async () => {
    const body = vector(
      { metric: { cluster: 'paris' }, value: [1.5, '42.5'] },
      { metric: {}, value: [2, '+Inf'] },
      { metric: {}, value: [2, '-Inf'] },
      { metric: {}, value: [2, 'NaN'] },
    );
    const { metrics, paths, counts } = metricsOf(answer(body));

    const samples = await metrics.query('sum by (cluster) (up{a="b+c&d"})', { timeSeconds: 1700 });

    expect(samples).toEqual([
      { labels: { cluster: 'paris' }, value: 42.5, timestamp: 1.5 },
      { labels: {}, value: Number.POSITIVE_INFINITY, timestamp: 2 },
      { labels: {}, value: Number.NEGATIVE_INFINITY, timestamp: 2 },
      { labels: {}, value: Number.NaN, timestamp: 2 },
    ]);
    const url = new URL(paths[0] ?? '', 'https://hub.test');
    expect(url.pathname).toBe('/api/v1/namespaces/obs/services/observability-thanos-query:9090/proxy/api/v1/query');
    expect(Object.fromEntries(url.searchParams)).toEqual({ query: 'sum by (cluster) (up{a="b+c&d"})', time: '1700' });
    expect(counts.metrics).toBe(1);
    expect(metrics.way).toBe('service proxy');
  });

  it('takes a scalar, and the newest sample of a range', async () => {
    const scalar = { status: 'success', data: { resultType: 'scalar', result: [9, '3'] } };
    const values = [
      [1, '1'],
      [2, '5'],
    ];
    const matrix = { status: 'success', data: { resultType: 'matrix', result: [{ metric: { a: 'b' }, values }] } };

    expect(await metricsOf(answer(scalar)).metrics.query('3')).toEqual([{ labels: {}, value: 3, timestamp: 9 }]);
    expect(await metricsOf(answer(matrix)).metrics.query('up[5m]')).toEqual([
      { labels: { a: 'b' }, value: 5, timestamp: 2 },
    ]);
  });

  it.each([
    [
      'an error',
      answer({ status: 'error', errorType: 'bad_data', error: 'parse error' }, 400),
      'bad_data: parse error',
    ],
    [
      'an error with the status of a missing service',
      answer({ status: 'error', errorType: 'internal', error: 'no store' }, 503),
      'internal: no store',
    ],
    ['a partial answer', answer({ ...vector(), warnings: ['receive: connection refused'] }), 'connection refused'],
    ['a page', answer('<html> <body>Log in</body>'), 'HTTP 200: <html> <body>Log in</body>'],
    ['an odd answer', answer({ hello: 1 }, 500), 'HTTP 500'],
    ['success without data', answer({ status: 'success' }), 'there is no result'],
    ['the answer to another question', answer({ status: 'success', data: { groups: [] } }), 'there is no result'],
  ])('takes %s for no answer, and says what came', async (_, came, proof) => {
    await expect(metricsOf(came).metrics.query('up')).rejects.toMatchObject({
      code: 'metrics-unreachable',
      proof: expect.stringContaining(proof),
    });
  });

  it('does not take a remark about the expression for a partial answer', async () => {
    const warnings = ['PromQL info: metric might not be a counter'];

    expect(await metricsOf(answer({ ...vector(), warnings })).metrics.query('rate(x[5m])')).toEqual([]);
  });

  it('tells the rules that run, and which fail', async () => {
    const rules = [
      { name: 'a:sum', type: 'recording', health: 'ok', lastError: '' },
      { name: 'Alert', type: 'alerting', health: 'err', lastError: 'many-to-many' },
      { name: 'new', type: 'recording' },
    ];
    const body = { status: 'success', data: { groups: [{ name: 'g', file: 'f.yaml', interval: 30, rules }] } };
    const { metrics, paths } = metricsOf(answer(body));

    expect(await metrics.rules()).toEqual([
      {
        name: 'g',
        file: 'f.yaml',
        intervalSeconds: 30,
        rules: [
          { name: 'a:sum', type: 'recording', health: 'ok' },
          { name: 'Alert', type: 'alerting', health: 'err', lastError: 'many-to-many' },
          { name: 'new', type: 'recording', health: 'unknown' },
        ],
      },
    ]);
    expect(paths[0]).toMatch(/\/proxy\/api\/v1\/rules$/);
  });
});

describe('by the route', () => {
  let pems: Pems;
  let server: TestServer | undefined;
  beforeAll(async () => {
    pems = await selfSigned();
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });
  const forbidden = status(403, 'services/proxy is forbidden');

  async function routeTo(code: number, body: unknown): Promise<QueryRoute> {
    server = await startServer((_, response) => json(response, code, body), pems);
    return { host: `127.0.0.1:${server.port}`, token: 'sha256~canary', ca: pems.cert };
  }

  it.each([403, 404, 502, 503, 504])('asks there when the service proxy says %i', async (code) => {
    const route = await routeTo(200, vector({ metric: {}, value: [1, '1'] }));
    const { metrics, counts } = metricsOf(status(code, 'no'), { route: async () => route });

    expect(await metrics.query('up')).toHaveLength(1);
    expect(server?.seen[0]).toMatchObject({
      method: 'GET',
      url: '/api/v1/query?query=up',
      headers: { authorization: 'Bearer sha256~canary' },
    });
    expect(metrics.way).toBe('route');
    expect(counts.metrics).toBe(2);
  });

  it('stays with the way that worked, over one connection', async () => {
    const route = await routeTo(200, vector());
    let looked = 0;
    const found = async () => {
      looked += 1;
      return route;
    };
    const { metrics, paths } = metricsOf(forbidden, { route: found });

    for (let n = 0; n < 4; n += 1) await metrics.query('up');

    expect(paths).toHaveLength(1);
    expect(looked).toBe(1);
    expect(server?.connections).toBe(1);
  });

  it('asks the service proxy again as long as the route has not worked', async () => {
    let proxy = status(503, 'no endpoints available');
    const { metrics } = metricsOf(() => proxy, { route: async () => undefined });

    await expect(metrics.query('up')).rejects.toMatchObject({
      code: 'metrics-unreachable',
      proof: 'HTTP 503: no endpoints available',
    });
    proxy = answer(vector());

    expect(await metrics.query('up')).toEqual([]);
    expect(metrics.way).toBe('service proxy');
  });

  it.each([
    ['there is no route', undefined, 'There is no route'],
    ['nobody looks for one', null, 'There is no route'],
    ['the kubeconfig has a client certificate only', { host: 'query.test' }, 'wants a token'],
  ])('says that it may not, when %s', async (_, route, why) => {
    const more = route === null ? {} : { route: async () => route };

    await expect(metricsOf(forbidden, more).metrics.query('up')).rejects.toMatchObject({
      code: 'metrics-denied',
      proof: 'HTTP 403: services/proxy is forbidden',
      message: expect.stringContaining(why),
    });
  });

  it.each([401, 403])('says that the token is not accepted (%i), without showing it', async (code) => {
    const route = await routeTo(code, '<html>log in');
    const { metrics } = metricsOf(forbidden, { route: async () => route });

    const error = await metrics.query('up').catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'metrics-denied', message: expect.stringContaining('token') });
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
  });

  it('says that the route does not answer, or is not trusted', async () => {
    const { ca: _, ...untrusted } = await routeTo(200, vector());
    const nobody = { host: `127.0.0.1:${await unusedPort()}`, token: 't' };
    const ask = (route: QueryRoute) => metricsOf(forbidden, { route: async () => route }).metrics.query('up');

    await expect(ask(untrusted)).rejects.toMatchObject({
      code: 'metrics-unreachable',
      proof: expect.stringMatching(/SELF_SIGNED|UNABLE_TO/),
    });
    await expect(ask(nobody)).rejects.toMatchObject({
      code: 'metrics-unreachable',
      proof: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
