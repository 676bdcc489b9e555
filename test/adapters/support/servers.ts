/** Real servers on this machine for the adapters' tests: HTTP, HTTPS, a CONNECT proxy, and a TCP front that breaks things. */
import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';

export interface Pems {
  readonly cert: string;
  readonly key: string;
}

/** A certificate that vouches for itself, for 127.0.0.1 and localhost. */
export async function selfSigned(name = 'localhost'): Promise<Pems> {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: name },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The common name of the client's certificate. */
  readonly client: string | undefined;
}

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly seen: Seen[];
  /** Connections accepted. */
  readonly connections: number;
  close(): Promise<void>;
}

export type Handler = (request: Seen, response: ServerResponse) => void;

/** A server that remembers what it was asked. With `tls` it speaks HTTPS; with `clientCa` it asks for a certificate. */
export async function startServer(handler: Handler, tls?: Pems & { readonly clientCa?: string }): Promise<TestServer> {
  const seen: Seen[] = [];
  const listener: RequestListener = (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const entry = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString('utf8'),
        client: clientOf(request),
      };
      seen.push(entry);
      handler(entry, response);
    });
  };
  const server = tls
    ? https.createServer(
        {
          cert: tls.cert,
          key: tls.key,
          ...(tls.clientCa && { ca: tls.clientCa, requestCert: true, rejectUnauthorized: false }),
        },
        listener,
      )
    : http.createServer(listener);
  let connections = 0;
  server.on(tls ? 'secureConnection' : 'connection', () => {
    connections += 1;
  });
  const port = await listen(server);
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    seen,
    get connections() {
      return connections;
    },
    close: () => {
      server.closeAllConnections();
      return closed(server);
    },
  };
}

function clientOf(request: IncomingMessage): string | undefined {
  const { socket } = request;
  if (!(socket instanceof TLSSocket)) return undefined;
  const certificate = socket.getPeerCertificate();
  const name: unknown = certificate?.subject?.CN;
  return typeof name === 'string' ? name : undefined;
}

/** A proxy that answers CONNECT; `authorizations` are the `proxy-authorization` headers it got. */
export async function startProxy(status = 200) {
  const targets: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const server = http.createServer((_, response) => response.writeHead(405).end());
  server.on('connect', (request, client: Socket, head: Buffer) => {
    targets.push(request.url ?? '');
    authorizations.push(request.headers['proxy-authorization']);
    sockets.add(client);
    if (status !== 200) return client.end(`HTTP/1.1 ${status} no\r\n\r\n`);
    const [host, port] = (request.url ?? '').split(':');
    const onward = net.connect(Number(port), host === 'cluster.test' ? '127.0.0.1' : host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.write(head);
      client.pipe(onward).pipe(client);
    });
    sockets.add(onward);
    for (const socket of [client, onward]) socket.on('error', () => socket.destroy());
    return onward;
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    targets,
    authorizations,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      return closed(server);
    },
  };
}

type Fault = 'none' | 'reset' | 'black-hole' | 'reset-in-answer';

/** A TCP front of a server that misbehaves as told at the moment of the connection. */
export async function startFaultProxy(targetPort: number) {
  const sockets = new Set<Socket>();
  const state: { fault: Fault } = { fault: 'none' };
  const server = net.createServer((client) => {
    const { fault } = state;
    sockets.add(client);
    client.on('error', () => client.destroy());
    if (fault === 'black-hole') return;
    if (fault === 'reset') {
      client.resetAndDestroy();
      return;
    }
    const onward = net.connect(targetPort, '127.0.0.1');
    sockets.add(onward);
    onward.on('error', () => client.destroy());
    client.pipe(onward);
    if (fault === 'none') onward.pipe(client);
    else {
      onward.on('data', (data: Buffer) => {
        client.write(data.subarray(0, data.length - 5), () => client.resetAndDestroy());
      });
    }
  });
  const port = await listen(server);
  return {
    port,
    state,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return closed(server);
    },
  };
}

/** A port on which nobody listens. */
export async function unusedPort(): Promise<number> {
  const server = net.createServer();
  const port = await listen(server);
  await closed(server);
  return port;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Answers JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
