/** The way to a server in the same process: no sockets, but time-outs and aborts as with sockets. */
import type { HttpRequest, HttpResponse, Transport } from '../../http.ts';
import { handle } from './handle.ts';
import { isProxied } from './proxy.ts';
import { parseTarget, splitPath } from './route.ts';
import type { Server, User } from './server.ts';

export interface TransportOptions {
  /** Sent as a bearer token. */
  readonly token?: string;
  /** Who asks, whatever the server's tokens: for controllers. */
  readonly user?: User;
  /** `Impersonate-User`. */
  readonly as?: string;
}

export function createTransport(server: Server, url: string, options: TransportOptions = {}): Transport {
  const own = {
    ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
    ...(options.as !== undefined && { 'impersonate-user': options.as }),
  };
  return {
    server: url,
    async send(request) {
      if (server.closed.aborted) throw networkError('ECONNREFUSED', `connect ECONNREFUSED ${url}`);
      request.signal?.throwIfAborted();
      const sent = { ...request, headers: { ...request.headers, ...own } };
      const answer = handle(server, sent, options.user);
      // A controller is answered in this very process: a time limit for each of its thousands of requests would only cost.
      return options.user === undefined || sent.signal !== undefined ? limited(server, sent, answer) : answer;
    },
    close: () => Promise.resolve(),
  };
}

/** One reason for all: without one every abort makes an exception with a stack, thousands in a run. */
const over = new Error('answered');

/** The answer, unless the caller gives up or its time is over first. What is read through a proxy takes real time, so the server's clock says nothing about it. */
async function limited(server: Server, request: HttpRequest, answer: Promise<HttpResponse>): Promise<HttpResponse> {
  const { signal, timeoutMs, path } = request;
  const target = parseTarget(splitPath(path).pathname);
  const timed = timeoutMs !== undefined && !(target && isProxied(target));
  if (signal === undefined && !timed) return answer;
  const answered = new AbortController();
  const ends: Promise<HttpResponse>[] = [answer];
  if (signal !== undefined) ends.push(aborted(signal, answered.signal));
  if (timed) ends.push(timeout(server, timeoutMs, answered.signal));
  try {
    return await Promise.race(ends);
  } finally {
    answered.abort(over);
  }
}

function aborted(signal: AbortSignal, done: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: done });
  });
}

async function timeout(server: Server, milliseconds: number, done: AbortSignal): Promise<never> {
  try {
    await server.clock.sleep(milliseconds, done);
  } catch (error) {
    // Answered in time: nobody waits for this any more.
    if (done.aborted) return new Promise(() => undefined);
    throw error;
  }
  throw networkError('ETIMEDOUT', `no answer within ${milliseconds} ms`);
}

/** An error as sockets give it: with a `code`. */
export function networkError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
