import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/document.ts';

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  'b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]',
  'c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]',
  'd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]',
  'e: [*d, *d, *d, *d, *d, *d, *d, *d, *d]',
].join('\n');

describe('parseConfig', () => {
  it.each([
    ['a list', '- a\n', '1:1: must be a mapping of keys to values'],
    ['a word', 'hello', '1:1: must be a mapping of keys to values'],
    ['a key that stands twice', 'storage:\n  bucket: a\n  bucket: b\n', '3:3: key bucket stands here twice'],
    ['aliases that multiply', bomb, '1:1: aliases (*) that multiply beyond reason'],
    ['an alias inside its own anchor', 'a: &a [*a]', '1:8: an alias (*) inside its own anchor (&)'],
    ['an alias to nothing', 'a: *b', '1:4: an alias (*) without its anchor (&)'],
    ['half a million open brackets', '['.repeat(500_000), '1:67: nested more than 64 levels deep'],
    ['half a million dashes', '- '.repeat(500_000), '1:132: nested more than 64 levels deep'],
    ['a hundred thousand open braces', '{a: '.repeat(100_000), '1:262: nested more than 64 levels deep'],
    ['a quarter million of open quotes', '"'.repeat(250_000), '1:200001: more than 100000 words and marks up to here'],
    ['an alias a hundred times over', `a: &a x\nb: [${'*a ,'.repeat(101)}]`, '2:405: more than 100 aliases (*)'],
    ['a tag', 'a: !secret x', '1:4: a tag (!) this file cannot have'],
    ['two documents', 'a: 1\n---\nb: 2\n', '2:1: a second document; one is allowed'],
    ['a mapping as a key', '? { a: b }\n: c\n', '1:3: a key that is not text'],
    ['an open quote', 'a: "b\n', '2:1: a bracket, quote, comma or colon is missing'],
    ['a tab', 'a:\n\tb: c\n', '2:1: a tab where YAML wants spaces'],
  ])('refuses %s and says where', (_, text, line) => {
    const { issues, value } = parseConfig(text, 'f.yaml');

    expect(`${issues[0]?.place}: ${issues[0]?.message}`).toBe(`f.yaml:${line}`);
    expect(value).toEqual({});
  });

  it('places keys and values, through lists and aliases, and falls back to what is above', () => {
    const { place } = parseConfig('a: &x\n  - b: 1\n    c: [2, 3]\nd: *x\n', 'f.yaml');

    expect(place(['a', 0, 'c', 1], 'value')).toBe('f.yaml:3:12');
    expect(place(['a', 0, 'c'], 'key')).toBe('f.yaml:3:5');
    expect(place(['d', 0, 'c', 1], 'value')).toBe('f.yaml:3:12');
    expect(place(['a', 0, 'gone', 'deeper'], 'value')).toBe('f.yaml:2:5');
    expect(place([], 'value')).toBe('f.yaml:1:1');
  });

  it('stops at fifty faults', () => {
    expect(parseConfig('a: 1\n'.repeat(10_000), 'f.yaml').issues).toHaveLength(50);
  });

  it('reads JSON, which is YAML', () => {
    expect(parseConfig('{"storage": {"bucket": "acm-metrics"}}', 'f.json').value).toEqual({
      storage: { bucket: 'acm-metrics' },
    });
  });

  it('never quotes the file', () => {
    for (const text of [
      'a: "wJalr',
      'wJalr: [',
      '\twJalr',
      'a: b: wJalr',
      '%wJalr\n---\n',
      '"\\q wJalr"',
      '!wJalr x',
    ]) {
      const told = parseConfig(text, 'f.yaml').issues.map(({ message, path }) => `${path} ${message}`);

      expect(told.join()).not.toContain('wJalr');
      expect(told).not.toHaveLength(0);
    }
  });
});
