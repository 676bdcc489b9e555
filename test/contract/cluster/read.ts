/** Get, list, and what is answered where there is nothing. */
import { expect, it } from 'vitest';
import {
  ConfigMapKind,
  type KubeObject,
  MultiClusterObservabilityKind,
  Namespace,
  SecretKind,
} from '../../../src/kinds.ts';
import { type LabMaker, refusal, UnknownKind } from './world.ts';

const names = (items: readonly KubeObject[]): string[] => items.map(({ metadata }) => metadata.name);

export function readContract(open: LabMaker): void {
  it('get gives undefined for what is not there, and for a kind the server does not know', async () => {
    const { world, key, namespace } = await open();
    const me = world.as('me');

    expect(await me.get(ConfigMapKind, key())).toBeUndefined();
    expect(await me.get(ConfigMapKind, { name: 'x', namespace: 'nowhere' })).toBeUndefined();
    expect(await me.get(UnknownKind, { name: 'x', namespace })).toBeUndefined();
  });

  it('says by name what is not found', async () => {
    const { send, namespace } = await open();

    const { status, body } = await send('GET', `/api/v1/namespaces/${namespace}/configmaps/x`);

    expect(status).toBe(404);
    expect(body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'configmaps "x" not found',
      reason: 'NotFound',
      details: { name: 'x', kind: 'configmaps' },
      code: 404,
    });
  });

  it('list of a kind the server does not know is 404; of a namespace that is not there it is empty', async () => {
    const { world } = await open();
    const me = world.as('me');

    expect(await refusal(me.list(UnknownKind))).toMatchObject({ status: 404, reason: 'NotFound' });
    expect(await me.list(ConfigMapKind, { namespace: 'nowhere' })).toEqual([]);
  });

  it('list comes in pages that all show the moment of the first', async () => {
    const { world, send, configMap, key, namespace } = await open();
    const me = world.as('me');
    for (const name of ['a', 'b', 'c', 'd']) await me.create(ConfigMapKind, configMap({}, { name }));
    const path = `/api/v1/namespaces/${namespace}/configmaps?limit=2`;
    const first = await send('GET', path);
    const { continue: next, remainingItemCount, resourceVersion } = Object(first.body.metadata);
    await me.delete(ConfigMapKind, key('c'));
    await me.create(ConfigMapKind, configMap({}, { name: 'bb' }));

    const second = await send('GET', `${path}&continue=${encodeURIComponent(next)}`);

    expect(names(Object(first.body.items))).toEqual(['a', 'b']);
    expect(remainingItemCount).toBe(2);
    expect(names(Object(second.body.items))).toEqual(['c', 'd']);
    expect(second.body.metadata).toEqual({ resourceVersion });
  });

  it('list items of built-in kinds have no type on the wire, custom ones have; the port always has', async () => {
    const { world, send, configMap, namespace } = await open();
    await world.as('me').create(ConfigMapKind, configMap());

    const { body } = await send('GET', `/api/v1/namespaces/${namespace}/configmaps`);
    const [item] = await world.as('me').list(ConfigMapKind, { namespace });

    expect([body.kind, body.apiVersion]).toEqual(['ConfigMapList', 'v1']);
    expect(Object(body.items)[0]).not.toHaveProperty('kind');
    expect(item).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
  });

  it('list items say on the wire who set which field; the port leaves that to get', async () => {
    const { world, send, configMap, key, namespace } = await open();
    const me = world.as('me');
    await me.create(ConfigMapKind, configMap({ a: '1' }));

    const { body } = await send('GET', `/api/v1/namespaces/${namespace}/configmaps`);
    const [item] = await me.list(ConfigMapKind, { namespace });
    const got = await me.get(ConfigMapKind, key());

    expect(Object(body.items)[0].metadata.managedFields).toEqual(got?.metadata.managedFields);
    expect(got?.metadata.managedFields).toHaveLength(1);
    expect(item?.metadata).not.toHaveProperty('managedFields');
  });

  it('list of metadata leaves out all else, and selects and names as the other does', async () => {
    const { world, configMap, namespace } = await open();
    const me = world.as('me');
    await me.create(ConfigMapKind, configMap({ a: 'x' }, { name: 'a', labels: { app: 'web' } }));
    await me.create(ConfigMapKind, configMap({ b: 'y' }, { name: 'b' }));

    const [found, ...others] = await me.listMetadata(ConfigMapKind, { namespace, labelSelector: 'app=web' });
    const whole = await me.list(ConfigMapKind, { namespace, labelSelector: 'app=web' });

    expect(others).toEqual([]);
    expect(found).toEqual(whole[0]?.metadata);
  });

  it('list selects by labels', async () => {
    const { world, configMap, namespace } = await open();
    const me = world.as('me');
    await me.create(ConfigMapKind, configMap({}, { name: 'a', labels: { app: 'web' } }));
    await me.create(ConfigMapKind, configMap({}, { name: 'b', labels: { app: 'db', tier: 'back' } }));
    await me.create(ConfigMapKind, configMap({}, { name: 'c' }));
    const select = async (labelSelector: string) => names(await me.list(ConfigMapKind, { namespace, labelSelector }));

    expect(await select('app=web')).toEqual(['a']);
    expect(await select('app!=web')).toEqual(['b', 'c']);
    expect(await select('app in (web, db),tier')).toEqual(['b']);
    expect(await select('app notin (web)')).toEqual(['b', 'c']);
    expect(await select('!app')).toEqual(['c']);
  });

  it('list selects by fields, and says which it knows', async () => {
    const { world, configMap, namespace } = await open();
    const me = world.as('me');
    for (const name of ['a', 'b']) await me.create(ConfigMapKind, configMap({}, { name }));
    await me.create(SecretKind, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace },
      type: 'Opaque',
    });

    expect(names(await me.list(ConfigMapKind, { namespace, fieldSelector: 'metadata.name=a' }))).toEqual(['a']);
    expect(names(await me.list(SecretKind, { namespace, fieldSelector: 'type=Opaque' }))).toEqual(['s']);
    expect(names(await me.list(Namespace, { fieldSelector: `metadata.name=${namespace}` }))).toEqual([namespace]);
    expect(await refusal(me.list(ConfigMapKind, { namespace, fieldSelector: 'data.x=1' }))).toMatchObject({
      status: 400,
      reason: 'BadRequest',
    });
    expect(await refusal(me.list(MultiClusterObservabilityKind, { fieldSelector: 'spec.x=1' }))).toMatchObject({
      status: 400,
    });
    expect(await refusal(me.list(ConfigMapKind, { namespace, labelSelector: 'a b' }))).toMatchObject({ status: 400 });
  });

  it('a proxy to a Service that is not there, or that nobody is behind, says so', async () => {
    const { world, namespace } = await open();
    const services = `/api/v1/namespaces/${namespace}/services`;

    const missing = await world.as('me').raw(`${services}/web:9090/proxy/api/v1/query?query=up`);

    expect([404, 503]).toContain(missing.status);
    expect(JSON.parse(missing.body)).toMatchObject({ kind: 'Status', status: 'Failure' });
  });
}
