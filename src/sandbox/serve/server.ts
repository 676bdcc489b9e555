/** API servers behind one HTTPS socket: the hub at the root, managed clusters below `/clusters/NAME`. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { HttpRequest, HttpResponse, Transport } from '../../http.ts';
import { bodyText } from '../api/index.ts';
import type { Certificates } from './certificate.ts';

export interface SocketOptions {
  readonly certificates: Certificates;
  readonly hub: Transport;
  /** The API of a managed cluster; `undefined` when there is none of that name. */
  readonly managed: (name: string) => Transport | undefined;
}

export interface SocketServer {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** TLS connections accepted so far. */
  connections(): number;
  close(): Promise<void>;
}

/** What the real API server takes at most. */
const largestBody = 3 * 1024 * 1024;
/** Longer than the pause of a client that polls every minute. */
const keepAliveMs = 120_000;

export async function startSocketServer(options: SocketOptions): Promise<SocketServer> {
  let connections = 0;
  const { key, cert, ca } = options.certificates;
  const server = createServer({ key, cert: `${cert}\n${ca}`, ALPNProtocols: ['http/1.1'] }, (request, response) => {
    void serve(request, response, options);
  });
  server.keepAliveTimeout = keepAliveMs;
  server.on('secureConnection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    connections: () => connections,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Never rejects: what goes wrong is the end of the connection, as the client of a broken server sees it. */
async function serve(request: IncomingMessage, response: ServerResponse, options: SocketOptions): Promise<void> {
  const abort = new AbortController();
  response.on('close', () => abort.abort());
  try {
    const { transport, path } = route(request.url ?? '/', options);
    const body = await readBody(request);
    if (body === undefined) return refuse(response, 413, 'RequestEntityTooLarge', 'limit is 3145728');
    if (transport === undefined) return refuse(response, 404, 'NotFound', 'there is no cluster of that name');
    const answer = await transport.send(toRequest(request, path, body, abort.signal));
    await write(response, answer, abort.signal);
  } catch {
    request.socket.destroy();
  }
}

function route(url: string, { hub, managed }: SocketOptions): { transport: Transport | undefined; path: string } {
  const match = /^\/clusters\/([^/?]+)(.*)$/.exec(url);
  if (match === null) return { transport: hub, path: url };
  return { transport: managed(decodeURIComponent(match[1] ?? '')), path: match[2] || '/' };
}

function toRequest(request: IncomingMessage, path: string, body: Buffer, signal: AbortSignal): HttpRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  const sent = body.length > 0 ? { body: bodyText(request.headers['content-type'], body) } : {};
  return { method: request.method ?? 'GET', path, headers, signal, ...sent };
}

/** `undefined` when it is larger than the server takes. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    size += part.length;
    if (size <= largestBody) chunks.push(part);
  }
  return size > largestBody ? undefined : Buffer.concat(chunks);
}

/** Sends the body as it comes, no faster than the client reads. */
async function write(response: ServerResponse, answer: HttpResponse, signal: AbortSignal): Promise<void> {
  response.writeHead(answer.status, answer.headers);
  response.flushHeaders();
  for await (const chunk of answer.chunks()) {
    if (signal.aborted) return;
    if (!response.write(chunk)) await once(response, 'drain', { signal });
  }
  response.end();
}

function refuse(response: ServerResponse, code: number, reason: string, message: string): void {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(status));
}
