import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isProblem } from '../../src/engine/problem.ts';
import { matchesLabels, parseSelector } from '../../src/fleet/selector.ts';

const prod = { env: 'prod', tier: 'web' };

describe('a label selector', () => {
  it.each([
    ['env=prod', true],
    ['env==prod', true],
    ['env!=prod', false],
    ['env!=test', true],
    ['region!=eu', true],
    ['env in (prod, test)', true],
    ['env notin (prod,test)', false],
    ['region notin (eu)', true],
    ['tier', true],
    ['!tier', false],
    ['! region', true],
    ['env=prod,tier in (web,db),!region', true],
    ['env=prod,tier=db', false],
    ['', true],
  ])('%s answers %s, as kubectl does', (text, expected) => {
    expect(matchesLabels(prod, parseSelector(text))).toBe(expected);
  });

  it.each(['env=', 'a b', 'env in prod', 'env in (a', '=x', 'env=a b'])(
    '%s is read or refused, never guessed',
    (text) => {
      let error: unknown;
      try {
        parseSelector(text);
      } catch (thrown) {
        error = thrown;
      }

      expect(error === undefined || isProblem(error, 'usage')).toBe(true);
    },
  );

  it('never throws anything but a Problem, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseSelector(text);
        } catch (error) {
          expect(isProblem(error, 'usage')).toBe(true);
        }
      }),
    );
  });
});
