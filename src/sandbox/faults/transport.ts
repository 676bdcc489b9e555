/** A transport on which faults happen: between a client and a server that knows nothing of them. */
import type { HttpRequest, HttpResponse, Transport } from '../../http.ts';
import { ApiError, type Clock } from '../../ports.ts';
import { statusBody } from '../api/status.ts';
import { errorLine } from '../api/watch.ts';
import { chance } from '../controllers/random.ts';
import { dice, type Fault, type FaultName } from './faults.ts';

export interface FaultyOptions {
  readonly faults: readonly Fault[];
  readonly seed: number;
  readonly clock: Clock;
  readonly cluster: string;
}

type Send = Transport['send'];
type Strike = (request: HttpRequest, send: Send, options: FaultyOptions) => Promise<HttpResponse>;

interface Effect {
  /** Whether the fault can happen to this request at all. */
  readonly concerns: (request: HttpRequest) => boolean;
  readonly strike: Strike;
}

const any = (): boolean => true;
const isWatch = ({ path }: HttpRequest): boolean => /[?&]watch=(true|1)\b/.test(path);
const isWrite = ({ method }: HttpRequest): boolean => method !== 'GET' && method !== 'HEAD';
const isAccessReview = ({ path }: HttpRequest): boolean => path.includes('/selfsubject');

const longestLatencyMs = 2_000;
const webhookMs = 9_000;

/** The faults of requests. Those of clusters and clocks are the sandbox's own business. */
const effects: Partial<Record<FaultName, Effect>> = {
  latency: { concerns: any, strike: late },
  conflict: {
    concerns: ({ method }) => method === 'PUT' || method === 'PATCH',
    strike: refuse(
      409,
      'Conflict',
      'Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version and try again',
    ),
  },
  throttled: {
    concerns: any,
    strike: refuse(
      429,
      'TooManyRequests',
      'the server has received too many requests and has asked us to try again later',
      1,
    ),
  },
  'server-error': { concerns: any, strike: serverError },
  reset: { concerns: (request) => !isWatch(request), strike: breakOff },
  refused: { concerns: any, strike: refuseConnection },
  'expired-token': { concerns: any, strike: refuse(401, 'Unauthorized', 'Unauthorized') },
  'stale-watch': {
    concerns: (request) => isWatch(request) && /[?&]resourceVersion=[1-9]/.test(request.path),
    strike: tooOld,
  },
  'slow-webhook': {
    concerns: (request) =>
      isWrite(request) && request.path.includes('/multiclusterobservabilities') && !isAccessReview(request),
    strike: async (request, send, { clock }) => {
      await clock.sleep(webhookMs, request.signal);
      return send(request);
    },
  },
};

/** The transport with the faults on it; the very same one when there are none for requests. */
export function faulty(transport: Transport, options: FaultyOptions): Transport {
  const acting = options.faults.flatMap((fault) => {
    const effect = effects[fault.name];
    return effect === undefined ? [] : [{ ...effect, draw: dice(options.seed, fault, options.cluster) }];
  });
  const send = acting.reduce<Send>(
    (next, { concerns, strike, draw }) =>
      (request) =>
        concerns(request) && draw() ? strike(request, next, options) : next(request),
    transport.send,
  );
  return acting.length === 0 ? transport : { server: transport.server, send, close: () => transport.close() };
}

async function late(request: HttpRequest, send: Send, { clock, seed, cluster }: FaultyOptions): Promise<HttpResponse> {
  await clock.sleep(chance(seed, cluster, request.path) * longestLatencyMs, request.signal);
  return send(request);
}

function refuse(status: number, reason: string, message: string, retryAfter?: number): Strike {
  return async () => answer(new ApiError(status, reason, message, {}, retryAfter));
}

const serverErrors = [
  new ApiError(500, 'InternalError', 'Internal error occurred: etcdserver: request timed out'),
  new ApiError(503, 'ServiceUnavailable', 'the server is currently unable to handle the request'),
  new ApiError(504, 'Timeout', 'Timeout: request did not complete within the allotted timeout'),
];

async function serverError(
  request: HttpRequest,
  _: Send,
  { seed, cluster, clock }: FaultyOptions,
): Promise<HttpResponse> {
  const drawn = chance(seed, cluster, request.path, String(clock.now()));
  const error = serverErrors[Math.floor(drawn * serverErrors.length)];
  return answer(error ?? new ApiError(500, 'InternalError', 'Internal error occurred'));
}

/** The request is carried out; its answer ends half way. */
async function breakOff(request: HttpRequest, send: Send): Promise<HttpResponse> {
  const response = await send(request);
  const whole = await response.text();
  const half = whole.slice(0, Math.floor(whole.length / 2));
  return {
    status: response.status,
    headers: { ...response.headers, 'content-length': String(Buffer.byteLength(whole)) },
    text: () => Promise.reject(networkFailure('ECONNRESET', 'socket hang up')),
    async *chunks() {
      yield half;
      throw networkFailure('ECONNRESET', 'socket hang up');
    },
  };
}

async function refuseConnection(_request: HttpRequest, _send: Send, { cluster }: FaultyOptions): Promise<HttpResponse> {
  throw networkFailure('ECONNREFUSED', `connect ECONNREFUSED ${cluster}`);
}

/** A watch that begins well and is told at once that its version is too old. */
async function tooOld(): Promise<HttpResponse> {
  const line = errorLine(new ApiError(410, 'Expired', 'too old resource version'));
  return whole(200, {}, line);
}

/** An answer of the API server, made here. */
function answer(error: ApiError): HttpResponse {
  const retry = error.retryAfterSeconds;
  const headers = retry === undefined ? {} : { 'retry-after': String(retry) };
  return whole(error.status, headers, JSON.stringify(statusBody(error)));
}

function whole(status: number, headers: Record<string, string>, body: string): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    text: async () => body,
    async *chunks() {
      yield body;
    },
  };
}

/** An error as node's sockets raise it. */
export function networkFailure(code: 'ECONNRESET' | 'ECONNREFUSED' | 'ETIMEDOUT', message: string): Error {
  return Object.assign(new Error(message), { code });
}
