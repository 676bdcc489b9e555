/** Stores as people have them: behind a private authority, in another region, with keys that may not; to us and to Thanos. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createObjectStore, type ObjectStoreOptions } from '../../src/adapters/object-store.ts';
import type { ObjectStore } from '../../src/ports.ts';
import { thanosYaml, tlsKey, tlsMountPath } from '../../src/resources/thanos-config.ts';
import { need } from './servers/locate.ts';
import { lookAfterServers, temporaryFolder } from './servers/process.ts';
import { openBucket } from './servers/thanos.ts';
import { type RunningGateway, startGateway } from './servers/versitygw.ts';

const needed = need('thanos', 'versitygw');
const bucket = 'acm-metrics';

describe.skipIf(!needed.have)(`real stores${needed.note}`, () => {
  let paris: RunningGateway;
  let oregon: RunningGateway;
  let mount: Awaited<ReturnType<typeof temporaryFolder>>;
  let thanos: string;
  lookAfterServers();

  beforeAll(async () => {
    if (!needed.have) throw new Error(needed.note);
    thanos = needed.paths.thanos;
    paris = await startGateway(needed.paths.versitygw, 'eu-west-3', true);
    oregon = await startGateway(needed.paths.versitygw, 'us-west-2');
    mount = await temporaryFolder('thanos-certificates');
    await writeFile(join(mount.path, tlsKey), paris.ca);
  });
  afterAll(async () => {
    await paris?.stop();
    await oregon?.stop();
    await mount?.remove();
  });

  const store = (gateway: RunningGateway, more: Partial<ObjectStoreOptions> = {}): ObjectStore => {
    const counts = { kubernetes: 0, objectStore: 0, metrics: 0 };
    const { url: endpoint, ca, region, root: credentials } = gateway;
    return createObjectStore({ bucket, region, endpoint, ca, credentials, counts, ...more });
  };
  /** The text `apply` writes, with the authority where it is mounted in a Pod of Thanos. */
  const yaml = (gateway: RunningGateway, more: { privateCa?: boolean; region?: string; secretKey?: string } = {}) =>
    thanosYaml({
      storage: { provider: 's3', create: true, bucket, region: more.region ?? gateway.region, endpoint: gateway.url },
      accessKey: gateway.root.accessKeyId,
      secretKey: more.secretKey ?? gateway.root.secretAccessKey,
      privateCa: more.privateCa ?? false,
    }).replace(tlsMountPath, mount.path);

  it('behind a private authority is opened with caFile, by us and by Thanos', async () => {
    await store(paris).createBucket();

    expect(await store(paris).bucket()).toEqual({ state: 'ours', region: 'eu-west-3' });
    expect(yaml(paris, { privateCa: true })).toContain(`ca_file: ${mount.path}/${tlsKey}`);
    expect(await openBucket(thanos, yaml(paris, { privateCa: true }))).toBeUndefined();
  });

  it('behind a private authority is trusted by neither without caFile', async () => {
    const { ca: _, ...place } = { ca: '', bucket, region: paris.region, endpoint: paris.url };
    const counts = { kubernetes: 0, objectStore: 0, metrics: 0 };
    const untrusting = createObjectStore({ ...place, credentials: paris.root, counts });

    await expect(untrusting.bucket()).rejects.toMatchObject({ code: 'store-untrusted' });
    expect(await openBucket(thanos, yaml(paris))).toContain('certificate signed by unknown authority');
  });

  it('in another region works under that region’s name, for us and for Thanos', async () => {
    await store(oregon).createBucket();

    expect(await store(oregon).bucket()).toEqual({ state: 'ours', region: 'us-west-2' });
    expect(await openBucket(thanos, yaml(oregon))).toBeUndefined();
  });

  it('asked under the name of another region refuses us and Thanos, and we name the right one', async () => {
    const wrong = { region: 'eu-west-3' };

    await expect(store(oregon, wrong).bucket()).rejects.toMatchObject({
      code: 'bucket-region',
      fix: 'Set storage.region: us-west-2.',
    });
    await expect(store(oregon, { ...wrong, bucket: 'new' }).createBucket()).rejects.toMatchObject({
      code: 'bucket-region',
    });
    expect(await openBucket(thanos, yaml(oregon, wrong))).toBeDefined();
  });

  it('refuses a wrong secret key, to us and to Thanos', async () => {
    const credentials = { ...oregon.root, secretAccessKey: 'not-the-secret' };

    await expect(store(oregon, { credentials }).bucket()).rejects.toMatchObject({ code: 'store-key-refused' });
    expect(await openBucket(thanos, yaml(oregon, { secretKey: 'not-the-secret' }))).toContain('signature');
  });

  it('tells a key that may not make buckets so', async () => {
    const mine = store(oregon, { bucket: 'mine', credentials: oregon.limited });

    expect(await mine.bucket()).toEqual({ state: 'absent' });
    await expect(mine.createBucket()).rejects.toMatchObject({
      code: 'store-denied',
      message: expect.stringContaining('s3:CreateBucket'),
    });
  });

  it('keeps the bucket of another account to itself', async () => {
    const theirs = store(oregon, { bucket: 'theirs', credentials: oregon.other });
    await theirs.createBucket();

    const limited = store(oregon, { bucket: 'theirs', credentials: oregon.limited });

    await expect(limited.bucket()).rejects.toMatchObject({ code: 'bucket-foreign' });
    await expect(limited.write('x', '1')).rejects.toMatchObject({ code: 'store-denied' });
    expect(await theirs.list('')).toEqual([]);
  });
});
