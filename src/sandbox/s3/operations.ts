/** Which operation a request asks for, and the action of a policy it needs. */
import { bucketOperations } from './buckets.ts';
import { S3Error } from './errors.ts';
import { objectOperations } from './objects.ts';
import type { Payload } from './payload.ts';
import type { Caller } from './signature.ts';
import type { S3Store } from './store.ts';

/** What an operation gets to see. */
export interface S3Call {
  readonly store: S3Store;
  readonly caller: Caller;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Payload;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The one region of a gateway; absent for a store of many regions, as AWS. */
  readonly gatewayRegion: string | undefined;
}

export interface S3Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Operation {
  /** `s3:PutObject`; a key without it gets `AccessDenied`. */
  readonly action: string;
  readonly write: boolean;
  /** Whether the answer depends on the region the bucket is in. */
  readonly regional: boolean;
  run(call: S3Call): S3Reply;
}

/** Query parameters that change nothing about which operation is meant. */
const harmless = new Set(['x-id', 'list-type', 'prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after']);
const listing = new Set([...harmless, 'encoding-type', 'fetch-owner', 'max-buckets', 'bucket-region']);

/** Everything not understood is `NotImplemented`: never a success that did nothing. */
export function findOperation(method: string, bucket: string, key: string, query: URLSearchParams): Operation {
  const subresource = [...query.keys()].find((name) => !listing.has(name));
  const target = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';
  const list = target === 'bucket' && method === 'GET' && subresource === undefined;
  if (list && query.get('list-type') !== '2') throw new S3Error('NotImplemented');
  const name = `${method} ${target}${subresource === undefined ? '' : `?${subresource}`}`;
  const operation = { ...bucketOperations, ...objectOperations }[name];
  if (operation !== undefined) return operation;
  throw new S3Error(subresource === undefined && target !== 'object' ? 'MethodNotAllowed' : 'NotImplemented');
}
