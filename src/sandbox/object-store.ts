/** The S3 store of a sandbox: one account with one key, and a bucket name that nobody has taken yet. */
import { systemClock } from '../adapters/clock.ts';
import type { StoreConfig } from './controllers/thanos/start.ts';
import { ahead } from './faults/skew.ts';
import type { RequestLog } from './requests.ts';
import { type RunningS3, startS3 } from './s3/server.ts';
import { uuidOf } from './scenarios/identity.ts';
import type { ServedFiles } from './serve/files.ts';

/** The account the key belongs to. */
export const storeAccount = 'sandbox';

export interface SandboxStore {
  readonly s3: RunningS3;
  readonly store: ServedFiles['store'];
  /** What Thanos would log if this configuration did not open the store. Of other stores nothing is known. */
  probe(config: StoreConfig): string | undefined;
}

/** Real time, whatever clock the sandbox has: signatures carry the time of the machine they are made on. */
export async function startObjectStore(seed: number, skewMs: number, requests: RequestLog): Promise<SandboxStore> {
  const clock = ahead(systemClock(), skewMs);
  const s3 = await startS3({ clock, onRequest: (entry) => requests.add({ ...entry, cluster: 's3' }) });
  const { accessKeyId, secretAccessKey } = s3.account(storeAccount);
  const bucket = `acm-metrics-${uuidOf(seed, 'bucket').slice(0, 8)}`;
  const store = { accessKeyId, secretAccessKey, region: 'eu-west-3', bucket, endpoint: s3.url };
  return { s3, store, probe: (config) => probe(s3, config) };
}

function probe(s3: RunningS3, { endpoint, insecure, bucket, accessKey, secretKey }: StoreConfig): string | undefined {
  const url = new URL(s3.url);
  if (endpoint !== url.host) return undefined;
  if (insecure !== (url.protocol === 'http:')) return 'http: server gave HTTP response to HTTPS client';
  const obstacle = s3.obstacle({ accessKeyId: accessKey, secretAccessKey: secretKey, bucket });
  return obstacle && `bucket store initial sync: ${obstacle}`;
}
