import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Registry } from '../../src/cli/commands.ts';
import { commandTexts } from '../../src/cli/examples.ts';
import type { GlobalOptions } from '../../src/cli/options.ts';
import { runProgram } from '../../src/cli/program.ts';
import { foreignVariables, variables } from '../../src/config/environment.ts';
import { Problem } from '../../src/engine/problem.ts';
import { formats } from '../../src/render/formats.ts';
import { partial, planned, reportOf, unchanged, verified } from '../render/samples.ts';
import { type TestShell, testShell } from './shell.ts';

const quiet = async () => ({ exitCode: 0 });

/** Every command, each doing nothing but what the test says. */
function registryWith(over: Registry = {}): Registry {
  return {
    check: quiet,
    setup: quiet,
    plan: quiet,
    apply: quiet,
    verify: quiet,
    wait: quiet,
    uninstall: quiet,
    rbac: quiet,
    bundle: quiet,
    explain: quiet,
    sandbox: quiet,
    demo: quiet,
    configShow: quiet,
    configSchema: quiet,
    configImport: quiet,
    rulesLint: quiet,
    rulesTest: quiet,
    rulesRender: quiet,
    rulesSimulate: quiet,
    ...over,
  };
}

/** Runs a command line and gives back what it asked for. */
async function optionsOf(argv: string[], shell: TestShell = testShell()): Promise<GlobalOptions> {
  let seen: GlobalOptions | undefined;
  const plan = async (options: GlobalOptions) => {
    seen = options;
    return { exitCode: 0 };
  };
  const exitCode = await runProgram(argv, registryWith({ plan }), shell);
  expect(shell.told.stderr).toBe('');
  expect(exitCode).toBe(0);
  return seen!;
}

describe('global flags', () => {
  test('have the defaults of the contract', async () => {
    const options = await optionsOf(['plan']);

    expect(options).toMatchObject({
      output: [{ format: 'text' }],
      exclude: [],
      yes: false,
      interactive: false,
      wait: true,
      timeout: 900_000,
      requestTimeout: 30_000,
      deadline: 3_600_000,
      parallel: 8,
      verbosity: 0,
    });
    expect(options).not.toHaveProperty('file');
  });

  test('are taken before and after the command', async () => {
    const before = await optionsOf(['-f', 'x.yaml', '--clusters', 'a,b', '--timeout', '90s', 'plan']);
    const after = await optionsOf(['plan', '-f', 'x.yaml', '--clusters', 'a,b', '--timeout', '90s']);

    expect(before).toEqual(after);
    expect(before).toMatchObject({ file: 'x.yaml', clusters: ['a', 'b'], timeout: 90_000 });
  });

  test('count -v', async () => {
    expect((await optionsOf(['plan', '-vv'])).verbosity).toBe(2);
  });

  test('take several outputs, and text where all the others go to files', async () => {
    const options = await optionsOf(['plan', '-o', 'json=out.json', '-o', 'junit=a=b.xml']);

    expect(options.output).toEqual([
      { format: 'text' },
      { format: 'json', file: 'out.json' },
      { format: 'junit', file: 'a=b.xml' },
    ]);
  });

  test.each([
    ['a terminal', {}, [], true, true],
    ['a pipe', {}, [], false, false],
    ['CI', { CI: 'true' }, [], true, false],
    ['--no-input', {}, ['--no-input'], true, false],
  ])('in %s decide whether anybody can be asked', async (_, env, flags, isTTY, interactive) => {
    const options = await optionsOf(['plan', ...flags], testShell({ env, isTTY }));

    expect(options.interactive).toBe(interactive);
  });
});

describe('a command line that is not one', () => {
  test.each([
    [['plann'], 'Did you mean plan?'],
    [['plan', '--kubeconfi', 'x'], 'Did you mean --kubeconfig?'],
    [['plan', '--timeout', 'soon'], '90s, 15m or 1h30m'],
    [['plan', '--parallel', '0'], 'whole number'],
    [['plan', '-o', 'jsno'], 'did you mean json?'],
    [['plan', '-o', 'json', '-o', 'text'], 'Only one format'],
    [['plan', '--clusters', 'a,,b'], 'one comma'],
    [['plan', 'what'], 'too many arguments'],
    [['completion', 'tcsh'], 'No completion for tcsh'],
    [['help', 'everything'], 'no help on everything'],
    [['plan', '--color', 'sometimes'], 'Allowed choices are'],
  ])('%j exits 64 and says what was meant', async (argv, hint) => {
    const shell = testShell({ columns: 200 });

    const exitCode = await runProgram(argv, registryWith(), shell);

    expect(exitCode).toBe(64);
    expect(shell.told.stdout).toBe('');
    expect(shell.told.stderr.toLowerCase()).toContain(hint.toLowerCase());
  });
});

describe('help', () => {
  test.each(Object.keys(commandTexts))('of %s has three examples', async (name) => {
    const shell = testShell();

    const exitCode = await runProgram([name, '--help'], registryWith(), shell);

    expect(exitCode).toBe(0);
    expect(shell.told.stdout.match(/^ {2}acm-observability /gm)).toHaveLength(3);
  });

  test.each(['environment', 'exit-codes', 'output', 'plan'])('on %s is there', async (topic) => {
    const shell = testShell();

    expect(await runProgram(['help', topic], registryWith(), shell)).toBe(0);
    expect(shell.told.stdout.length).toBeGreaterThan(100);
  });

  test('on the environment names every variable that is read', async () => {
    const shell = testShell();

    await runProgram(['help', 'environment'], registryWith(), shell);

    for (const { name } of [...variables, ...foreignVariables]) expect(shell.told.stdout).toContain(`  ${name}\n`);
  });

  test('opens neither standard input nor standard error', async () => {
    const opened: string[] = [];
    const shell: TestShell = testShell();
    const { stdin, stderr } = shell;
    Object.defineProperties(shell, {
      stdin: { enumerable: true, get: () => opened.push('stdin') && stdin },
      stderr: { enumerable: true, get: () => opened.push('stderr') && stderr },
    });

    await runProgram(['--help'], registryWith(), shell);
    expect(opened).toEqual([]);

    await runProgram(['plann'], registryWith(), shell);
    expect(opened).toContain('stderr');
  });

  test('is what a bare call shows where there is no status screen', async () => {
    const shell = testShell();

    expect(await runProgram([], registryWith(), shell)).toBe(0);
    expect(shell.told.stdout).toContain('Usage: acm-observability');
  });

  test('offers only commands that exist', async () => {
    const shell = testShell();

    await runProgram(['--help'], { plan: quiet }, shell);

    expect(shell.told.stdout).toContain('  plan ');
    expect(shell.told.stdout).not.toContain('sandbox');
  });

  test.each(['bash', 'zsh', 'fish'])('completes every command and flag in %s', async (name) => {
    const shell = testShell();

    await runProgram(['completion', name], registryWith(), shell);

    for (const word of ['uninstall', 'verify', 'detailed-exitcode', 'adopt-bucket']) {
      expect(shell.told.stdout).toContain(word);
    }
  });
});

describe('the exit code', () => {
  const reports = [reportOf(planned), reportOf(unchanged), reportOf(partial), reportOf(verified())];

  test.each(formats)('is the same in %s', async (format) => {
    for (const report of reports) {
      const plan = async () => ({ exitCode: report.exitCode, report });

      const exitCode = await runProgram(['plan', '-o', format], registryWith({ plan }), testShell());

      expect(exitCode).toBe(report.exitCode);
    }
  });

  test.each(formats)('of a Problem is the same in %s, and its code is told', async (format) => {
    const shell = testShell();
    const plan = async () => {
      throw new Problem('hub-mismatch', 'another hub');
    };

    const exitCode = await runProgram(['plan', '-o', format], registryWith({ plan }), shell);

    expect(exitCode).toBe(65);
    expect(shell.told.stderr).toContain('hub-mismatch');
    expect(shell.told.stdout.includes('hub-mismatch')).toBe(format !== 'text' && format !== 'short');
  });

  test('of our own mistake is 70 in every answer asked for', async () => {
    const shell = testShell();
    const folder = await mkdtemp(join(tmpdir(), 'bug-'));
    const plan = async () => {
      throw new TypeError('it is not a function');
    };

    const exitCode = await runProgram(
      ['plan', '-o', 'json', '-o', `junit=${join(folder, 'plan.xml')}`],
      registryWith({ plan }),
      shell,
    );

    expect(exitCode).toBe(70);
    expect(JSON.parse(shell.told.stdout)).toMatchObject({ exitCode: 70, problem: { code: 'program-error' } });
    expect(await readFile(join(folder, 'plan.xml'), 'utf8')).toContain('<failure type="program-error"');
    await rm(folder, { recursive: true });
  });

  test('of our own mistake is 70, with the version and without the stack', async () => {
    const shell = testShell();
    const plan = async () => {
      throw new TypeError('x is not a function');
    };

    const exitCode = await runProgram(['plan'], registryWith({ plan }), shell);

    expect(exitCode).toBe(70);
    expect(shell.told.stderr).toContain('0.0.0-source');
    expect(shell.told.stderr).not.toContain('    at ');
  });

  test('shows the stack with -vv', async () => {
    const shell = testShell();
    const plan = async () => {
      throw new TypeError('x is not a function');
    };

    await runProgram(['plan', '-vv'], registryWith({ plan }), shell);

    expect(shell.told.stderr).toContain('    at ');
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('after %s is %i, whatever the command throws then', async (signal, expected) => {
    const shell = testShell();
    const plan = async () => {
      shell.interrupt(signal);
      throw new Error('socket closed');
    };

    expect(await runProgram(['plan'], registryWith({ plan }), shell)).toBe(expected);
    expect(shell.told.stderr).toBe('');
  });
});

describe('files', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'acm-observability-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('get their formats in one run, folders made', async () => {
    const shell = testShell({ cwd: folder });
    const report = reportOf(partial);
    const apply = async () => ({ exitCode: 5, report });

    const exitCode = await runProgram(
      ['apply', '-o', 'json=out/report.json', '-o', 'junit=out/junit.xml'],
      registryWith({ apply }),
      shell,
    );

    expect(exitCode).toBe(5);
    expect(JSON.parse(await readFile(join(folder, 'out/report.json'), 'utf8'))).toEqual(report);
    expect(await readFile(join(folder, 'out/junit.xml'), 'utf8')).toContain('<testsuites');
    expect(shell.told.stdout).toContain('Partial.');
  });

  test('are there too when the run ended in a Problem', async () => {
    const shell = testShell({ cwd: folder });
    const apply = async () => {
      throw new Problem('unreachable', 'refused');
    };

    const exitCode = await runProgram(['apply', '-o', 'junit=junit.xml'], registryWith({ apply }), shell);

    expect(exitCode).toBe(69);
    expect(await readFile(join(folder, 'junit.xml'), 'utf8')).toContain('type="unreachable"');
  });

  test('leave the recap on the page of a GitHub workflow run, which is no failure where that cannot be written', async () => {
    const plan = async () => ({ exitCode: 5, report: reportOf(partial) });
    const page = join(folder, 'summary.md');
    const nowhere = testShell({ cwd: folder, env: { GITHUB_STEP_SUMMARY: folder } });

    await runProgram(['plan'], registryWith({ plan }), testShell({ cwd: folder, env: { GITHUB_STEP_SUMMARY: page } }));
    const exitCode = await runProgram(['plan'], registryWith({ plan }), nowhere);

    expect(await readFile(page, 'utf8')).toContain('edge-07');
    expect(exitCode).toBe(5);
    expect(nowhere.told.stderr).toContain('cannot be written');
  });

  test('that cannot be written do not hide why a run failed', async () => {
    const shell = testShell({ cwd: folder });
    const apply = async () => {
      throw new Problem('unreachable', 'refused');
    };

    const exitCode = await runProgram(['apply', '-o', `json=${folder}`], registryWith({ apply }), shell);

    expect(exitCode).toBe(69);
    expect(shell.told.stderr).toContain('unreachable');
  });
});
