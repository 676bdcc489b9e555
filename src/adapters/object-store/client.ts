/** The S3 requests we make, on the AWS client. Loaded only when a store is asked: the client is large. */
import https from 'node:https';
import {
  BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { HttpsProxyAgent } from 'hpagent';
import { type Environment, proxyFor } from '../proxy.ts';
import { noStore } from './failures.ts';
import type { StorePlace } from './place.ts';

export interface ClientOptions {
  readonly place: StorePlace;
  /** PEM; absent: the authorities of the machine. */
  readonly ca?: string;
  readonly credentials: StoreCredentials;
  readonly env: Environment;
}

export interface StoreCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export type StoreClient = ReturnType<typeof openClient>;

const connectMs = 5_000;
const requestMs = 30_000;

/** Every request as a function; they throw the client's own errors. */
export function openClient(options: ClientOptions) {
  const { bucket, region } = options.place;
  const client = new S3Client(clientConfig(options));
  const Bucket = bucket;
  return {
    page: (prefix: string, limit: number, token?: string) => page(client, options.place, prefix, limit, token),
    /** AWS says nothing for its first region, and `EU` for the second. */
    location: async () => {
      const { LocationConstraint } = await client.send(new GetBucketLocationCommand({ Bucket }));
      return LocationConstraint === 'EU' ? 'eu-west-1' : LocationConstraint || 'us-east-1';
    },
    ownNames: async () => {
      const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
      return Buckets.map(({ Name }) => Name);
    },
    /** The first region has no constraint, every other needs one (libraries.md §4.2). */
    create: async () => {
      const LocationConstraint = constraintOf(region);
      const where = LocationConstraint === undefined ? {} : { CreateBucketConfiguration: { LocationConstraint } };
      await client.send(new CreateBucketCommand({ Bucket, ...where }));
    },
    get: async (Key: string) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToString('utf8')) ?? '';
    },
    /** A Buffer: a stream would be framed, and old stores keep the frame (libraries.md §4.2). */
    put: async (Key: string, body: string) => {
      await client.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(body, 'utf8') }));
    },
    remove: async (Key: string) => {
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
    /** The keys that were refused, with the reason. */
    removeMany: async (keys: readonly string[]) => {
      const Objects = keys.map((Key) => ({ Key }));
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
      return Errors.map(({ Key, Code, Message }) => `${Key}: ${Code} ${Message}`);
    },
    removeBucket: async () => {
      await client.send(new DeleteBucketCommand({ Bucket }));
    },
  };
}

async function page(client: S3Client, place: StorePlace, Prefix: string, MaxKeys: number, token?: string) {
  const request = new ListObjectsV2Command({ Bucket: place.bucket, Prefix, MaxKeys, ContinuationToken: token });
  const { Name, Contents = [], IsTruncated, NextContinuationToken } = await client.send(request);
  // The client reads any page as an empty list; a list of a store's says how it is made.
  if (IsTruncated === undefined && Name === undefined) throw noStore(place, 'not a list of objects');
  const keys = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
  return { keys, next: IsTruncated === true ? NextContinuationToken : undefined };
}

function clientConfig({ place, ca, credentials, env }: ClientOptions) {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const proxy = proxyFor(new URL(place.shown), env);
  const trust = { keepAlive: true, maxSockets: 16, ...(ca !== undefined && { ca }) };
  const custom = {
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  } as const;
  return {
    region: place.region,
    ...(place.endpoint !== undefined && { endpoint: place.endpoint }),
    ...(place.aws ? {} : custom),
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    requestHandler: {
      connectionTimeout: connectMs,
      requestTimeout: requestMs,
      throwOnRequestTimeout: true,
      httpsAgent: proxy === undefined ? new https.Agent(trust) : new HttpsProxyAgent({ ...trust, proxy }),
    },
  };
}

/** Regions newer than the client are fine too: the type only knows those it was made with. */
function constraintOf(region: string): BucketLocationConstraint | undefined {
  if (region === 'us-east-1') return undefined;
  const known: Record<string, BucketLocationConstraint> = BucketLocationConstraint;
  return known[region.replaceAll('-', '_')] ?? (region as BucketLocationConstraint);
}
