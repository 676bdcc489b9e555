/**
 * An S3 store on a loopback socket: signatures checked, buckets owned by accounts, objects in memory. It answers what the
 * program asks and `NotImplemented` to all else.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../ports.ts';
import { errorBody, S3Error } from './errors.ts';
import { refuse, type S3Fault, slowMs, spoil } from './faults.ts';
import { answer, type S3Address } from './request.ts';
import { type AccessKey, createStore, makeKey, makeObject, type S3Store } from './store.ts';

export interface S3Options {
  /** Default: one that is free. */
  readonly port?: number;
  /** PEM; with it the store speaks HTTPS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly clock: Clock;
  readonly faults?: readonly S3Fault[];
  /** A gateway with one region (measured.md §10); without it a store of many regions, as AWS. */
  readonly region?: string;
  /** Names under which `bucket.NAME` is a virtual-hosted bucket. */
  readonly hosts?: readonly string[];
  /** Told of every request when it has been answered. */
  readonly onRequest?: (entry: S3RequestEntry) => void;
}

interface S3RequestEntry {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly userAgent: string;
}

export interface RunningS3 {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
  /** Gives an account one more access key. */
  account(name: string, key?: Partial<AccessKey>): AccessKey;
  removeKey(accessKeyId: string): void;
  /** Makes a bucket that is already there. */
  bucket(name: string, options: { readonly owner: string; readonly region: string }): void;
  removeBucket(name: string): void;
  /** The bucket's objects, as they are now; `undefined` when there is no such bucket. */
  objects(bucket: string): ReadonlyMap<string, Buffer> | undefined;
  /** Puts an object as if it had always been there. */
  put(bucket: string, key: string, body: string | Buffer): void;
  /** Whether a client with these values could open the bucket: the store's words when not. */
  obstacle(client: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly bucket: string;
  }): string | undefined;
  /** Misbehaves until the function it returns is called. */
  misbehave(fault: S3Fault): () => void;
}

/** Nobody puts large objects into a sandbox; the bound keeps memory where it is. */
const largestBody = 64 * 1024 * 1024;

export async function startS3(options: S3Options): Promise<RunningS3> {
  const store = createStore();
  const faults = new Set<S3Fault>(options.faults ?? []);
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void respond(request, response, store, faults, options);
  };
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    close: () => closeServer(server),
    misbehave(fault) {
      faults.add(fault);
      return () => void faults.delete(fault);
    },
    ...owner(store, options.clock),
  };
}

/** What the owner of the store can do without asking it over the wire. */
function owner(store: S3Store, clock: Clock): Omit<RunningS3, 'url' | 'close' | 'misbehave'> {
  return {
    account(name, given) {
      const key = makeKey(name, given);
      store.keys.set(key.accessKeyId, key);
      return key;
    },
    removeKey: (accessKeyId) => void store.keys.delete(accessKeyId),
    bucket(name, { owner, region }) {
      store.buckets.set(name, { name, owner, region, created: new Date(clock.now()), objects: new Map() });
    },
    removeBucket: (name) => void store.buckets.delete(name),
    objects(bucket) {
      const objects = store.buckets.get(bucket)?.objects;
      return objects && new Map([...objects].map(([key, object]) => [key, object.body]));
    },
    obstacle({ accessKeyId, secretAccessKey, bucket }) {
      const key = store.keys.get(accessKeyId);
      const found = store.buckets.get(bucket);
      if (key === undefined) return new S3Error('InvalidAccessKeyId').message;
      if (key.secretAccessKey !== secretAccessKey) return new S3Error('SignatureDoesNotMatch').message;
      if (found === undefined) return new S3Error('NoSuchBucket').message;
      return found.owner === key.account ? undefined : new S3Error('AccessDenied').message;
    },
    put(bucket, key, body) {
      store.buckets.get(bucket)?.objects.set(key, makeObject(Buffer.from(body), clock.now()));
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  store: S3Store,
  faults: ReadonlySet<S3Fault>,
  options: S3Options,
): Promise<void> {
  const requestId = randomUUID();
  const path = request.url ?? '/';
  const method = request.method ?? 'GET';
  response.setHeader('x-amz-request-id', requestId);
  response.setHeader('date', new Date(options.clock.now()).toUTCString());
  let status = 500;
  try {
    const raw = { ...readTarget(request, options.hosts ?? ['localhost']), body: await readBody(request) };
    if (faults.has('slow')) await options.clock.sleep(slowMs);
    const { reply, operation } = answer(raw, store, options.clock.now(), options.region, (found) =>
      refuse(faults, found),
    );
    status = reply.status;
    const body = spoil(faults, operation, Buffer.from(reply.body ?? ''));
    const length = status === 204 ? {} : { 'content-length': String(body.length) };
    response.writeHead(status, { 'content-type': 'application/xml', ...length, ...reply.headers });
    response.end(method === 'HEAD' ? undefined : body);
  } catch (error) {
    const known = error instanceof S3Error ? error : new S3Error('InternalError', { message: String(error) });
    status = method === 'HEAD' ? headStatus(known, options.region) : known.status;
    response.writeHead(status, { 'content-type': 'application/xml', ...known.headers });
    response.end(method === 'HEAD' ? undefined : errorBody(known, path.split('?')[0] ?? '', requestId));
  }
  options.onRequest?.({ method, path, status, userAgent: request.headers['user-agent'] ?? '' });
}

/** To HEAD a gateway answers 404 for a key it does not know: like a missing bucket (measured.md §10). */
function headStatus(error: S3Error, gatewayRegion: string | undefined): number {
  return gatewayRegion !== undefined && error.code === 'InvalidAccessKeyId' ? 404 : error.status;
}

function readTarget(request: IncomingMessage, hosts: readonly string[]): S3Address {
  const [rawPath = '/', rawQuery = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  const base = hosts.find((name) => host.endsWith(`.${name}`));
  const virtualBucket = base === undefined ? undefined : host.slice(0, -base.length - 1);
  return { method: request.method ?? 'GET', rawPath, rawQuery, headers, virtualBucket };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    size += part.length;
    if (size > largestBody) throw new S3Error('EntityTooLarge');
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
