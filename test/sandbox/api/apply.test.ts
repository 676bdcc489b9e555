import { describe, expect, it } from 'vitest';
import { ConfigMapKind, MultiClusterObservabilityKind } from '../../../src/kinds.ts';
import type { ApiError } from '../../../src/ports.ts';
import { bench, configMap, configMaps, failure, labKey, mco, mcoPath, mergeType, owner } from './bench.ts';

describe('server-side apply', () => {
  it('makes the object and records what was sent, nothing more', async () => {
    const { as } = bench();

    const made = await as('me').apply(ConfigMapKind, configMap({ a: '1' }, { labels: { app: 'x' } }));

    expect(made.metadata.managedFields).toEqual([
      {
        manager: 'me',
        operation: 'Apply',
        apiVersion: 'v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:a': {} }, 'f:metadata': { 'f:labels': { 'f:app': {} } } },
      },
    ]);
  });

  it('again changes nothing: not the version, not the time of the entry', async () => {
    const { as, clock } = bench();
    const me = as('me');
    const first = await me.apply(ConfigMapKind, configMap({ a: '1' }));
    await clock.sleep(60_000);

    expect(await me.apply(ConfigMapKind, configMap({ a: '1' }))).toEqual(first);
  });

  it('takes out what the applier no longer sends, unless somebody else sends it too', async () => {
    const { as } = bench();
    const me = as('me');
    await me.apply(ConfigMapKind, configMap({ a: '1', b: '2', c: '3' }));
    await as('other').apply(ConfigMapKind, configMap({ b: '2' }));

    const left = await me.apply(ConfigMapKind, configMap({ a: '1' }));

    expect(left.data).toEqual({ a: '1', b: '2' });
  });

  it('names who changed a field by hand, and the field', async () => {
    const { as, send } = bench();
    const me = as('me');
    await me.apply(ConfigMapKind, configMap({ a: '1', b: '2' }));
    await send('PATCH', `${configMaps}/x?fieldManager=kubectl-edit`, { data: { a: '9' } }, mergeType);

    const error = (await failure(me.apply(ConfigMapKind, configMap({ a: '1', b: '2' })))) as ApiError;

    expect(error).toMatchObject({
      status: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.a',
      details: {
        causes: [
          { reason: 'FieldManagerConflict', message: 'conflict with "kubectl-edit" using v1', field: '.data.a' },
        ],
      },
    });
  });

  it('lists several conflicts by owner; another applier is named without a version', async () => {
    const { as } = bench();
    await as('zoe').apply(ConfigMapKind, configMap({ a: '1', b: '1' }));
    await as('argo').apply(ConfigMapKind, configMap({ c: '1' }));

    const error = (await failure(as('me').apply(ConfigMapKind, configMap({ a: '2', b: '2', c: '2' })))) as ApiError;

    expect(error.message).toBe(
      'Apply failed with 3 conflicts: conflicts with "argo":\n- .data.c\nconflicts with "zoe":\n- .data.a\n- .data.b',
    );
  });

  it('shares a field that two send alike', async () => {
    const { as } = bench();
    await as('one').apply(ConfigMapKind, configMap({ a: '1' }));

    const shared = await as('two').apply(ConfigMapKind, configMap({ a: '1' }));

    expect(owner(shared, 'one')?.fieldsV1).toEqual(owner(shared, 'two')?.fieldsV1);
  });

  it('through the status door owns the status only', async () => {
    const { as, send } = bench();
    const made = await as('me').apply(MultiClusterObservabilityKind, mco());
    await send('PUT', `${mcoPath}/observability/status?fieldManager=operator`, { ...made, status: { conditions: [] } });

    const [entry] =
      (await as('me').get(MultiClusterObservabilityKind, { name: 'observability' }))?.metadata.managedFields?.filter(
        ({ manager }) => manager === 'operator',
      ) ?? [];

    expect(entry).toMatchObject({
      operation: 'Update',
      subresource: 'status',
      fieldsV1: { 'f:status': { 'f:conditions': {} } },
    });
  });

  it('leaves defaults unowned, and lets them go with the last field beside them', async () => {
    const { as } = bench();
    const me = as('me');
    const made = await me.apply(
      MultiClusterObservabilityKind,
      mco({ advanced: { retentionConfig: { deleteDelay: '1h' } } }),
    );

    const without = await me.apply(MultiClusterObservabilityKind, mco());

    expect(made.spec?.advanced).toEqual({ queryTimeout: '300s', retentionConfig: { deleteDelay: '1h' } });
    expect(without.spec?.advanced).toBeUndefined();
  });

  it('tells items of a list apart by their key', async () => {
    const { send } = bench();
    const path = '/apis/apps/v1/namespaces/lab/deployments/d';
    const apply = (manager: string, containers: object[]) =>
      send(
        'PATCH',
        `${path}?fieldManager=${manager}`,
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'd' },
          spec: { template: { spec: { containers } } },
        },
        { 'content-type': 'application/apply-patch+yaml' },
      );
    await apply('one', [{ name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }] }]);
    await apply('two', [{ name: 'b', image: 'b:1' }]);

    const { body: changed } = await apply('one', [{ name: 'a', image: 'a:2' }]);
    const { body: refused } = await apply('two', [{ name: 'a', image: 'a:3' }]);

    expect(changed).toMatchObject({
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'a', image: 'a:2' },
              { name: 'b', image: 'b:1' },
            ],
          },
        },
      },
    });
    expect(refused.message).toBe(
      'Apply failed with 1 conflict: conflict with "one": .spec.template.spec.containers[name="a"].image',
    );
  });

  it('needs a field manager', async () => {
    const { send } = bench();

    const { status, body } = await send('PATCH', `${configMaps}/x`, configMap({}), {
      'content-type': 'application/apply-patch+yaml',
    });

    expect(status).toBe(422);
    expect(body.message).toContain('fieldManager: Required value: is required for apply patch');
  });

  it('refuses a field a built-in kind does not have', async () => {
    const { as } = bench();

    const error = await failure(as('me').apply(ConfigMapKind, { ...configMap({}), dta: {} }));

    expect(error).toMatchObject({
      status: 500,
      message: 'failed to create typed patch object (lab/x; /v1, Kind=ConfigMap): .dta: field not declared in schema',
    });
  });

  it('by dry run tells the outcome and stores nothing', async () => {
    const { as } = bench();
    const me = as('me');
    await me.apply(ConfigMapKind, configMap({ a: '1' }));

    const would = await me.apply(ConfigMapKind, configMap({ a: '2' }), { dryRun: true });

    expect(would.data).toEqual({ a: '2' });
    expect((await me.get(ConfigMapKind, labKey))?.data).toEqual({ a: '1' });
  });
});

describe('ownership', () => {
  it('passes to whoever updates a field; the rest stays', async () => {
    const { as, send } = bench();
    await as('me').apply(ConfigMapKind, configMap({ a: '1', b: '2' }));

    const { body } = await send(
      'PATCH',
      `${configMaps}/x?fieldManager=kubectl-edit`,
      { data: { a: '9', c: '3' } },
      mergeType,
    );

    expect(owner(body, 'me')?.fieldsV1).toEqual({ 'f:data': { 'f:b': {} } });
    expect(owner(body, 'kubectl-edit', 'Update')?.fieldsV1).toEqual({ 'f:data': { 'f:a': {}, 'f:c': {} } });
  });

  it('is recorded under the user agent when no manager is told', async () => {
    const { send } = bench();

    const { body } = await send('POST', configMaps, configMap({ a: '1' }), { 'user-agent': 'oc/4.16 (linux)' });

    expect(owner(body, 'oc', 'Update')?.fieldsV1).toEqual({ 'f:data': { '.': {}, 'f:a': {} } });
  });

  it('may be given up by a client that clears it', async () => {
    const { send } = bench();
    const { body: made } = await send('POST', configMaps, configMap({ a: '1' }));

    const { body } = await send('PUT', `${configMaps}/x`, {
      ...made,
      metadata: { ...made.metadata, managedFields: [{}] },
    });

    expect(body.metadata.managedFields).toEqual([]);
  });
});
