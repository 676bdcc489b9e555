import { describe, expect, it } from 'vitest';
import { type ConfigMap, ConfigMapKind, type KubeObject, Namespace, SecretKind } from '../../../src/kinds.ts';
import { type Bench, bench, configMap, failure, labKey } from './bench.ts';

const collected = ({ clock }: Bench): Promise<void> => clock.sleep(5000);

function ownedBy(owner: KubeObject, name: string, more: object = {}): ConfigMap {
  const { apiVersion, kind, metadata } = owner;
  return configMap(
    {},
    {
      name,
      ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', ...more }],
    },
  );
}

async function names({ as }: Bench): Promise<string[]> {
  return (await as('me').list(ConfigMapKind)).map(({ metadata }) => metadata.name);
}

describe('garbage', () => {
  it('is what an object owned, soon after it is gone, and what those owned', async () => {
    const world = bench();
    const me = world.as('me');
    const owner = await me.create(ConfigMapKind, configMap({}));
    const child = await me.create(ConfigMapKind, ownedBy(owner, 'child'));
    await me.create(ConfigMapKind, ownedBy(child, 'grandchild'));

    await me.delete(ConfigMapKind, labKey);
    const atOnce = await names(world);
    await collected(world);

    expect(atOnce).toEqual(['child', 'grandchild']);
    expect(await names(world)).toEqual([]);
  });

  it('is what names an owner that does not exist: another uid is another object', async () => {
    const world = bench();
    const me = world.as('me');
    const owner = await me.create(ConfigMapKind, configMap({}));

    await me.create(
      ConfigMapKind,
      ownedBy({ ...owner, metadata: { ...owner.metadata, uid: 'of-an-older-one' } }, 'child'),
    );
    await collected(world);

    expect(await names(world)).toEqual(['x']);
  });

  it('is not what another owner still holds; the absent one is forgotten', async () => {
    const world = bench();
    const me = world.as('me');
    const [a, b] = [
      await me.create(ConfigMapKind, configMap({}, { name: 'a' })),
      await me.create(ConfigMapKind, configMap({}, { name: 'b' })),
    ];
    const child = ownedBy(a, 'child');
    child.metadata.ownerReferences?.push(...(ownedBy(b, '').metadata.ownerReferences ?? []));
    await me.create(ConfigMapKind, child);

    await me.delete(ConfigMapKind, { ...labKey, name: 'a' });
    await collected(world);

    const left = await me.get(ConfigMapKind, { ...labKey, name: 'child' });
    expect(left?.metadata.ownerReferences).toMatchObject([{ name: 'b' }]);
  });

  it('is not what an orphaning deletion leaves', async () => {
    const world = bench();
    const me = world.as('me');
    const owner = await me.create(ConfigMapKind, configMap({}));
    await me.create(ConfigMapKind, ownedBy(owner, 'child'));

    await me.delete(ConfigMapKind, labKey, { propagation: 'Orphan' });
    await collected(world);

    expect(await names(world)).toEqual(['child']);
  });

  it('goes first where the deletion is told to wait for it', async () => {
    const world = bench();
    const me = world.as('me');
    const owner = await me.create(ConfigMapKind, configMap({}));
    const child = ownedBy(owner, 'child', { blockOwnerDeletion: true });
    await me.create(ConfigMapKind, { ...child, metadata: { ...child.metadata, finalizers: ['example.com/hold'] } });

    await me.delete(ConfigMapKind, labKey, { propagation: 'Foreground' });
    await collected(world);
    const waiting = await names(world);
    await me.mergePatch(ConfigMapKind, { ...labKey, name: 'child' }, { metadata: { finalizers: [] } });
    await collected(world);

    expect(waiting).toEqual(['child', 'x']);
    expect(await names(world)).toEqual([]);
  });
});

describe('a namespace', () => {
  it('takes everything in it along, and takes in nothing new', async () => {
    const world = bench();
    const me = world.as('me');
    await me.create(ConfigMapKind, configMap({}));
    await me.create(SecretKind, { apiVersion: 'v1', kind: 'Secret', metadata: { ...labKey } });

    await me.delete(Namespace, { name: 'lab' });
    const between = await me.get(Namespace, { name: 'lab' });
    const late = await failure(me.create(ConfigMapKind, configMap({}, { name: 'late' })));
    await collected(world);

    expect(between).toMatchObject({ status: { phase: 'Terminating' } });
    expect(late).toMatchObject({ status: 403, details: { causes: [{ reason: 'NamespaceTerminating' }] } });
    expect((late as Error).message).toContain(
      'unable to create new content in namespace lab because it is being terminated',
    );
    expect(await me.get(Namespace, { name: 'lab' })).toBeUndefined();
    expect(await me.get(ConfigMapKind, labKey)).toBeUndefined();
  });

  it('waits for what is held in it, and says for what', async () => {
    const world = bench();
    const me = world.as('me');
    await me.create(ConfigMapKind, configMap({}, { finalizers: ['example.com/hold'] }));

    await me.delete(Namespace, { name: 'lab' });
    await collected(world);
    const held = await me.get(Namespace, { name: 'lab' });
    await me.mergePatch(ConfigMapKind, labKey, { metadata: { finalizers: null } });
    await collected(world);

    expect(JSON.stringify(held?.status)).toContain('example.com/hold in 1 resource instances');
    expect(await me.get(Namespace, { name: 'lab' })).toBeUndefined();
  });
});
