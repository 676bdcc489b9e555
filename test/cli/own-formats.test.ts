/** Commands whose answer is no report, as typed: in the formats they have, to where it was asked, and in no other. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { registry } from '../../src/cli/registry.ts';
import { testShell } from './shell.ts';

let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'own-formats-'));
});

afterAll(() => rm(cwd, { recursive: true }));

async function run(line: string) {
  const shell = testShell({ cwd });
  const exitCode = await runProgram(line.split(' '), registry, shell);
  return { exitCode, ...shell.told };
}

describe('an answer that is no report', () => {
  it('is given to a program as JSON', async () => {
    const { exitCode, stdout } = await run('explain store-clock -o json');

    const { problems, steps, checks, exitCodes } = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect(problems).toEqual([expect.objectContaining({ code: 'store-clock', exit: expect.any(Number) })]);
    expect([steps, checks, exitCodes]).toEqual([[], [], []]);
  });

  it('goes into a file and, as text, to whoever is there', async () => {
    const { stdout } = await run('config show -o json=shown/config.json');

    const written = JSON.parse(await readFile(join(cwd, 'shown/config.json'), 'utf8'));
    expect(written).toMatchObject({ apiVersion: 'acm-observability/v1', packs: [] });
    expect(stdout).toContain('apiVersion: acm-observability/v1');
  });

  it('says with --origin where each value of the JSON comes from', async () => {
    const { stdout } = await run('config show --origin -o json --set storage.bucket=acm-metrics');

    expect(JSON.parse(stdout)).toContainEqual({
      key: 'storage.bucket',
      value: 'acm-metrics',
      from: { source: 'flag', detail: expect.any(String) },
    });
  });

  it.each([
    ['rbac apply -o json', 'rbac has no format json: it has text.'],
    ['explain -o junit', 'explain has no format junit: it has text and json.'],
    ['rules render leaderboard -o json=rules.json', 'rules render has no format json: it has text.'],
    ['grafana import x.json -o html', 'grafana import has no format html: it has text, json and jsonl.'],
    ['verify -o sarif', 'verify has no format sarif: it is for `rules lint`.'],
  ])('%s is refused before anything is done', async (line, why) => {
    const { exitCode, stdout, stderr } = await run(line);

    expect(exitCode).toBe(64);
    expect(`${stdout}${stderr}`).toContain(why);
  });

  it('is help, whatever else the line says', async () => {
    const { exitCode, stdout } = await run('help apply -o json');

    expect(exitCode).toBe(0);
    expect(stdout).toContain('Usage: acm-observability apply');
  });
});
