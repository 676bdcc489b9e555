/**
 * Whatever the program is given, by people or by servers: it succeeds or says why. No mistake of ours, no stack, nothing a
 * terminal would obey, and no more than 300 MB. Drawn by fast-check from one seed.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { runProgram } from '../../src/cli/program.ts';
import { registry } from '../../src/cli/registry.ts';
import { testShell } from '../cli/shell.ts';
import { createHarness, type Harness } from '../helpers/harness.ts';
import { bends, bentAt } from './support/bent.ts';
import { type WrittenConfiguration, writeConfiguration } from './support/configuration.ts';
import { hostileTexts, share, tampered, tamperings, unbearable } from './support/hostile.ts';
import { allowlist, monitoringConfig, rulerRules, settleOthers } from './support/others.ts';
import { often, patience, seed } from './support/sample.ts';
import { type Row, tell } from './support/tally.ts';

const rows: Row[] = [];
const cases = <T>(arbitrary: fc.Arbitrary<T>, count: number): T[] => fc.sample(arbitrary, { seed, numRuns: count });
const kept = (what: string, tried: number) => rows.push({ what, tried, bad: { stacks: 0, sequences: 0, stuck: 0 } });

let hub: Harness;
let ours: WrittenConfiguration;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'input-'));
  ours = await writeConfiguration();
  hub = await createHarness({ scenario: 'quest', size: 3, speed: 60 });
  await settleOthers(hub);
  const { exitCode } = await hub.run(`apply --yes -f ${ours.file} -o json`);
  if (exitCode !== 0) throw new Error(`the apply to begin with ended with ${exitCode}`);
}, patience);

afterAll(async () => {
  await tell('input', rows);
  await hub?.stop();
  await ours?.remove();
  await rm(folder, { recursive: true, force: true });
});

describe('a configuration', () => {
  it('that is damaged, absurd or hostile is refused or done', { timeout: patience }, async () => {
    const mutated = cases(tamperings, often(40, 600)).map((all) => yamlOf(tampered(wholeConfiguration, all)));
    const cut = cases(share, often(5, 60)).map(cutAt);
    const texts = [...mutated, ...cut, ...strangeTexts];

    const wrong: string[] = [];
    for (const [index, text] of texts.entries()) {
      const file = join(folder, 'given.yaml');
      await writeFile(file, text);
      const line = index % 8 === 0 ? `plan -f ${file}` : `config show --origin -f ${file}`;
      wrong.push(...unbearable(await hub.run(line)).map((why) => `${text.slice(0, 300)}: ${why}`));
    }

    expect(wrong).toEqual([]);
    kept('configuration files', texts.length);
  });

  it('by variables that are hostile is refused or done', { timeout: patience }, async () => {
    const names = ['STORAGE_BUCKET', 'STORAGE_ENDPOINT', 'CLUSTERS_EXCLUDE', 'PACKS', 'OBSERVABILITY_SPEC', 'NO_SUCH'];
    const values = [...hostileTexts, '{', '[]', '{"a":{"b":1}}', ' ', '-1'].filter((text) => !text.includes('\u0000'));
    const pairs = names.flatMap((name) => values.map((value) => [`ACM_OBSERVABILITY_${name}`, value] as const));

    const wrong: string[] = [];
    for (const [name, value] of pairs) {
      const ran = await hub.run('config show --origin', { env: { [name]: value } });
      wrong.push(...unbearable(ran).map((why) => `${name}=${JSON.stringify(value)}: ${why}`));
    }

    expect(wrong).toEqual([]);
    kept('variables', pairs.length);
  });
});

describe('a kubeconfig', () => {
  it('that is damaged, absurd or hostile is refused', { timeout: patience }, async () => {
    const mutated = cases(tamperings, often(40, 600)).map((all) => yamlOf(tampered(wholeKubeconfig, all)));
    const texts = [...mutated, ...strangeTexts];

    const wrong: string[] = [];
    for (const text of texts) {
      const file = join(folder, 'kubeconfig');
      await writeFile(file, text);
      const env = { KUBECONFIG: file, HOME: folder, PATH: '/nowhere' };
      const clock = { now: () => Date.now(), sleep: async () => {} };
      const shell = testShell({ env, cwd: folder, clock });
      const exitCode = await runProgram(['verify'], registry, shell);
      wrong.push(...unbearable({ exitCode, ...shell.told }).map((why) => `${text.slice(0, 300)}: ${why}`));
    }

    expect(wrong).toEqual([]);
    kept('kubeconfigs', texts.length);
  });
});

describe('a shared document', () => {
  it('that others have filled with anything is merged into, or left as it is and told', {
    timeout: patience,
  }, async () => {
    const given = cases(fc.tuple(fc.nat({ max: 2 }), tamperings), often(12, 150)).map(([which, all]) => {
      const { key, entry, text } = documents[which] ?? documents[0];
      return { key, entry, text: yamlOf(tampered(parse(text), all)) };
    });
    const strange = strangeTexts.flatMap((text) => documents.map(({ key, entry }) => ({ key, entry, text })));
    const all = [...given, ...strange.filter((_, at) => often(at % 5, 0) === 0)];

    const wrong: string[] = [];
    for (const { key, entry, text } of all) {
      await hub.sandbox.people.editConfigMap('local-cluster', key, entry, text);
      for (const line of [`plan -f ${ours.file}`, `apply --yes --no-wait -f ${ours.file}`]) {
        const why = unbearable(await hub.run(line));
        wrong.push(...why.map((one) => `${line} with ${key.name} of ${JSON.stringify(text.slice(0, 200))}: ${one}`));
      }
    }
    for (const { key, entry, text } of documents) {
      await hub.sandbox.people.editConfigMap('local-cluster', key, entry, text);
    }

    expect(wrong).toEqual([]);
    kept('contents of shared documents × plan and apply', all.length * 2);
  });
});

describe('an answer of an API server', () => {
  it('that is cut, of another type, huge or hostile is told, or does not matter', { timeout: patience }, async () => {
    const lines = [
      `plan -f ${ours.file}`,
      'verify',
      'verify -o junit',
      'verify -o json',
      'check',
      'config import',
      'rbac apply',
    ];
    const drawn = cases(fc.record({ line: fc.constantFrom(...lines), at: share, bend: bends }), often(60, 800));
    const requests = new Map<string, number>();
    for (const line of lines) requests.set(line, (await hub.run(line)).requests.length);

    const wrong: string[] = [];
    for (const { line, at, bend } of drawn) {
      const number = Math.floor(at * (requests.get(line) ?? 1)) + 1;
      const ran = await hub.run(line, { wires: bentAt(number, bend) });
      const what = `${line} with answer ${number} ${JSON.stringify(bend).slice(0, 400)}`;
      wrong.push(...unbearable(ran).map((why) => `${what}: ${why}`));
    }

    expect(wrong).toEqual([]);
    kept('answers of API servers', drawn.length);
  });
});

function yamlOf(document: unknown): string {
  return typeof document === 'string' ? document : stringify(document);
}

const wholeConfiguration = {
  apiVersion: 'acm-observability/v1',
  storage: { provider: 's3', bucket: 'acm-metrics', region: 'eu-west-3', endpoint: 'https://s3.example.com:9000' },
  observability: {
    name: 'observability',
    interval: 300,
    storageClass: 'gp3-csi',
    retention: { raw: '30d', fiveMinutes: '180d', oneHour: '365d' },
    spec: { nodeSelector: { a: 'b' } },
  },
  clusters: { select: { names: ['ai', 'quest-1'] }, exclude: ['x'], collection: 'all' },
  userWorkloadMonitoring: { mode: 'auto', contexts: { ai: 'ai' } },
  packs: [{ path: './packs/ours', parameters: { team: 'blue' } }],
  metrics: { platform: ['up'], userWorkload: ['ours_total'] },
  dashboards: ['./dashboards/*.json'],
  grafana: { dev: false, admins: [] },
  accept: [{ code: 'uwm-ephemeral-storage', cluster: 'lab', reason: 'lab', until: '2026-12-31' }],
};

/** Nobody listens on port 9. */
const wholeKubeconfig = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'hub',
  contexts: [{ name: 'hub', context: { cluster: 'hub', user: 'anna', namespace: 'x' } }],
  clusters: [{ name: 'hub', cluster: { server: 'https://127.0.0.1:9', 'certificate-authority-data': 'eA==' } }],
  users: [
    { name: 'anna', user: { token: 'a-token' } },
    { name: 'berta', user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'no-such-plugin' } } },
  ],
};

const documents = [
  {
    key: monitoringConfig,
    entry: 'config.yaml',
    text: 'enableUserWorkload: true\nprometheusK8s: { retention: 15d }\n',
  },
  { key: allowlist, entry: 'metrics_list.yaml', text: 'names: [theirs]\nmatches: ["__name__=\\"up\\""]\n' },
  {
    key: rulerRules,
    entry: 'custom_rules.yaml',
    text: 'groups: [{ name: theirs, rules: [{ record: "a:b", expr: up }] }]\n',
  },
] as const;

function cutAt(at: number): string {
  const text = stringify(wholeConfiguration);
  return text.slice(0, Math.floor(text.length * at));
}

const strangeTexts: readonly string[] = [
  '',
  '\u0000',
  '\ufeff',
  '---\n---\n',
  '- - - - -',
  '[]',
  'null',
  '!!js/function "x"',
  '? {a: b}\n: c',
  'a: &a [*a]',
  `a: &a ["x"]\n${Array.from({ length: 9 }, (_, n) => `${'bcdefghij'[n]}: &${'bcdefghij'[n]} [${`*${'abcdefghi'[n]},`.repeat(9)}]`).join('\n')}`,
  `${'{a: '.repeat(3000)}1${'}'.repeat(3000)}`,
  '['.repeat(5000),
  'a: 1\na: 2\n',
  '<<: {storage: {}}\n',
  '__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\n',
  `"\\e[2J": "\\e[31m"\n`,
  `x: ${'y'.repeat(900_000)}`,
  ...hostileTexts,
  ...hostileTexts.map((text) => `storage: { bucket: ${JSON.stringify(text)} }\n`),
];
