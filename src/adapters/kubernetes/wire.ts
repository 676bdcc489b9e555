/** One HTTP request on a socket: sent, answered, given up in time. */
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { TextDecoder } from 'node:util';
import { Problem } from '../../engine/problem.ts';
import type { HttpRequest, HttpResponse } from '../../http.ts';
import type { Credentials } from './credentials.ts';
import type { Pace } from './pace.ts';
import type { Sockets } from './sockets.ts';

/** Milliseconds a stream may take until its request is sent; once open it may be silent for as long as it likes. */
const connectMs = 30_000;

export interface Wire {
  readonly server: URL;
  readonly sockets: Sockets;
  /** Who waits for an answer goes on at this pace: with thousands of clusters hundreds of answers come at once. */
  readonly pace: Pace;
}

/** A request under way. `stop` ends it with an error, wherever it is. */
interface Exchange {
  readonly outgoing: ClientRequest;
  readonly response: Promise<IncomingMessage>;
  /** What ended it before its time, if anything did. */
  readonly stopped: { reason?: unknown };
  stop(reason: unknown): void;
  release(): void;
}

/** Bytes of one answer: several times a page of the largest lists we ask for. Whatever sends more is no API server. */
const largestAnswer = 16 * 1024 * 1024;

/** Sends a request and reads the answer to its end, within the request's time. @throws Problem for one without end. */
export async function sendWhole(wire: Wire, request: HttpRequest, credentials: Credentials): Promise<HttpResponse> {
  const answer = await exchangeWhole(wire, request, credentials);
  await wire.pace();
  return answer;
}

async function exchangeWhole(wire: Wire, request: HttpRequest, credentials: Credentials): Promise<HttpResponse> {
  const exchange = begin(wire, request, credentials, wire.sockets.pool(credentials));
  const timer = limit(exchange, request.timeoutMs ?? connectMs);
  try {
    const incoming = await exchange.response;
    const body = await bodyOf(incoming, wire.server);
    return {
      ...headOf(incoming),
      text: async () => body,
      chunks: async function* () {
        yield body;
      },
    };
  } catch (error) {
    throw exchange.stopped.reason ?? error;
  } finally {
    clearTimeout(timer);
    exchange.release();
  }
}

async function bodyOf(incoming: IncomingMessage, server: URL): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of incoming) {
    size += part.length;
    if (size > largestAnswer) {
      const limit = `${largestAnswer / 1024 / 1024} MiB`;
      throw new Problem('unreachable', `${server.host} sends an answer of more than ${limit}.`, {
        likely: 'Something else than a Kubernetes API server answers there.',
      });
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Sends a request and hands over the answer while it is still arriving. */
export async function openStream(wire: Wire, request: HttpRequest, credentials: Credentials): Promise<HttpResponse> {
  const exchange = begin(wire, request, credentials, wire.sockets.streams(credentials));
  const timer = limit(exchange, connectMs);
  exchange.outgoing.once('finish', () => clearTimeout(timer));
  try {
    const incoming = await exchange.response;
    // Until somebody reads, a broken stream has nobody to tell; the reader gets the error when it comes.
    incoming.on('error', () => {});
    incoming.once('close', exchange.release);
    const chunks = () => decoded(incoming, exchange, wire.pace);
    return { ...headOf(incoming), chunks, text: async () => joined(chunks()) };
  } catch (error) {
    exchange.release();
    throw exchange.stopped.reason ?? error;
  } finally {
    clearTimeout(timer);
  }
}

function begin(wire: Wire, request: HttpRequest, credentials: Credentials, agent: http.Agent): Exchange {
  const { server, sockets } = wire;
  const { signal, body } = request;
  signal?.throwIfAborted();
  const send = server.protocol === 'https:' ? https.request : http.request;
  const outgoing = send({
    agent,
    host: server.hostname.replace(/^\[|\]$/g, ''),
    port: server.port || (server.protocol === 'https:' ? 443 : 80),
    method: request.method,
    path: server.pathname.replace(/\/+$/, '') + request.path,
    headers: headersOf(request, credentials),
  });
  let incoming: IncomingMessage | undefined;
  const stopped: { reason?: unknown } = {};
  const stop = (reason: unknown) => {
    stopped.reason ??= reason;
    (incoming ?? outgoing).destroy(reason instanceof Error ? reason : new Error('interrupted', { cause: reason }));
  };
  const abort = () => stop(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('socket', (socket) => sockets.used(socket));
    outgoing.on('response', (message) => {
      incoming = message;
      resolve(message);
    });
  });
  outgoing.end(body);
  return { outgoing, response, stopped, stop, release: () => signal?.removeEventListener('abort', abort) };
}

function headersOf(request: HttpRequest, credentials: Credentials): Record<string, string | string[]> {
  const { groups = [] } = credentials;
  return {
    ...request.headers,
    ...credentials.headers,
    ...(groups.length > 0 && { 'impersonate-group': [...groups] }),
    ...(request.body !== undefined && { 'content-length': String(Buffer.byteLength(request.body)) }),
  };
}

function limit(exchange: Exchange, milliseconds: number): NodeJS.Timeout {
  const error = Object.assign(new Error(`no answer within ${milliseconds / 1000} s`), { code: 'ETIMEDOUT' });
  return setTimeout(() => exchange.stop(error), milliseconds);
}

function headOf(incoming: IncomingMessage): Pick<HttpResponse, 'status' | 'headers'> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return { status: incoming.statusCode ?? 0, headers };
}

async function* decoded(incoming: IncomingMessage, exchange: Exchange, pace: Pace): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  try {
    for await (const part of incoming) yield* lines(decoder.decode(part, { stream: true }), pace);
    const rest = decoder.decode();
    if (rest !== '') yield rest;
  } catch (error) {
    throw exchange.stopped.reason ?? error;
  } finally {
    incoming.destroy();
    exchange.release();
  }
}

/** One event of a watch after the other: what each sets off is done before the next one. */
async function* lines(text: string, pace: Pace): AsyncGenerator<string> {
  for (const line of text.split(/(?<=\n)/)) {
    await pace();
    yield line;
  }
}

async function joined(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}
