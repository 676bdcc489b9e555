import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Condition,
  type ConfigMap,
  ConfigMapKind,
  type KubeObject,
  type ManagedClusterAction,
  ManagedClusterActionKind,
  ManagedClusterKind,
  type ManagedClusterView,
  ManagedClusterViewKind,
} from '../../../src/kinds.ts';
import { createWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await createWorld({ clusters: ['ai', 'away'] });
  world.servers
    .get('ai')
    ?.seed([
      map('settings', { mine: '1', theirs: '2' }),
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'default' } },
    ]);
});

afterAll(() => world.stop());

function map(name: string, data: Record<string, string>): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data };
}

function live(name: string): ConfigMap {
  const found = world.servers.get('ai')?.get(ConfigMapKind, { name, namespace: 'default' });
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

let made = 0;

async function view(scope: Record<string, unknown>, cluster = 'ai'): Promise<ManagedClusterView> {
  made += 1;
  const metadata = { name: `view-${made}`, namespace: cluster };
  await world.hub.create(ManagedClusterViewKind, {
    apiVersion: 'view.open-cluster-management.io/v1beta1',
    kind: 'ManagedClusterView',
    metadata,
    spec: { scope: { name: '', ...scope } },
  });
  await world.pass(1);
  return world.hubServer.get(ManagedClusterViewKind, metadata) ?? expect.fail('no view');
}

async function act(
  actionType: 'Create' | 'Update' | 'Delete',
  kube: Record<string, unknown>,
  cluster = 'ai',
  wait = 1,
): Promise<ManagedClusterAction> {
  made += 1;
  const metadata = { name: `action-${made}`, namespace: cluster };
  await world.hub.create(ManagedClusterActionKind, {
    apiVersion: 'action.open-cluster-management.io/v1beta1',
    kind: 'ManagedClusterAction',
    metadata,
    spec: { actionType, kube },
  });
  await world.pass(wait);
  return world.hubServer.get(ManagedClusterActionKind, metadata) ?? expect.fail('no action');
}

function only(object: { status?: { conditions?: Condition[] } }): Condition | undefined {
  return object.status?.conditions?.[0];
}

const template = (object: KubeObject) => ({ template: object });

describe('a View', () => {
  test('brings the whole object, with its resourceVersion and managed fields', async () => {
    const answer = await view({ version: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'settings' });

    expect(only(answer)).toMatchObject({ type: 'Processing', status: 'True', reason: 'GetResourceProcessing' });
    expect(answer.status?.result).toMatchObject({ kind: 'ConfigMap', data: { mine: '1' } });
    expect(answer.status?.result?.metadata.resourceVersion).toBe(live('settings').metadata.resourceVersion);
    expect(answer.status?.result?.metadata.managedFields).toBeDefined();
  });

  test.each([
    [
      { version: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'nope' },
      'GetResourceFailed',
      'failed to get resource with err: configmaps "nope" not found',
    ],
    [
      { resource: 'statefulsets.v1.apps', namespace: 'default', name: 'nope' },
      'GetResourceFailed',
      'failed to get resource with err: statefulsets.apps "nope" not found',
    ],
    [
      { version: 'v1', kind: 'Nothing', name: 'a' },
      'ResourceGVKInvalid',
      'no matches for kind "Nothing" in version "v1"',
    ],
    [
      { version: 'v1', kind: 'Secret', namespace: 'default', name: 's' },
      'ResourceTypeInvalid',
      'viewing secrets is not allowed',
    ],
    [{ resource: 'secrets', namespace: 'default', name: 's' }, 'ResourceTypeInvalid', 'viewing secrets is not allowed'],
    [{ version: 'v1', kind: 'ConfigMap' }, 'ResourceNameInvalid', 'invalid resource name'],
  ])('of %j is refused with %s', async (scope, reason, message) => {
    const answer = await view(scope);

    expect(only(answer)).toMatchObject({ status: 'False', reason, message });
  });

  test('keeps its last result when the object goes away, and says so in its condition', async () => {
    world.servers.get('ai')?.seed([map('passing', { a: '1' })]);
    const first = await view({ version: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'passing' });
    await world.clusters.get('ai')?.delete(ConfigMapKind, { name: 'passing', namespace: 'default' });

    await world.pass(31);

    const second = world.hubServer.get(ManagedClusterViewKind, first.metadata);
    expect(second && only(second)).toMatchObject({ status: 'False', reason: 'GetResourceFailed' });
    expect(second?.status?.result).toMatchObject({ data: { a: '1' } });
  });
});

describe('an Action', () => {
  test("updates with the View's object sent back whole, as field manager agent", async () => {
    world.servers.get('ai')?.seed([map('one', { mine: '1', theirs: '2' })]);
    const object = live('one');

    const answer = await act('Update', template({ ...object, data: { ...object.data, mine: '9' } }));

    expect(only(answer)).toMatchObject({ type: 'Completed', status: 'True', reason: 'ActionDone' });
    expect(live('one').data).toEqual({ mine: '9', theirs: '2' });
    expect(live('one').metadata.uid).toBe(object.metadata.uid);
    expect(live('one').metadata.managedFields).toContainEqual(
      expect.objectContaining({ manager: 'agent', operation: 'Update' }),
    );
  });

  test('with a stale resourceVersion writes nothing', async () => {
    world.servers.get('ai')?.seed([map('two', { mine: '1' })]);
    const stale = live('two');
    await world.clusters.get('ai')?.mergePatch(ConfigMapKind, stale.metadata, { data: { theirs: '2' } });

    const answer = await act('Update', template({ ...stale, data: { mine: '9' } }));

    expect(only(answer)).toMatchObject({
      status: 'False',
      reason: 'UpdateResourceFailed',
      message: expect.stringContaining('the object has been modified'),
    });
    expect(live('two').data).toEqual({ mine: '1', theirs: '2' });
  });

  test('without a resourceVersion drops every key the template lacks', async () => {
    world.servers.get('ai')?.seed([map('three', { mine: '1', theirs: '2' })]);

    await act('Update', template(map('three', { mine: '9' })));

    expect(live('three').data).toEqual({ mine: '9' });
  });

  test.each([
    ['Create', template(map('settings', {})), 'CreateResourceFailed', /configmaps "settings" already exists/],
    ['Update', template(map('absent', {})), 'UpdateResourceFailed', /configmaps "absent" not found/],
    ['Delete', { resource: 'configmaps', namespace: 'default', name: 'absent' }, 'DeleteResourceFailed', /not found/],
  ] as const)('%s of the wrong kind of object fails with %o', async (type, kube, reason, message) => {
    const answer = await act(type, kube);

    expect(only(answer)).toMatchObject({ status: 'False', reason, message: expect.stringMatching(message) });
  });

  test('creates and deletes', async () => {
    await act('Create', template(map('fresh', { a: '1' })));
    const created = live('fresh');
    await act('Delete', { resource: 'configmaps', namespace: 'default', name: 'fresh' });

    expect(created.data).toEqual({ a: '1' });
    expect(world.servers.get('ai')?.get(ConfigMapKind, created.metadata)).toBeUndefined();
  });

  test('is gone a minute after it was done', async () => {
    const done = await act('Create', template(map('kept', {})));

    await world.pass(30);
    const later = world.hubServer.get(ManagedClusterActionKind, done.metadata);
    await world.pass(45);

    expect(later).toBeDefined();
    expect(world.hubServer.get(ManagedClusterActionKind, done.metadata)).toBeUndefined();
  });

  test('for a cluster that is away waits, and runs when the cluster is back', async () => {
    world.running.get('away')?.setOnline(false);
    const pending = await act('Create', template(map('late', {})), 'away', 3600);
    const view1 = await view({ version: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'late' }, 'away');
    const before = world.servers.get('away')?.get(ConfigMapKind, { name: 'late', namespace: 'default' });

    world.running.get('away')?.setOnline(true);
    await world.pass(2);

    expect(only(pending)).toBeUndefined();
    expect(only(view1)).toBeUndefined();
    expect(before).toBeUndefined();
    expect(world.servers.get('away')?.get(ConfigMapKind, { name: 'late', namespace: 'default' })).toBeDefined();
  });
});

describe('a cluster that goes away', () => {
  const availability = () => {
    const cluster = world.hubServer.get(ManagedClusterKind, { name: 'away' });
    const { taints = [] } = (cluster?.spec ?? {}) as { taints?: { key: string }[] };
    return [
      cluster?.status?.conditions?.find(({ type }) => type === 'ManagedClusterConditionAvailable')?.status,
      taints.length,
    ];
  };

  test('is unknown after five leases, tainted meanwhile, and available when it is back', async () => {
    world.running.get('away')?.setOnline(false);
    await world.pass(290);
    const early = availability();
    await world.pass(20);
    const late = availability();
    world.running.get('away')?.setOnline(true);
    await world.pass(2);

    expect([early, late, availability()]).toEqual([
      ['True', 0],
      ['Unknown', 1],
      ['True', 0],
    ]);
  });
});
