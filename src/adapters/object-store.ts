/** The `ObjectStore` port on S3 and everything that speaks it. */
import { Problem } from '../engine/problem.ts';
import type { ObjectStore, RequestCounts } from '../ports.ts';
import { interruptible } from './interruptible.ts';
import type { StoreClient, StoreCredentials } from './object-store/client.ts';
import { failure, refusalName, wrongRegion } from './object-store/failures.ts';
import { placeOf, type StorePlace } from './object-store/place.ts';
import type { Environment } from './proxy.ts';

export interface ObjectStoreOptions {
  readonly bucket: string;
  /** Absent: what the endpoint's name tells, else `us-east-1`. */
  readonly region?: string;
  /** URL; absent for AWS. */
  readonly endpoint?: string;
  /** PEM of the store's authority; absent: the authorities of the machine. */
  readonly ca?: string;
  readonly credentials: StoreCredentials;
  readonly counts: RequestCounts;
  /** For HTTPS_PROXY and NO_PROXY. */
  readonly env?: Environment;
  /** Ends what is under way when it aborts. */
  readonly signal?: AbortSignal;
}

/** Runs one request; `doing` is the action of a policy it needs. */
type Call = <T>(doing: string, request: (client: StoreClient) => Promise<T>) => Promise<T>;

const pageSize = 1_000;
/** Answers by which a store tells that it does not delete many objects at once. */
const oneByOne = new Set([
  'NotImplemented',
  'MethodNotAllowed',
  'InvalidRequest',
  'MissingContentMD5',
  'InvalidDigest',
]);

/** Loads the client before the first request: it is large, and a hub that is asked takes its time. */
export async function loadStoreClient(): Promise<void> {
  await import('./object-store/client.ts');
}

export function createObjectStore(options: ObjectStoreOptions): ObjectStore {
  const { bucket, region, endpoint, ca, credentials, counts, env = {} } = options;
  const place = placeOf(bucket, region, endpoint);
  let opening: Promise<StoreClient> | undefined;

  async function open(): Promise<StoreClient> {
    const { openClient } = await import('./object-store/client.ts');
    return openClient({ place, credentials, env, ...(ca !== undefined && { ca }) });
  }

  const call: Call = async (doing, request) => {
    opening ??= open();
    const client = await opening;
    counts.objectStore += 1;
    try {
      return await interruptible(request(client), options.signal);
    } catch (error) {
      throw named(error, failure(error, place, doing));
    }
  };

  return {
    endpoint: place.shown,
    bucket: () => lookAtBucket(call, place),
    createBucket: () => createBucket(call),
    read: (key) => unless(['NoSuchKey'], () => call('s3:GetObject', (client) => client.get(key))),
    write: (key, body) => call('s3:PutObject', (client) => client.put(key, body)),
    remove: (key) => call('s3:DeleteObject', (client) => client.remove(key)),
    list: async (prefix) => (await call('s3:ListBucket', (client) => client.page(prefix, pageSize))).keys,
    destroy: () => destroy(call),
  };
}

/** What the store called it, beside what it means. Not in the Problem: the client's error holds the request. */
const names = new WeakMap<object, string>();

function named(error: unknown, meant: unknown): unknown {
  const name = refusalName(error);
  if (meant instanceof Problem && name !== undefined) names.set(meant, name);
  return meant;
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Problem ? names.get(error) : undefined;
}

/** `undefined` where the store refuses with one of these. */
async function unless<T>(refusals: readonly string[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (refusals.includes(nameOf(error) ?? '')) return undefined;
    throw error;
  }
}

/** By a request whose refusal has a body: a HEAD says 404 to an unknown key too (measured.md §10). */
async function lookAtBucket(call: Call, place: StorePlace): ReturnType<ObjectStore['bucket']> {
  const seen = await unless(['NoSuchBucket'], () => call('s3:ListBucket', (client) => client.page('', 1))).catch(
    async (error: unknown) => Promise.reject(await foreignOrDenied(call, place, error)),
  );
  if (seen === undefined) return { state: 'absent' };
  const mayBeHidden = ['AccessDenied', 'NotImplemented', 'MethodNotAllowed'];
  const region = await unless(mayBeHidden, () => call('s3:GetBucketLocation', (client) => client.location()));
  // Other stores answer with names of their own, which no client must sign with.
  if (place.aws && region !== undefined && region !== place.region) {
    throw wrongRegion(place, region);
  }
  return { state: 'ours', ...(region !== undefined && { region }) };
}

/** Denied is somebody else's bucket when it is not among ours; where we may not ask, it stays denied. */
async function foreignOrDenied(call: Call, { bucket }: StorePlace, error: unknown): Promise<unknown> {
  if (nameOf(error) !== 'AccessDenied' || !(error instanceof Problem)) return error;
  const own = await unless(['AccessDenied', 'NotImplemented'], () =>
    call('s3:ListAllMyBuckets', (client) => client.ownNames()),
  );
  if (own === undefined || own.includes(bucket)) return error;
  return new Problem('bucket-foreign', `The bucket ${bucket} belongs to another account.`, {
    ...(error.proof !== undefined && { proof: error.proof }),
  });
}

async function createBucket(call: Call): Promise<void> {
  await unless(['BucketAlreadyOwnedByYou'], () => call('s3:CreateBucket', (client) => client.create()));
}

async function destroy(call: Call): Promise<void> {
  let token: string | undefined;
  do {
    const page = await call('s3:ListBucket', (client) => client.page('', pageSize, token));
    if (page.keys.length > 0) await removeAll(call, page.keys);
    token = page.next;
  } while (token !== undefined);
  await call('s3:DeleteBucket', (client) => client.removeBucket());
}

async function removeAll(call: Call, keys: readonly string[]): Promise<void> {
  const refused = await call('s3:DeleteObject', (client) => client.removeMany(keys)).catch(async (error: unknown) => {
    if (!oneByOne.has(nameOf(error) ?? '')) throw error;
    for (const key of keys) await call('s3:DeleteObject', (client) => client.remove(key));
    return [];
  });
  if (refused.length === 0) return;
  throw new Problem('store-denied', `${refused.length} objects could not be deleted.`, { proof: refused[0] ?? '' });
}
