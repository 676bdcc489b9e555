import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/kinds.ts';
import { diffObjects, droppedFields } from '../../src/resources/diff.ts';

const map = (data: Record<string, unknown>, metadata: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'one', ...metadata },
  data,
});

describe('the difference of two objects', () => {
  it('tells what is added, changed and gone, in a stable order', () => {
    const lines = diffObjects(map({ b: '1', c: '1' }), map({ a: '1', b: '2' }));

    expect(lines).toEqual(['+ data.a: "1"', '~ data.b: "1" → "2"', '- data.c: "1"']);
  });

  it('leaves out what the server keeps for itself', () => {
    const live = map({}, { resourceVersion: '1', uid: 'x', managedFields: [], generation: 3 });
    const dry = map({}, { resourceVersion: '2', uid: 'x', generation: 4 });

    expect(diffObjects({ ...live, status: { a: 1 } }, { ...dry, status: { a: 2 } })).toEqual([]);
  });

  it('quotes names that are no identifiers', () => {
    const lines = diffObjects(map({}), map({}, { labels: { 'openshift.io/cluster-monitoring': 'true' } }));

    expect(lines).toEqual(['+ metadata.labels: {"openshift.io/cluster-monitoring":"true"}']);
  });

  it('never shows a value of a Secret', () => {
    fc.assert(
      fc.property(fc.base64String({ minLength: 8 }), fc.base64String({ minLength: 8 }), (before, after) => {
        fc.pre(before !== after);
        const secret = (value: string) => ({ ...map({ key: value }), kind: 'Secret' });

        const text = diffObjects(secret(before), secret(after)).join('\n');

        expect(text).not.toContain(before);
        expect(text).not.toContain(after);
      }),
    );
  });

  it('never shows the values of a Secret’s data when all of it is new', () => {
    const bare: KubeObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'one' } };

    const lines = diffObjects(bare, { ...bare, data: { key: 'aHVudGVyMg==' } });

    expect(lines).toEqual(['+ data: ***']);
  });
});

describe('fields the server dropped', () => {
  it('are those sent that did not come back, by their path', () => {
    const sent = { spec: { retentionConfigX: { a: 1 }, kept: 2, list: [1] } };
    const received = { spec: { kept: 2, list: [1], defaulted: true } };

    expect(droppedFields(sent, received)).toEqual(['spec.retentionConfigX']);
  });

  it('are none when everything came back, however much was added', () => {
    fc.assert(
      fc.property(fc.object(), fc.object(), (sent, more) => {
        expect(droppedFields(sent, { ...more, ...sent })).toEqual([]);
      }),
    );
  });
});
