import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMetricName, isSelectorBody, oneLine, syntaxError } from '../../src/packs/promql.ts';
import { promql } from '../helpers/promql-arbitraries.ts';

describe('an expression on one line', () => {
  it.each([
    ['comments go, up to the end of their line', 'a # one\n+ b # two', 'a + b'],
    ['a # in a string stays', 'x{a="b # c"} # d', 'x{a="b # c"}'],
    ['white space in strings stays', 'x{a="b  c",\n   d=\'e\tf\'}', 'x{a="b  c", d=\'e\tf\'}'],
    ['an escaped quote does not end a string', 'x{a="\\" # b"}  # c', 'x{a="\\" # b"}'],
    ['a raw string may end in a backslash and hold line breaks', 'x{a=`\\`,b=`c\n d`}', 'x{a=`\\`,b=`c\n d`}'],
    ['a comment alone is nothing', '# nothing', ''],
  ])('%s', (_, expression, expected) => {
    expect(oneLine(expression)).toBe(expected);
  });

  it('is the same after a second time, and still parses', () => {
    fc.assert(
      fc.property(promql, (expression) => {
        const line = oneLine(expression);

        expect(oneLine(line)).toBe(line);
        expect(syntaxError(line)).toEqual(syntaxError(expression));
      }),
    );
  });
});

describe('syntax', () => {
  it.each(['up', 'sum by (a) (rate(x{b=~"c.*"}[5m])) > bool 0 or vector(1)', 'min_over_time(x[1d:5m])', 'x @ start()'])(
    '%s parses',
    (expression) => {
      expect(syntaxError(expression)).toBeUndefined();
    },
  );

  it.each([
    ['sum(\n  up', 2, 5, 'ends too early'],
    ['a +\nb c', 2, 3, 'not PromQL from here: c'],
    ['', 1, 1, 'ends too early'],
  ])('%j is refused with its place', (expression, line, column, message) => {
    expect(syntaxError(expression)).toEqual({ line, column, message: expect.stringContaining(message) });
  });
});

describe('what may reach a collector’s arguments', () => {
  it.each(['up', ':x', 'a_b:c9'])('%s is a name', (name) => {
    expect(isMetricName(name)).toBe(true);
  });

  it.each(['', '9a', 'a b', 'a"', 'a{b="c"}', 'é', 'a\n'])('%j is no name', (name) => {
    expect(isMetricName(name)).toBe(false);
  });

  it.each(['__name__="up",job="x"', '__name__=~"a.*"'])('%s is a selector', (body) => {
    expect(isSelectorBody(body)).toBe(true);
  });

  it.each(['', 'a', 'a="b"} or up{c="d"', 'a="b"}[5m]', 'a=b', 'a="b" # c', 'a="b'])('%j is no selector', (body) => {
    expect(isSelectorBody(body)).toBe(false);
  });
});
