/** A server of the sandbox behind a plain socket, for clients that are other processes. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ApiServer, bodyText } from '../../../src/sandbox/api/index.ts';

export interface Listening {
  readonly url: string;
  /** One line a request: method and path. */
  readonly requests: string[];
  close(): Promise<void>;
}

export async function listen(api: ApiServer): Promise<Listening> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    serve(api, request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function serve(api: ApiServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const left = new AbortController();
  response.on('close', () => left.abort());
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const answer = await api.handle({
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers,
    body: bodyText(request.headers['content-type'], Buffer.concat(chunks)),
    signal: left.signal,
  });
  response.writeHead(answer.status, answer.headers);
  response.flushHeaders();
  for await (const chunk of answer.chunks()) response.write(chunk);
  response.end();
}
