/** Operations on objects. */
import { S3Error } from './errors.ts';
import type { Operation, S3Call, S3Reply } from './operations.ts';
import { allows, makeObject, ownBucket, type StoredObject } from './store.ts';
import { element, texts } from './xml.ts';

export const objectOperations: Readonly<Record<string, Operation>> = {
  'PUT object': { action: 's3:PutObject', write: true, regional: true, run: putObject },
  'GET object': { action: 's3:GetObject', write: false, regional: true, run: getObject },
  'HEAD object': { action: 's3:GetObject', write: false, regional: true, run: getObject },
  'DELETE object': { action: 's3:DeleteObject', write: true, regional: true, run: deleteObject },
  'POST bucket?delete': { action: 's3:DeleteObject', write: true, regional: true, run: deleteObjects },
};

function putObject(call: S3Call): S3Reply {
  if (call.headers['x-amz-copy-source'] !== undefined) throw new S3Error('NotImplemented');
  const bucket = ownBucket(call.store, call.bucket, call.caller.key.account);
  if (call.headers['if-none-match'] === '*' && bucket.objects.has(call.key)) throw new S3Error('PreconditionFailed');
  const { checksum } = call.payload;
  const checksums = checksum === undefined ? {} : { [checksum.header]: checksum.value };
  const object = makeObject(call.payload.body, call.now, { ...kept(call.headers), ...checksums });
  bucket.objects.set(call.key, object);
  return { status: 200, headers: { etag: object.etag, ...checksums } };
}

function kept(headers: Readonly<Record<string, string>>): Record<string, string> {
  const names = Object.keys(headers).filter((name) => name === 'content-type' || name.startsWith('x-amz-meta-'));
  return Object.fromEntries(names.map((name) => [name, headers[name] ?? '']));
}

/** A key that may not list is not told whether an object is missing. */
function findObject(call: S3Call): StoredObject {
  const object = ownBucket(call.store, call.bucket, call.caller.key.account).objects.get(call.key);
  if (object !== undefined) return object;
  if (!allows(call.caller.key, 's3:ListBucket')) throw new S3Error('AccessDenied');
  throw new S3Error('NoSuchKey', { details: { Key: call.key } });
}

function getObject(call: S3Call): S3Reply {
  const object = findObject(call);
  const checksums = call.headers['x-amz-checksum-mode'] === 'ENABLED';
  const headers = Object.entries(object.headers).filter(([name]) => checksums || !name.startsWith('x-amz-checksum-'));
  return {
    status: 200,
    headers: { ...Object.fromEntries(headers), etag: object.etag, 'last-modified': object.lastModified.toUTCString() },
    body: object.body,
  };
}

function deleteObject(call: S3Call): S3Reply {
  ownBucket(call.store, call.bucket, call.caller.key.account).objects.delete(call.key);
  return { status: 204 };
}

function deleteObjects(call: S3Call): S3Reply {
  if (call.headers['content-md5'] === undefined && call.payload.checksum === undefined) {
    throw new S3Error('InvalidRequest', { message: 'Missing required header for this request: Content-MD5' });
  }
  const bucket = ownBucket(call.store, call.bucket, call.caller.key.account);
  const xml = call.payload.body.toString('utf8');
  const keys = texts(xml, 'Key');
  if (keys.length === 0 || keys.length > 1000) throw new S3Error('MalformedXML');
  for (const key of keys) bucket.objects.delete(key);
  const quiet = texts(xml, 'Quiet')[0] === 'true';
  return { status: 200, body: element('DeleteResult', { Deleted: quiet ? [] : keys.map((key) => ({ Key: key })) }) };
}
