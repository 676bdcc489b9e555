/** The `rules` commands as typed; what needs promtool is in test/real. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runProgram } from '../../src/cli/program.ts';
import { registry } from '../../src/cli/registry.ts';
import { shippedPacks } from '../../src/packs/load.ts';
import { testShell } from '../cli/shell.ts';

let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'rules-'));
});

afterAll(() => rm(cwd, { recursive: true }));

async function run(line: string, env: Record<string, string> = {}) {
  const shell = testShell({ cwd, env });
  const exitCode = await runProgram(line.split(' '), registry, shell);
  return { exitCode, ...shell.told };
}

const started = '--param start=2024-10-04T15:15:00+02:00';
const broken = `apiVersion: acm-observability/pack-v1
name: broken
title: Broken
hub: { groups: [{ name: g, interval: 1m, rules: [{ record: r, expr: 'sum(' }] }] }
`;

describe('rules lint', () => {
  it('finds nothing wrong with any pack that is shipped', async () => {
    const packs = (await shippedPacks()).map(({ name }) => name);

    const { exitCode, stdout } = await run(`rules lint --strict ${packs.join(' ')}`);

    expect(stdout).toMatch(/: 0 errors, 0 warnings/);
    expect(exitCode).toBe(0);
  });

  it('ends with 3 for an error, and writes SARIF beside the text', async () => {
    await writeFile(join(cwd, 'pack.yaml'), broken);

    const { exitCode, stdout } = await run('rules lint . -o text -o sarif=out/lint.sarif');

    expect(exitCode).toBe(3);
    expect(stdout).toContain('pack.yaml:4:');
    const log = JSON.parse(await readFile(join(cwd, 'out/lint.sarif'), 'utf8'));
    expect(log.runs[0].results[0]).toMatchObject({ ruleId: 'promql-syntax', level: 'error' });
  });

  it('has no format that is only for reports, and nothing else has its own', async () => {
    const junit = await run('rules lint leaderboard -o junit');
    const sarif = await run('config schema -o sarif');

    expect([junit.exitCode, sarif.exitCode]).toEqual([64, 64]);
  });

  it('without a name and without a configured pack says what to do', async () => {
    const { exitCode, stderr } = await run('rules lint');

    expect(exitCode).toBe(64);
    expect(stderr).toContain('rules lint leaderboard');
  });
});

describe('rules render', () => {
  it('gives the ConfigMaps of the legacy architecture', async () => {
    const { exitCode, stdout } = await run(`rules render leaderboard ${started}`);

    const objects = parseAllDocuments(stdout).map((document) => document.toJS());
    expect(exitCode).toBe(0);
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).slice(0, 2)).toEqual([
      'ConfigMap observability-metrics-custom-allowlist',
      'ConfigMap thanos-ruler-custom-rules',
    ]);
  });

  it('gives a PrometheusRule and a ScrapeConfig of what it records for the addon architecture', async () => {
    const { stdout } = await run(`rules render leaderboard --architecture mcoa ${started}`);

    const [rule, scrape] = parseAllDocuments(stdout).map((document) => document.toJS());
    const records = rule.spec.groups[0].rules.map((one: { record: string }) => `{__name__="${one.record}"}`);
    expect([rule.kind, scrape.kind]).toEqual(['PrometheusRule', 'ScrapeConfig']);
    expect(scrape.spec.params['match[]']).toEqual(records);
    expect(rule.spec.groups[0].rules[0].expr).toContain('condition="Available"');
  });

  it('writes a file for each object into a folder', async () => {
    const { exitCode } = await run(`rules render leaderboard ${started} --to made`);

    const files = await readdir(join(cwd, 'made'));
    expect(exitCode).toBe(0);
    expect(files).toContain('configmap-thanos-ruler-custom-rules.yaml');
  });

  it('names the parameters that are missing', async () => {
    const { exitCode, stderr } = await run('rules render leaderboard');

    expect(exitCode).toBe(65);
    expect(stderr).toContain('start: is missing');
  });
});

it('rules test says what is missing where there is no promtool', async () => {
  const { exitCode, stderr } = await run('rules test leaderboard --promtool ./no-such-program');

  expect(exitCode).toBe(65);
  expect(stderr).toContain('promtool-missing');
});

it('config schema --pack describes a pack, every key of it', async () => {
  const { exitCode, stdout } = await run('config schema --pack');

  const schema = JSON.parse(stdout);
  expect(exitCode).toBe(0);
  expect(schema.title).toBe('pack.yaml');
  expect(Object.keys(schema.properties)).toEqual(
    expect.arrayContaining(['parameters', 'matrix', 'collect', 'hub', 'verify']),
  );
});

describe('rules simulate', () => {
  it('refuses pushes that would fall between two scrapes', async () => {
    const { exitCode, stderr } = await run('rules simulate leaderboard --scenario dry-run --interval 100s');

    expect(exitCode).toBe(64);
    expect(stderr).toContain('a multiple of that');
  });
});
