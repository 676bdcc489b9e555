import { describe, expect, test } from 'vitest';
import { resolveStyle } from '../../src/render/style.ts';

const flags = { ascii: false, accessible: false, quiet: false, verbosity: 0 };

describe('colour', () => {
  test.each([
    ['a terminal', {}, undefined, true, true],
    ['a pipe', {}, undefined, false, false],
    ['NO_COLOR', { NO_COLOR: '1' }, undefined, true, false],
    ['an empty NO_COLOR, which says nothing', { NO_COLOR: '' }, undefined, true, true],
    ['NO_COLOR before FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, undefined, true, false],
    ['FORCE_COLOR in a pipe', { FORCE_COLOR: '1' }, undefined, false, true],
    ['CLICOLOR_FORCE in a pipe', { CLICOLOR_FORCE: '1' }, undefined, false, true],
    ['CLICOLOR=0', { CLICOLOR: '0' }, undefined, true, false],
    ['a dumb terminal', { TERM: 'dumb' }, undefined, true, false],
    ['the flag before everything', { NO_COLOR: '1' }, 'always' as const, false, true],
    ['--color never', { FORCE_COLOR: '1' }, 'never' as const, true, false],
    ['--color auto', { NO_COLOR: '1' }, 'auto' as const, true, false],
  ])('%s', (_, env, color, isTTY, wanted) => {
    const given = color === undefined ? flags : { ...flags, color };

    expect(resolveStyle({ flags: given, env, isTTY, columns: 80 }).color).toBe(wanted);
  });
});

test.each([
  [{ LANG: 'en_US.UTF-8' }, false],
  [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, true],
  [{}, false],
])('the locale %j decides about ASCII', (env, ascii) => {
  expect(resolveStyle({ flags, env, isTTY: true, columns: 80 }).ascii).toBe(ascii);
});

test('ACCESSIBLE=1 is the same as --accessible', () => {
  expect(resolveStyle({ flags, env: { ACCESSIBLE: '1' }, isTTY: true, columns: 80 }).accessible).toBe(true);
});
