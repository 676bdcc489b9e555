/** One call of a method: what is sent, and what its answer must be. */
import type { HttpResponse } from '../../http.ts';
import type { Kind, KubeObject } from '../../kinds.ts';
import { misshapen } from '../wellformed.ts';
import { type Answer, type Asked, notAnApi, objectOf, refusal } from './answers.ts';
import type { Exchange } from './exchange.ts';

/** What every method works with. */
export interface Context {
  readonly asked: Asked;
  readonly exchange: Exchange;
  readonly fieldManager: string;
  readonly userAgent: string;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly repeatable: boolean;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
}

/** Sends, and gives the object of a kind that a successful answer is. */
export async function one<T extends KubeObject>(context: Context, kind: Kind<T>, call: Call): Promise<T> {
  return shaped(context.asked, kind, await object(context, call));
}

/** @throws Problem `unreachable` where it is not what objects of this kind are: no API server answers so. */
export function shaped<T extends KubeObject>(asked: Asked, kind: Kind<T>, found: unknown): T {
  const wrong = misshapen(kind.kind, found);
  if (wrong !== undefined) throw notAnApi(`${kind.kind}: ${wrong}`, asked);
  return found as T;
}

/** Sends, and gives the object of a successful answer. */
export async function object<T>(context: Context, call: Call): Promise<T> {
  return (await sized<T>(context, call)).found;
}

export interface Sized<T> {
  readonly found: T;
  /** Characters of the answer. */
  readonly length: number;
}

/** The same, and how large the answer was. */
export async function sized<T>(context: Context, call: Call): Promise<Sized<T>> {
  const answer = await context.exchange.ask(request(context, call));
  if (answer.status < 200 || answer.status > 299) throw refusal(answer, context.asked);
  return { found: objectOf(answer, context.asked) as T, length: answer.body.length };
}

export function request(context: Context, call: Call) {
  const { method, path, repeatable, body, contentType = 'application/json', accept = 'application/json' } = call;
  const headers = { accept, 'user-agent': context.userAgent };
  if (body === undefined) return { method, path, repeatable, headers };
  return { method, path, repeatable, headers: { ...headers, 'content-type': contentType }, body: JSON.stringify(body) };
}

export async function whole(response: HttpResponse): Promise<Answer> {
  return { status: response.status, headers: response.headers, body: await response.text() };
}
