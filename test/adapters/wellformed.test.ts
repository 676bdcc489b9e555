import { describe, expect, it } from 'vitest';
import { misshapen } from '../../src/adapters/wellformed.ts';

const addon = (status: unknown) => ({
  apiVersion: 'addon.open-cluster-management.io/v1alpha1',
  kind: 'ManagedClusterAddOn',
  metadata: { name: 'observability-controller', namespace: 'paris' },
  status,
});
const available = { type: 'Available', status: 'True' };

describe('an object that has just come', () => {
  it('is one of its kind, with whatever else it may hold', () => {
    const found = addon({ conditions: [available], registrations: [{ signerName: 1 }] });

    expect(misshapen('ManagedClusterAddOn', found)).toBeUndefined();
  });

  it.each([
    [addon({ conditions: [available, { ...available, type: 3 }] }), 'status.conditions[1].type: a number, not a text'],
    [addon({ conditions: {} }), 'status.conditions: an object, not a list'],
    [addon({ conditions: ['Available'] }), 'status.conditions[0]: a text, not an object'],
    [addon('well'), 'status: a text, not an object'],
    [{ apiVersion: 'v1', kind: 'x', metadata: {} }, 'metadata.name: nothing, not a text'],
    ['<html>', 'the object: a text, not an object'],
    [undefined, 'the object: nothing, not an object'],
  ])('is told where it is none: %j', (found, where) => {
    expect(misshapen('ManagedClusterAddOn', found)).toBe(where);
  });

  it('holds labels and data of texts only', () => {
    const found = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { key: 7 } };

    expect(misshapen('ConfigMap', found)).toBe('data: an object, not an object of texts');
  });

  it('loses the fields Go writes without a value', () => {
    const found = addon(null);

    expect(misshapen('ManagedClusterAddOn', found)).toBeUndefined();
    expect(found).not.toHaveProperty('status');
  });

  it('of a kind nobody has described has what every object has', () => {
    expect(misshapen('Anything', { apiVersion: 'v1', kind: 'Anything', metadata: { name: 'a' }, spec: 7 })).toBe(
      undefined,
    );
    expect(misshapen('Anything', { apiVersion: 'v1', metadata: { name: 'a' } })).toBe('kind: nothing, not a text');
  });
});
