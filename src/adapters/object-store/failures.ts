/** What a store's refusal means. Each of the mistakes people make has its own Problem (measured.md §10). */
import { Problem, type ProblemOptions } from '../../engine/problem.ts';
import type { ProblemCode } from '../../engine/problems.ts';
import { networkError, silence } from '../kubernetes/network.ts';
import { regionIn, type StorePlace } from './place.ts';

const codes: Readonly<Record<string, ProblemCode>> = {
  InvalidAccessKeyId: 'store-key-unknown',
  InvalidClientTokenId: 'store-key-unknown',
  InvalidToken: 'store-key-unknown',
  ExpiredToken: 'store-key-unknown',
  SignatureDoesNotMatch: 'store-key-refused',
  AccessDenied: 'store-denied',
  AllAccessDisabled: 'store-denied',
  AccountProblem: 'store-denied',
  RequestTimeTooSkewed: 'store-clock',
  NoSuchBucket: 'bucket-missing',
  InvalidBucketName: 'bucket-name-invalid',
  BucketAlreadyExists: 'bucket-foreign',
  AuthorizationHeaderMalformed: 'bucket-region',
  PermanentRedirect: 'bucket-region',
  IllegalLocationConstraintException: 'bucket-region',
  InvalidLocationConstraint: 'bucket-region',
};

/** Names the client makes up where the answer has none: whatever answered does not speak S3. */
const namedByClient = /^(Unknown|UnknownError|NotFound|Error|TypeError|SyntaxError)$/;

/** The store's own name for what it refused with; `undefined` when it did not answer. */
export function refusalName(error: unknown): string | undefined {
  return statusOf(error) === undefined || !(error instanceof Error) ? undefined : error.name;
}

/**
 * The Problem behind what the client threw, without the client's error: that one holds the request. Anything unknown is
 * given back as it is: a bug.
 */
export function failure(error: unknown, place: StorePlace, doing: string): unknown {
  if (error instanceof Problem) return error;
  const status = statusOf(error);
  if (error instanceof Error && status !== undefined) return refusal(error, status, place, doing);
  const network = networkError(error);
  if (network === undefined) return error;
  const proof = `${network.code}: ${network.message}`;
  if (silence(network) === 'certificate') {
    return new Problem('store-untrusted', `The certificate of ${place.shown} is not trusted.`, { proof });
  }
  return new Problem('store-unreachable', `${place.shown} does not answer.`, {
    proof,
    ...(network.code === 'EPROTO' && { likely: 'storage.endpoint says https, and the store speaks plain http there.' }),
  });
}

function refusal(error: Error, status: number, place: StorePlace, doing: string): Problem {
  const code = codes[error.name];
  const proof = `HTTP ${status} ${error.name}: ${error.message}`;
  if (code === 'bucket-region') return wrongRegion(place, regionOf(error), proof);
  if (code !== undefined) return new Problem(code, detailOf(code, place, doing), { proof, ...moreOf(error, code) });
  if (namedByClient.test(error.name)) {
    return noStore(place, `HTTP ${status}`);
  }
  return new Problem('store-refused', `${place.shown} refused ${doing} on ${place.bucket}.`, { proof });
}

/** Something answered, and it is not a store. */
export function noStore({ shown }: StorePlace, proof: string): Problem {
  return new Problem('store-unreachable', `${shown} answers, but not as an S3 store does.`, {
    proof,
    likely: 'storage.endpoint is not the URL of the store (its console has another port), or has the wrong scheme.',
  });
}

/** `right`: the region the bucket is in, where the store tells. */
export function wrongRegion({ bucket, region }: StorePlace, right: string | undefined, proof?: string): Problem {
  const where = right === undefined ? 'is not in' : `is in ${right}, not in`;
  return new Problem('bucket-region', `The bucket ${bucket} ${where} the region ${region}.`, {
    ...(proof !== undefined && { proof }),
    ...(right !== undefined && { fix: `Set storage.region: ${right}.` }),
  });
}

function detailOf(code: ProblemCode, { bucket, shown, region }: StorePlace, doing: string): string {
  switch (code) {
    case 'store-key-unknown':
      return `${shown} does not know the access key.`;
    case 'store-key-refused':
      return `${shown} refuses the signature made with the secret key.`;
    case 'store-denied':
      return `The key may not do ${doing} on the bucket ${bucket}.`;
    case 'store-clock':
      return `${shown} refuses requests of this machine's time.`;
    case 'bucket-missing':
      return `There is no bucket ${bucket} at ${shown} (${region}).`;
    case 'bucket-foreign':
      return `The bucket ${bucket} belongs to another account.`;
    default:
      return `${shown} does not take ${bucket} as the name of a bucket.`;
  }
}

function moreOf(error: Error, code: ProblemCode): ProblemOptions {
  if (/^(InvalidToken|ExpiredToken)$/.test(error.name)) {
    return { likely: 'The session token has expired.', fix: 'Log in to the account again, or give static keys.' };
  }
  if (code !== 'store-denied') return {};
  return { likely: 'The policy of the key lacks the action, or the bucket belongs to another account.' };
}

/** The store names the right region in the body, in a header, or only in the host it points to. */
function regionOf(error: Error): string | undefined {
  const fields: Readonly<Record<string, unknown>> = isRecord(error) ? error : {};
  if (typeof fields.Region === 'string') return fields.Region;
  const header = headerOf(fields.$response, 'x-amz-bucket-region');
  if (header !== undefined) return header;
  const expecting = /expecting '([a-z0-9-]+)'/.exec(error.message)?.[1];
  return expecting ?? regionIn(typeof fields.Endpoint === 'string' ? fields.Endpoint : undefined);
}

function statusOf(error: unknown): number | undefined {
  if (!isRecord(error)) return undefined;
  const metadata = isRecord(error.$metadata) ? error.$metadata : {};
  const response = isRecord(error.$response) ? error.$response : {};
  const status = metadata.httpStatusCode ?? response.statusCode;
  return typeof status === 'number' ? status : undefined;
}

function headerOf(response: unknown, name: string): string | undefined {
  if (!isRecord(response) || !isRecord(response.headers)) return undefined;
  const value = Object.entries(response.headers).find(([header]) => header.toLowerCase() === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
