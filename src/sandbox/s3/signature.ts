/**
 * Checks AWS Signature Version 4 in the Authorization header: the key, the time, the signature over method, path, query,
 * headers and payload hash, and that the payload is the one that was signed.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { S3Error } from './errors.ts';
import type { AccessKey, S3Store } from './store.ts';

/** A request as it came in: nothing decoded. */
export interface RawS3Request {
  readonly method: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Who signed, for which region, and what a signed stream needs to go on. */
export interface Caller {
  readonly key: AccessKey;
  readonly region: string;
  /** `20260101/eu-west-3/s3/aws4_request` */
  readonly scope: string;
  /** `20260101T000000Z` */
  readonly date: string;
  readonly signature: string;
  readonly signingKey: Buffer;
}

/** Fifteen minutes, as AWS. */
const allowedSkewMs = 15 * 60_000;

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

export function hmac(key: Buffer | string, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/** Throws the error S3 would answer. `now` in milliseconds since the epoch. */
export function authenticate(request: RawS3Request, store: S3Store, now: number): Caller {
  const given = parseAuthorization(request);
  const key = store.keys.get(given.accessKeyId);
  if (key === undefined) {
    throw new S3Error('InvalidAccessKeyId', { details: { AWSAccessKeyId: given.accessKeyId } });
  }
  const date = request.headers['x-amz-date'] ?? '';
  checkTime(date, given.scopeDate, now);
  if ((request.headers['x-amz-security-token'] ?? '') !== (key.sessionToken ?? '')) throw new S3Error('InvalidToken');
  const scope = `${given.scopeDate}/${given.region}/s3/aws4_request`;
  const signingKey = [given.scopeDate, given.region, 's3', 'aws4_request'].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${key.secretAccessKey}`),
  );
  const canonical = canonicalRequest(request, given.signedHeaders);
  const expected = hmac(signingKey, ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')).toString('hex');
  if (!same(expected, given.signature)) throw new S3Error('SignatureDoesNotMatch');
  return { key, region: given.region, scope, date, signature: expected, signingKey };
}

interface Authorization {
  readonly accessKeyId: string;
  readonly scopeDate: string;
  readonly region: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

function parseAuthorization(request: RawS3Request): Authorization {
  const header = request.headers.authorization;
  if (header === undefined) {
    if (/(^|&)X-Amz-Signature=/i.test(request.rawQuery)) throw new S3Error('NotImplemented');
    throw new S3Error('AccessDenied');
  }
  const match = /^AWS4-HMAC-SHA256 +Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$/.exec(
    header,
  );
  const [accessKeyId, scopeDate, region, service, terminator] = (match?.[1] ?? '').split('/');
  if (!accessKeyId || !scopeDate || !region || service !== 's3' || terminator !== 'aws4_request') {
    throw new S3Error('AuthorizationHeaderMalformed');
  }
  const signedHeaders = (match?.[2] ?? '').split(';');
  if (!signedHeaders.includes('host')) throw new S3Error('SignatureDoesNotMatch');
  return { accessKeyId, scopeDate, region, signedHeaders, signature: match?.[3] ?? '' };
}

function checkTime(date: string, scopeDate: string, now: number): void {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (parts === null) throw new S3Error('AccessDenied', { message: 'A valid x-amz-date header is required.' });
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
  const time = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  if (Math.abs(now - time) > allowedSkewMs) {
    const details = {
      RequestTime: date,
      ServerTime: new Date(now).toISOString(),
      MaxAllowedSkewMilliseconds: '900000',
    };
    throw new S3Error('RequestTimeTooSkewed', { details });
  }
  if (!date.startsWith(scopeDate)) throw new S3Error('AuthorizationHeaderMalformed');
}

function canonicalRequest(request: RawS3Request, signedHeaders: readonly string[]): string {
  const headers = signedHeaders.map((name) => {
    const value = request.headers[name] ?? '';
    return `${name}:${value.trim().replace(/ +/g, ' ')}\n`;
  });
  return [
    request.method,
    request.rawPath.split('/').map(normalise).join('/'),
    canonicalQuery(request.rawQuery),
    headers.join(''),
    signedHeaders.join(';'),
    request.headers['x-amz-content-sha256'] ?? '',
  ].join('\n');
}

/** Decodes and encodes again, so that `!` and `%21` are the same to both sides. */
function normalise(part: string): string {
  try {
    return encode(decodeURIComponent(part));
  } catch {
    throw new S3Error('InvalidArgument', { message: 'The request path or query is not valid UTF-8.' });
  }
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function canonicalQuery(rawQuery: string): string {
  return rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return `${normalise(name)}=${normalise(value.join('='))}`;
    })
    .sort()
    .join('&');
}

export function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
