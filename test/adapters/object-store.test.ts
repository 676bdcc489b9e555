import { inspect } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { createObjectStore, type ObjectStoreOptions } from '../../src/adapters/object-store.ts';
import { type RunningS3, type S3Options, startS3 } from '../../src/sandbox/s3/server.ts';
import { type Handler, selfSigned, startProxy, startServer, unusedPort } from './support/servers.ts';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const region = 'eu-west-3';
const canary = 'canary-secret-key';
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});
function opened<T extends { close(): Promise<void> }>(thing: T): T {
  open.push(thing);
  return thing;
}

const s3 = async (options: Partial<S3Options> = {}) => opened(await startS3({ clock: systemClock(), ...options }));
const counts = () => ({ kubernetes: 0, objectStore: 0, metrics: 0 });

function storeAt(endpoint: string, more: Partial<ObjectStoreOptions> = {}) {
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: canary };
  return createObjectStore({ bucket: 'metrics', region, endpoint, credentials, counts: counts(), ...more });
}

/** A store of the sandbox's with an account, and our way to it. */
async function withStore(options: Partial<S3Options> = {}, more: Partial<ObjectStoreOptions> = {}) {
  const server = await s3(options);
  const key = server.account('us', { secretAccessKey: canary });
  const store = storeAt(server.url, { credentials: key, ...more });
  return { server, key, store };
}

const thrown = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('was not refused'),
    (error: unknown) => error,
  );

describe('the bucket', () => {
  it('is absent, then made in its region, then ours; making it again is fine', async () => {
    const { store, server } = await withStore();

    expect(await store.bucket()).toEqual({ state: 'absent' });
    await store.createBucket();
    await store.createBucket();

    expect(await store.bucket()).toEqual({ state: 'ours', region });
    expect(server.objects('metrics')?.size).toBe(0);
  });

  it('is somebody else’s', async () => {
    const { store, server } = await withStore();
    server.account('them');
    server.bucket('metrics', { owner: 'them', region });

    await expect(store.bucket()).rejects.toMatchObject({ code: 'bucket-foreign' });
    await expect(store.createBucket()).rejects.toMatchObject({
      code: 'bucket-foreign',
      proof: expect.stringContaining('BucketAlreadyExists'),
    });
  });

  it('is in another region, which is named', async () => {
    const { store, server } = await withStore({}, { region: 'us-east-1' });
    server.bucket('metrics', { owner: 'us', region });

    await expect(store.bucket()).rejects.toMatchObject({
      code: 'bucket-region',
      message: 'The bucket metrics is in eu-west-3, not in the region us-east-1.',
      fix: 'Set storage.region: eu-west-3.',
    });
  });

  it('cannot be asked for with a region the gateway does not sign with', async () => {
    const { store } = await withStore({ region }, { region: 'us-east-1' });

    await expect(store.bucket()).rejects.toMatchObject({
      code: 'bucket-region',
      fix: 'Set storage.region: eu-west-3.',
    });
  });

  it('is never taken for missing because the key is unknown', async () => {
    const server = await s3({ region });

    const error = await thrown(storeAt(server.url).bucket());

    expect(error).toMatchObject({ code: 'store-key-unknown', proof: expect.stringContaining('InvalidAccessKeyId') });
  });

  it('is not told to a wrong secret key', async () => {
    const { server, key } = await withStore();

    const store = storeAt(server.url, { credentials: { ...key, secretAccessKey: 'wrong' } });

    await expect(store.bucket()).rejects.toMatchObject({ code: 'store-key-refused' });
  });

  it('is ours and closed to the key: the missing action is named', async () => {
    const server = await s3();
    const lister = server.account('us', { actions: ['s3:ListAllMyBuckets'] });
    const blind = server.account('us', { actions: ['s3:GetObject'] });
    server.bucket('metrics', { owner: 'us', region });

    for (const credentials of [lister, blind]) {
      await expect(storeAt(server.url, { credentials }).bucket()).rejects.toMatchObject({
        code: 'store-denied',
        message: expect.stringContaining('s3:ListBucket'),
      });
    }
  });

  it('is ours although its region may not be asked', async () => {
    const server = await s3();
    const credentials = server.account('us', { actions: ['s3:ListBucket'] });
    server.bucket('metrics', { owner: 'us', region });

    expect(await storeAt(server.url, { credentials }).bucket()).toEqual({ state: 'ours' });
  });

  it('must have a name the store takes', async () => {
    const { store } = await withStore({}, { bucket: 'B_bad' });

    await expect(store.createBucket()).rejects.toMatchObject({ code: 'bucket-name-invalid' });
  });
});

describe('objects', () => {
  it('are written, read, listed and removed', async () => {
    const { store, server } = await withStore();
    await store.createBucket();

    await store.write('a/ü.json', 'grün');
    await store.write('b', '');

    expect(server.objects('metrics')?.get('a/ü.json')?.toString()).toBe('grün');
    expect(await store.read('a/ü.json')).toBe('grün');
    expect(await store.read('b')).toBe('');
    expect(await store.read('none')).toBeUndefined();
    expect(await store.list('a/')).toEqual(['a/ü.json']);
    await store.remove('a/ü.json');
    await store.remove('a/ü.json');
    expect(await store.list('')).toEqual(['b']);
  });

  it('cannot be written to a bucket that does not exist', async () => {
    const { store } = await withStore();

    await expect(store.write('a', 'b')).rejects.toMatchObject({ code: 'bucket-missing' });
    await expect(store.read('a')).rejects.toMatchObject({ code: 'bucket-missing' });
  });

  it('name the action that is missing', async () => {
    const { store, server } = await withStore();
    await store.createBucket();
    server.misbehave('refuse-writes');

    await expect(store.write('a', 'b')).rejects.toMatchObject({
      code: 'store-denied',
      message: 'The key may not do s3:PutObject on the bucket metrics.',
    });
  });

  it('are all deleted, page by page, and then the bucket', async () => {
    const { store, server } = await withStore();
    await store.createBucket();
    for (let n = 0; n < 2_300; n += 1) server.put('metrics', `o/${n}`, 'x');

    await store.destroy();

    expect(server.objects('metrics')).toBeUndefined();
    expect(await store.bucket()).toEqual({ state: 'absent' });
  });

  it('are not said to be deleted when the store keeps them', async () => {
    const { store, server } = await withStore();
    await store.createBucket();
    server.put('metrics', 'kept', 'x');
    server.misbehave('deny-delete');

    await expect(store.destroy()).rejects.toMatchObject({ code: 'store-denied' });
    expect(server.objects('metrics')?.size).toBe(1);
  });
});

describe('requests', () => {
  /** A server that answers what it is told, and what it was asked. */
  const answering = async (handler: Handler) => opened(await startServer(handler));
  const xml = (status: number, code: string, message = 'no', more = ''): Handler => {
    const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`;
    return (_, response) => response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
  };
  const fine: Handler = (_, response) => response.writeHead(200).end();

  it.each([
    ['us-east-1', ''],
    ['eu-west-3', '<LocationConstraint>eu-west-3</LocationConstraint>'],
    ['xx-future-9', '<LocationConstraint>xx-future-9</LocationConstraint>'],
  ])('create a bucket in %s with the location it needs', async (name, constraint) => {
    const server = await answering(fine);

    await storeAt(server.url, { region: name }).createBucket();

    expect(server.seen[0]).toMatchObject({ method: 'PUT', url: '/metrics/' });
    expect(server.seen[0]?.body ?? '').toContain(constraint);
    expect(server.seen[0]?.body.includes('LocationConstraint')).toBe(constraint !== '');
  });

  it('send a body as it is, with its length and without a frame or a checksum', async () => {
    const server = await answering(fine);

    await storeAt(server.url).write('k', 'body');

    const headers = server.seen[0]?.headers ?? {};
    expect(server.seen[0]).toMatchObject({ method: 'PUT', body: 'body', headers: { 'content-length': '4' } });
    expect(Object.keys(headers).filter((name) => /checksum|trailer|content-encoding/.test(name))).toEqual([]);
  });

  it('carry the session token of temporary keys', async () => {
    const server = await answering(fine);
    const credentials = { accessKeyId: 'ASIA1', secretAccessKey: 's', sessionToken: 'token' };

    await storeAt(server.url, { credentials }).write('k', '');

    expect(server.seen[0]?.headers['x-amz-security-token']).toBe('token');
  });

  it('are counted, one by one', async () => {
    const server = await answering(fine);
    const counted = counts();
    const store = storeAt(server.url, { counts: counted });

    await store.write('a', '');
    await store.write('b', '');

    expect(counted).toEqual({ kubernetes: 0, objectStore: 2, metrics: 0 });
  });

  it.each([
    [403, 'RequestTimeTooSkewed', 'store-clock'],
    [400, 'ExpiredToken', 'store-key-unknown'],
    [400, 'IllegalLocationConstraintException', 'bucket-region'],
    [400, 'InvalidLocationConstraint', 'bucket-region'],
    [409, 'BucketAlreadyExists', 'bucket-foreign'],
    [501, 'NotImplemented', 'store-refused'],
    [409, 'OperationAborted', 'store-refused'],
  ])('refused with %i %s are a Problem of their own: %s', async (status, name, code) => {
    const server = await answering(xml(status, name, 'the words of the store'));

    const error = await thrown(storeAt(server.url).createBucket());

    expect(error).toMatchObject({ code, proof: expect.stringContaining(name) });
  });

  it.each([
    [400, 'AuthorizationHeaderMalformed', 'the region is wrong', '<Region>ap-south-1</Region>', {}],
    [400, 'AuthorizationHeaderMalformed', "the region 'x' is wrong; expecting 'ap-south-1'", '', {}],
    [301, 'PermanentRedirect', 'elsewhere', '<Endpoint>metrics.s3.ap-south-1.amazonaws.com</Endpoint>', {}],
    [301, 'PermanentRedirect', 'elsewhere', '', { 'x-amz-bucket-region': 'ap-south-1' }],
  ])('refused with %i %s (%s) name the right region', async (status, name, message, more, headers) => {
    const server = await answering((seen, response) => {
      for (const [header, value] of Object.entries(headers)) response.setHeader(header, value);
      xml(status, name, message, more)(seen, response);
    });

    await expect(storeAt(server.url).list('')).rejects.toMatchObject({
      code: 'bucket-region',
      message: 'The bucket metrics is in ap-south-1, not in the region eu-west-3.',
    });
  });

  it.each([
    [200, '<html>Welcome to the console</html>'],
    [400, 'Client sent an HTTP request to an HTTPS server.'],
    [404, '<html>nothing here</html>'],
  ])('answered by something else (%i %s) say so', async (status, body) => {
    const server = await answering((_, response) =>
      response.writeHead(status, { 'content-type': 'text/html' }).end(body),
    );

    const error = await thrown(storeAt(server.url).bucket());

    expect(error).toMatchObject({ code: 'store-unreachable', message: expect.stringContaining('not as an S3 store') });
  });

  it('delete one by one where the store cannot do many at once', async () => {
    const keys = ['a', 'b'];
    const page = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
    const server = await answering((seen, response) => {
      if (seen.method === 'POST') return xml(501, 'NotImplemented')(seen, response);
      return response
        .writeHead(200)
        .end(
          seen.method === 'GET' ? `<ListBucketResult><IsTruncated>false</IsTruncated>${page}</ListBucketResult>` : '',
        );
    });

    await storeAt(server.url).destroy();

    const deleted = server.seen.filter((seen) => seen.method === 'DELETE').map((seen) => seen.url.split('?')[0]);
    expect(deleted).toEqual(['/metrics/a', '/metrics/b', '/metrics/']);
  });
});

describe('the way to the store', () => {
  let server: RunningS3;
  let pems: { cert: string; key: string };
  beforeAll(async () => {
    pems = await selfSigned();
  });

  it('is trusted by the CA it is given, and not without', async () => {
    server = await s3({ tls: pems });
    const key = server.account('us');

    expect(await storeAt(server.url, { credentials: key, ca: pems.cert }).bucket()).toEqual({ state: 'absent' });
    await expect(storeAt(server.url, { credentials: key }).bucket()).rejects.toMatchObject({ code: 'store-untrusted' });
  });

  it('leads through the proxy of the environment', async () => {
    server = await s3({ tls: pems });
    const key = server.account('us');
    const proxy = opened(await startProxy());
    const endpoint = server.url.replace('127.0.0.1', 'cluster.test');
    const named = await selfSigned('cluster.test');
    await server.close();
    open.splice(open.indexOf(server), 1);
    server = await s3({ tls: named, port: Number(new URL(endpoint).port) });
    server.account('us', key);

    const store = storeAt(endpoint, { credentials: key, ca: named.cert, env: { HTTPS_PROXY: proxy.url } });

    expect(await store.bucket()).toEqual({ state: 'absent' });
    expect(proxy.targets).toEqual([new URL(endpoint).host]);
  });

  it('leads nowhere', async () => {
    const store = storeAt(`http://127.0.0.1:${await unusedPort()}`);

    await expect(store.bucket()).rejects.toMatchObject({
      code: 'store-unreachable',
      proof: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('says that the scheme is wrong', async () => {
    server = await s3();

    await expect(storeAt(server.url.replace('http:', 'https:')).bucket()).rejects.toMatchObject({
      code: 'store-unreachable',
      likely: expect.stringContaining('https'),
    });
  });
});

describe('the keys', () => {
  it('are in no Problem, and not in the store when it is printed', async () => {
    const { store, server, key } = await withStore();
    server.removeKey(key.accessKeyId);

    const error = await thrown(store.bucket());
    const written = await thrown(store.write('a', 'b'));

    for (const thing of [store, error, written]) {
      const shown = inspect(thing, { depth: 12, showHidden: true }) + JSON.stringify(thing);
      expect(shown).not.toContain(canary);
      expect(shown).not.toContain(key.accessKeyId);
    }
  });
});
