import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lintDocument } from '../../scripts/lint-document.ts';
import { type LintCode, lintCatalogue } from '../../src/packs/lint/catalogue.ts';
import { defaultFacts, type LintFacts } from '../../src/packs/lint/finding.ts';
import { lintPacks } from '../../src/packs/lint/index.ts';
import { openPack } from '../../src/packs/load.ts';
import { findingsJson, findingsSarif, findingsText } from '../../src/render/findings.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lint-'));
});

afterAll(() => rm(folder, { recursive: true }));

const head = 'apiVersion: acm-observability/pack-v1\nname: ours\ntitle: Ours\n';

async function lint(body: string, facts: Partial<LintFacts> = {}, dashboard?: string) {
  await writeFile(join(folder, 'pack.yaml'), head + body);
  await rm(join(folder, 'dashboards'), { recursive: true, force: true });
  if (dashboard !== undefined) {
    await mkdir(join(folder, 'dashboards'));
    await writeFile(join(folder, 'dashboards/board.json'), dashboard);
  }
  return lintPacks([await openPack(folder)], { ...defaultFacts, ...facts });
}

/** Rules of the hub, in groups. `x`, `x_total` and `y` are collected. */
function hub(...groups: readonly (readonly string[])[]): string {
  const listed = groups.map((rules, at) => `  - name: g${at}\n    interval: 1m\n    rules:\n${rules.join('')}`);
  return `collect: { platform: { names: [x, x_total, y] } }\nhub:\n  groups:\n${listed.join('')}`;
}

/** What a placeholder looks like. */
const interpolated = '$' + '{{ i }}';
const rule = (record: string, expr: string) => `      - record: ${record}\n        expr: ${JSON.stringify(expr)}\n`;
const alert = (labels: string) =>
  `      - { alert: A, expr: x > 1, labels: { ${labels} }, annotations: { summary: s, runbook_url: https://example.com } }\n`;
const recorded = (...exprs: string[]) =>
  `collect:\n  platform:\n    recordingRules:\n${exprs.map((expr, at) => `      - { record: r${at}, expr: ${JSON.stringify(expr)} }\n`).join('')}`;
const names = (list: string, ...all: string[]) => `collect: { ${list}: { names: ${JSON.stringify(all)} } }\n`;
const matches = (match: string) => `collect: { platform: { matches: [${JSON.stringify(match)}] } }\n`;

interface Fixture {
  readonly triggers: string;
  readonly calm: string;
  readonly facts?: Partial<LintFacts>;
  /** A dashboard beside each. */
  readonly dashboards?: { readonly triggers: string; readonly calm: string };
}

/** A dashboard with one panel. */
function board(expr: string, unit = 'watt'): string {
  const panel = { id: 1, type: 'stat', title: 'Load', fieldConfig: { defaults: { unit } }, targets: [{ expr }] };
  return JSON.stringify({ uid: 'ours', title: 'Ours', panels: [panel] }, undefined, 2);
}

const fixtures: Readonly<Record<Exclude<LintCode, 'scraped-twice'>, Fixture>> = {
  'pack-format': { triggers: 'colect: {}\n', calm: 'collect: {}\n' },
  'alert-incomplete': { triggers: hub([alert('team: us')]), calm: hub([alert('severity: warning')]) },
  'promql-syntax': {
    triggers: hub([rule('r', 'sum by (cluster) (x')]),
    calm: hub([rule('r', 'sum by (cluster) (x)')]),
  },
  'duration-invalid': {
    triggers: `parameters: { i: { type: string, default: often, description: d } }\n${hub([rule('r', 'x')]).replace('1m', interpolated)}`,
    calm: `parameters: { i: { type: string, default: 5m, description: d } }\n${hub([rule('r', 'x')]).replace('1m', interpolated)}`,
  },
  'range-too-short': { triggers: hub([rule('r', 'rate(x_total[5m])')]), calm: hub([rule('r', 'rate(x_total[20m])')]) },
  'range-tight': { triggers: hub([rule('r', 'rate(x_total[10m])')]), calm: hub([rule('r', 'rate(x_total[20m])')]) },
  'chain-across-groups': {
    triggers: hub([rule('a', 'x')], [rule('b', 'a')]),
    calm: hub([rule('a', 'x'), rule('b', 'a')]),
  },
  'chain-wrong-order': {
    triggers: hub([rule('b', 'a'), rule('a', 'x')]),
    calm: hub([rule('a', 'x or a'), rule('b', 'a')]),
  },
  'collector-chain': { triggers: recorded('y', 'r0 + 1'), calm: recorded('y', 'y + 1') },
  'not-collected': { triggers: hub([rule('r', 'z')]), calm: hub([rule('r', 'y')]) },
  'wrong-list': { triggers: names('userWorkload', 'kube_pod_info'), calm: names('platform', 'kube_pod_info') },
  'duplicate-record': { triggers: hub([rule('r', 'x'), rule('r', 'y')]), calm: hub([rule('r', 'x'), rule('s', 'y')]) },
  'counter-without-rate': {
    triggers: hub([rule('r', 'x_total')]),
    calm: hub([rule('r', 'rate(x_total[20m]) + timestamp(x_total)')]),
  },
  'rate-on-gauge': { triggers: hub([rule('r', 'increase(x[20m])')]), calm: hub([rule('r', 'delta(x[20m])')]) },
  'cluster-lost': {
    triggers: hub([rule('r', 'sum by (user) (x)')]),
    calm: hub([rule('r', 'sum by (user, cluster) (x) / on (cluster) group_left () sum without (user) (y)')]),
  },
  'collector-crash': { triggers: names('platform', 'a"b'), calm: names('platform', 'a:b') },
  'argument-expansion': {
    triggers: recorded('y{a="$(HOME)"}'),
    calm: recorded('label_replace(y, "a", "$1", "b", "(.*)")'),
  },
  'manifest-size': {
    triggers: names('platform', 'a', 'b'),
    calm: names('platform', 'a'),
    facts: { maxManifestBytes: 80 },
  },
  'argument-size': {
    triggers: recorded(`y{a="${'b'.repeat(140_000)}"}`),
    calm: recorded(`y{a="${'b'.repeat(1_000)}"}`),
    facts: { maxManifestBytes: 1e9 },
  },
  'series-budget': {
    triggers: matches('job="x"'),
    calm: matches('__name__="up",job="x"'),
    facts: { maxSeries: 1_000 },
  },
  'dashboard-broken': {
    triggers: names('platform', 'x'),
    calm: names('platform', 'x'),
    dashboards: { triggers: board('sum(x'), calm: board('sum(x)') },
  },
  'dashboard-unclear': {
    triggers: names('platform', 'x'),
    calm: names('platform', 'x'),
    dashboards: { triggers: board('sum(z)'), calm: board('sum(x)') },
  },
};

describe('every finding', () => {
  it.each(Object.entries(fixtures))(
    '%s is found where it is, and only there',
    async (code, { triggers, calm, facts, dashboards }) => {
      const found = await lint(triggers, facts, dashboards?.triggers);
      const silent = await lint(calm, facts, dashboards?.calm);

      expect(found.map((one) => one.code)).toContain(code);
      expect(silent).toEqual([]);
    },
  );

  it('scraped-twice is found under the addon architecture only', async () => {
    await writeFile(join(folder, 'pack.yaml'), head + names('platform', 'x'));
    const twice = [await openPack(folder), await openPack(folder)];

    const codes = (architecture: 'legacy' | 'mcoa') =>
      lintPacks(twice, { ...defaultFacts, architecture }).map(({ code }) => code);

    expect(codes('mcoa')).toEqual(['scraped-twice']);
    expect(codes('legacy')).toEqual([]);
  });

  it('is told in docs/lint.md, which is what the catalogue makes of it', async () => {
    const document = await readFile(join(import.meta.dirname, '../../docs/lint.md'), 'utf8');

    expect(document).toBe(lintDocument(lintCatalogue));
    for (const code of Object.keys(lintCatalogue)) expect(document).toContain(`\n## ${code}\n`);
  });

  it('of the catalogue has a fixture', () => {
    expect([...Object.keys(fixtures), 'scraped-twice'].sort()).toEqual(Object.keys(lintCatalogue).sort());
  });
});

describe('a finding', () => {
  it('is at its line and column of the file, whatever was interpolated before it', async () => {
    const body = `parameters: { metric: { type: string, default: a_rather_long_name, description: d } }
matrix: { user: [anna, ben] }
collect: { platform: { names: [x] } }
hub:
  groups:
    - name: g
      interval: 1m
      rules:
        - each: [user]
          record: r_\${{ user }}
          expr: |
            # why
            x{user="\${{ user }}"} + \${{ metric }} + absentee
`;

    const found = await lint(body);

    expect(found.map(({ code, line, column, message }) => [code, line, column, message.split(': ')[1]])).toEqual([
      ['not-collected', 16, 37, 'a_rather_long_name is not collected by any pack'],
      ['not-collected', 16, 53, 'absentee is not collected by any pack'],
    ]);
  });

  it('that is accepted in the pack stays visible with the reason', async () => {
    const accepted = `accept: [{ code: cluster-lost, about: 'r:', reason: the fleet as a whole is meant }]\n`;

    const [found, ...others] = await lint(accepted + hub([rule('r', 'sum(x)')]));

    expect(found).toMatchObject({ code: 'cluster-lost', severity: 'note', why: expect.stringContaining('is meant') });
    expect(others).toEqual([]);
  });

  it('about what ACM collects by itself goes away when that is known', async () => {
    const found = await lint(hub([rule('r', 'z')]), { collectedByDefault: new Set(['z']) });

    expect(found).toEqual([]);
  });

  it('about a dashboard is at its panel, and one of each panel', async () => {
    const panels = [1, 2].map((id) => ({ ...JSON.parse(board('sum(z)')).panels[0], id, title: `Panel ${id}` }));
    const model = JSON.stringify({ uid: 'ours', title: 'Ours', panels }, undefined, 2);

    const found = await lint(names('platform', 'x'), {}, model);

    expect(found.map(({ code, file, line, message }) => [code, file, line, message])).toEqual(
      ['Panel 1', 'Panel 2'].map((title) => [
        'dashboard-unclear',
        join(folder, 'dashboards/board.json'),
        model.split('\n').findIndex((row) => row.includes(`"title": "${title}"`)) + 1,
        `panel "${title}": nobody collects z`,
      ]),
    );
  });

  it.each([
    ['is no JSON', '{"title": "Ours",\n  "panels": [}', 2],
    ['is no model', '[]', 1],
  ])('about a dashboard that %s says so', async (_, text, line) => {
    const found = await lint(names('platform', 'x'), {}, text);

    expect(found).toMatchObject([{ code: 'dashboard-broken', line }]);
  });

  it('about $(…) is none under the addon architecture, where nothing becomes an argument', async () => {
    const found = await lint(recorded('y{a="$(HOME)"}'), { architecture: 'mcoa' });

    expect(found).toEqual([]);
  });
});

describe('findings as', () => {
  const style = { color: false, ascii: false, accessible: false, quiet: false, verbosity: 0, columns: 80 };

  it('text name file, line, column, code, why and fix', async () => {
    const text = findingsText(await lint('colect: {}\n'), ['ours'], { here: folder, style });

    expect(text).toMatch(/^pack\.yaml:4:1: error pack-format: .*colect/);
    expect(text).toContain('Fix: Correct the key');
    expect(text).toContain('ours: 1 error, 0 warnings.');
  });

  it('JSON carry a schemaVersion', async () => {
    const json = JSON.parse(findingsJson(await lint('colect: {}\n'), ['ours'], folder));

    expect(json).toMatchObject({ schemaVersion: 1, findings: [{ code: 'pack-format', file: 'pack.yaml', line: 4 }] });
  });

  it('SARIF have the shape of 2.1.0: rules by index, levels, relative places', async () => {
    const findings = await lint(hub([rule('r', 'sum(z)')]));

    const log = JSON.parse(findingsSarif(findings, lintCatalogue, { here: folder, version: '1.2.3' }));

    const [run] = log.runs;
    expect(log.version).toBe('2.1.0');
    expect(run.tool.driver).toMatchObject({ name: 'acm-observability', version: '1.2.3' });
    expect(run.results).toHaveLength(findings.length);
    for (const result of run.results) {
      expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
      expect(['error', 'warning', 'note']).toContain(result.level);
      expect(result.message.text).not.toBe('');
      const [{ physicalLocation }] = result.locations;
      expect(physicalLocation.artifactLocation.uri).toBe('pack.yaml');
      expect(physicalLocation.region.startLine).toBeGreaterThan(0);
      expect(physicalLocation.region.startColumn).toBeGreaterThan(0);
    }
  });
});
