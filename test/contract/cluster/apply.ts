/** Server-side apply: ownership, drift, conflicts as the program reads them. */
import { expect, it } from 'vitest';
import { ConfigMapKind, MultiClusterObservabilityKind } from '../../../src/kinds.ts';
import { ApiError } from '../../../src/ports.ts';
import { conflictsOf, driftOf } from '../../../src/resources/ownership.ts';
import {
  AnyDeployment,
  applyPatchType,
  deployment,
  failure,
  type LabMaker,
  observability,
  owner,
  refusal,
} from './world.ts';

export function applyContract(open: LabMaker): void {
  it('makes the object and records what was sent, nothing more', async () => {
    const { world, configMap } = await open();

    const made = await world.as('me').apply(ConfigMapKind, configMap({ a: '1' }, { labels: { app: 'x' } }));

    expect(made.metadata.managedFields).toEqual([
      {
        manager: 'me',
        operation: 'Apply',
        apiVersion: 'v1',
        time: expect.stringMatching(/Z$/),
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:a': {} }, 'f:metadata': { 'f:labels': { 'f:app': {} } } },
      },
    ]);
  });

  it('again changes nothing, neither the version nor the entry', async () => {
    const { world, configMap, namespace } = await open();
    const me = world.as('me');
    const first = await me.apply(ConfigMapKind, configMap({ a: '1' }));
    const custom = await me.apply(MultiClusterObservabilityKind, observability(namespace));

    expect(await me.apply(ConfigMapKind, configMap({ a: '1' }))).toEqual(first);
    expect(await me.apply(MultiClusterObservabilityKind, observability(namespace))).toEqual(custom);
  });

  it('takes out what the applier no longer sends, unless somebody else sends it too', async () => {
    const { world, configMap } = await open();
    const me = world.as('me');
    await me.apply(ConfigMapKind, configMap({ a: '1', b: '2', c: '3' }));
    await world.as('other').apply(ConfigMapKind, configMap({ b: '2' }));

    const left = await me.apply(ConfigMapKind, configMap({ a: '1' }));

    expect(left.data).toEqual({ a: '1', b: '2' });
  });

  it('applying nothing gives back all that was only ours', async () => {
    const { world, configMap, namespace } = await open();
    const me = world.as('me');
    await world.as('other').create(ConfigMapKind, configMap({ theirs: '1' }));
    await me.apply(ConfigMapKind, configMap({ ours: '1' }, { annotations: { 'example.com/note': 'x' } }));

    const left = await me.apply(ConfigMapKind, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', namespace },
    });

    expect(left.data).toEqual({ theirs: '1' });
    expect(left.metadata.annotations).toBeUndefined();
    expect(owner(left, 'me')).toBeUndefined();
  });

  it('names who changed a field by hand, the field, and when: as drift is told from', async () => {
    const { world, configMap, key } = await open();
    const me = world.as('me');
    await me.apply(ConfigMapKind, configMap({ a: '1', b: '2' }));
    await world.as('kubectl-edit').mergePatch(ConfigMapKind, key(), { data: { a: '9' } });

    const error = await failure(me.apply(ConfigMapKind, configMap({ a: '1', b: '2' })));
    const live = await me.get(ConfigMapKind, key());

    expect(error).toBeInstanceOf(ApiError);
    if (!(error instanceof ApiError) || live === undefined) return;
    expect(error).toMatchObject({
      status: 409,
      reason: 'Conflict',
      message: expect.stringMatching(
        /^Apply failed with 1 conflict: conflict with "kubectl-edit" using v1(?: at [^ ]+Z)?: \.data\.a$/,
      ),
      details: { causes: [{ reason: 'FieldManagerConflict', field: '.data.a' }] },
    });
    expect(error.details.causes?.[0]?.message).toMatch(/^conflict with "kubectl-edit" using v1(?: at [^ ]+Z)?$/);
    expect(driftOf(conflictsOf(error), live)).toEqual([
      { field: '.data.a', by: 'kubectl-edit', at: expect.stringMatching(/Z$/) },
    ]);
  });

  it('names a hand-made change of a custom object the same way', async () => {
    const { world, namespace } = await open();
    const me = world.as('me');
    const wanted = observability(namespace, { observabilityAddonSpec: { interval: 300 } });
    await me.apply(MultiClusterObservabilityKind, wanted);
    const edit = { spec: { observabilityAddonSpec: { interval: 60 } } };
    await world.as('kubectl-edit').mergePatch(MultiClusterObservabilityKind, { name: namespace }, edit);

    const error = await failure(me.apply(MultiClusterObservabilityKind, wanted, { dryRun: true }));

    expect(error).toBeInstanceOf(ApiError);
    if (!(error instanceof ApiError)) return;
    expect(conflictsOf(error)).toEqual([{ manager: 'kubectl-edit', field: '.spec.observabilityAddonSpec.interval' }]);
    expect(error.message).toMatch(
      /^Apply failed with 1 conflict: conflict with "kubectl-edit" using observability\.open-cluster-management\.io\/v1beta2(?: at [^ ]+Z)?: \.spec\.observabilityAddonSpec\.interval$/,
    );
  });

  it('lists several conflicts by owner', async () => {
    const { world, configMap } = await open();
    await world.as('zoe').apply(ConfigMapKind, configMap({ a: '1', b: '1' }));
    await world.as('argo').apply(ConfigMapKind, configMap({ c: '1' }));

    const error = await failure(world.as('me').apply(ConfigMapKind, configMap({ a: '2', b: '2', c: '2' })));

    expect(error).toBeInstanceOf(ApiError);
    if (!(error instanceof ApiError)) return;
    expect(error.message).toBe(
      'Apply failed with 3 conflicts: conflicts with "argo":\n- .data.c\nconflicts with "zoe":\n- .data.a\n- .data.b',
    );
    // The server keeps the owners in a map and lists the causes in any order; we tell them in one.
    expect(error.details.causes).toHaveLength(3);
    expect(error.details.causes).toContainEqual({
      reason: 'FieldManagerConflict',
      message: 'conflict with "argo"',
      field: '.data.c',
    });
    expect(conflictsOf(error)).toEqual([
      { manager: 'argo', field: '.data.c' },
      { manager: 'zoe', field: '.data.a' },
      { manager: 'zoe', field: '.data.b' },
    ]);
  });

  it('by force takes the field, and the other one loses it', async () => {
    const { world, configMap, key } = await open();
    await world.as('other').apply(ConfigMapKind, configMap({ a: '1', b: '1' }));

    const taken = await world.as('me').apply(ConfigMapKind, configMap({ a: '2' }), { force: true });

    expect(taken.data).toEqual({ a: '2', b: '1' });
    expect(owner(taken, 'me')?.fieldsV1).toEqual({ 'f:data': { 'f:a': {} } });
    expect(owner(taken, 'other')?.fieldsV1).toEqual({ 'f:data': { 'f:b': {} } });
    expect((await world.as('me').get(ConfigMapKind, key()))?.data).toEqual({ a: '2', b: '1' });
  });

  it('shares a field that two send alike', async () => {
    const { world, configMap } = await open();
    await world.as('one').apply(ConfigMapKind, configMap({ a: '1' }));

    const shared = await world.as('two').apply(ConfigMapKind, configMap({ a: '1' }));

    expect(owner(shared, 'one')?.fieldsV1).toEqual(owner(shared, 'two')?.fieldsV1);
  });

  it('an update takes the fields it changes from their owner, and only those', async () => {
    const { world, configMap, key } = await open();
    await world.as('me').apply(ConfigMapKind, configMap({ a: '1', b: '2' }));

    const edited = await world.as('kubectl-edit').mergePatch(ConfigMapKind, key(), { data: { a: '9', c: '3' } });

    expect(owner(edited, 'me')?.fieldsV1).toEqual({ 'f:data': { 'f:b': {} } });
    expect(owner(edited, 'kubectl-edit', 'Update')?.fieldsV1).toEqual({ 'f:data': { 'f:a': {}, 'f:c': {} } });
  });

  it('leaves defaults unowned', async () => {
    const { world, namespace } = await open();

    const made = await world.as('me').apply(MultiClusterObservabilityKind, observability(namespace));

    expect(owner(made, 'me')?.fieldsV1).toEqual({
      'f:spec': {
        'f:observabilityAddonSpec': {},
        'f:storageConfig': { 'f:metricObjectStorage': { 'f:key': {}, 'f:name': {} } },
      },
    });
  });

  it('tells items of a list apart by their key', async () => {
    const { world, namespace } = await open();
    const apply = (manager: string, container: object) =>
      world.as(manager).apply(AnyDeployment, deployment(namespace, [container]));
    await apply('one', { name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }] });
    await apply('two', { name: 'b', image: 'b:1' });

    const changed = await apply('one', { name: 'a', image: 'a:2' });
    const refused = await refusal(apply('two', { name: 'a', image: 'a:3' }));

    expect(changed.spec).toMatchObject({
      template: {
        spec: {
          containers: [
            { name: 'a', image: 'a:2' },
            { name: 'b', image: 'b:1' },
          ],
        },
      },
    });
    expect(refused.message).toBe(
      'Apply failed with 1 conflict: conflict with "one": .spec.template.spec.containers[name="a"].image',
    );
  });

  it('needs a field manager, and refuses managed fields in the body', async () => {
    const { send, configMap, namespace } = await open();
    const path = `/api/v1/namespaces/${namespace}/configmaps/x`;

    const nobody = await send('PATCH', path, configMap(), applyPatchType);
    const managed = await send(
      'PATCH',
      `${path}?fieldManager=me`,
      configMap({}, { managedFields: [{ manager: 'me', operation: 'Apply' }] }),
      applyPatchType,
    );

    expect(nobody.status).toBe(422);
    expect(nobody.body.message).toContain(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
    expect([managed.status, managed.body.message]).toEqual([400, 'metadata.managedFields must be nil']);
  });

  it('with a version that is not the present one is refused; where there is nothing the version does not matter', async () => {
    const { world, configMap } = await open();
    const me = world.as('me');
    const made = await me.apply(ConfigMapKind, configMap({ a: '1' }));
    await me.apply(ConfigMapKind, configMap({ a: '2' }));
    const { resourceVersion = '' } = made.metadata;

    expect(await refusal(me.apply(ConfigMapKind, configMap({ a: '3' }, { resourceVersion })))).toMatchObject({
      status: 409,
      reason: 'Conflict',
    });
    expect((await me.apply(ConfigMapKind, configMap({ a: '1' }, { name: 'y', resourceVersion }))).data).toEqual({
      a: '1',
    });
  });
}
