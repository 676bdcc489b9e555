import { afterEach, describe, expect, test } from 'vitest';
import { DeploymentKind, MultiClusterObservabilityKind, SecretKind } from '../../../src/kinds.ts';
import { observabilityWebhook } from '../../../src/sandbox/controllers/admission.ts';
import { hubNamespace } from '../../../src/sandbox/controllers/names.ts';
import { featuresOf, parseVersion } from '../../../src/sandbox/controllers/versions.ts';
import { createWorld, prepare, smallestCr, storageClass, thanosYaml, type World } from './world.ts';

let world: World | undefined;

afterEach(async () => {
  await world?.stop();
  world = undefined;
});

async function hubOf(version: string, operatorReady = 1): Promise<World> {
  const hook = observabilityWebhook({ features: featuresOf(parseVersion(version)), hub: () => made.hub });
  const made = await createWorld({ version, clusters: [], admission: [hook] });
  world = made;
  made.hubServer.seed([
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'multicluster-observability-operator', namespace: 'open-cluster-management' },
      spec: {
        replicas: operatorReady,
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'b' }] } },
      },
      status: { replicas: operatorReady, readyReplicas: operatorReady },
    },
  ]);
  return made;
}

const key = { name: 'observability' };
const grow = { spec: { storageConfig: { receiveStorageSize: '200Gi' } } };

describe('without or with a bad secret', () => {
  test.each(['2.14.0', '2.15.0', '2.16.0', '2.17.0'])('an object is accepted on %s', async (version) => {
    const { hub } = await hubOf(version);

    await expect(hub.create(MultiClusterObservabilityKind, smallestCr())).resolves.toBeDefined();
  });

  test.each([
    ['no secret', undefined, /object storage secret not found in namespace/],
    [
      'a one-letter bucket',
      thanosYaml.replace('metrics', 'b'),
      /invalid object storage configuration: bucket name 'b' is too short/,
    ],
    ['another type', thanosYaml.replace('s3', 'swift'), /invalid object storage type config/],
  ])('an object is refused on 5.0: %s', async (_what, thanos, message) => {
    const made = await hubOf('5.0.0');
    if (thanos !== undefined) await prepare(made, thanos);

    await expect(made.hub.create(MultiClusterObservabilityKind, smallestCr())).rejects.toThrow(message);
  });

  test('an object that is being deleted goes, on 5.0 too', async () => {
    const made = await hubOf('5.0.0');
    await prepare(made);
    await made.hub.create(MultiClusterObservabilityKind, smallestCr());
    await made.pass(5);

    await made.hub.delete(SecretKind, { name: 'thanos-object-storage', namespace: hubNamespace });
    await made.hub.delete(MultiClusterObservabilityKind, key);
    await made.until('gone', () => made.hubServer.get(MultiClusterObservabilityKind, key) === undefined, 60);

    expect(made.hubServer.get(MultiClusterObservabilityKind, key)).toBeUndefined();
  });
});

describe('another volume size', () => {
  test.each([
    ['2.14.0', false],
    ['2.17.0', true],
    ['5.0.0', false],
  ])('on %s, where the class does not grow, is accepted: %s', async (version, accepted) => {
    const made = await hubOf(version);
    await prepare(made);
    await made.hub.create(MultiClusterObservabilityKind, smallestCr());

    const change = made.hub.mergePatch(MultiClusterObservabilityKind, key, grow);

    if (accepted) await expect(change).resolves.toBeDefined();
    else await expect(change).rejects.toThrow(/receiveStorageSize: Forbidden: is forbidden to update/);
  });

  test('is accepted where the class grows', async () => {
    const made = await hubOf('2.14.0');
    made.hubServer.seed([{ ...storageClass('gp3-csi', true), allowVolumeExpansion: true }]);
    await made.hub.create(MultiClusterObservabilityKind, smallestCr());

    await expect(made.hub.mergePatch(MultiClusterObservabilityKind, key, grow)).resolves.toBeDefined();
  });
});

test('while the operator does not run, no object can be written, and nothing is made', async () => {
  const made = await hubOf('2.17.0', 0);

  await expect(made.hub.create(MultiClusterObservabilityKind, smallestCr())).rejects.toThrow(
    /failed calling webhook.*no endpoints available/,
  );
  expect(await made.hub.list(DeploymentKind, { namespace: hubNamespace })).toEqual([]);
});
