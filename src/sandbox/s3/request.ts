/** From a request as it came to its answer: who signed it, which operation it is, whether the key may, and the operation. */
import { checkRegion } from './buckets.ts';
import { S3Error } from './errors.ts';
import { findOperation, type Operation, type S3Call, type S3Reply } from './operations.ts';
import { readPayload } from './payload.ts';
import { authenticate, type Caller, type RawS3Request } from './signature.ts';
import { allows, type S3Store } from './store.ts';

export interface S3Address extends Omit<RawS3Request, 'body'> {
  /** The bucket named by the host, when it is. */
  readonly virtualBucket: string | undefined;
}

export interface Answered {
  readonly reply: S3Reply;
  readonly operation: Operation;
}

/** Throws {@link S3Error} for every answer that is not a success. `refuse` may throw before the operation runs. */
export function answer(
  request: S3Address & RawS3Request,
  store: S3Store,
  now: number,
  gatewayRegion: string | undefined,
  refuse: (operation: Operation) => void,
): Answered {
  const caller = authenticate(request, store, now);
  checkGateway(caller, gatewayRegion);
  const { bucket, key } = locate(request);
  const query = new URLSearchParams(request.rawQuery);
  const operation = findOperation(request.method, bucket, key, query);
  refuse(operation);
  const payload = readPayload(request, caller);
  const call: S3Call = { store, caller, bucket, key, query, headers: request.headers, payload, now, gatewayRegion };
  if (operation.regional) checkRegion(call);
  if (!allows(caller.key, operation.action)) throw new S3Error('AccessDenied');
  return { reply: operation.run(call), operation };
}

function checkGateway(caller: Caller, region: string | undefined): void {
  if (region === undefined || caller.region === region) return;
  throw new S3Error('AuthorizationHeaderMalformed', {
    message: `The authorization header is malformed; the region '${caller.region}' is wrong; expecting '${region}'`,
    details: { Region: region },
  });
}

/** Path style `/bucket/key`, or virtual-hosted. */
function locate(request: S3Address): { bucket: string; key: string } {
  const path = decodeURIComponent(request.rawPath.slice(1));
  if (request.virtualBucket !== undefined) return { bucket: request.virtualBucket, key: path };
  const slash = path.indexOf('/');
  return slash < 0 ? { bucket: path, key: '' } : { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}
