import { describe, expect, it } from 'vitest';
import * as ours from '../../../src/kinds.ts';
import { resourceTypes } from '../../../src/sandbox/api/index.ts';
import { apiVersionOf } from '../../../src/sandbox/api/kinds.ts';
import { fieldSchema, type Schema } from '../../../src/sandbox/api/schema.ts';
import { multiClusterObservability } from '../../../src/sandbox/api/schemas/observability.ts';
import { customSchemas } from '../../../src/sandbox/api/schemas/table.ts';
import { bench } from './bench.ts';
import { type CrdSchema, crds, haveCrds } from './crds.ts';

const withCrds = haveCrds ? describe : describe.skip;

describe('the kind table', () => {
  it('serves every kind this program reads or writes', () => {
    const used = Object.values(ours).filter((value) => typeof value === 'object');
    const served = new Set(
      resourceTypes.map((type) => `${apiVersionOf(type)} ${type.kind} ${type.plural} ${type.namespaced}`),
    );

    const missing = used.filter(
      (kind) => !served.has(`${kind.apiVersion} ${kind.kind} ${kind.plural} ${kind.namespaced}`),
    );

    expect(missing).toEqual([]);
  });

  it('is what discovery tells, in both forms', async () => {
    const { send } = bench();
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

    const list = await send('GET', '/apis/cluster.open-cluster-management.io/v1');
    const all = await send('GET', '/apis', undefined, { accept });
    const missing = await send('GET', '/apis/nobody.example.com/v1');

    expect(list.body.resources).toContainEqual(
      expect.objectContaining({ name: 'managedclusters', shortNames: ['mcl', 'mcls'], namespaced: false }),
    );
    expect(all.headers['content-type']).toContain('as=APIGroupDiscoveryList');
    expect(JSON.stringify(all.body)).toContain('"resource":"managedclusters"');
    expect(missing.status).toBe(404);
  });
});

withCrds('against the CRDs of the reference (skipped where ../shared is absent)', () => {
  it('names, scopes, short names and status are theirs', () => {
    const differing = crds().flatMap(({ spec }) => {
      const { kind, plural, singular, shortNames = [] } = spec.names;
      const type = resourceTypes.find((known) => known.group === spec.group && known.plural === plural);
      const version = spec.versions.find(({ name }) => name === type?.version);
      const theirs = {
        kind,
        singular,
        shortNames,
        namespaced: spec.scope === 'Namespaced',
        status: version?.subresources?.status !== undefined,
      };
      const mine = type && {
        kind: type.kind,
        singular: type.singular,
        shortNames: type.shortNames,
        namespaced: type.namespaced,
        status: type.status,
      };
      return JSON.stringify(mine) === JSON.stringify(theirs) ? [] : [{ plural, mine, theirs }];
    });

    expect(differing).toEqual([]);
  });

  it('every field described is there, with the same type, default, bounds, and keys', () => {
    const problems = crds().flatMap(({ spec }) => {
      const type = resourceTypes.find((known) => known.group === spec.group && known.plural === spec.names.plural);
      const schema = type && customSchemas[`${type.kind}.${type.group}`];
      const crd = spec.versions.find(({ name }) => name === type?.version)?.schema.openAPIV3Schema;
      return schema === undefined || crd === undefined ? [] : differences(schema, crd, spec.names.kind);
    });

    expect(problems).toEqual([]);
  });

  it('no field of MultiClusterObservability is missing', () => {
    const crd = crds().find(({ spec }) => spec.names.kind === 'MultiClusterObservability');
    const spec = crd?.spec.versions.find(({ name }) => name === 'v1beta2')?.schema.openAPIV3Schema.properties?.spec;

    const known: Schema = multiClusterObservability.spec ?? { type: 'any' };
    expect(missing(known, spec ?? {}, 'spec')).toEqual([]);
  });
});

const bounds = ['default', 'minimum', 'maximum', 'minLength', 'maxLength', 'pattern', 'enum'] as const;

/** Where the table and the CRD disagree about what the table describes. */
function differences(schema: Schema, crd: CrdSchema, path: string): string[] {
  if (schema.type === 'any') return [];
  const theirType = crd['x-kubernetes-int-or-string'] ? 'int-or-string' : crd.type;
  if (schema.type !== theirType) return [`${path}: ${schema.type} is ${theirType}`];
  if (schema.type === 'array') {
    const listType = crd['x-kubernetes-list-type'] ?? 'atomic';
    const keys = JSON.stringify(crd['x-kubernetes-list-map-keys']);
    const wrong = (schema.list ?? 'atomic') !== listType || JSON.stringify(schema.keys) !== keys;
    return [
      ...(wrong ? [`${path}: list ${listType} ${keys}`] : []),
      ...differences(schema.items, crd.items ?? {}, `${path}[]`),
    ];
  }
  if (schema.type !== 'object') {
    const own: CrdSchema = schema;
    return bounds
      .filter((bound) => own[bound] !== undefined && JSON.stringify(own[bound]) !== JSON.stringify(crd[bound]))
      .map((bound) => `${path}: ${bound}`);
  }
  const required = (schema.required ?? [])
    .filter((name) => !crd.required?.includes(name))
    .map((name) => `${path}: ${name} is not required`);
  const inner = Object.entries(schema.fields)
    .filter(([name]) => path.includes('.') || name !== 'metadata')
    .flatMap(([name, field]) => {
      const theirs = crd.properties?.[name];
      return theirs === undefined ? [`${path}.${name}: not there`] : differences(field, theirs, `${path}.${name}`);
    });
  const values = schema.values ? differences(schema.values, crd.additionalProperties ?? {}, `${path}{}`) : [];
  return [...required, ...inner, ...values];
}

/** Fields of the CRD the table would prune, and defaults, bounds and requirements it lacks. */
function missing(schema: Schema, crd: CrdSchema, path: string): string[] {
  if (schema.type === 'any') return [];
  const scalar: CrdSchema = schema.type === 'object' || schema.type === 'array' ? {} : schema;
  const unbounded =
    crd.properties || crd.items
      ? []
      : bounds.filter(
          (bound) => crd[bound] !== undefined && scalar[bound] === undefined && schema.type !== 'int-or-string',
        );
  const required =
    schema.type === 'object' && !schema.open
      ? (crd.required ?? []).filter((name) => !schema.required?.includes(name))
      : [];
  const inner = Object.entries(crd.properties ?? {}).flatMap(([name, field]) => {
    const known = fieldSchema(schema, name);
    return known === undefined ? [`${path}.${name}`] : missing(known, field, `${path}.${name}`);
  });
  const items = schema.type === 'array' && crd.items ? missing(schema.items, crd.items, `${path}[]`) : [];
  return [
    ...unbounded.map((bound) => `${path}: ${bound}`),
    ...required.map((name) => `${path}.${name} required`),
    ...inner,
    ...items,
  ];
}
