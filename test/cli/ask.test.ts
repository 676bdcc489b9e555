import { describe, expect, test } from 'vitest';
import { confirm, confirmByTyping } from '../../src/cli/ask.ts';
import { testShell } from './shell.ts';

describe('a confirmation', () => {
  test('is given by --yes without asking', async () => {
    const shell = testShell();

    expect(await confirm('Apply?', { yes: true, interactive: false }, shell)).toBe(true);
    expect(shell.told.stderr).toBe('');
  });

  test('with nobody to ask is a Problem of its own', async () => {
    const asked = confirm('Apply?', { yes: false, interactive: false }, testShell());

    await expect(asked).rejects.toMatchObject({ code: 'nobody-to-ask', exitCode: 64 });
  });

  test.each([
    ['y\n', true],
    ['n\n', false],
    ['\n', false],
  ])('typed as %j is %s, asked beside the answer', async (typed, expected) => {
    const shell = testShell();

    const asked = confirm('Apply this plan?', { yes: false, interactive: true }, shell);
    setTimeout(() => shell.type(typed), 20);

    expect(await asked).toBe(expected);
    expect(shell.told.stderr).toContain('Apply this plan?');
    expect(shell.told.stdout).toBe('');
  });

  test('about something with a name that would repaint the screen shows the name only', async () => {
    const shell = testShell();

    const asked = confirm('Replace "A\u009b2J\u202eB"?', { yes: false, interactive: true }, shell);
    setTimeout(() => shell.type('n\n'), 20);

    expect(await asked).toBe(false);
    expect(shell.told.stderr).toContain('Replace "AB"?');
    expect(shell.told.stderr).not.toMatch(/\u009b|\u202e/);
  });

  test('ends when the run is stopped', async () => {
    const shell = testShell();

    const asked = confirm('Apply?', { yes: false, interactive: true }, shell);
    setTimeout(() => shell.interrupt('SIGINT'), 20);

    await expect(asked).rejects.toMatchObject({ name: 'AbortPromptError' });
  });
});

describe('what cannot be taken back', () => {
  test.each([
    ['acm-metrics', true],
    ['acm-metric', false],
  ])('needs the name itself: %s is %s', async (given, expected) => {
    const options = { interactive: false, given };

    expect(await confirmByTyping('Delete?', 'acm-metrics', options, testShell())).toBe(expected);
  });

  test('is never approved by silence', async () => {
    const asked = confirmByTyping('Delete?', 'acm-metrics', { interactive: false }, testShell());

    await expect(asked).rejects.toMatchObject({ code: 'nobody-to-ask' });
  });
});
