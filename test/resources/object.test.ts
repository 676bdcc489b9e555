import { beforeEach, describe, expect, it } from 'vitest';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { createVirtualClock } from '../../src/adapters/virtual-clock.ts';
import { isProblem } from '../../src/engine/problem.ts';
import {
  type ConfigMap,
  ConfigMapKind,
  type MultiClusterObservability,
  MultiClusterObservabilityKind,
  type Secret,
  SecretKind,
} from '../../src/kinds.ts';
import type { Cluster } from '../../src/ports.ts';
import { marks } from '../../src/resources/marks.ts';
import { type ObjectOptions, objectResource } from '../../src/resources/object.ts';
import { createApiServer } from '../../src/sandbox/api/index.ts';

const namespace = 'shop';
const key = { namespace, name: 'settings' };

describe('an object as a resource', () => {
  let us: Cluster;
  let as: (fieldManager: string) => Cluster;

  beforeEach(() => {
    const clock = createVirtualClock({ startMs: Date.parse('2026-01-05T09:00:00Z') });
    const server = createApiServer({ name: 'hub', clock });
    server.seed([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
    as = (fieldManager) => createCluster({ name: 'hub', transport: server.transport(), clock, fieldManager });
    us = as('acm-observability');
  });

  const map = (data: Record<string, string>): ConfigMap => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...key },
    data,
  });

  function settings(data: Record<string, string>, more: Partial<ObjectOptions<ConfigMap>> = {}) {
    return objectResource<ConfigMap>({
      cluster: us,
      kind: ConfigMapKind,
      key,
      step: 'toy',
      desired: () => map(data),
      forceConflicts: false,
      ...more,
    });
  }

  async function applied(data: Record<string, string>) {
    const resource = settings(data);
    await resource.apply(await resource.plan());
    return resource;
  }

  it('is created with our mark, and then is as declared', async () => {
    const before = await settings({ a: '1' }).plan();
    const resource = await applied({ a: '1' });

    const after = await resource.plan();
    const live = await us.get(ConfigMapKind, key);
    expect(before).toEqual({ kind: 'create' });
    expect(after).toEqual({ kind: 'none' });
    expect(live?.metadata.labels).toEqual({ [marks.managedBy[0]]: 'acm-observability', [marks.step]: 'toy' });
  });

  it('plans a create where even the namespace is missing, and says that nobody has validated it', async () => {
    const elsewhere = { namespace: 'nowhere', name: 'settings' };
    const resource = settings({}, { key: elsewhere, desired: () => ({ ...map({}), metadata: elsewhere }) });

    const change = await resource.plan();

    expect(change).toEqual({ kind: 'create', note: 'not validated: its namespace does not exist yet' });
  });

  it('calls a field of ours that a person changed drift, with the name of the tool, and sets it back', async () => {
    const resource = await applied({ a: '1' });
    const person = as('kubectl-edit');
    const live = await person.get(ConfigMapKind, key);
    await person.replace(ConfigMapKind, { ...map({ a: '2' }), metadata: { ...live!.metadata } });

    const change = await resource.plan();
    await resource.apply(change);

    expect(change).toMatchObject({ kind: 'update', diff: ['~ data.a: "2" → "1"'] });
    expect(change.kind === 'update' && change.drift).toMatchObject([{ field: '.data.a', by: 'kubectl-edit' }]);
    expect((await us.get(ConfigMapKind, key))?.data).toEqual({ a: '1' });
    expect(await resource.plan()).toEqual({ kind: 'none' });
  });

  it('leaves a field that another tool applies alone, and names the tool', async () => {
    const resource = await applied({ a: '1' });
    await as('argocd-controller').apply(ConfigMapKind, map({ a: '2' }), { force: true });

    const change = await resource.plan();

    expect(change).toEqual({ kind: 'conflict', owner: 'argocd-controller', fields: ['.data.a'] });
  });

  it('takes that field when told to force', async () => {
    await applied({ a: '1' });
    await as('argocd-controller').apply(ConfigMapKind, map({ a: '2' }), { force: true });
    const forced = settings({ a: '1' }, { forceConflicts: true });

    await forced.apply(await forced.plan());

    expect((await us.get(ConfigMapKind, key))?.data).toEqual({ a: '1' });
  });

  it('does not mind what others add', async () => {
    const resource = await applied({ a: '1' });
    await as('operator').apply(ConfigMapKind, {
      ...map({ b: '2' }),
      metadata: { ...key, labels: { 'cluster.open-cluster-management.io/backup': '' } },
    });

    expect(await resource.plan()).toEqual({ kind: 'none' });
  });

  describe('that was there before us', () => {
    beforeEach(async () => {
      await as('kubectl-create').create(ConfigMapKind, map({ theirs: 'yes' }));
    });

    it('is adopted: our fields, a note, not our label', async () => {
      const resource = settings({ a: '1' });
      const change = await resource.plan();
      await resource.apply(change);

      const live = await us.get(ConfigMapKind, key);
      expect(change).toMatchObject({ kind: 'update', note: 'adopted: it was here before' });
      expect(live?.data).toEqual({ theirs: 'yes', a: '1' });
      expect(live?.metadata.labels).toBeUndefined();
      expect(live?.metadata.annotations).toEqual({ [marks.adopted]: 'toy' });
      expect(await resource.plan()).toEqual({ kind: 'none' });
    });

    it('is given back by a removal: only our fields go', async () => {
      const resource = await applied({ a: '1' });

      const change = await resource.planRemoval();
      await resource.remove(change);

      const live = await us.get(ConfigMapKind, key);
      expect(change.kind).toBe('update');
      expect(live?.data).toEqual({ theirs: 'yes' });
      expect(live?.metadata.annotations ?? {}).toEqual({});
      expect(await resource.gone()).toEqual({ state: 'ready' });
    });

    it('is not overruled: a value somebody chose before us is a conflict, even a person’s', async () => {
      const change = await settings({ theirs: 'no' }).plan();

      expect(change).toEqual({ kind: 'conflict', owner: 'kubectl-create', fields: ['.data.theirs'] });
    });

    it('is never removed', async () => {
      expect(await settings({ a: '1' }).planRemoval()).toEqual({ kind: 'none' });
    });
  });

  it('is removed when we made it', async () => {
    const resource = await applied({ a: '1' });

    await resource.remove(await resource.planRemoval());

    expect(await us.get(ConfigMapKind, key)).toBeUndefined();
    expect(await resource.gone()).toEqual({ state: 'ready' });
  });

  it('is kept without our marks when there is a reason to', async () => {
    await applied({ a: '1' });
    const resource = settings({ a: '1' }, { keep: () => 'it still holds 3 volumes' });

    const change = await resource.planRemoval();
    await resource.remove(change);

    expect(change).toMatchObject({ kind: 'update', note: 'kept: it still holds 3 volumes' });
    expect((await us.get(ConfigMapKind, key))?.metadata.labels ?? {}).toEqual({});
    expect(await resource.gone()).toEqual({ state: 'ready' });
  });

  it('masks a Secret before a line of a diff exists', async () => {
    const secret = (value: string): Secret => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...key },
      data: { password: Buffer.from(value).toString('base64') },
    });
    const resource = (value: string) =>
      objectResource<Secret>({
        cluster: us,
        kind: SecretKind,
        key,
        step: 'toy',
        desired: () => secret(value),
        forceConflicts: false,
      });
    await resource('hunter2').apply({ kind: 'create' });

    const change = await resource('hunter3').plan();

    expect(change).toMatchObject({ kind: 'update', diff: ['~ data.password: *** (changed)'] });
    expect(JSON.stringify(change)).not.toContain(Buffer.from('hunter').toString('base64').slice(0, 6));
  });

  it('refuses a field that the server drops without a word', async () => {
    const typo: MultiClusterObservability = {
      apiVersion: MultiClusterObservabilityKind.apiVersion,
      kind: MultiClusterObservabilityKind.kind,
      metadata: { name: 'observability' },
      spec: {
        observabilityAddonSpec: {},
        storageConfig: { metricObjectStorage: { name: 'thanos-object-storage', key: 'thanos.yaml' } },
        advanced: { retentionConfig: { retentionResolutionRaww: '30d' } },
      },
    };
    const resource = objectResource<MultiClusterObservability>({
      cluster: us,
      kind: MultiClusterObservabilityKind,
      key: { name: 'observability' },
      step: 'toy',
      desired: () => typo,
      forceConflicts: false,
    });

    const error: unknown = await resource.plan().catch((thrown: unknown) => thrown);

    expect(isProblem(error, 'field-dropped')).toBe(true);
    expect(String(error)).toContain('spec.advanced.retentionConfig.retentionResolutionRaww');
  });
});
