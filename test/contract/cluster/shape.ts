/** What a server makes of an object's fields: defaults, bounds, unknown fields, names. */
import { expect, it } from 'vitest';
import { ConfigMapKind, LeaseKind, MultiClusterObservabilityKind } from '../../../src/kinds.ts';
import { AnyConfigMap, type LabMaker, observability, refusal } from './world.ts';

export function shapeContract(open: LabMaker): void {
  it('a dry run of MultiClusterObservability answers with every default filled in', async () => {
    const { world, namespace } = await open();

    const dry = await world.as('me').apply(MultiClusterObservabilityKind, observability(namespace), { dryRun: true });

    expect(dry.spec).toEqual({
      enableDownsampling: true,
      observabilityAddonSpec: { enableMetrics: true, interval: 300, scrapeSizeLimitBytes: 1073741824, workers: 1 },
      storageConfig: {
        metricObjectStorage: { name: 'thanos', key: 'thanos.yaml' },
        alertmanagerStorageSize: '1Gi',
        compactStorageSize: '100Gi',
        receiveStorageSize: '100Gi',
        ruleStorageSize: '1Gi',
        storeStorageSize: '10Gi',
      },
    });
  });

  it('a field MultiClusterObservability does not have is dropped by an apply without a word', async () => {
    const { world, namespace } = await open();
    const wanted = observability(namespace, {
      retentionConfigX: { a: 1 },
      advanced: { retentionConfig: { rawX: '1d' } },
    });

    const applied = await world.as('me').apply(MultiClusterObservabilityKind, wanted);

    expect(applied.spec).not.toHaveProperty('retentionConfigX');
    expect(applied.spec?.advanced?.retentionConfig).not.toHaveProperty('rawX');
  });

  it('a value out of bounds is refused with its field', async () => {
    const { world, namespace } = await open();
    const wanted = observability(namespace, { observabilityAddonSpec: { interval: 10 } });

    const refused = await refusal(world.as('me').apply(MultiClusterObservabilityKind, wanted));

    expect(refused).toMatchObject({ status: 422, reason: 'Invalid' });
    expect(refused.message).toContain(
      `MultiClusterObservability.observability.open-cluster-management.io "${namespace}" is invalid`,
    );
    expect(refused.message).toContain(
      'spec.observabilityAddonSpec.interval: Invalid value: 10: spec.observabilityAddonSpec.interval in body should be greater than or equal to 15',
    );
    expect(refused.details).toMatchObject({
      name: namespace,
      group: 'observability.open-cluster-management.io',
      kind: 'MultiClusterObservability',
      causes: [{ reason: 'FieldValueInvalid', field: 'spec.observabilityAddonSpec.interval' }],
    });
  });

  it('a required field that is missing is refused with its field', async () => {
    const { world, namespace } = await open();
    const wanted = observability(namespace, { storageConfig: {} });

    const refused = await refusal(world.as('me').create(MultiClusterObservabilityKind, wanted));

    expect(refused).toMatchObject({ status: 422, reason: 'Invalid' });
    expect(refused.message).toContain('spec.storageConfig.metricObjectStorage: Required value');
  });

  it('a value of the wrong type is refused', async () => {
    const { world, namespace, configMap } = await open();
    const me = world.as('me');
    const wanted = observability(namespace, { observabilityAddonSpec: { interval: 'often' } });

    const custom = await refusal(me.create(MultiClusterObservabilityKind, wanted));
    const builtin = await refusal(me.create(AnyConfigMap, { ...configMap(), data: { a: 1 } }));

    expect(custom).toMatchObject({ status: 422, reason: 'Invalid' });
    expect(custom.message).toContain('spec.observabilityAddonSpec.interval');
    expect(builtin).toMatchObject({ status: 400, reason: 'BadRequest' });
  });

  it('names and keys must be fit for it', async () => {
    const { world, configMap } = await open();
    const me = world.as('me');

    const name = await refusal(me.create(ConfigMapKind, configMap({}, { name: 'Not_A_Name' })));
    const key = await refusal(me.create(ConfigMapKind, configMap({ 'no key': '1' })));
    const label = await refusal(me.create(ConfigMapKind, configMap({}, { labels: { a: 'not a value' } })));

    expect(name).toMatchObject({
      status: 422,
      details: { causes: [{ reason: 'FieldValueInvalid', field: 'metadata.name' }] },
    });
    expect(key).toMatchObject({ status: 422, reason: 'Invalid', details: { causes: [{ field: 'data[no key]' }] } });
    expect(label).toMatchObject({ status: 422, details: { causes: [{ field: 'metadata.labels' }] } });
  });

  it('a field a built-in kind does not have is dropped by a create, and refused by an apply', async () => {
    const { world, configMap } = await open();
    const me = world.as('me');

    const made = await me.create(ConfigMapKind, { ...configMap(), dta: { a: '1' } });
    const refused = await refusal(me.apply(ConfigMapKind, { ...configMap({}, { name: 'y' }), dta: { a: '1' } }));

    expect(made).not.toHaveProperty('dta');
    expect(refused.message).toContain('.dta: field not declared in schema');
  });

  it('keeps the microseconds of a Lease', async () => {
    const { world, namespace } = await open();
    const spec = { holderIdentity: 'me', leaseDurationSeconds: 30, renewTime: '2026-01-01T00:00:00.123456Z' };
    const metadata = { name: 'l', namespace };

    const made = await world
      .as('me')
      .create(LeaseKind, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });

    expect(made.spec).toEqual(spec);
  });
}
