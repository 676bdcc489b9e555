import { describe, expect, it } from 'vitest';
import { ConfigMapKind } from '../../../src/kinds.ts';
import { bench, configMap, configMaps, failure, labKey, mco, mcoPath } from './bench.ts';

describe('create', () => {
  it('gives identity: uid, time, version, and no generation to a kind that has none', async () => {
    const { as } = bench();

    const made = await as('me').create(ConfigMapKind, configMap({ a: '1' }));

    expect(made.metadata).toMatchObject({ name: 'x', creationTimestamp: '2026-01-01T00:00:00Z' });
    expect(made.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number(made.metadata.resourceVersion)).toBeGreaterThan(0);
    expect(made.metadata.generation).toBeUndefined();
  });

  it('finds a name for generateName', async () => {
    const { send } = bench();

    const { status, body } = await send('POST', configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { generateName: 'run-' },
    });

    expect(status).toBe(201);
    expect(body.metadata.name).toMatch(/^run-[a-z0-9]{5}$/);
  });

  it('refuses what is there already, and what has no namespace to be in', async () => {
    const { as } = bench();
    const me = as('me');
    await me.create(ConfigMapKind, configMap({}));

    const again = await failure(me.create(ConfigMapKind, configMap({})));
    const nowhere = await failure(me.create(ConfigMapKind, configMap({}, { namespace: 'mars' })));

    expect(again).toMatchObject({ status: 409, reason: 'AlreadyExists', message: 'configmaps "x" already exists' });
    expect(nowhere).toMatchObject({ status: 404, message: 'namespaces "mars" not found' });
  });

  it('takes YAML as well as JSON, and says what it takes', async () => {
    const { send } = bench();
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: y}\ndata: {a: b}\n';

    const made = await send('POST', configMaps, yaml, { 'content-type': 'application/yaml' });
    const refused = await send('POST', configMaps, yaml, { 'content-type': 'text/plain' });

    expect(made.body.data).toEqual({ a: 'b' });
    expect(refused.status).toBe(415);
  });

  it('answers 406 when nothing that is accepted can be given', async () => {
    const { send } = bench();

    const { status } = await send('GET', configMaps, undefined, { accept: 'application/vnd.kubernetes.protobuf' });

    expect(status).toBe(406);
  });

  it('drops the status of a kind whose status is written apart', async () => {
    const { send } = bench();

    const { body } = await send('POST', mcoPath, { ...mco(), status: { conditions: [] } });

    expect(body.status).toBeUndefined();
    expect(body.metadata.generation).toBe(1);
  });

  it.each([
    [
      'the name of another object',
      { ...configMap({}), kind: 'Secret' },
      'the kind in the data (Secret) does not match',
    ],
    ['another version', { ...configMap({}), apiVersion: 'v2' }, 'the API version in the data (v2) does not match'],
    ['another namespace', configMap({}, { namespace: 'other' }), 'the namespace of the provided object does not match'],
    ['no object at all', [1], "Object 'Kind' is missing"],
  ])('refuses a body with %s', async (_, body, message) => {
    const { send } = bench();

    const answer = await send('POST', configMaps, body);

    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(message);
  });

  it('refuses names that are no names', async () => {
    const { as } = bench();

    const error = await failure(as('me').create(ConfigMapKind, configMap({}, { name: 'Not_A_Name' })));

    expect(error).toMatchObject({ status: 422, reason: 'Invalid', details: { causes: [{ field: 'metadata.name' }] } });
  });
});

describe('replace', () => {
  it('is refused when somebody wrote in between', async () => {
    const { as } = bench();
    const me = as('me');
    const read = await me.create(ConfigMapKind, configMap({ a: '1' }));
    await as('other').replace(ConfigMapKind, { ...read, data: { a: '2' } });

    const error = await failure(me.replace(ConfigMapKind, { ...read, data: { a: '3' } }));

    expect(error).toMatchObject({
      status: 409,
      message:
        'Operation cannot be fulfilled on configmaps "x": the object has been modified; please apply your changes to the latest version and try again',
    });
  });

  it('that changes nothing stores nothing', async () => {
    const { as } = bench();
    const me = as('me');
    const read = await me.create(ConfigMapKind, configMap({ a: '1' }));

    const same = await me.replace(ConfigMapKind, read);

    expect(same.metadata.resourceVersion).toBe(read.metadata.resourceVersion);
  });

  it('cannot change what the server sets', async () => {
    const { as } = bench();
    const me = as('me');
    const read = await me.create(ConfigMapKind, configMap({ a: '1' }));

    const written = await me.replace(ConfigMapKind, {
      ...read,
      metadata: {
        ...read.metadata,
        creationTimestamp: '1999-01-01T00:00:00Z',
      },
    });

    expect(written.metadata.creationTimestamp).toBe(read.metadata.creationTimestamp);
  });

  it('needs a version for a custom kind', async () => {
    const { send } = bench();
    await send('POST', mcoPath, mco());

    const { status, body } = await send('PUT', `${mcoPath}/observability`, mco());

    expect(status).toBe(422);
    expect(body.message).toContain('metadata.resourceVersion: Invalid value: 0: must be specified for an update');
  });
});

describe('delete', () => {
  it('answers what is gone, and 404 for what is not there', async () => {
    const { as, send } = bench();
    await as('me').create(ConfigMapKind, configMap({}));

    const first = await send('DELETE', `${configMaps}/x`);
    const second = await send('DELETE', `${configMaps}/x`);

    expect(first.body).toMatchObject({ status: 'Success', details: { name: 'x', kind: 'configmaps' } });
    expect(second).toMatchObject({ status: 404, body: { message: 'configmaps "x" not found' } });
  });

  it('holds to its preconditions', async () => {
    const { as } = bench();
    const me = as('me');
    await me.create(ConfigMapKind, configMap({}));

    const error = await failure(me.delete(ConfigMapKind, labKey, { uid: 'another' }));

    expect(error).toMatchObject({ status: 409, reason: 'Conflict' });
    expect((error as Error).message).toContain(
      'the UID in the precondition (another) does not match the UID in record',
    );
  });

  it('waits for finalizers; new ones come too late', async () => {
    const { as } = bench();
    const me = as('me');
    await me.create(ConfigMapKind, configMap({}, { finalizers: ['example.com/hold'] }));

    await me.delete(ConfigMapKind, labKey);
    const held = await me.get(ConfigMapKind, labKey);
    const late = await failure(
      me.mergePatch(ConfigMapKind, labKey, { metadata: { finalizers: ['example.com/hold', 'example.com/late'] } }),
    );
    await me.mergePatch(ConfigMapKind, labKey, { metadata: { finalizers: [] } });

    expect(held?.metadata.deletionTimestamp).toBe('2026-01-01T00:00:00Z');
    expect(late).toMatchObject({ status: 422 });
    expect(await me.get(ConfigMapKind, labKey)).toBeUndefined();
  });

  it('by dry run deletes nothing', async () => {
    const { as, send } = bench();
    const me = as('me');
    await me.create(ConfigMapKind, configMap({}));

    await send('DELETE', `${configMaps}/x?dryRun=All`);

    expect(await me.get(ConfigMapKind, labKey)).toBeDefined();
  });

  it('of a collection takes what is selected', async () => {
    const { as, send } = bench();
    const me = as('me');
    await me.create(ConfigMapKind, configMap({}, { name: 'a', labels: { app: 'x' } }));
    await me.create(ConfigMapKind, configMap({}, { name: 'b' }));

    await send('DELETE', `${configMaps}?labelSelector=app%3Dx`);

    expect((await me.list(ConfigMapKind)).map(({ metadata }) => metadata.name)).toEqual(['b']);
  });
});
