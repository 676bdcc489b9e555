/** A transport that answers from a script, and a clock that writes down how long it was asked to wait. */

import { createCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import type { HttpRequest, HttpResponse, Transport } from '../../../src/http.ts';
import type { Clock, Cluster } from '../../../src/ports.ts';

/** What one request meets: an answer, or the error of a broken connection. */
export type Turn =
  | Error
  | { readonly status: number; readonly body?: object | string; readonly headers?: Record<string, string> };

export interface Scripted extends Transport {
  readonly requests: HttpRequest[];
}

/** Answers in order; a request beyond the last turn fails the test. */
export function scripted(...turns: readonly Turn[]): Scripted {
  const left = [...turns];
  const requests: HttpRequest[] = [];
  return {
    server: 'https://api.test:6443',
    requests,
    send: (request) => {
      requests.push(request);
      const turn = left.shift();
      if (turn === undefined) throw new Error(`nobody expected ${request.method} ${request.path}`);
      return turn instanceof Error ? Promise.reject(turn) : Promise.resolve(answer(turn));
    },
    close: () => Promise.resolve(),
  };
}

/** Any object at all. */
const something = { apiVersion: 'v1', kind: 'Something', metadata: { name: 'x' } };

function answer({ status, body = something, headers = {} }: Exclude<Turn, Error>): HttpResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    status,
    headers,
    text: () => Promise.resolve(text),
    async *chunks() {
      // In small pieces, as sockets give them.
      for (let at = 0; at < text.length; at += 7) yield text.slice(at, at + 7);
    },
  };
}

/** An error as `node:net` gives it. */
export function broken(code: string): Error {
  return Object.assign(new Error(`${code} happened`), { code });
}

export function status(code: number, reason: string, message: string, details: object = {}): Exclude<Turn, Error> {
  return { status: code, body: { kind: 'Status', status: 'Failure', code, reason, message, details } };
}

/** Never waits; `slept` tells for how many milliseconds it should have. */
export function patientClock(): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    slept,
    now: () => 0,
    sleep: (milliseconds) => {
      slept.push(milliseconds);
      return Promise.resolve();
    },
  };
}

/** The adapter on a script. */
interface Bench {
  readonly cluster: Cluster;
  readonly transport: Scripted;
  readonly slept: readonly number[];
  readonly counts: { kubernetes: number; objectStore: number; metrics: number };
}

export function bench(...turns: readonly Turn[]): Bench {
  const transport = scripted(...turns);
  const clock = patientClock();
  const counts = { kubernetes: 0, objectStore: 0, metrics: 0 };
  return { cluster: createCluster({ name: 'hub', transport, clock, counts }), transport, slept: clock.slept, counts };
}

export const key = { namespace: 'lab', name: 'x' };
export const configMap = (resourceVersion?: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { ...key, ...(resourceVersion && { resourceVersion }) },
  data: { a: '1' },
});
/** The error of work that must fail. */
export const failed = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
