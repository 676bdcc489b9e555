import { describe, expect, it } from 'vitest';
import { loaded, store } from '../../src/checks/store.ts';
import { Problem } from '../../src/engine/problem.ts';
import type { KubeObject } from '../../src/kinds.ts';
import { asked } from './small-hub.ts';

const namespace = 'open-cluster-management-observability';

function secret(endpoint: string, bucket = 'metrics', entry = 'thanos.yaml'): KubeObject {
  const config = { bucket, endpoint, access_key: 'key', secret_key: 'secret' };
  const data = { [entry]: Buffer.from(JSON.stringify({ type: 's3', config })).toString('base64') };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'thanos-object-storage', namespace }, data };
}

interface Asked {
  readonly live: string;
  readonly storage: object;
  readonly bucket: () => Promise<{ readonly state: 'ours' | 'absent' }>;
  readonly liveBucket?: string;
}

async function said({ live, storage, bucket, liveBucket }: Asked): Promise<string | undefined> {
  const storeOf = async () => ({ endpoint: `https://${live}`, bucket });
  const objects = [secret(live, liveBucket)];
  return (await asked(store, { objects, more: { config: { storage }, storeOf } })).hub;
}

const ours = { provider: 's3', bucket: 'metrics', endpoint: 'https://s3.example.com', create: true };
const silent = async (): Promise<never> => {
  throw new Problem('store-unreachable', 'it does not answer.');
};
const absent = async () => ({ state: 'absent' as const });

describe('a store that does not do', () => {
  it('is not judged from a machine that cannot know its name: Services of the hub are for its Pods', async () => {
    const inside = { live: 's3.openshift-storage.svc:443', storage: { provider: 'existing' }, bucket: silent };

    expect(await said(inside)).toBe(
      "skip: https://s3.openshift-storage.svc:443 is in the hub's own network: only its Pods can ask it",
    );
    expect(await said({ ...inside, live: 's3.example.com' })).toContain('fail store-unreachable');
  });

  it('is mended by an apply where the Secret is not what the configuration says', async () => {
    const moved = await said({ live: 's3.example.com', liveBucket: 'another', storage: ours, bucket: absent });
    const dead = await said({ live: 's3.example.com:1', storage: ours, bucket: silent });

    expect(moved).toBe(
      'fail bucket-missing: https://s3.example.com has no such bucket; Write it again: `acm-observability apply`.',
    );
    expect(dead).toContain('fail store-unreachable: it does not answer.; Write it again: `acm-observability apply`.');
  });

  it('is made again by an apply that may make buckets', async () => {
    const gone = { live: 's3.example.com', storage: ours, bucket: absent };

    expect(await said(gone)).toContain('Make it again: `acm-observability apply`.');
    expect(await said({ ...gone, storage: { ...ours, create: false } })).toContain('Create the bucket');
    expect(await said({ ...gone, storage: { ...ours, provider: 'existing' } })).toContain('Create the bucket');
  });

  it('is left to the store where the configuration does not say enough to compare', async () => {
    const { endpoint: _, ...noPlace } = ours;

    expect(await said({ live: 's3.eu-west-3.amazonaws.com', storage: noPlace, bucket: silent })).not.toContain('apply');
  });
});

describe('whether Thanos has read its configuration', () => {
  it('is known by the entry it reads, whatever that is called', async () => {
    const labels = { 'app.kubernetes.io/part-of': 'observatorium' };
    const creationTimestamp = '2026-01-01T00:00:00Z';
    const metadata = { name: 'observability-thanos-rule-0', namespace, labels, creationTimestamp };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata };
    const metricObjectStorage = { name: 'thanos-object-storage', key: 'store.yaml' };
    const observabilities = [{ metadata: { name: 'observability' }, spec: { storageConfig: { metricObjectStorage } } }];
    const more = { hub: { name: 'hub', observabilities } };

    const { hub } = await asked(loaded, { objects: [secret('s3.example.com', 'metrics', 'store.yaml'), pod], more });

    expect(hub).toContain('fail store-config-not-loaded');
  });

  it('is not known without a Secret', async () => {
    expect((await asked(loaded, {})).hub).toMatch(/^skip: Secret thanos-object-storage does not tell/);
  });
});
