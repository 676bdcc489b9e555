/** Bodies in and out: what a request says it accepts and sends, and answers as values. */
import { parse } from 'yaml';
import type { HttpRequest, HttpResponse } from '../../http.ts';
import { ApiError } from '../../ports.ts';
import { decodeProtobuf, protobufType } from './protobuf.ts';
import { badRequest, statusBody } from './status.ts';

/** In which form an answer is wanted. */
export type Form = 'object' | 'table' | 'metadata' | 'aggregated';

/** The first of the accepted forms there is. 406 when there is none. */
export function wantedForm(request: HttpRequest): Form {
  const accepted = (request.headers.accept ?? '*/*').split(',').map((item) => item.trim());
  for (const item of accepted) {
    const [media = '', ...parameters] = item.split(';').map((part) => part.trim());
    if (!['application/json', 'application/*', '*/*'].includes(media)) continue;
    const as = parameters.find((parameter) => parameter.startsWith('as='))?.slice('as='.length);
    if (as === undefined) return 'object';
    if (as === 'Table') return 'table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata';
    if (as === 'APIGroupDiscoveryList' && parameters.includes('v=v2')) return 'aggregated';
  }
  throw new ApiError(406, 'NotAcceptable', 'only the following media types are accepted: application/json');
}

/** The request's content type, without parameters. */
export function mediaType(request: HttpRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** A body as JSON, YAML or one of the few protobuf messages known; `undefined` when empty. 415 for another type, 400 when it does not parse. */
export function decodeBody(request: HttpRequest, accepted = ['', 'application/json', 'application/yaml']): unknown {
  const media = mediaType(request);
  const { body = '' } = request;
  if (media === protobufType && accepted.includes('application/json')) {
    const object = decodeProtobuf(body);
    if (object !== undefined) return object;
  }
  if (!accepted.includes(media)) throw unsupported(accepted);
  if (body.trim() === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return decodeYaml(body);
  }
}

function decodeYaml(body: string): unknown {
  try {
    return parse(body);
  } catch (error) {
    throw badRequest(`error decoding the body: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function unsupported(accepted: readonly string[]): ApiError {
  const list = accepted.filter((item) => item !== '').join(', ');
  const message = `the body of the request was in an unknown format - accepted media types include: ${list}`;
  return new ApiError(415, 'UnsupportedMediaType', message);
}

/** An answer whose body is known. */
export function respond(status: number, body: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return {
    status,
    headers,
    text: () => Promise.resolve(body),
    async *chunks() {
      yield body;
    },
  };
}

export function respondJson(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return respond(status, `${jsonOf(body)}\n`, { 'content-type': 'application/json', ...headers });
}

let latest: { readonly object: object; readonly text: string } | undefined;

/** As JSON. What was just stored goes to all who watch it and to who wrote it: its text is made once. */
export function jsonOf(object: object): string {
  if (latest?.object !== object) latest = { object, text: JSON.stringify(object) };
  return latest.text;
}

export function respondError(error: ApiError): HttpResponse {
  const { retryAfterSeconds } = error;
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return respondJson(error.status, statusBody(error), headers);
}

/** An answer that goes on: lines as they come. */
export function respondStream(lines: AsyncIterable<string>): HttpResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    async text() {
      let all = '';
      for await (const line of lines) all += line;
      return all;
    },
    chunks: () => lines,
  };
}
