import { afterEach, describe, expect, test } from 'vitest';
import { type KubeObject, MultiClusterObservabilityKind } from '../../src/kinds.ts';
import { resourceTypes } from '../../src/sandbox/api/index.ts';
import { createWorld, prepare, smallestCr, type World } from './controllers/world.ts';
import { comparable, type Item, idOf, inventory, recording } from './inventory.ts';

/**
 * What differs on purpose, and why. The recordings were taken seconds after `Ready`, without a garbage collector, without
 * anything running on the clusters, and list only some kinds.
 */
const reasons: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^(Pod|PersistentVolumeClaim|StorageClass|Node|Event) /, 'kubelet and storage are not the operator'],
  [/^ObservabilityAddon /, 'the recorder left this kind out; measured.md speaks of them'],
  [
    /^(AddOnDeploymentConfig|ScrapeConfig|PrometheusAgent) /,
    'the recorder left these kinds out; acm.md §9.2 names them',
  ],
  [
    /\/observability-(thanos|observatorium-api)/,
    'made by the operator of Thanos, whose stand-in the recorder left out',
  ],
  [/\/(metrics-collector|uwl-metrics-collector)/, "made by the hub's own endpoint operator, which did not run there"],
  [/ openshift-monitoring\/| openshift-user-workload-monitoring\/| -\/openshift-user-workload-monitoring$/, 'the same'],
  [
    /addon-multicluster-observability-addon-deploy-|ManagedClusterAddOn .*\/multicluster-observability-addon$/,
    "the addon's own manager did not run there",
  ],
  [/ open-cluster-management-agent-addon\/| -\/open-cluster-management-agent-addon$/, 'the same'],
  [/^ClusterOperator /, 'the cluster monitoring operator did not run there'],
  [/^(ManagedCluster|MultiClusterHub|ImageStream|CustomResourceDefinition) /, 'there before the installation'],
  [/^Namespace -\/(?!open-cluster-management-observability$)/, 'there before the installation'],
  [/^ConfigMap (open-cluster-management|kube-system)\//, 'there before the installation'],
];

/** Parts of an item that are of the moment. */
function settled(item: Item): Item {
  const { labels, annotations } = item as { labels?: Record<string, string>; annotations?: Record<string, string> };
  const steady = (map: Record<string, string> | undefined, volatile: readonly string[]) =>
    map &&
    Object.fromEntries(Object.entries(map).map(([key, value]) => [key, volatile.includes(key) ? 'varies' : value]));
  return {
    ...item,
    // A hash of the configuration it stands for, which is a placeholder here.
    ...(labels && { labels: steady(labels, ['config-hash']) }),
    // When the token was made; and an annotation the recorder set itself to wake the operator.
    ...(annotations && { annotations: steady(annotations, ['token-created', 'token-expiration']) }),
  };
}

function withoutTouch(item: Item): Item {
  const { annotations, ...rest } = item as Item & { annotations?: Record<string, string> };
  const { touch: _touch, ...others } = annotations ?? {};
  return { ...rest, kind: item.kind, name: item.name, ...(Object.keys(others).length > 0 && { annotations: others }) };
}

let world: World | undefined;

afterEach(async () => {
  await world?.stop();
  world = undefined;
});

/** Installs, and then switches the addon architecture on where that was recorded: it was recorded as a switch. */
async function install(version: string, addonArchitecture: boolean): Promise<KubeObject[]> {
  world = await createWorld({
    version,
    clusters: ['ai', 'quest-1', 'quest-2'],
    agents: false,
    addonCrds: addonArchitecture,
  });
  const { hub, hubServer, until, pass } = world;
  await prepare(world);
  await hub.as('kubectl').create(MultiClusterObservabilityKind, smallestCr());
  const isReady = async () => {
    const cr = await hub.get(MultiClusterObservabilityKind, { name: 'observability' });
    return cr?.status?.conditions?.some(({ type }) => type === 'Ready') === true;
  };
  await until('Ready', isReady);
  if (addonArchitecture) {
    const capabilities = { platform: { metrics: { default: { enabled: true } } } };
    await hub
      .as('kubectl')
      .mergePatch(MultiClusterObservabilityKind, { name: 'observability' }, { spec: { capabilities } });
  }
  await pass(60);
  return resourceTypes.flatMap(({ group, version: one, kind, plural, namespaced }) =>
    hubServer.list({ apiVersion: group === '' ? one : `${group}/${one}`, kind, plural, namespaced }),
  );
}

const cases = [
  { name: 'acm-2.14-legacy', version: '2.14.0', addonArchitecture: false },
  { name: 'acm-2.17-legacy', version: '2.17.0', addonArchitecture: false },
  { name: 'acm-2.17-mcoa', version: '2.17.0', addonArchitecture: true },
];

describe.each(cases)('the hub objects of $name', ({ name, version, addonArchitecture }) => {
  const recorded = recording(name);

  test.skipIf(recorded === undefined)('are those of the recording', async () => {
    const expected = new Map((recorded ?? []).map((item) => [idOf(item), settled(withoutTouch(comparable(item)))]));

    const objects = await install(version, addonArchitecture);

    const made = new Map(objects.map((object) => settled(inventory(object))).map((item) => [idOf(item), item]));
    const unexplained = [...made.keys()].filter(
      (id) => !expected.has(id) && !reasons.some(([pattern]) => pattern.test(id)),
    );
    expect(unexplained).toEqual([]);
    expect(Object.fromEntries([...expected.keys()].map((id) => [id, made.get(id)]))).toEqual(
      Object.fromEntries(expected),
    );
  });
});
