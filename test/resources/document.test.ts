import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isProblem } from '../../src/engine/problem.ts';
import { mergeDocument, readDocument } from '../../src/resources/document.ts';
import type { Edit } from '../../src/resources/yaml-edits.ts';
import { foreignDocument } from '../helpers/yaml-arbitraries.ts';

const on = (): Edit[] => [{ kind: 'set', key: 'enableUserWorkload', value: true }];
const off = (): Edit[] => [{ kind: 'unset', key: 'enableUserWorkload' }];
const add = (...names: string[]): (() => Edit[]) => {
  const items = names.map((name) => ({ value: name, text: `'${name}'` }));
  return () => [{ kind: 'list', key: 'names', drop: [], replace: new Map(), add: items }];
};
const drop = (...indexes: number[]): (() => Edit[]) => {
  return () => [{ kind: 'list', key: 'names', drop: indexes, replace: new Map(), add: [] }];
};

describe('a document without our key gets it', () => {
  it.each([
    ['missing', undefined, 'enableUserWorkload: true\n'],
    ['empty', '', 'enableUserWorkload: true\n'],
    ['an empty mapping', '{}', 'enableUserWorkload: true\n'],
    ['an empty mapping behind ---', '--- {}\n', '--- {"enableUserWorkload": true}\n'],
    ['comments only', '# only\n', '# only\nenableUserWorkload: true\n'],
    ['null', 'null # x\n', ' # x\nenableUserWorkload: true\n'],
    ['comments at the end', 'a: 1\n# x\n', 'a: 1\n# x\nenableUserWorkload: true\n'],
    ['an end marker', 'a: 1\n...\n', 'a: 1\nenableUserWorkload: true\n...\n'],
    ['a last line without its end', 'a: |\n  foo', 'enableUserWorkload: true\na: |\n  foo'],
    ['an indented mapping', '  a: 1\n', '  a: 1\n  enableUserWorkload: true\n'],
    ['CRLF', 'a: 1\r\nb: 2\r\n', 'a: 1\r\nb: 2\r\nenableUserWorkload: true\r\n'],
    ['JSON', '{"a":1}', '{"a":1, "enableUserWorkload": true}'],
    ['a flow mapping with a last comma', '{a: 1,}', '{a: 1, "enableUserWorkload": true,}'],
    [
      'a value from a merge key',
      'd: &d {enableUserWorkload: false}\n<<: *d\n',
      'd: &d {enableUserWorkload: false}\n<<: *d\nenableUserWorkload: true\n',
    ],
    [
      'YAML 1.1 spellings elsewhere',
      'a: yes\nb: 0644\nc: 1_000\n',
      'a: yes\nb: 0644\nc: 1_000\nenableUserWorkload: true\n',
    ],
  ])('%s', (_, text, expected) => {
    const merged = mergeDocument(text, on, 'here');

    expect(merged).toBe(expected);
  });

  it.each([
    ['false, with a comment', 'enableUserWorkload: no # c\nb: 1\n', 'enableUserWorkload: true # c\nb: 1\n'],
    ['nothing', 'enableUserWorkload: # c\nx: 1\n', 'enableUserWorkload: true # c\nx: 1\n'],
    ['an alias', 'x: &x false\nenableUserWorkload: *x\n', 'x: &x false\nenableUserWorkload: true\n'],
    ['JSON', '{"enableUserWorkload":false}', '{"enableUserWorkload":true}'],
  ])('in the place of %s', (_, text, expected) => {
    const merged = mergeDocument(text, on, 'here');

    expect(merged).toBe(expected);
  });
});

describe('a document that cannot be edited honestly is refused with its place', () => {
  it.each([
    ['broken flow list', 'a: [1', 'line 1, column 6'],
    ['a duplicate key', 'a: 1\na: 2\n', 'line 2, column 1'],
    ['a list', '- a\n', 'line 1, column 1'],
    ['a scalar', '\nhello\n', 'line 2, column 1'],
    ['several documents', 'a: 1\n---\nb: 1\n', 'line 2, column 1'],
    ['tabs for indentation', 'a:\n\tb: 1\n', 'line 2, column 1'],
    ['a bare carriage return, a line end to some readers', 'a: 1 # x\renableUserWorkload: true', 'line 1, column 9'],
    ['a %YAML directive', '%YAML 1.2\n---\na: 1\n', 'line 1, column 1'],
    ['an unknown alias', 'a: *nobody\n', 'Unresolved alias'],
    ['a mapping where our value belongs', 'enableUserWorkload: {a: 1}\n', 'line 1, column 21'],
    ['an anchor others use on our value', 'enableUserWorkload: &x false\ny: *x\n', 'without changing other parts'],
  ])('%s', (_, text, place) => {
    const merge = () => mergeDocument(text, on, 'ConfigMap a/b, key c');

    expect(merge).toThrow(place);
    expect(merge).toThrow(expect.objectContaining({ code: 'document-invalid' }));
  });

  it('shows the line that proves it, without what looks like a secret', () => {
    let proof: string | undefined;

    try {
      mergeDocument('a: 1\npassword: hunter2 [\n\tb: 1\n', on, 'here');
    } catch (error) {
      proof = isProblem(error) ? `${error.message} ${error.proof}` : 'not a problem';
    }

    expect(proof).toMatch(/^here, line \d/);
    expect(proof).not.toContain('hunter2');
  });
});

describe('a document that is read again', () => {
  it('says the same, and its neighbour what that says', () => {
    const [one, other] = ['a: 1\n', 'a: 2\n'];

    expect([one, other, one].map((text) => readDocument(text, 'here').a)).toEqual([1, 2, 1]);
  });

  it('and cannot be is refused with the place it was read at', () => {
    const refusals = ['here', 'there'].map((where) => {
      try {
        return readDocument('a: [', where);
      } catch (error) {
        return isProblem(error) ? error.message : error;
      }
    });

    expect(refusals).toEqual([expect.stringMatching(/^here, line 1/), expect.stringMatching(/^there, line 1/)]);
  });
});

describe('lists', () => {
  it.each([
    ['a key without a value', 'names: # c\nb: 1\n', "names: # c\n- 'n'\nb: 1\n"],
    ['an empty list', 'names: [] # c\nb: 1\n', "names: # c\n- 'n'\nb: 1\n"],
    ['null', 'names: ~\n', "names:\n- 'n'\n"],
    ['a flow list', 'names: [a, b]\n', 'names: [a, b, "n"]\n'],
    ['JSON', '{"names":["a"]}', '{"names":["a", "n"]}'],
    [
      'items and comments',
      'names:\n  - a # c\n# z\n  - b\n# tail\nb: 1\n',
      "names:\n  - a # c\n# z\n  - b\n  - 'n'\n# tail\nb: 1\n",
    ],
    ['a last line without its end', 'names:\n- a', "names:\n- 'n'\n- a"],
    ['no such key', 'b: 1\n', "b: 1\nnames:\n- 'n'\n"],
  ])('an item is added to %s', (_, text, expected) => {
    const merged = mergeDocument(text, add('n'), 'here');

    expect(merged).toBe(expected);
  });

  it.each([
    ['comments stay', 'names:\n- a # c\n# z\n- b\n', [0], 'names:\n# z\n- b\n'],
    ['the key goes with its last item', '# head\nnames:\n# z\n- a\n- b\nb: 1\n', [0, 1], '# head\n# z\nb: 1\n'],
    ['in a flow list', 'names: [a, b, c]\n', [0, 2], 'names: [b]\n'],
    ['in JSON', '{"x":1,"names":["a"]}', [0], '{"x":1}'],
  ])('items are taken out: %s', (_, text, indexes, expected) => {
    const merged = mergeDocument(text, drop(...indexes), 'here');

    expect(merged).toBe(expected);
  });

  it.each(['names: foo\n', 'names:\n  a: 1\n', 'x: &x [a]\nnames: *x\n'])('%j is no list to add to', (text) => {
    const merge = () => mergeDocument(text, add('n'), 'here');

    expect(merge).toThrow('"names" is not a list');
  });
});

describe('for any document', () => {
  it('only our key differs in meaning afterwards', () => {
    fc.assert(
      fc.property(foreignDocument, (text) => {
        const merged = mergeDocument(text, on, 'here');

        expect(readDocument(merged, 'here')).toEqual({ ...readDocument(text, 'here'), enableUserWorkload: true });
      }),
    );
  });

  it('taking our key out again gives back the very text', () => {
    fc.assert(
      fc.property(foreignDocument, (text) => {
        const merged = mergeDocument(text, on, 'here');

        expect(mergeDocument(merged, off, 'here')).toBe(text);
      }),
    );
  });

  it('list items put in and taken out leave the very text', () => {
    fc.assert(
      fc.property(foreignDocument, fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }), (text, names) => {
        const merged = mergeDocument(text, add(...names), 'here');
        const restored = mergeDocument(merged, drop(...names.keys()), 'here');

        expect(restored).toBe(text);
      }),
    );
  });
});
