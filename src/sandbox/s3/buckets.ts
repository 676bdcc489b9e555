/** Operations on buckets, with the rules AWS has for regions (acm.md §2.2) and those of a one-region gateway (measured.md §10). */
import { S3Error } from './errors.ts';
import type { Operation, S3Call, S3Reply } from './operations.ts';
import { ownBucket, type StoredObject, sortedKeys, validBucketName } from './store.ts';
import { element, texts, type XmlFields } from './xml.ts';

/** Regions that exist, as far as a location constraint may name one. */
const regions = new Set(
  `us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-central-2
   eu-north-1 eu-south-1 eu-south-2 ap-south-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 ap-southeast-2
   ap-southeast-3 ap-east-1 me-south-1 me-central-1 af-south-1 il-central-1`.split(/\s+/),
);

export const bucketOperations: Readonly<Record<string, Operation>> = {
  'GET service': { action: 's3:ListAllMyBuckets', write: false, regional: false, run: listBuckets },
  'PUT bucket': { action: 's3:CreateBucket', write: true, regional: false, run: createBucket },
  'HEAD bucket': { action: 's3:ListBucket', write: false, regional: true, run: headBucket },
  'GET bucket': { action: 's3:ListBucket', write: false, regional: true, run: listObjects },
  'GET bucket?location': { action: 's3:GetBucketLocation', write: false, regional: false, run: getLocation },
  'DELETE bucket': { action: 's3:DeleteBucket', write: true, regional: true, run: deleteBucket },
};

/** `PermanentRedirect` when the request was signed for another region than the bucket's. */
export function checkRegion(call: S3Call): void {
  const bucket = call.store.buckets.get(call.bucket);
  if (bucket === undefined || bucket.region === call.caller.region || call.gatewayRegion !== undefined) return;
  throw new S3Error('PermanentRedirect', {
    details: { Endpoint: `s3.${bucket.region}.amazonaws.com`, Bucket: bucket.name, Region: bucket.region },
    headers: { 'x-amz-bucket-region': bucket.region },
  });
}

function listBuckets(call: S3Call): S3Reply {
  const own = [...call.store.buckets.values()].filter((bucket) => bucket.owner === call.caller.key.account);
  const rows = own.map((bucket) => ({
    Name: bucket.name,
    CreationDate: bucket.created.toISOString(),
    BucketRegion: bucket.region,
  }));
  const owner = { ID: call.caller.key.account };
  return { status: 200, body: element('ListAllMyBucketsResult', { Owner: owner, Buckets: { Bucket: rows } }) };
}

function createBucket(call: S3Call): S3Reply {
  if (!validBucketName(call.bucket)) throw new S3Error('InvalidBucketName', { details: { BucketName: call.bucket } });
  const [constraint] = texts(call.payload.body.toString('utf8'), 'LocationConstraint');
  const region = chooseRegion(call, constraint);
  const existing = call.store.buckets.get(call.bucket);
  if (existing !== undefined) {
    if (existing.owner !== call.caller.key.account) throw new S3Error('BucketAlreadyExists');
    const forgiving = call.gatewayRegion === undefined && region === 'us-east-1' && existing.region === region;
    if (!forgiving) throw new S3Error('BucketAlreadyOwnedByYou', { details: { BucketName: call.bucket } });
    return { status: 200, headers: { location: `/${call.bucket}` } };
  }
  const owner = call.caller.key.account;
  const created = new Date(call.now);
  call.store.buckets.set(call.bucket, { name: call.bucket, region, owner, created, objects: new Map() });
  return { status: 200, headers: { location: `/${call.bucket}` } };
}

function chooseRegion(call: S3Call, constraint: string | undefined): string {
  const here = call.caller.region;
  if (call.gatewayRegion !== undefined) {
    if (constraint === undefined || constraint === call.gatewayRegion) return call.gatewayRegion;
    throw new S3Error('InvalidLocationConstraint', { details: { LocationConstraint: constraint } });
  }
  if (constraint === undefined && here === 'us-east-1') return here;
  if (constraint !== undefined && (constraint === 'us-east-1' || !regions.has(constraint))) {
    throw new S3Error('InvalidLocationConstraint', { details: { LocationConstraint: constraint } });
  }
  if (constraint === here || (constraint !== undefined && here === 'us-east-1')) return constraint;
  const said = constraint ?? 'unspecified';
  throw new S3Error('IllegalLocationConstraintException', {
    message: `The ${said} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  });
}

function headBucket(call: S3Call): S3Reply {
  const bucket = ownBucket(call.store, call.bucket, call.caller.key.account);
  return { status: 200, headers: { 'x-amz-bucket-region': bucket.region } };
}

/** Any bucket may be asked for at us-east-1; elsewhere only one that is there. us-east-1 itself has no name here. */
function getLocation(call: S3Call): S3Reply {
  if (call.caller.region !== 'us-east-1') checkRegion(call);
  const bucket = ownBucket(call.store, call.bucket, call.caller.key.account);
  return { status: 200, body: element('LocationConstraint', bucket.region === 'us-east-1' ? '' : bucket.region) };
}

function deleteBucket(call: S3Call): S3Reply {
  const bucket = ownBucket(call.store, call.bucket, call.caller.key.account);
  if (bucket.objects.size > 0) throw new S3Error('BucketNotEmpty', { details: { BucketName: bucket.name } });
  call.store.buckets.delete(bucket.name);
  return { status: 204 };
}

function listObjects(call: S3Call): S3Reply {
  const bucket = ownBucket(call.store, call.bucket, call.caller.key.account);
  const page = selectPage(bucket.objects, call.query);
  const name = call.query.get('encoding-type') === 'url' ? encodeURIComponent : (key: string) => key;
  const rows = page.entries.filter((entry) => !entry.folder).map(({ key }) => row(name(key), bucket.objects.get(key)));
  const folders = page.entries.filter((entry) => entry.folder).map(({ key }) => ({ Prefix: name(key) }));
  const token = call.query.get('continuation-token') ?? undefined;
  const body = element('ListBucketResult', {
    Name: bucket.name,
    Prefix: name(call.query.get('prefix') ?? ''),
    Delimiter: call.query.get('delimiter') ?? undefined,
    EncodingType: call.query.get('encoding-type') ?? undefined,
    KeyCount: page.entries.length,
    MaxKeys: page.maxKeys,
    IsTruncated: page.next !== undefined,
    ContinuationToken: token,
    NextContinuationToken: page.next,
    Contents: rows,
    CommonPrefixes: folders,
  });
  return { status: 200, body };
}

function row(key: string, object: StoredObject | undefined): XmlFields {
  return {
    Key: key,
    LastModified: object?.lastModified.toISOString(),
    ETag: object?.etag,
    Size: object?.body.length,
    StorageClass: 'STANDARD',
  };
}

interface Page {
  readonly entries: readonly { readonly key: string; readonly folder: boolean }[];
  readonly maxKeys: number;
  readonly next: string | undefined;
}

/** Keys after the token, grouped at the delimiter; a group counts as one and is told once. */
function selectPage(objects: ReadonlyMap<string, StoredObject>, query: URLSearchParams): Page {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const maxKeys = Math.min(readNumber(query.get('max-keys'), 1000), 1000);
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString('utf8');
  const entries = new Map<string, boolean>();
  for (const key of sortedKeys(objects)) {
    if (!key.startsWith(prefix)) continue;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const shown = cut < 0 ? key : key.slice(0, cut + delimiter.length);
    if (Buffer.compare(Buffer.from(shown), Buffer.from(after)) > 0) entries.set(shown, cut >= 0);
  }
  const all = [...entries].map(([key, folder]) => ({ key, folder }));
  const shown = all.slice(0, maxKeys);
  const last = shown.at(-1);
  const next =
    all.length > shown.length && last !== undefined ? Buffer.from(last.key).toString('base64url') : undefined;
  return { entries: shown, maxKeys, next };
}

function readNumber(text: string | null, otherwise: number): number {
  if (text === null) return otherwise;
  if (!/^\d+$/.test(text)) throw new S3Error('InvalidArgument', { message: 'Provided max-keys not an integer.' });
  return Number(text);
}
