/** Create, replace, merge patch, status: identity, versions, conflicts, dry runs. */
import { expect, it } from 'vitest';
import {
  type Condition,
  ConfigMapKind,
  MultiClusterObservabilityKind,
  Namespace,
  type Secret,
  SecretKind,
} from '../../../src/kinds.ts';
import {
  failure,
  jsonPatchType,
  type LabMaker,
  mergePatchType,
  observability,
  observabilityPath,
  owner,
  refusal,
} from './world.ts';

export function writeContract(open: LabMaker): void {
  it('create gives identity, and no generation to a kind that has none', async () => {
    const { world, configMap } = await open();

    const made = await world.as('me').create(ConfigMapKind, configMap({ a: '1' }));

    expect(made.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(made.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Number(made.metadata.resourceVersion)).toBeGreaterThan(0);
    expect(made.metadata.generation).toBeUndefined();
    expect(owner(made, 'me', 'Update')).toMatchObject({
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:data': { '.': {}, 'f:a': {} } },
    });
  });

  it('create is refused where the name is taken', async () => {
    const { world, configMap } = await open();
    const me = world.as('me');
    await me.create(ConfigMapKind, configMap());

    expect(await refusal(me.create(ConfigMapKind, configMap()))).toEqual({
      status: 409,
      reason: 'AlreadyExists',
      message: 'configmaps "x" already exists',
      details: { name: 'x', kind: 'configmaps' },
    });
  });

  it('create and apply in a namespace that is not there name the namespace', async () => {
    const { world, configMap } = await open();
    const me = world.as('me');
    const nowhere = configMap({}, { namespace: 'nowhere' });
    const expected = {
      status: 404,
      reason: 'NotFound',
      message: 'namespaces "nowhere" not found',
      details: { name: 'nowhere', kind: 'namespaces' },
    };

    expect(await refusal(me.create(ConfigMapKind, nowhere))).toEqual(expected);
    expect(await refusal(me.apply(ConfigMapKind, nowhere))).toEqual(expected);
    expect(await refusal(me.apply(ConfigMapKind, nowhere, { dryRun: true }))).toEqual(expected);
  });

  it('create finds a name for generateName', async () => {
    const { send, namespace } = await open();

    const { status, body } = await send('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { generateName: 'run-' },
    });

    expect(status).toBe(201);
    expect(Object(body.metadata).name).toMatch(/^run-[a-z0-9]{5}$/);
  });

  it('replace is refused when somebody wrote in between', async () => {
    const { world, configMap } = await open();
    const me = world.as('me');
    const read = await me.create(ConfigMapKind, configMap({ a: '1' }));
    await world.as('other').replace(ConfigMapKind, { ...read, data: { a: '2' } });

    expect(await refusal(me.replace(ConfigMapKind, { ...read, data: { a: '3' } }))).toEqual({
      status: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on configmaps "x": the object has been modified; please apply your changes to the latest version and try again',
      details: { name: 'x', kind: 'configmaps' },
    });
  });

  it('replace of what has gone is refused', async () => {
    const { world, configMap, key } = await open();
    const me = world.as('me');
    const read = await me.create(ConfigMapKind, configMap({ a: '1' }));
    await me.delete(ConfigMapKind, key());

    const refused = await refusal(me.replace(ConfigMapKind, { ...read, data: {} }));

    expect([404, 409]).toContain(refused.status);
  });

  it('replace that does not say who owns which field leaves all of it with its owners', async () => {
    const { world, configMap } = await open();
    const made = await world.as('theirs').create(ConfigMapKind, configMap({ a: '1' }));
    const { managedFields: _, ...metadata } = made.metadata;

    const after = await world.as('me').replace(ConfigMapKind, { ...made, metadata, data: { a: '1', b: '2' } });

    expect(owner(after, 'theirs', 'Update')?.fieldsV1).toEqual({ 'f:data': { '.': {}, 'f:a': {} } });
    expect(owner(after, 'me', 'Update')?.fieldsV1).toEqual({ 'f:data': { 'f:b': {} } });
  });

  it('replace that changes nothing stores nothing; it cannot change what the server sets', async () => {
    const { world, configMap } = await open();
    const me = world.as('me');
    const read = await me.create(ConfigMapKind, configMap({ a: '1' }));

    const same = await me.replace(ConfigMapKind, read);
    const creationTimestamp = '1999-01-01T00:00:00Z';
    const { metadata } = await me.replace(ConfigMapKind, {
      ...read,
      metadata: { ...read.metadata, creationTimestamp },
      data: { a: '2' },
    });
    const marked = { ...read, metadata: { ...metadata, deletionTimestamp: creationTimestamp } };
    const refused = await refusal(me.replace(ConfigMapKind, marked));

    expect(same.metadata.resourceVersion).toBe(read.metadata.resourceVersion);
    expect(metadata.creationTimestamp).toBe(read.metadata.creationTimestamp);
    expect(refused).toMatchObject({ status: 422, reason: 'Invalid' });
    expect(refused.message).toContain('metadata.deletionTimestamp: Invalid value');
  });

  it('replace of a custom object needs its version', async () => {
    const { send, namespace } = await open();
    await send('POST', observabilityPath, observability(namespace));

    const { status, body } = await send('PUT', `${observabilityPath}/${namespace}`, observability(namespace));

    expect(status).toBe(422);
    expect(body.message).toContain('metadata.resourceVersion: Invalid value: 0: must be specified for an update');
  });

  it('a merge patch changes what it names, takes out what is null, and may be conditional', async () => {
    const { world, configMap, key } = await open();
    const me = world.as('me');
    const made = await me.create(ConfigMapKind, configMap({ a: '1', b: '2' }));

    const patched = await me.mergePatch(ConfigMapKind, key(), { data: { a: null, c: '3' } });
    const { resourceVersion } = made.metadata;
    const stale = await refusal(
      me.mergePatch(ConfigMapKind, key(), { metadata: { resourceVersion }, data: { d: '4' } }),
    );

    expect(patched.data).toEqual({ b: '2', c: '3' });
    expect(stale).toMatchObject({ status: 409, reason: 'Conflict' });
  });

  it('a merge patch of what is not there is 404', async () => {
    const { world, key } = await open();

    expect(await refusal(world.as('me').mergePatch(ConfigMapKind, key(), { data: {} }))).toMatchObject({
      status: 404,
      message: 'configmaps "x" not found',
    });
  });

  it('a strict merge patch refuses an unknown field, with its path, and by dry run stores nothing', async () => {
    const { send, namespace } = await open();
    await send('POST', observabilityPath, observability(namespace));
    const path = `${observabilityPath}/${namespace}?fieldManager=me&dryRun=All`;

    const strict = await send(
      'PATCH',
      `${path}&fieldValidation=Strict`,
      { spec: { retentionConfigX: 1 } },
      mergePatchType,
    );
    const kind = await send('PATCH', path, { spec: { retentionConfigX: 1 } }, mergePatchType);

    expect(strict.status).toBe(422);
    expect(strict.body.message).toContain('unknown field "spec.retentionConfigX"');
    expect(kind.status).toBe(200);
  });

  it('a dry run tells the outcome and writes nothing', async () => {
    const { world, send, configMap, key, namespace } = await open();
    const me = world.as('me');
    const made = await me.create(ConfigMapKind, configMap({ a: '1' }));
    const path = `/api/v1/namespaces/${namespace}/configmaps`;

    const created = await send('POST', `${path}?dryRun=All`, configMap({}, { name: 'y' }));
    const replaced = await send('PUT', `${path}/x?dryRun=All`, { ...made, data: { a: '2' } });
    const applied = await me.apply(ConfigMapKind, configMap({ b: '3' }, { name: 'z' }), { dryRun: true });
    const deleted = await send('DELETE', `${path}/x?dryRun=All`);

    expect([created.status, replaced.status, deleted.status]).toEqual([201, 200, 200]);
    expect(Object(replaced.body).data).toEqual({ a: '2' });
    expect(applied.data).toEqual({ b: '3' });
    const names = (await me.list(ConfigMapKind, { namespace })).map(({ metadata }) => metadata.name);
    expect(names).toEqual(['x']);
    expect(await me.get(ConfigMapKind, key('x'))).toEqual(made);
    expect(await me.get(ConfigMapKind, key('z'))).toBeUndefined();
  });

  it('keeps spec and status apart, and counts generations of the spec', async () => {
    const { world, send, namespace } = await open();
    const me = world.as('me');
    const lastTransitionTime = '2026-01-01T00:00:00Z';
    const ready: Condition = { type: 'Ready', status: 'True', reason: 'Ready', message: 'ready', lastTransitionTime };
    const status = { conditions: [ready] };
    const made = await me.create(MultiClusterObservabilityKind, { ...observability(namespace), status });

    const put = await send('PUT', `${observabilityPath}/${namespace}/status?fieldManager=operator`, {
      ...made,
      spec: { ...made.spec, imagePullSecret: 'ignored' },
      status,
    });
    const read = await me.get(MultiClusterObservabilityKind, { name: namespace });
    const changed = await me.mergePatch(
      MultiClusterObservabilityKind,
      { name: namespace },
      { spec: { imagePullSecret: 'mine' }, status: { conditions: [] } },
    );

    expect([made.status, made.metadata.generation]).toEqual([undefined, 1]);
    expect(put.status).toBe(200);
    expect(read?.status).toEqual(status);
    expect(read?.spec?.imagePullSecret).not.toBe('ignored');
    expect(owner(read, 'operator', 'Update')).toMatchObject({ subresource: 'status', fieldsV1: { 'f:status': {} } });
    expect(changed.status).toEqual(status);
    expect(changed.metadata.generation).toBe(2);
  });

  it('a JSON patch tests what it is told to', async () => {
    const { world, send, configMap, namespace } = await open();
    await world.as('me').create(ConfigMapKind, configMap({ a: '1' }));
    const path = `/api/v1/namespaces/${namespace}/configmaps/x`;

    const wrong = await send('PATCH', path, [{ op: 'test', path: '/data/a', value: '9' }], jsonPatchType);
    const right = await send('PATCH', path, [{ op: 'replace', path: '/data/a', value: '2' }], jsonPatchType);

    expect(wrong.status).toBe(422);
    expect([right.status, Object(right.body).data]).toEqual([200, { a: '2' }]);
  });

  it('a namespace gets its label and its phase', async () => {
    const { world, namespace } = await open();

    const made = await world.as('me').get(Namespace, { name: namespace });

    expect(made?.metadata.labels).toEqual({ 'kubernetes.io/metadata.name': namespace });
    expect(made).toMatchObject({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
  });

  it('a Secret folds stringData into data, is Opaque unless told, and keeps its type', async () => {
    const { world, key, namespace } = await open();
    const me = world.as('me');
    const secret: Secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x', namespace },
      stringData: { a: 'b' },
    };

    const made = await me.create(SecretKind, secret);
    const changed = await refusal(me.mergePatch(SecretKind, key(), { type: 'example.com/other' }));

    expect([made.type, made.data, made.stringData]).toEqual(['Opaque', { a: 'Yg==' }, undefined]);
    expect(changed).toMatchObject({ status: 422, reason: 'Invalid', details: { causes: [{ field: 'type' }] } });
  });

  it('a body of another kind, version or namespace is refused as a bad request', async () => {
    const { send, configMap, namespace } = await open();
    const path = `/api/v1/namespaces/${namespace}/configmaps`;

    const kind = await send('POST', path, { ...configMap(), kind: 'Secret' });
    const elsewhere = await send('POST', path, configMap({}, { namespace: 'other' }));
    const versioned = await send('POST', path, configMap({}, { resourceVersion: '1' }));

    expect(kind.status).toBe(400);
    expect([elsewhere.status, elsewhere.body.message]).toEqual([
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ]);
    expect(versioned.body.message).toContain('resourceVersion should not be set on objects to be created');
  });

  it('is never half done: what is refused left no trace', async () => {
    const { world, configMap, key } = await open();
    const me = world.as('me');
    const made = await me.create(ConfigMapKind, configMap({ a: '1' }));

    await failure(me.mergePatch(ConfigMapKind, key(), { data: { 'not a key': '1', b: '2' } }));

    expect(await me.get(ConfigMapKind, key())).toEqual(made);
  });
}
