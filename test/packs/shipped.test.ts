/** Every pack that is shipped, through the `rules` commands that need no engine; the others are in test/real. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runProgram } from '../../src/cli/program.ts';
import { registry } from '../../src/cli/registry.ts';
import { allowlistKeys, decodeAsCollector } from '../../src/packs/allowlist.ts';
import { openPack, shippedPacks } from '../../src/packs/load.ts';
import type { Pack } from '../../src/packs/pack.ts';
import { readScenario } from '../../src/packs/simulate/scenario.ts';
import { allowlistName } from '../../src/resources/allowlist-entries.ts';
import { rulerName } from '../../src/resources/ruler-entries.ts';
import { testShell } from '../cli/shell.ts';

/** What cannot be guessed. */
const given: Readonly<Record<string, string>> = {
  leaderboard: '--param start=2024-10-04T15:15:00+02:00',
  'golden-signals': '--param namespace=shop',
};

let packs: readonly string[];

beforeAll(async () => {
  packs = (await shippedPacks()).map(({ name }) => name);
});

async function run(line: string) {
  const shell = testShell({ cwd: process.cwd(), env: {} });
  const exitCode = await runProgram(line.split(' '), registry, shell);
  return { exitCode, ...shell.told };
}

async function opened(name: string) {
  const found = await openPack(name, {}, { examples: true });
  if ('issues' in found) throw new Error(`${name} does not open`);
  return found.opened;
}

describe('the packs that are shipped', () => {
  it('are four', () => {
    expect(packs).toEqual(['energy', 'gitops', 'golden-signals', 'leaderboard']);
  });

  it('pass `rules lint --strict`, for both architectures', async () => {
    for (const architecture of ['legacy', 'mcoa']) {
      const { exitCode, stdout } = await run(
        `rules lint ${packs.join(' ')} --strict -o json --architecture ${architecture}`,
      );

      const { findings } = JSON.parse(stdout) as { findings: { severity: string; why: string }[] };
      expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
      for (const { why } of findings) expect(why).toMatch(/^accepted: ./);
      expect(exitCode).toBe(0);
    }
  });

  it('are rendered by `rules render` as what a collector reads back unharmed', async () => {
    for (const name of packs) {
      const { exitCode, stdout } = await run(`rules render ${name} ${given[name] ?? ''}`.trim());
      const objects = parseAllDocuments(stdout).map((document) => document.toJS());
      const { pack } = await opened(name);

      expect(exitCode, name).toBe(0);
      const list = objects.find(({ metadata }) => metadata.name === allowlistName);
      for (const source of ['platform', 'userWorkload'] as const) {
        const decoded = decodeAsCollector(list.data[allowlistKeys[source]]);
        expect(decoded.refused, name).toEqual([]);
        expect(decoded.rules.map((rule) => rule.name)).toEqual(
          pack.collect[source].recordingRules.map(({ record }) => record),
        );
      }
      expect(objects.filter(({ metadata }) => metadata.name === rulerName)).toHaveLength(1);
      expect(objects.filter(({ metadata }) => metadata.labels?.['grafana-custom-dashboard'] === 'true')).toHaveLength(
        pack.dashboards.length,
      );
    }
  });

  it('are rendered for the addon architecture as ScrapeConfigs, and rules beside them where they record', async () => {
    for (const name of packs) {
      const { exitCode, stdout } = await run(
        `rules render ${name} ${given[name] ?? ''} --architecture mcoa`.replace('  ', ' '),
      );
      const kinds = parseAllDocuments(stdout).map((document) => document.toJS().kind);
      const { pack } = await opened(name);

      expect(exitCode, name).toBe(0);
      expect(kinds.filter((kind) => kind === 'ScrapeConfig')).toHaveLength(listsOf(pack).length);
      expect(kinds.filter((kind) => kind === 'PrometheusRule')).toHaveLength(
        listsOf(pack).filter(({ recordingRules }) => recordingRules.length > 0).length,
      );
    }
  });

  it('each bring tests, a dashboard, a README and a scenario in their own words', async () => {
    for (const name of packs) {
      const { pack, source } = await opened(name);
      const scenarios = await readdir(join(pack.folder, 'scenarios'));

      expect(await readdir(join(pack.folder, 'tests')), name).not.toEqual([]);
      expect(await readFile(join(pack.folder, 'README.md'), 'utf8')).toContain(`# ${name}`);
      expect(pack.dashboards.length).toBeGreaterThan(0);
      expect(scenarios.length).toBeGreaterThan(0);
      for (const file of scenarios) {
        const text = await readFile(join(pack.folder, 'scenarios', file), 'utf8');
        expect(readScenario(file, text, source.simulation!).happenings.length, file).toBeGreaterThan(0);
      }
    }
  });
});

/** The lists of a pack that hold anything. */
function listsOf({ collect }: Pack) {
  return [collect.platform, collect.userWorkload].filter(
    ({ names, matches, recordingRules }) => names.length + matches.length + recordingRules.length > 0,
  );
}
