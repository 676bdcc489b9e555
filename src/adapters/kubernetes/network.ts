/** Errors of the network, told apart from our own mistakes, and said in words. */
import { Problem } from '../../engine/problem.ts';
import type { Asked } from './answers.ts';

const certificate = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'HOSTNAME_MISMATCH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection is refused: nothing listens there',
  ENOTFOUND: 'the host name does not exist',
  EAI_AGAIN: 'the name server does not answer',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  ECONNRESET: 'the connection broke off',
  EPIPE: 'the connection broke off',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection broke off',
};

/** What kind of silence it was. `never-sent` and `broken` may be tried again; a name or certificate stays as it is. */
export type Silence = 'never-sent' | 'broken' | 'time-out' | 'unknown-name' | 'certificate';

interface Coded {
  readonly code: string;
  readonly message: string;
}

/** The network error in a rejection, or `undefined` for anything else: that is a bug and must stay one. */
export function networkError(error: unknown): Coded | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'TimeoutError') return { code: 'ETIMEDOUT', message: error.message };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code !== undefined && isNetworkCode(code)) return { code, message: error.message };
  // Happy eyeballs (one error per address) and wrappers keep the reason inside.
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner === undefined ? undefined : networkError(inner);
}

function isNetworkCode(code: string): boolean {
  return (
    certificate.has(code) ||
    code in words ||
    /TIMEDOUT|TIMEOUT/.test(code) ||
    /^(EPROTO|ECONNABORTED|ENETDOWN|EHOSTDOWN|EADDRNOTAVAIL)$/.test(code) ||
    /^(ERR_SSL_|ERR_TLS_|HPE_)/.test(code)
  );
}

export function silence({ code }: Coded): Silence {
  if (certificate.has(code)) return 'certificate';
  if (code === 'ENOTFOUND') return 'unknown-name';
  if (code === 'ECONNREFUSED' || code === 'EAI_AGAIN') return 'never-sent';
  return /TIMEDOUT|TIMEOUT/.test(code) ? 'time-out' : 'broken';
}

/** What a person is told. `timeoutMs` is how long one try was allowed to take. */
export function silenceProblem(error: Coded, asked: Asked, cause: unknown, timeoutMs: number): Problem {
  const options = { cluster: asked.cluster, proof: `${error.code}: ${error.message}`, cause };
  const kind = silence(error);
  if (kind === 'certificate') {
    return new Problem(
      'untrusted-certificate',
      `The certificate of ${asked.server} is not trusted (${error.code}).`,
      options,
    );
  }
  const what =
    kind === 'time-out' ? `no answer within ${timeoutMs / 1000} s` : (words[error.code] ?? 'the connection failed');
  return new Problem('unreachable', `${asked.server} does not answer: ${what} (${error.code}).`, options);
}
