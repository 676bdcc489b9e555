import { createHash } from 'node:crypto';
import { Agent } from 'node:http';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/ports.ts';
import { readPayload } from '../../src/sandbox/s3/payload.ts';
import { type RunningS3, type S3Options, startS3 } from '../../src/sandbox/s3/server.ts';
import { authenticate } from '../../src/sandbox/s3/signature.ts';
import { type AccessKey, createStore } from '../../src/sandbox/s3/store.ts';

const clock: Clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
const ending: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function start(options: Partial<S3Options> = {}): Promise<RunningS3> {
  const s3 = await startS3({ clock, ...options });
  ending.push(() => s3.close());
  return s3;
}

function client(s3: RunningS3, key: AccessKey, region = 'eu-west-3', config: S3ClientConfig = {}): S3Client {
  const made = new S3Client({
    region,
    endpoint: s3.url,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: key,
    ...config,
  });
  ending.push(() => made.destroy());
  return made;
}

async function refused(
  promise: Promise<unknown>,
): Promise<{ code: string; status: number; details: Record<string, unknown> }> {
  const error = (await promise.then(
    () => expect.fail('was not refused'),
    (reason: unknown) => reason,
  )) as { name: string; $metadata: { httpStatusCode: number } } & Record<string, unknown>;
  return { code: error.name, status: error.$metadata.httpStatusCode, details: error };
}

describe('buckets of a store with many regions', () => {
  it('are made with their region, and again is a conflict', async () => {
    const s3 = await start();
    const client1 = client(s3, s3.account('ours'));
    const create = () =>
      client1.send(
        new CreateBucketCommand({ Bucket: 'metrics', CreateBucketConfiguration: { LocationConstraint: 'eu-west-3' } }),
      );

    await create();

    expect(await refused(create())).toMatchObject({ code: 'BucketAlreadyOwnedByYou', status: 409 });
    const location = await client1.send(new GetBucketLocationCommand({ Bucket: 'metrics' }));
    expect(location.LocationConstraint).toBe('eu-west-3');
    const buckets = await client1.send(new ListBucketsCommand({}));
    expect(buckets.Buckets?.map((bucket) => bucket.Name)).toEqual(['metrics']);
  });

  it('need a location constraint everywhere but in us-east-1, where naming it is refused', async () => {
    const s3 = await start();
    const key = s3.account('ours');
    const send = (region: string, constraint?: string) => {
      const configuration = { CreateBucketConfiguration: { LocationConstraint: constraint as never } };
      const input = { Bucket: `b-${region}`, ...(constraint === undefined ? {} : configuration) };
      return client(s3, key, region, {}).send(new CreateBucketCommand(input));
    };

    expect(await refused(send('us-east-1', 'us-east-1'))).toMatchObject({
      code: 'InvalidLocationConstraint',
      status: 400,
    });
    expect(await refused(send('eu-west-3', 'us-west-2'))).toMatchObject({
      code: 'IllegalLocationConstraintException',
      status: 400,
    });
    expect(await refused(send('eu-west-3', 'atlantis'))).toMatchObject({ code: 'InvalidLocationConstraint' });
    await send('us-east-1');
    const location = await client(s3, key, 'us-east-1').send(new GetBucketLocationCommand({ Bucket: 'b-us-east-1' }));
    expect(location.LocationConstraint).toBeUndefined();
  });

  it('without a constraint are refused outside us-east-1', async () => {
    const s3 = await start();
    const sdk = client(s3, s3.account('ours'));
    // The SDK adds the constraint by itself: take it out of the request before it is signed.
    sdk.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body?: unknown; headers: Record<string, string> };
        delete request.body;
        delete request.headers['content-length'];
        return next(args);
      },
      { step: 'build' },
    );

    const answer = await refused(
      sdk.send(new CreateBucketCommand({ Bucket: 'metrics', CreateBucketConfiguration: {} })),
    );

    expect(answer).toMatchObject({ code: 'IllegalLocationConstraintException', status: 400 });
  });

  it('of somebody else, of another region, or of a wrong name each have their own answer', async () => {
    const s3 = await start();
    const sdk = client(s3, s3.account('ours'));
    s3.bucket('theirs', { owner: 'others', region: 'eu-west-3' });
    s3.bucket('far-away', { owner: 'ours', region: 'us-west-2' });
    const create = (name: string) =>
      sdk.send(
        new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration: { LocationConstraint: 'eu-west-3' } }),
      );
    const list = (name: string) => sdk.send(new ListObjectsV2Command({ Bucket: name }));

    expect(await refused(create('theirs'))).toMatchObject({ code: 'BucketAlreadyExists', status: 409 });
    expect(await refused(create('B_bad'))).toMatchObject({ code: 'InvalidBucketName', status: 400 });
    expect(await refused(list('theirs'))).toMatchObject({ code: 'AccessDenied', status: 403 });
    expect(await refused(list('nowhere'))).toMatchObject({ code: 'NoSuchBucket', status: 404 });
    expect(await refused(list('far-away'))).toMatchObject({ code: 'PermanentRedirect', status: 301 });
  });

  it('are headed without a body', async () => {
    const s3 = await start();
    const sdk = client(s3, s3.account('ours'));
    s3.bucket('far-away', { owner: 'ours', region: 'us-west-2' });
    const head = (name: string) => refused(sdk.send(new HeadBucketCommand({ Bucket: name })));

    expect((await head('nowhere')).status).toBe(404);
    expect((await head('far-away')).status).toBe(301);
    s3.removeKey('unknown');
    s3.bucket('ours', { owner: 'ours', region: 'eu-west-3' });
    const answer = await sdk.send(new HeadBucketCommand({ Bucket: 'ours' }));
    expect(answer.BucketRegion).toBe('eu-west-3');
  });

  it('are deleted only when empty', async () => {
    const s3 = await start();
    const sdk = client(s3, s3.account('ours'));
    s3.bucket('metrics', { owner: 'ours', region: 'eu-west-3' });
    s3.put('metrics', 'a', 'x');

    const answer = await refused(sdk.send(new DeleteBucketCommand({ Bucket: 'metrics' })));
    await sdk.send(new DeleteObjectsCommand({ Bucket: 'metrics', Delete: { Objects: [{ Key: 'a' }] } }));
    await sdk.send(new DeleteBucketCommand({ Bucket: 'metrics' }));

    expect(answer).toMatchObject({ code: 'BucketNotEmpty', status: 409 });
    expect(s3.objects('metrics')).toBeUndefined();
  });
});

describe('a gateway with one region', () => {
  it('makes buckets without a constraint and refuses another region’s', async () => {
    const s3 = await start({ region: 'eu-west-3' });
    const key = s3.account('ours');
    const far = { Bucket: 'far', CreateBucketConfiguration: { LocationConstraint: 'us-west-2' as const } };

    await client(s3, key).send(new CreateBucketCommand({ Bucket: 'metrics', CreateBucketConfiguration: {} }));

    expect(await refused(client(s3, key).send(new CreateBucketCommand(far)))).toMatchObject({
      code: 'InvalidLocationConstraint',
      status: 400,
    });
    const other = client(s3, key, 'us-west-2').send(new ListObjectsV2Command({ Bucket: 'metrics' }));
    expect(await refused(other)).toMatchObject({
      code: 'AuthorizationHeaderMalformed',
      status: 400,
      details: { Region: 'eu-west-3' },
    });
  });

  it('hides an unknown key behind a missing bucket when it is only headed', async () => {
    const s3 = await start({ region: 'eu-west-3' });
    const sdk = client(s3, { ...s3.account('ours'), accessKeyId: 'AKIANOBODY' });

    const head = await refused(sdk.send(new HeadBucketCommand({ Bucket: 'metrics' })));
    const location = await refused(sdk.send(new GetBucketLocationCommand({ Bucket: 'metrics' })));

    expect(head.status).toBe(404);
    expect(location).toMatchObject({ code: 'InvalidAccessKeyId', status: 403 });
  });
});

describe('objects', () => {
  async function withBucket(options: Partial<S3Options> = {}, config: S3ClientConfig = {}) {
    const s3 = await start(options);
    s3.bucket('metrics', { owner: 'ours', region: 'eu-west-3' });
    const key = s3.account('ours');
    return { s3, key, sdk: client(s3, key, 'eu-west-3', config) };
  }

  it('come back as they were put, with their checksum checked on both sides', async () => {
    const { sdk } = await withBucket();
    const put = {
      Bucket: 'metrics',
      Key: 'a/ü b+(1).txt',
      Body: 'hello',
      ContentType: 'text/plain',
      Metadata: { hub: 'x' },
    };

    await sdk.send(new PutObjectCommand(put));
    const answer = await sdk.send(new GetObjectCommand({ Bucket: 'metrics', Key: put.Key }));

    expect(await answer.Body?.transformToString()).toBe('hello');
    expect(answer).toMatchObject({ ContentType: 'text/plain', Metadata: { hub: 'x' } });
    expect(answer.ETag).toBe(`"${createHash('md5').update('hello').digest('hex')}"`);
    const head = await sdk.send(new HeadObjectCommand({ Bucket: 'metrics', Key: put.Key }));
    expect(head.ContentLength).toBe(5);
  });

  it('sent as a stream in aws-chunked framing are stored without the framing, over http and https', async () => {
    const pems = await generate([{ name: 'commonName', value: '127.0.0.1' }], { keySize: 2048 });
    const tls = { key: pems.private, cert: pems.cert };
    for (const options of [{}, { tls }]) {
      const { s3, sdk } = await withBucket(options, {
        requestHandler: { httpsAgent: { ca: pems.cert, checkServerIdentity: () => undefined } },
      });

      const body = Readable.from([Buffer.alloc(70_000, 'a'), Buffer.from('end')]);
      await sdk.send(new PutObjectCommand({ Bucket: 'metrics', Key: 's', Body: body, ContentLength: 70_003 }));

      expect(s3.objects('metrics')?.get('s')?.length).toBe(70_003);
      expect(s3.objects('metrics')?.get('s')?.subarray(-4).toString()).toBe('aend');
    }
  });

  it('are listed by prefix, page by page, grouped at a delimiter', async () => {
    const { s3, sdk } = await withBucket();
    for (const key of ['b/2', 'a', 'b/1', 'b/3', 'c/x/y', 'c/x/z', 'd']) s3.put('metrics', key, key);
    const list = (input: object) => sdk.send(new ListObjectsV2Command({ Bucket: 'metrics', ...input }));

    const first = await list({ Prefix: 'b/', MaxKeys: 2 });
    const second = await list({ Prefix: 'b/', MaxKeys: 2, ContinuationToken: first.NextContinuationToken });
    const grouped = await list({ Delimiter: '/' });

    expect(first.Contents?.map((object) => object.Key)).toEqual(['b/1', 'b/2']);
    expect(first.IsTruncated).toBe(true);
    expect(second.Contents?.map((object) => object.Key)).toEqual(['b/3']);
    expect(second.IsTruncated).toBe(false);
    expect(grouped.Contents?.map((object) => object.Key)).toEqual(['a', 'd']);
    expect(grouped.CommonPrefixes?.map((prefix) => prefix.Prefix)).toEqual(['b/', 'c/']);
  });

  it('are all found by paging, whatever their keys', async () => {
    const { s3, sdk } = await withBucket();
    const keys = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 20,
    });

    await fc.assert(
      fc.asyncProperty(keys, fc.integer({ min: 1, max: 7 }), async (names, MaxKeys) => {
        s3.bucket('metrics', { owner: 'ours', region: 'eu-west-3' });
        for (const name of names) s3.put('metrics', name, '');
        const found: string[] = [];
        let token: string | undefined;
        do {
          const page = await sdk.send(
            new ListObjectsV2Command({ Bucket: 'metrics', MaxKeys, ContinuationToken: token, EncodingType: 'url' }),
          );
          found.push(...(page.Contents ?? []).map((object) => decodeURIComponent(object.Key ?? '')));
          token = page.NextContinuationToken;
        } while (token !== undefined);

        expect(found).toEqual(names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
      { numRuns: 25 },
    );
  });

  it('that are missing are NoSuchKey, or AccessDenied to a key that may not list', async () => {
    const { s3, sdk } = await withBucket();
    const blind = client(s3, s3.account('ours', { actions: ['s3:GetObject', 's3:PutObject'] }));
    const get = new GetObjectCommand({ Bucket: 'metrics', Key: 'nope' });

    expect(await refused(sdk.send(get))).toMatchObject({ code: 'NoSuchKey', status: 404 });
    expect(await refused(blind.send(get))).toMatchObject({ code: 'AccessDenied', status: 403 });
  });

  it('are refused where the policy of the key does not allow the action', async () => {
    const { s3 } = await withBucket();
    const sdk = client(s3, s3.account('ours', { actions: ['s3:ListBucket', 's3:PutObject'] }));

    await sdk.send(new PutObjectCommand({ Bucket: 'metrics', Key: 'a', Body: 'x' }));

    const removal = sdk.send(new DeleteObjectCommand({ Bucket: 'metrics', Key: 'a' }));
    expect(await refused(removal)).toMatchObject({ code: 'AccessDenied', status: 403 });
    expect([...(s3.objects('metrics')?.keys() ?? [])]).toEqual(['a']);
  });

  it('are not overwritten when the request asks for that', async () => {
    const { sdk } = await withBucket();
    const put = new PutObjectCommand({ Bucket: 'metrics', Key: 'a', Body: 'x', IfNoneMatch: '*' });

    await sdk.send(put);

    expect(await refused(sdk.send(put))).toMatchObject({ code: 'PreconditionFailed', status: 412 });
  });

  it('have no encryption settings here, and that is said', async () => {
    const { sdk } = await withBucket();
    const command = new PutBucketEncryptionCommand({
      Bucket: 'metrics',
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });

    expect(await refused(sdk.send(command))).toMatchObject({ code: 'NotImplemented', status: 501 });
  });

  it('can be reached by a virtual host', async () => {
    const { s3, key } = await withBucket();
    const endpoint = s3.url.replace('127.0.0.1', 'localhost');
    const lookup: LookupFunction = (_name, options, done) =>
      options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
    const requestHandler = { httpAgent: new Agent({ lookup }) };
    const sdk = client(s3, key, 'eu-west-3', { endpoint, forcePathStyle: false, requestHandler });

    await sdk.send(new PutObjectCommand({ Bucket: 'metrics', Key: 'v', Body: 'x' }));

    expect(s3.objects('metrics')?.has('v')).toBe(true);
  });
});

describe('a request is refused', () => {
  async function listWith(change: (key: AccessKey) => AccessKey, options: Partial<S3Options> = {}) {
    const s3 = await start(options);
    s3.bucket('metrics', { owner: 'ours', region: 'eu-west-3' });
    const sdk = client(s3, change(s3.account('ours')));
    return refused(sdk.send(new ListObjectsV2Command({ Bucket: 'metrics' })));
  }

  it('when its key is unknown', async () => {
    expect(await listWith((key) => ({ ...key, accessKeyId: 'AKIANOBODY' }))).toMatchObject({
      code: 'InvalidAccessKeyId',
      status: 403,
    });
  });

  it('when its secret is wrong', async () => {
    expect(await listWith((key) => ({ ...key, secretAccessKey: 'wrong' }))).toMatchObject({
      code: 'SignatureDoesNotMatch',
      status: 403,
    });
  });

  it('when its session token is not the one of the key', async () => {
    expect(await listWith((key) => ({ ...key, sessionToken: 'other' }))).toMatchObject({
      code: 'InvalidToken',
      status: 400,
    });
  });

  it('when its time is more than fifteen minutes off', async () => {
    const late: Clock = { ...clock, now: () => Date.now() + 16 * 60_000 };

    expect(await listWith((key) => key, { clock: late })).toMatchObject({ code: 'RequestTimeTooSkewed', status: 403 });
  });

  it('when it is not signed at all', async () => {
    const s3 = await start();

    const answer = await fetch(`${s3.url}/metrics`);

    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>AccessDenied</Code>');
  });
});

describe('told to misbehave, the store', () => {
  async function misbehaving(fault: Parameters<RunningS3['misbehave']>[0]) {
    const s3 = await start();
    s3.bucket('metrics', { owner: 'ours', region: 'eu-west-3' });
    s3.put('metrics', 'a', 'x');
    const stop = s3.misbehave(fault);
    return { s3, stop, sdk: client(s3, s3.account('ours')) };
  }

  it('refuses writes until told to stop', async () => {
    const { sdk, stop } = await misbehaving('refuse-writes');
    const put = () => sdk.send(new PutObjectCommand({ Bucket: 'metrics', Key: 'b', Body: 'x' }));

    const answer = await refused(put());
    stop();
    await put();

    expect(answer).toMatchObject({ code: 'AccessDenied', status: 403 });
  });

  it('denies only deletion', async () => {
    const { sdk } = await misbehaving('deny-delete');

    const answer = await refused(sdk.send(new DeleteObjectCommand({ Bucket: 'metrics', Key: 'a' })));
    await sdk.send(new PutObjectCommand({ Bucket: 'metrics', Key: 'b', Body: 'x' }));

    expect(answer).toMatchObject({ code: 'AccessDenied' });
  });

  it('gives back other bytes', async () => {
    const { sdk } = await misbehaving('wrong-bytes');

    const answer = await sdk.send(new GetObjectCommand({ Bucket: 'metrics', Key: 'a' }));

    expect(await answer.Body?.transformToString('latin1')).not.toBe('x');
  });

  it('answers 503 to everything', async () => {
    const { sdk } = await misbehaving('slow-down');

    expect(await refused(sdk.send(new ListObjectsV2Command({ Bucket: 'metrics' })))).toMatchObject({
      code: 'SlowDown',
      status: 503,
    });
  });
});

it('a store says why a client could not open a bucket', async () => {
  const s3 = await start();
  const { accessKeyId, secretAccessKey } = s3.account('ours');
  s3.bucket('metrics', { owner: 'ours', region: 'eu-west-3' });
  s3.bucket('theirs', { owner: 'others', region: 'eu-west-3' });
  const opened = (change: object) => s3.obstacle({ accessKeyId, secretAccessKey, bucket: 'metrics', ...change });

  expect(opened({})).toBeUndefined();
  expect(opened({ accessKeyId: 'AKIANOBODY' })).toContain('does not exist in our records');
  expect(opened({ secretAccessKey: 'wrong' })).toContain('does not match');
  expect(opened({ bucket: 'nowhere' })).toBe('The specified bucket does not exist');
  expect(opened({ bucket: 'theirs' })).toBe('Access Denied');
});

it('every request is told with its status, and no secret', async () => {
  const entries: unknown[] = [];
  const s3 = await start({ onRequest: (entry) => entries.push(entry) });
  const key = s3.account('ours');
  s3.bucket('metrics', { owner: 'ours', region: 'eu-west-3' });

  await client(s3, key).send(new ListObjectsV2Command({ Bucket: 'metrics' }));

  expect(entries).toEqual([
    {
      method: 'GET',
      path: expect.stringContaining('/metrics'),
      status: 200,
      userAgent: expect.stringContaining('aws-sdk-js'),
    },
  ]);
  expect(JSON.stringify(entries)).not.toContain(key.secretAccessKey);
});

describe('a stream of signed chunks', () => {
  const store = createStore();
  store.keys.set('AKIAIOSFODNN7EXAMPLE', {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    account: 'example',
    actions: ['s3:*'],
  });
  // The worked example of the AWS documentation, with its published signatures.
  const seed = '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9';
  const chunks: [number, string][] = [
    [65_536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'],
    [1_024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'],
    [0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'],
  ];
  const signed = 'content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length';
  const request = (letter: string) => ({
    method: 'PUT',
    rawPath: '/examplebucket/chunkObject.txt',
    rawQuery: '',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signed};x-amz-storage-class,Signature=${seed}`,
      'content-encoding': 'aws-chunked',
      'content-length': '66824',
      host: 's3.amazonaws.com',
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'x-amz-date': '20130524T000000Z',
      'x-amz-decoded-content-length': '66560',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    },
    body: Buffer.from(
      chunks
        .map(([size, signature]) => `${size.toString(16)};chunk-signature=${signature}\r\n${letter.repeat(size)}\r\n`)
        .join(''),
    ),
  });
  const now = Date.UTC(2013, 4, 24);

  it('is taken apart, each signature checked', () => {
    const whole = request('a');

    const payload = readPayload(whole, authenticate(whole, store, now));

    expect(payload.body.toString()).toBe('a'.repeat(66_560));
  });

  it('is refused when a chunk was changed on the way', () => {
    const changed = request('b');

    expect(() => readPayload(changed, authenticate(changed, store, now))).toThrow('signature');
  });
});
