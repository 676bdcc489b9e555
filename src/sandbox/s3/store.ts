/** What the store keeps: accounts' keys, buckets and objects, all in memory. */
import { createHash, randomBytes } from 'node:crypto';
import { S3Error } from './errors.ts';

export interface StoredObject {
  readonly body: Buffer;
  /** Quoted MD5, as S3 writes it for objects put in one part. */
  readonly etag: string;
  readonly lastModified: Date;
  /** `content-type`, `x-amz-meta-…` and checksums, given back as they came. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface StoredBucket {
  readonly name: string;
  readonly region: string;
  /** The account. */
  readonly owner: string;
  readonly created: Date;
  readonly objects: Map<string, StoredObject>;
}

/** One access key and what its policy allows. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly account: string;
  /** `s3:GetObject`, `s3:Get*`, `s3:*`. */
  readonly actions: readonly string[];
  /** Temporary credentials: must come with every request. */
  readonly sessionToken?: string;
}

export interface S3Store {
  readonly keys: Map<string, AccessKey>;
  readonly buckets: Map<string, StoredBucket>;
}

export function createStore(): S3Store {
  return { keys: new Map(), buckets: new Map() };
}

/** A key of the usual form, made up. */
export function makeKey(account: string, given: Partial<AccessKey> = {}): AccessKey {
  const letters = Array.from(randomBytes(16), (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(byte % 32));
  return {
    accessKeyId: `AKIA${letters.join('')}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    actions: ['s3:*'],
    ...given,
    account,
  };
}

export function allows(key: AccessKey, action: string): boolean {
  return key.actions.some((pattern) =>
    pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : pattern === action,
  );
}

/** The names AWS takes for general purpose buckets: 3 to 63, DNS labels, not an IP address. */
export function validBucketName(name: string): boolean {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return false;
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name) || name.includes('..')) return false;
  return !/^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3)$/.test(name);
}

/** The bucket when the account owns it; `NoSuchBucket`, or `AccessDenied` for somebody else's. */
export function ownBucket(store: S3Store, name: string, account: string): StoredBucket {
  const bucket = store.buckets.get(name);
  if (bucket === undefined) throw new S3Error('NoSuchBucket', { details: { BucketName: name } });
  if (bucket.owner !== account) throw new S3Error('AccessDenied');
  return bucket;
}

export function makeObject(body: Buffer, now: number, headers: Readonly<Record<string, string>> = {}): StoredObject {
  return {
    body,
    etag: `"${createHash('md5').update(body).digest('hex')}"`,
    lastModified: new Date(now),
    headers: { 'content-type': 'binary/octet-stream', ...headers },
  };
}

/** Keys in the order S3 lists them: by the bytes of their UTF-8. */
export function sortedKeys(objects: ReadonlyMap<string, StoredObject>): string[] {
  return [...objects.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
