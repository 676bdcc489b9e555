import { describe, expect, it } from 'vitest';
import { configSchema, configShow, configText } from '../../src/commands/config.ts';
import { configImport } from '../../src/commands/config-import.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { KubeObject } from '../../src/kinds.ts';
import { ApiError, type Cluster } from '../../src/ports.ts';
import { thanosYaml } from '../../src/resources/thanos-config.ts';
import { folderWith, problemOf } from '../config/folder.ts';

const load = async (text: string, env: Record<string, string> = {}) =>
  loadConfig({ cwd: await folderWith({ 'acm-observability.yaml': text }), env });

describe('config show', () => {
  it('prints a file that means the same', async () => {
    const loaded = await load('storage: { bucket: acm-metrics }\npacks: [ leaderboard, ./packs/ours ]\n');

    const again = await load(configShow(loaded, { origin: false }));

    expect({ ...again.config, baseFolder: '' }).toEqual({ ...loaded.config, baseFolder: '' });
  });

  it('says with --origin which place won, key by key', async () => {
    const loaded = await load('storage:\n  bucket: acm-metrics\n', {
      AWS_REGION: 'eu-west-3',
      ACM_OBSERVABILITY_METRICS_PLATFORM: 'up',
    });

    const lines = configShow(loaded, { origin: true }).split('\n');

    expect(lines).toContainEqual(
      expect.stringMatching(/^storage\.bucket +acm-metrics +file {2}acm-observability\.yaml:2:3$/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^storage\.region +eu-west-3 +ambient {2}AWS_REGION$/));
    expect(lines).toContainEqual(
      expect.stringMatching(/^metrics\.platform +\["up"\] +environment {2}ACM_OBSERVABILITY_METRICS_PLATFORM$/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^observability\.interval +300 +default$/));
  });
});

describe('config schema', () => {
  it('is a JSON Schema that forbids unknown keys and describes the others', () => {
    const schema = JSON.parse(configSchema());

    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(schema.required).toBeUndefined();
    expect(schema.properties.storage.properties.bucket.description).toMatch(/bucket/i);
    expect(schema.properties.observability.properties.interval).toMatchObject({
      minimum: 15,
      maximum: 3600,
      default: 300,
    });
  });
});

interface World {
  readonly objects: readonly KubeObject[];
  readonly refused?: string;
}

/** A cluster that holds objects and can only be read. */
function clusterOf({ objects, refused }: World): Pick<Cluster, 'get' | 'list' | 'server'> {
  const known = (kind: { kind: string }) => objects.filter((object) => object.kind === kind.kind);
  return {
    server: 'https://api.hub.example.com:6443',
    get: async (kind, key) => {
      if (kind.kind === refused) throw new ApiError(403, 'Forbidden', 'no');
      return known(kind).find((object) => object.metadata.name === key.name) as never;
    },
    list: async (kind) => known(kind) as never,
  };
}

const storage = { provider: 's3', bucket: 'acm-metrics', region: 'eu-west-3', create: true } as const;
const keys = { accessKey: 'canary-id', secretKey: 'canary-key' };
const hubObjects = (thanos: string | undefined, spec: object = {}, version = '2.14.1'): KubeObject[] => [
  {
    apiVersion: 'config.openshift.io/v1',
    kind: 'ClusterVersion',
    metadata: { name: 'version' },
    spec: { clusterID: '1c2d' },
  },
  {
    apiVersion: 'operator.open-cluster-management.io/v1',
    kind: 'MultiClusterHub',
    metadata: { name: 'hub', namespace: 'open-cluster-management' },
    status: { currentVersion: version },
  },
  {
    apiVersion: 'observability.open-cluster-management.io/v1beta2',
    kind: 'MultiClusterObservability',
    metadata: { name: 'observability' },
    spec: {
      enableDownsampling: true,
      observabilityAddonSpec: { enableMetrics: true, interval: 120, workers: 1 },
      storageConfig: {
        metricObjectStorage: { name: 'thanos-object-storage', key: 'thanos.yaml' },
        storageClass: 'gp3-csi',
        receiveStorageSize: '200Gi',
        storeStorageSize: '10Gi',
      },
      ...spec,
    },
  },
  ...(thanos === undefined
    ? []
    : [
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'thanos-object-storage' },
          data: { 'thanos.yaml': Buffer.from(thanos).toString('base64') },
        },
      ]),
];
const importFrom = (world: World) => configImport(clusterOf(world) as Cluster);

describe('config import', () => {
  it('writes what the hub has, and never a key', async () => {
    const text = await importFrom({ objects: hubObjects(thanosYaml({ storage, ...keys, privateCa: false })) });
    const { config, warnings } = await load(text);

    expect(text).not.toContain('canary');
    expect(warnings).toEqual([]);
    expect(config.hub).toEqual({ clusterID: '1c2d' });
    expect(config.storage).toEqual({ provider: 's3', bucket: 'acm-metrics', region: 'eu-west-3', create: false });
    expect(config.observability).toEqual({
      name: 'observability',
      interval: 120,
      storageClass: 'gp3-csi',
      retention: { raw: '365d', fiveMinutes: '365d', oneHour: '365d' },
      spec: { storageConfig: { receiveStorageSize: '200Gi' } },
    });
  });

  it('leaves a Secret alone that this program would write differently', async () => {
    const byHand =
      'type: S3\nconfig:\n  bucket: acm-metrics\n  endpoint: s3.example.com:9000\n  insecure: true\n  access_key: canary-id\n  secret_key: canary-key\n';

    const { config } = await load(await importFrom({ objects: hubObjects(byHand) }));

    expect(config.storage).toMatchObject({
      provider: 'existing',
      existingSecret: { name: 'thanos-object-storage', key: 'thanos.yaml' },
      bucket: 'acm-metrics',
      endpoint: 'http://s3.example.com:9000',
    });
  });

  it.each([
    ['another kind of store', 'type: gcs\nconfig: { bucket: b, service_account: "{}" }\n'],
    ['no Secret at all', undefined],
  ])('leaves the store to the Secret for %s', async (_, thanos) => {
    const { config } = await load(await importFrom({ objects: hubObjects(thanos) }));

    expect(config.storage).toEqual({
      provider: 'existing',
      existingSecret: { name: 'thanos-object-storage', key: 'thanos.yaml' },
      create: true,
    });
  });

  it('writes the retention out as ACM defaults it, so that no data is deleted by ours', async () => {
    const old = await load(await importFrom({ objects: hubObjects(undefined, {}, '2.10.3') }));
    const set = await load(
      await importFrom({
        objects: hubObjects(undefined, {
          advanced: { retentionConfig: { retentionResolutionRaw: '14d', deleteDelay: '24h' } },
        }),
      }),
    );

    expect(old.config.observability.retention).toEqual({ raw: '30d', fiveMinutes: '180d', oneHour: '0d' });
    expect(set.config.observability.retention).toEqual({ raw: '14d', fiveMinutes: '365d', oneHour: '365d' });
    expect(set.config.observability.spec).toMatchObject({ advanced: { retentionConfig: { deleteDelay: '24h' } } });
  });

  it('has nothing to import from a hub without observability, and says so when it may not look', async () => {
    const objects = hubObjects(undefined);
    const bare = await problemOf(
      importFrom({ objects: objects.filter(({ kind }) => kind !== 'MultiClusterObservability') }),
    );
    const refused = await problemOf(importFrom({ objects, refused: 'Secret' }));

    expect(bare).toMatchObject({ code: 'nothing-to-import', exitCode: 65 });
    expect(refused).toMatchObject({ code: 'not-permitted', exitCode: 77 });
  });

  it('writes the same text again from what it wrote', async () => {
    const loaded = await load(await importFrom({ objects: hubObjects(undefined) }));

    expect((await load(configText(loaded.config))).config.observability).toEqual(loaded.config.observability);
  });
});
