import { describe, expect, it } from 'vitest';
import { ConfigMapKind, MultiClusterObservabilityKind, SecretKind } from '../../../src/kinds.ts';
import { ApiError } from '../../../src/ports.ts';
import { type Fields, withoutNulls } from '../../../src/sandbox/api/objects.ts';
import { bench, configMap, configMaps, failure, labKey, mco, mcoPath, mergeType } from './bench.ts';

describe('status', () => {
  it('and spec are written apart, and only the spec counts as a generation', async () => {
    const { send } = bench();
    const { body: made } = await send('POST', mcoPath, mco());
    const conditions = [{ type: 'Ready', status: 'True', reason: 'Ready', message: '' }];

    const { body: status } = await send('PUT', `${mcoPath}/observability/status`, {
      ...made,
      spec: { ...Object(made.spec), enableDownsampling: false },
      status: { conditions },
    });
    const { body: spec } = await send(
      'PATCH',
      `${mcoPath}/observability`,
      { spec: { enableDownsampling: false }, status: {} },
      mergeType,
    );

    expect(status).toMatchObject({
      spec: { enableDownsampling: true },
      status: { conditions },
      metadata: { generation: 1 },
    });
    expect(spec).toMatchObject({
      spec: { enableDownsampling: false },
      status: { conditions },
      metadata: { generation: 2 },
    });
  });

  it('is no subresource of a kind without one', async () => {
    const { send } = bench();

    expect((await send('GET', `${configMaps}/x/status`)).status).toBe(404);
  });
});

describe('a MultiClusterObservability', () => {
  it('comes back from a dry run with every default (measured.md §3), and is not there', async () => {
    const { as } = bench();
    const me = as('me');

    const made = await me.apply(MultiClusterObservabilityKind, mco(), { dryRun: true });

    expect(made.spec).toEqual({
      enableDownsampling: true,
      observabilityAddonSpec: { enableMetrics: true, interval: 300, scrapeSizeLimitBytes: 1073741824, workers: 1 },
      storageConfig: {
        alertmanagerStorageSize: '1Gi',
        compactStorageSize: '100Gi',
        metricObjectStorage: { name: 'thanos', key: 'thanos.yaml' },
        receiveStorageSize: '100Gi',
        ruleStorageSize: '1Gi',
        storeStorageSize: '10Gi',
      },
    });
    expect(await me.get(MultiClusterObservabilityKind, { name: 'observability' })).toBeUndefined();
  });

  it('loses a misspelt field by server-side apply without a word, even strictly (measured.md §1.3)', async () => {
    const { as } = bench();

    const made = await as('me').apply(MultiClusterObservabilityKind, mco({ retentionConfigX: {} }));

    expect(made.spec).not.toHaveProperty('retentionConfigX');
  });

  it('refuses the same by a strict merge patch, naming the path (measured.md §1.3)', async () => {
    const { send } = bench();
    await send('POST', mcoPath, mco());
    const patch = { spec: { advanced: { retentionConfig: { retentionResolutionRaww: '1d' } } } };

    const { status, body } = await send(
      'PATCH',
      `${mcoPath}/observability?fieldValidation=Strict&dryRun=All`,
      patch,
      mergeType,
    );
    const warned = await send('PATCH', `${mcoPath}/observability`, patch, mergeType);

    expect(status).toBe(422);
    expect(body.message).toContain('unknown field "spec.advanced.retentionConfig.retentionResolutionRaww"');
    expect(warned.headers.warning).toBe(
      '299 - "unknown field \\"spec.advanced.retentionConfig.retentionResolutionRaww\\""',
    );
  });

  it('refuses an interval below its bound in the words of the CRD (measured.md §3)', async () => {
    const { as } = bench();

    const error = await failure(
      as('me').apply(MultiClusterObservabilityKind, mco({ observabilityAddonSpec: { interval: 10 } })),
    );

    expect(error).toMatchObject({ status: 422, reason: 'Invalid' });
    expect((error as Error).message).toContain(
      'spec.observabilityAddonSpec.interval in body should be greater than or equal to 15',
    );
  });

  it('needs its object storage', async () => {
    const { as } = bench();

    const error = await failure(as('me').apply(MultiClusterObservabilityKind, mco({ storageConfig: {} })));

    expect(error).toMatchObject({
      status: 422,
      details: { causes: [{ reason: 'FieldValueRequired', field: 'spec.storageConfig.metricObjectStorage' }] },
    });
  });
});

describe('ConfigMaps and Secrets', () => {
  it('hold strings: anything else is no such object', async () => {
    const { send } = bench();

    const { status, body } = await send('POST', configMaps, { ...configMap({}), data: { a: 1 } });

    expect(status).toBe(400);
    expect(body.message).toContain('cannot unmarshal integer into data.a of type string');
  });

  it('refuse keys no file could have', async () => {
    const { as } = bench();

    expect(await failure(as('me').create(ConfigMapKind, configMap({ 'a/b': '' })))).toMatchObject({ status: 422 });
  });

  it('encode stringData, have a type, and keep it', async () => {
    const { send } = bench();
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } };
    const secrets = '/api/v1/namespaces/lab/secrets';

    const { body: made } = await send('POST', secrets, { ...secret, stringData: { key: 'value' } });
    const wrong = await send('PUT', `${secrets}/s`, { ...secret, type: 'other' });
    const garbage = await send('POST', secrets, { ...secret, metadata: { name: 't' }, data: { key: '~' } });

    expect(made).toMatchObject({ type: 'Opaque', data: { key: Buffer.from('value').toString('base64') } });
    expect(made.stringData).toBeUndefined();
    expect(wrong.body.message).toContain('type: Invalid value: "other": field is immutable');
    expect(garbage).toMatchObject({ status: 400 });
  });
});

describe('a kind the cluster lacks', () => {
  it('is no resource at all', async () => {
    const { as } = bench({ without: ['multiclusterobservabilities.observability.open-cluster-management.io'] });

    const error = await failure(as('me').list(MultiClusterObservabilityKind));

    expect(error).toMatchObject({ status: 404, message: 'the server could not find the requested resource' });
  });

  it('comes with its CustomResourceDefinition, and goes with it', async () => {
    const { send } = bench();
    const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const names = { kind: 'Widget', plural: 'widgets', singular: 'widget' };
    const versions = [{ name: 'v1', served: true, storage: true }];
    const spec = { group: 'example.com', names, scope: 'Cluster', versions };

    await send('POST', crds, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec,
    });
    const there = await send('GET', '/apis/example.com/v1/widgets');
    const known = await send('GET', `${crds}/managedclusters.cluster.open-cluster-management.io`);
    await send('DELETE', `${crds}/widgets.example.com`);
    const gone = await send('GET', '/apis/example.com/v1/widgets');

    expect([there.status, known.status, gone.status]).toEqual([200, 200, 404]);
  });
});

describe('admission', () => {
  it('may refuse, dry runs included, and a slow answer is built on the newest state', async () => {
    const reviewed: string[] = [];
    let interfere = (): void => undefined;
    const { api, as } = bench({
      admission: [
        async ({ operation, object, dryRun }) => {
          reviewed.push(`${operation}${dryRun ? ' dry' : ''}`);
          interfere();
          if (Object(object).data?.bad)
            throw new ApiError(403, 'Forbidden', 'admission webhook "w" denied the request: bad');
        },
      ],
    });
    const me = as('me');
    await me.create(ConfigMapKind, configMap({ a: '1' }));

    const refused = await failure(me.apply(ConfigMapKind, configMap({ bad: '1' }), { dryRun: true }));
    interfere = () => {
      interfere = () => undefined;
      api.seed([configMap({ a: '1', theirs: '1' })]);
    };
    const patched = await me.mergePatch(ConfigMapKind, labKey, { data: { mine: '1' } });

    expect(refused).toMatchObject({ status: 403 });
    expect(patched.data).toEqual({ a: '1', theirs: '1', mine: '1' });
    expect(reviewed).toEqual(['CREATE', 'UPDATE dry', 'UPDATE', 'UPDATE']);
  });
});

describe('seeding', () => {
  it('makes namespaces and keeps the status', async () => {
    const { api, as } = bench();

    api.seed([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p', namespace: 'elsewhere' },
        status: { phase: 'Running' },
      },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'elsewhere' } },
    ]);

    const pods = await as('me').list(
      { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true },
      { fieldSelector: 'status.phase=Running' },
    );
    expect(pods).toHaveLength(1);
    expect(await as('me').get(SecretKind, { name: 's', namespace: 'elsewhere' })).toBeDefined();
  });
});

describe('a value without nulls', () => {
  it('is the very value: what did not change is shared, and never taken apart again', () => {
    const value = { a: [{ b: 1 }, 'c'], d: {} };

    expect(withoutNulls(value)).toBe(value);
  });

  it('is new along the way to a null, and the rest is shared', () => {
    const kept = { x: 1 };

    const cleaned = withoutNulls({ kept, list: [kept, { gone: null, stays: 2 }], gone: null }) as Fields & {
      list: unknown[];
    };

    expect(cleaned).toEqual({ kept: { x: 1 }, list: [{ x: 1 }, { stays: 2 }] });
    expect(Object.keys(cleaned)).toEqual(['kept', 'list']);
    expect(cleaned.kept).toBe(kept);
    expect(cleaned.list[0]).toBe(kept);
  });

  it('keeps a field named __proto__ as any other', () => {
    const cleaned = withoutNulls(JSON.parse('{"__proto__": {"a": null, "b": 1}, "c": null}'));

    expect(JSON.stringify(cleaned)).toBe('{"__proto__":{"b":1}}');
  });
});
