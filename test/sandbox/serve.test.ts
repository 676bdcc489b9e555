import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { HttpRequest, HttpResponse, Transport } from '../../src/http.ts';
import { networkFailure } from '../../src/sandbox/faults/transport.ts';
import { createRequestLog, logged } from '../../src/sandbox/requests.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { type Served, serveSandbox } from '../../src/sandbox/serve.ts';

const ending: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

type Handler = (request: HttpRequest) => Promise<HttpResponse>;

function answer(body: string, chunks?: () => AsyncGenerator<string>): HttpResponse {
  const whole = async function* () {
    yield body;
  };
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    text: async () => body,
    chunks: chunks ?? whole,
  };
}

const echo: Handler = async ({ method, path, headers, body }) =>
  answer(JSON.stringify({ method, path, token: headers.authorization, body }));

async function serve(hub: Handler, managed: Handler = echo): Promise<Served> {
  const dir = await mkdtemp(join(tmpdir(), 'sandbox-test-'));
  ending.push(() => rm(dir, { recursive: true }));
  const requests = createRequestLog({ now: () => Date.UTC(2026, 0, 1) });
  const wrap = (name: string, send: Handler): Transport =>
    logged({ server: `https://${name}`, send, close: async () => undefined }, name, requests);
  const endpoints = new Map([
    ['local-cluster', wrap('local-cluster', hub)],
    ['paris', wrap('paris', managed)],
  ]);
  const served = await serveSandbox(
    {
      clusters: ['paris'],
      endpoint: (name = 'local-cluster') => endpoints.get(name),
      token: 'a-token',
      store: {
        accessKeyId: 'AKIA',
        secretAccessKey: "it's",
        region: 'eu-west-3',
        bucket: 'metrics',
        endpoint: 'http://127.0.0.1:1',
      },
      requests,
    },
    { dir },
  );
  ending.push(() => served.close());
  return served;
}

function open(served: Served, path: string, options: { method?: string; body?: string; agent?: Agent } = {}) {
  const { method = 'GET', body, agent } = options;
  return new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { 'user-agent': 'test/1', authorization: 'Bearer a-token' };
    const sent = httpsRequest(
      `${served.url}${path}`,
      { method, ca: served.ca, headers, ...(agent && { agent }) },
      resolve,
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

async function ask(served: Served, path: string, options: Parameters<typeof open>[2] = {}) {
  return JSON.parse(await textOf(await open(served, path, options)));
}

describe('a served sandbox', () => {
  it('answers for the hub at the root and for managed clusters below their name', async () => {
    const served = await serve(echo);

    const hub = await ask(served, '/api/v1/namespaces?limit=5', { method: 'POST', body: '{"ü":1}' });
    const paris = await ask(served, '/clusters/paris/api/v1/nodes?watch=0');
    const nobody = await open(served, '/clusters/oslo/api');

    expect(hub).toEqual({
      method: 'POST',
      path: '/api/v1/namespaces?limit=5',
      token: 'Bearer a-token',
      body: '{"ü":1}',
    });
    expect(paris).toMatchObject({ method: 'GET', path: '/api/v1/nodes?watch=0' });
    expect(nobody.statusCode).toBe(404);
    expect(JSON.parse(await textOf(nobody))).toMatchObject({ kind: 'Status', code: 404 });
  });

  it('keeps connections open, and counts them', async () => {
    const served = await serve(echo);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    ending.push(() => agent.destroy());

    for (let round = 0; round < 5; round += 1) await ask(served, '/version', { agent });

    expect(served.connections()).toBe(1);
  });

  it('refuses a body larger than an API server takes', async () => {
    const served = await serve(echo);

    const response = await open(served, '/api', { method: 'POST', body: 'x'.repeat(4 * 1024 * 1024) });

    expect(response.statusCode).toBe(413);
  });

  it('streams a watch line by line, and lets go of it when the client does', async () => {
    let given: AbortSignal | undefined;
    const released = new Promise<void>((resolve) => {
      void serve(async ({ signal }) => {
        given = signal;
        return answer('', async function* () {
          yield '{"type":"ADDED"}\n';
          await new Promise<void>((aborted) => signal?.addEventListener('abort', () => aborted()));
          resolve();
        });
      }).then(async (served) => {
        const response = await open(served, '/api/v1/configmaps?watch=true');
        const [line] = (await response.take(1).toArray()) as Buffer[];
        expect(line?.toString()).toBe('{"type":"ADDED"}\n');
        response.destroy();
      });
    });

    await released;

    expect(given?.aborted).toBe(true);
  });

  it('sends no faster than the client reads', async () => {
    let produced = 0;
    const served = await serve(async () =>
      answer('', async function* () {
        for (produced = 1; produced <= 1_000; produced += 1) yield 'x'.repeat(100_000);
      }),
    );

    const response = await open(served, '/api/v1/events?watch=true');
    response.pause();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const whileNobodyRead = produced;
    response.destroy();

    expect(whileNobodyRead).toBeLessThan(500);
  });

  it('breaks the connection where the server breaks', async () => {
    const served = await serve(
      async () => {
        throw networkFailure('ECONNREFUSED', 'refused');
      },
      async () =>
        answer('', async function* () {
          yield '{"kind":';
          throw networkFailure('ECONNRESET', 'reset');
        }),
    );

    await expect(open(served, '/api')).rejects.toMatchObject({ code: 'ECONNRESET' });
    const half = await open(served, '/clusters/paris/api');
    await expect(textOf(half)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('its folder', () => {
  it('holds a kubeconfig with the hub as current context and one context for each managed cluster', async () => {
    const served = await serve(echo);

    const config = parse(await readFile(join(served.dir, 'kubeconfig'), 'utf8'));

    expect(config['current-context']).toBe('hub');
    expect(config.contexts.map(({ name }: { name: string }) => name)).toEqual(['hub', 'paris']);
    const [hub, paris] = config.clusters;
    expect(hub.cluster.server).toBe(served.url);
    expect(paris.cluster.server).toBe(`${served.url}/clusters/paris`);
    expect(Buffer.from(hub.cluster['certificate-authority-data'], 'base64').toString()).toBe(served.ca);
    expect(config.users).toEqual([{ name: 'sandbox-admin', user: { token: 'a-token' } }]);
  });

  it('holds an env file a shell can read, for its owner only', async () => {
    const served = await serve(echo);
    const script = `. "$0" && printf '%s\\n' "$KUBECONFIG" "$AWS_SECRET_ACCESS_KEY" "$AWS_ENDPOINT_URL_S3" "[$AWS_SESSION_TOKEN]"`;

    const { stdout } = await promisify(execFile)('sh', ['-c', script, join(served.dir, 'env')], {
      env: { AWS_SESSION_TOKEN: 'of another account' },
    });

    expect(stdout.split('\n')).toEqual([join(served.dir, 'kubeconfig'), "it's", 'http://127.0.0.1:1', '[]', '']);
    expect((await stat(join(served.dir, 'env'))).mode & 0o777).toBe(0o600);
  });

  it('holds a line for every request as soon as it is answered, without its token', async () => {
    const served = await serve(echo);

    await ask(served, '/api/v1/namespaces/a');
    await ask(served, '/clusters/paris/version');

    const text = await readFile(join(served.dir, 'requests.jsonl'), 'utf8');
    const common = { time: '2026-01-01T00:00:00.000Z', method: 'GET', status: 200, userAgent: 'test/1' };
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { ...common, path: '/api/v1/namespaces/a', cluster: 'local-cluster' },
      { ...common, path: '/version', cluster: 'paris' },
    ]);
    expect(text).not.toContain('a-token');
  });
});

const kubectl = [process.env.KUBECTL, join(process.cwd(), '.cache', 'bin', 'kubectl')].find(
  (path) => path !== undefined && existsSync(path),
);

describe.skipIf(kubectl === undefined)('a real kubectl (KUBECTL or .cache/bin/kubectl)', () => {
  it('works against a whole sandbox', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sandbox-kubectl-'));
    ending.push(() => rm(dir, { recursive: true }));
    const sandbox = await createSandbox({ size: 3, speed: 60 });
    ending.push(sandbox.stop);
    const served = await serveSandbox(sandbox, { dir });
    ending.push(served.close);
    const run = async (...args: string[]) => {
      const { stdout } = await promisify(execFile)(kubectl ?? '', ['--kubeconfig', join(dir, 'kubeconfig'), ...args]);
      return stdout.trim();
    };

    const names = await run('get', 'managedclusters', '-o', 'name');
    const table = await run('get', 'managedclusters');
    const managed = await run(
      '--context',
      'quest-1',
      'get',
      'clusterversion',
      'version',
      '-o',
      'jsonpath={.status.desired.version}',
    );
    const made = await run('create', 'configmap', 'mine', '--from-literal=a=b');

    const prefix = 'managedcluster.cluster.open-cluster-management.io/';
    expect(names.split('\n')).toEqual(['ai', 'local-cluster', 'quest-1'].map((name) => prefix + name));
    expect(table.split('\n')[0]).toMatch(/^NAME +HUB ACCEPTED +/);
    expect(managed).toBe('4.18.12');
    expect(made).toBe('configmap/mine created');
    const lines = (await readFile(join(dir, 'requests.jsonl'), 'utf8')).trimEnd().split('\n');
    const writes = lines.map((line) => JSON.parse(line)).filter(({ method }) => method !== 'GET');
    expect(writes).toMatchObject([{ method: 'POST', status: 201, cluster: 'local-cluster' }]);
  });
});
