import { inspect } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Credentials } from '../../../src/adapters/kubernetes/credentials.ts';
import { createTransport, type TransportOptions } from '../../../src/adapters/kubernetes/transport.ts';
import { isProblem } from '../../../src/engine/problem.ts';
import type { HttpRequest } from '../../../src/http.ts';
import {
  json,
  type Pems,
  selfSigned,
  startFaultProxy,
  startProxy,
  startServer,
  unusedPort,
} from '../support/servers.ts';

const get = (path: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  path,
  headers: { accept: 'application/json' },
  timeoutMs: 5_000,
  ...more,
});

describe('transport', () => {
  let pems: Pems;
  const open: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    pems = await selfSigned();
  });
  afterEach(async () => {
    for (const thing of open.splice(0).reverse()) await thing.close();
  });

  function opened<T extends { close(): Promise<void> }>(thing: T): T {
    open.push(thing);
    return thing;
  }
  const hello = async (tls: Pems | 'plain' = pems) =>
    opened(
      await startServer((seen, response) => json(response, 200, { path: seen.url }), tls === 'plain' ? undefined : tls),
    );
  const transportTo = (server: string, credentials: Partial<Credentials> = {}, more: Partial<TransportOptions> = {}) =>
    opened(
      createTransport({ server, credentials: async () => ({ headers: {}, ca: pems.cert, ...credentials }), ...more }),
    );

  it('sends 300 requests one after the other over one connection', async () => {
    const server = await hello();
    const transport = transportTo(server.url);

    for (let n = 0; n < 300; n += 1) await (await transport.send(get(`/r/${n}`))).text();

    expect(server.seen).toHaveLength(300);
    expect(server.connections).toBe(1);
    expect(transport.connectionsOpened).toBe(1);
  });

  it('opens no more connections than it may, however many requests come at once, and never again', async () => {
    const server = await hello();
    const transport = transportTo(server.url, {}, { maxSockets: 4 });
    const burst = () => Promise.all(Array.from({ length: 32 }, (_, n) => transport.send(get(`/r/${n}`))));

    await burst();
    await burst();

    expect(server.seen).toHaveLength(64);
    expect(server.connections).toBeLessThanOrEqual(4);
    expect(transport.connectionsOpened).toBe(server.connections);
  });

  it('keeps the path of the server’s URL in front and sends the body as it is', async () => {
    const server = await hello('plain');
    const transport = transportTo(`${server.url}/k8s/clusters/c-1/`);

    const answer = await transport.send(get('/api/v1/pods?limit=1', { method: 'POST', body: '{"ä":1}' }));

    expect(await answer.text()).toBe('{"path":"/k8s/clusters/c-1/api/v1/pods?limit=1"}');
    expect(server.seen[0]?.body).toBe('{"ä":1}');
    expect(server.seen[0]?.headers['content-length']).toBe('8');
    expect(server.seen[0]?.headers['accept-encoding']).toBeUndefined();
    expect(transport.server).toBe(`${server.url}/k8s/clusters/c-1`);
  });

  it('acts as a user and in each of the groups', async () => {
    const server = await hello('plain');
    const headers = { 'impersonate-user': 'me' };

    await transportTo(server.url, { headers, groups: ['a', 'b'] }).send(get('/r'));

    expect(server.seen[0]?.headers).toMatchObject({ 'impersonate-user': 'me', 'impersonate-group': 'a, b' });
  });

  it('never shows a user and password of the URL', async () => {
    const transport = transportTo('https://me:secret@cluster.test:6443');

    expect(transport.server).toBe('https://cluster.test:6443');
  });

  it('streams a body as it arrives and closes the stream when the reader leaves', async () => {
    let gone: Promise<void> | undefined;
    const server = opened(
      await startServer((_, response) => {
        gone = new Promise((resolve) => response.on('close', () => resolve()));
        response.writeHead(200);
        response.write('{"n":1}\n');
        setTimeout(() => response.write('{"n":"ü"}\n'), 5);
      }, pems),
    );
    const { timeoutMs: _, ...watch } = get('/watch');
    const parts: string[] = [];

    const answer = await transportTo(server.url).send(watch);
    for await (const part of answer.chunks()) {
      parts.push(part);
      if (parts.join('').includes('ü')) break;
    }
    await gone;

    expect(parts.join('')).toBe('{"n":1}\n{"n":"ü"}\n');
  });

  it('leaves timers and sockets their turn where ten events arrive at once and each is work', async () => {
    const events = Array.from({ length: 10 }, (_, n) => `{"n":${n}}\n`).join('');
    const server = opened(await startServer((_, response) => response.writeHead(200).end(events), pems));
    const { timeoutMs: _, ...watch } = get('/watch');
    const answer = await transportTo(server.url).send(watch);
    let turns = 0;
    const turn = () => {
      turns += 1;
      next = setImmediate(turn);
    };
    let next = setImmediate(turn);
    const turnsBefore: number[] = [];

    for await (const _ of answer.chunks()) {
      turnsBefore.push(turns);
      const until = performance.now() + 25;
      while (performance.now() < until);
    }
    clearImmediate(next);

    expect(new Set(turnsBefore).size).toBe(10);
  });

  it('does not let open streams take the places of requests', async () => {
    const server = opened(
      await startServer((seen, response) => {
        if (seen.url === '/watch') response.writeHead(200).write('\n');
        else json(response, 200, {});
      }, pems),
    );
    const transport = transportTo(server.url, {}, { maxSockets: 1 });
    const { timeoutMs: _, ...watch } = get('/watch');

    await Promise.all([transport.send(watch), transport.send(watch), transport.send(watch)]);
    const answer = await transport.send(get('/r'));

    expect(answer.status).toBe(200);
  });

  it('ends a stream with the signal’s reason', async () => {
    const server = opened(await startServer((_, response) => response.writeHead(200).write('x'), pems));
    const controller = new AbortController();
    const { timeoutMs: _, ...watch } = get('/watch', { signal: controller.signal });
    const answer = await transportTo(server.url).send(watch);

    const reading = answer.text();
    controller.abort(new Error('enough'));

    await expect(reading).rejects.toThrow('enough');
  });

  it('gives up a request that is not answered in time', async () => {
    const server = opened(await startServer(() => {}, pems));

    const asked = transportTo(server.url).send(get('/slow', { timeoutMs: 60 }));

    await expect(asked).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });

  it('gives up an answer whose last byte does not come in time', async () => {
    const server = opened(await startServer((_, response) => response.writeHead(200).write('half'), pems));

    const asked = transportTo(server.url).send(get('/slow', { timeoutMs: 60 }));

    await expect(asked).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });

  it('stops at once when its signal aborts, waiting for a connection or not', async () => {
    const server = opened(await startServer(() => {}, pems));
    const transport = transportTo(server.url, {}, { maxSockets: 1 });
    const controller = new AbortController();
    const { signal } = controller;

    const asked = [transport.send(get('/a', { signal })), transport.send(get('/b', { signal }))];
    setTimeout(() => controller.abort(new Error('enough')), 20);

    for (const result of await Promise.allSettled(asked)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { message: 'enough' } });
    }
  });

  it('says refused, reset, silent and cut off as the network does', async () => {
    const server = await hello();
    const front = opened(await startFaultProxy(server.port));
    const url = `https://127.0.0.1:${front.port}`;
    const ask = (fault: typeof front.state.fault) => {
      front.state.fault = fault;
      return transportTo(url).send(get('/r', { timeoutMs: 150 }));
    };

    await expect(transportTo(`https://127.0.0.1:${await unusedPort()}`).send(get('/r'))).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    await expect(ask('reset')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(ask('black-hole')).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    await expect(ask('none')).resolves.toMatchObject({ status: 200 });
  });

  it('rejects an answer that is cut off in the middle', async () => {
    const server = await hello('plain');
    const front = opened(await startFaultProxy(server.port));
    front.state.fault = 'reset-in-answer';

    const asked = transportTo(`http://127.0.0.1:${front.port}`).send(get('/r'));

    await expect(asked).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('trusts the authority it is given and no other', async () => {
    const server = await hello();
    const stranger = await selfSigned();

    await expect(transportTo(server.url, { ca: stranger.cert }).send(get('/r'))).rejects.toMatchObject({
      code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO/),
    });
    await expect(
      transportTo(server.url, { ca: stranger.cert, rejectUnauthorized: false }).send(get('/r')),
    ).resolves.toMatchObject({ status: 200 });
  });

  it('checks the certificate against the name it is told', async () => {
    const named = await selfSigned('api.cluster.test');
    const server = await hello(named);

    const ask = (servername: string) => transportTo(server.url, { ca: named.cert, servername }).send(get('/r'));

    await expect(ask('api.cluster.test')).resolves.toMatchObject({ status: 200 });
    await expect(ask('other.test')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  it('shows its client certificate, and opens new connections when that changes', async () => {
    const [first, second] = [await selfSigned('first'), await selfSigned('second')];
    const server = opened(
      await startServer((_, response) => json(response, 200, {}), { ...pems, clientCa: first.cert + second.cert }),
    );
    let client = first;
    let time = 0;
    const transport = opened(
      createTransport({
        server: server.url,
        credentials: async () => ({ headers: {}, ca: pems.cert, ...client }),
        now: () => time,
      }),
    );

    await transport.send(get('/1'));
    await transport.send(get('/2'));
    client = second;
    time = 61_000;
    await transport.send(get('/3'));

    expect(server.seen.map((seen) => seen.client)).toEqual(['first', 'first', 'second']);
    expect(transport.connectionsOpened).toBe(2);
  });

  it('reads credentials once a minute, and once for all who ask at the same time', async () => {
    const server = await hello();
    let reads = 0;
    let time = 0;
    const credentials = async () => {
      reads += 1;
      return { headers: { authorization: `Bearer t${reads}` }, ca: pems.cert };
    };
    const transport = opened(createTransport({ server: server.url, credentials, now: () => time }));

    await Promise.all([transport.send(get('/1')), transport.send(get('/2'))]);
    time = 59_000;
    await transport.send(get('/3'));
    time = 60_000;
    await transport.send(get('/4'));

    expect(server.seen.map((seen) => seen.headers.authorization)).toEqual([
      'Bearer t1',
      'Bearer t1',
      'Bearer t1',
      'Bearer t2',
    ]);
  });

  it('tries once more with fresh credentials after a 401', async () => {
    const server = opened(
      await startServer((seen, response) => {
        json(response, seen.headers.authorization === 'Bearer new' ? 200 : 401, {});
      }, pems),
    );
    const asked: (boolean | undefined)[] = [];
    const transport = opened(
      createTransport({
        server: server.url,
        credentials: async ({ fresh } = {}) => {
          asked.push(fresh);
          return { headers: { authorization: fresh ? 'Bearer new' : 'Bearer old' }, ca: pems.cert };
        },
      }),
    );

    const answers = await Promise.all([transport.send(get('/1')), transport.send(get('/2'))]);

    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    expect(asked).toEqual([false, true]);
  });

  it('does not ask for credentials again and again when every answer is 401', async () => {
    const server = opened(await startServer((_, response) => json(response, 401, { message: 'no' }), pems));
    let reads = 0;
    const transport = opened(
      createTransport({
        server: server.url,
        credentials: async () => {
          reads += 1;
          return { headers: {}, ca: pems.cert };
        },
      }),
    );

    for (let n = 0; n < 5; n += 1) expect((await transport.send(get('/r'))).status).toBe(401);

    expect(reads).toBe(2);
    expect(server.seen).toHaveLength(6);
  });

  it('goes through the proxy of the environment, with one tunnel for many requests', async () => {
    const server = await hello();
    const proxy = opened(await startProxy());
    const env = { HTTPS_PROXY: proxy.url.replace('//', '//user:p%40ss@') };
    const transport = transportTo(`https://cluster.test:${server.port}`, { servername: 'localhost' }, { env });

    for (let n = 0; n < 5; n += 1) await transport.send(get(`/r/${n}`));

    expect(proxy.targets).toEqual([`cluster.test:${server.port}`]);
    expect(proxy.authorizations).toEqual([`Basic ${Buffer.from('user:p@ss').toString('base64')}`]);
    expect(transport.connectionsOpened).toBe(1);
  });

  it('goes through the kubeconfig’s proxy even where NO_PROXY exempts the server', async () => {
    const server = await hello();
    const proxy = opened(await startProxy());
    const transport = transportTo(server.url, {}, { env: { NO_PROXY: '*' }, proxyUrl: proxy.url });

    await transport.send(get('/r'));

    expect(proxy.targets).toEqual([`127.0.0.1:${server.port}`]);
  });

  it('says that the proxy refuses, and never with which password', async () => {
    const proxy = opened(await startProxy(407));
    const env = { HTTPS_PROXY: proxy.url.replace('//', '//user:canary@') };

    const error = await transportTo('https://cluster.test:6443', {}, { env })
      .send(get('/r'))
      .catch((thrown: unknown) => thrown);

    expect(isProblem(error, 'unreachable')).toBe(true);
    expect(error).toMatchObject({ message: expect.stringContaining('HTTP 407') });
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
  });

  it('refuses a server or a proxy that is no URL, without repeating it', () => {
    const noServer = () => transportTo('not a url');
    const noProxy = () => transportTo('https://a.test', {}, { env: { HTTPS_PROXY: 'http://u:canary@:x' } });
    const socks = () => transportTo('https://a.test', {}, { proxyUrl: 'socks5://u:canary@h:1' });

    expect(noServer).toThrow(expect.objectContaining({ code: 'kubeconfig-unreadable' }));
    expect(noProxy).toThrow(
      expect.objectContaining({ code: 'unreachable', message: expect.not.stringContaining('canary') }),
    );
    expect(socks).toThrow(
      expect.objectContaining({ code: 'unreachable', message: expect.not.stringContaining('canary') }),
    );
  });
});
