/** Deletion: preconditions, finalizers, owners. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ConfigMapKind, DeploymentKind, MultiClusterObservabilityKind, Namespace } from '../../../src/kinds.ts';
import { AnyDeployment, deployment, type LabMaker, observability, refusal } from './world.ts';

export function deleteContract(open: LabMaker): void {
  it('tells what is gone from what was not there', async () => {
    const { world, configMap, key, send, namespace } = await open();
    const me = world.as('me');
    const made = await me.create(ConfigMapKind, configMap());

    const { status, body } = await send('DELETE', `/api/v1/namespaces/${namespace}/configmaps/x`);

    expect(status).toBe(200);
    expect(body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'x', kind: 'configmaps', uid: made.metadata.uid },
    });
    expect(await me.delete(ConfigMapKind, key())).toBe('absent');
  });

  it('holds to its preconditions', async () => {
    const { world, configMap, key } = await open();
    const me = world.as('me');
    const made = await me.create(ConfigMapKind, configMap());
    const { uid, resourceVersion } = made.metadata;
    await me.mergePatch(ConfigMapKind, key(), { data: { a: '1' } });

    const byUid = await refusal(me.delete(ConfigMapKind, key(), { uid: 'another' }));
    const byVersion = await refusal(me.delete(ConfigMapKind, key(), { resourceVersion: resourceVersion ?? '' }));

    expect(byUid).toMatchObject({ status: 409, reason: 'Conflict' });
    expect(byUid.message).toBe(
      `Operation cannot be fulfilled on ConfigMap "x": the UID in the precondition (another) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
    expect(byVersion).toMatchObject({ status: 409, reason: 'Conflict' });
    expect(byVersion.message).toContain(`the ResourceVersion in the precondition (${resourceVersion}) does not match`);
    expect(await me.delete(ConfigMapKind, key(), { uid: uid ?? '' })).toBe('deleted');
  });

  it('waits for finalizers; new ones come too late; the last one lets it go', async () => {
    const { world, configMap, key } = await open();
    const me = world.as('me');
    await me.create(ConfigMapKind, configMap({}, { finalizers: ['example.com/hold'] }));

    await me.delete(ConfigMapKind, key());
    const held = await me.get(ConfigMapKind, key());
    const late = await refusal(
      me.mergePatch(ConfigMapKind, key(), { metadata: { finalizers: ['example.com/hold', 'example.com/late'] } }),
    );
    await me.mergePatch(ConfigMapKind, key(), { metadata: { finalizers: [] } });

    expect(held?.metadata.deletionTimestamp).toMatch(/Z$/);
    expect(held?.metadata).toMatchObject({ deletionGracePeriodSeconds: 0 });
    expect(late).toMatchObject({ status: 422, reason: 'Invalid' });
    // The real one says it twice.
    expect(new Set(late.details.causes?.map(({ field }) => field))).toEqual(new Set(['metadata.finalizers']));
    expect(await me.get(ConfigMapKind, key())).toBeUndefined();
  });

  it('of a custom object with a finalizer keeps the object as it was, its generation one higher', async () => {
    const { world, namespace } = await open();
    const me = world.as('me');
    const wanted = observability(namespace);
    const made = await me.create(MultiClusterObservabilityKind, {
      ...wanted,
      metadata: { ...wanted.metadata, finalizers: ['example.com/hold'] },
    });

    await me.delete(MultiClusterObservabilityKind, { name: namespace });
    const held = await me.get(MultiClusterObservabilityKind, { name: namespace });
    await me.mergePatch(MultiClusterObservabilityKind, { name: namespace }, { metadata: { finalizers: null } });

    expect(held?.spec).toEqual(made.spec);
    expect(held?.metadata.generation).toBe(2);
    expect(await me.get(MultiClusterObservabilityKind, { name: namespace })).toBeUndefined();
  });

  it('in the foreground waits for the collector', async () => {
    const { world, configMap, key } = await open();
    const me = world.as('me');
    await me.create(ConfigMapKind, configMap());

    await me.delete(ConfigMapKind, key(), { propagation: 'Foreground' });

    const seen = await me.get(ConfigMapKind, key());
    if (!world.collectsGarbage) expect(seen?.metadata.finalizers).toEqual(['foregroundDeletion']);
    await until(async () => !world.collectsGarbage || (await me.get(ConfigMapKind, key())) === undefined);
  });

  it('of an owner takes what it owns, where somebody collects it', async ({ skip }) => {
    const { world, configMap, key, namespace } = await open();
    if (!world.collectsGarbage) return skip('no garbage collector runs here');
    const me = world.as('me');
    const { metadata } = await me.create(ConfigMapKind, configMap());
    const { name, uid = '' } = metadata;
    const owned = configMap(
      {},
      { name: 'owned', ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name, uid }] },
    );
    await me.create(ConfigMapKind, owned);
    await me.create(ConfigMapKind, { ...owned, metadata: { ...owned.metadata, name: 'kept', ownerReferences: [] } });

    await me.delete(ConfigMapKind, key());

    await until(async () => (await me.list(ConfigMapKind, { namespace })).length === 1);
    expect((await me.list(ConfigMapKind, { namespace })).map((map) => map.metadata.name)).toEqual(['kept']);
  });

  it('of a namespace marks it; nothing new gets in', async () => {
    const { world, configMap, namespace } = await open();
    const me = world.as('me');
    await me.create(ConfigMapKind, configMap({}, { finalizers: ['example.com/hold'] }));

    await me.delete(Namespace, { name: namespace });
    const seen = await me.get(Namespace, { name: namespace });
    const refused = await refusal(me.create(ConfigMapKind, configMap({}, { name: 'y' })));

    expect(seen).toMatchObject({ status: { phase: 'Terminating' } });
    expect(refused).toMatchObject({
      status: 403,
      reason: 'Forbidden',
      message: `configmaps "y" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
      details: {
        name: 'y',
        kind: 'configmaps',
        causes: [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }],
      },
    });
  });

  it('of a workload answers with a status', async () => {
    const { world, namespace } = await open();
    await world.as('me').create(AnyDeployment, deployment(namespace, [{ name: 'a', image: 'a:1' }]));

    expect(await world.as('me').delete(DeploymentKind, { name: 'd', namespace }, { propagation: 'Background' })).toBe(
      'deleted',
    );
    expect(await world.as('me').get(DeploymentKind, { name: 'd', namespace })).toBeUndefined();
  });
}

/** Within ten seconds. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error('it did not come to hold');
}
