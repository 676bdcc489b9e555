/** What an API server's answer, or its absence, means: `ApiError` for the first, `Problem` for the second. */
import { Problem } from '../../engine/problem.ts';
import type { HttpResponse } from '../../http.ts';
import { ApiError, type StatusDetails } from '../../ports.ts';
import { excerpt, isRecord, parsed } from '../json.ts';

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: HttpResponse['headers'];
  readonly body: string;
}

/** Who was asked: named in what people read. */
export interface Asked {
  readonly cluster: string;
  readonly server: string;
}

const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Gone',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** Seconds of a `Retry-After` header; the HTTP-date form is not used by API servers. */
export function retryAfter(headers: HttpResponse['headers']): number | undefined {
  const value = headers['retry-after'];
  return value !== undefined && /^\d+$/.test(value.trim()) ? Number(value) : undefined;
}

/** The object in a successful answer. Anything but a JSON object means that something else answered: `unreachable`. */
export function objectOf(answer: Answer, asked: Asked): Record<string, unknown> {
  const object = parsed(answer.body);
  if (isRecord(object)) return object;
  throw notAnApi(
    `HTTP ${answer.status}, ${answer.headers['content-type'] ?? 'no content type'}: ${excerpt(answer.body)}`,
    asked,
  );
}

/** Something answers that is no API server, or none that is well. */
export function notAnApi(proof: string, asked: Asked): Problem {
  return new Problem('unreachable', `${asked.server} answers, but not as a Kubernetes API server does.`, {
    cluster: asked.cluster,
    proof,
    likely: 'The URL in the kubeconfig is not that of an API server, or a proxy or login page answers in its place.',
  });
}

/** The error an unsuccessful answer stands for: `not-logged-in` for an unknown caller, else `ApiError`. */
export function refusal(answer: Answer, asked: Asked): ApiError | Problem {
  const status = parsed(answer.body);
  const error = isRecord(status) && status.kind === 'Status' ? statusError(status, answer) : plainError(answer, asked);
  const unknown = answer.status === 401 || (answer.status === 403 && error.message.includes('"system:anonymous"'));
  if (!unknown) return error;
  return new Problem('not-logged-in', `${asked.server} does not know who is asking.`, {
    cluster: asked.cluster,
    proof: error.message,
    cause: error,
  });
}

/** From a `Status` object, as an answer's body or as the ERROR event of a watch. */
export function statusError(status: Record<string, unknown>, answer?: Answer): ApiError {
  const code = typeof status.code === 'number' ? status.code : (answer?.status ?? 500);
  const reason = typeof status.reason === 'string' && status.reason !== '' ? status.reason : reasonOf(code);
  const message =
    typeof status.message === 'string' && status.message !== '' ? status.message : `HTTP ${code} ${reason}`;
  const details: StatusDetails & { retryAfterSeconds?: unknown } = isRecord(status.details) ? status.details : {};
  const inBody = typeof details.retryAfterSeconds === 'number' ? details.retryAfterSeconds : undefined;
  return new ApiError(code, reason, message, details, (answer && retryAfter(answer.headers)) ?? inBody);
}

function plainError(answer: Answer, asked: Asked): ApiError {
  const said = excerpt(answer.body);
  const message = `${asked.server}: HTTP ${answer.status}${said === '' ? '' : `: ${said}`}`;
  return new ApiError(answer.status, reasonOf(answer.status), message, {}, retryAfter(answer.headers));
}

function reasonOf(status: number): string {
  return reasons[status] ?? (status >= 500 ? 'InternalError' : 'Unknown');
}
