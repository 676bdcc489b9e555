/**
 * `npm run campaigns [-- NAME…]`: every campaign, full, one after the other; prints what was tried and writes it to
 * docs/reliability.md. Each leaves a file in `.cache/campaigns`; the table is made of those. `-- table` only makes the table.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Row, Tally } from '../test/campaigns/support/tally.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'docs/reliability.md');
const tallies = join(root, '.cache/campaigns');

/** The files of each campaign, in the order they are told. What `npm test` runs in part is run whole here. */
const campaigns: Readonly<Record<string, string>> = {
  kill: 'test/campaigns/kill.test.ts',
  fleet: 'test/campaigns/fleet.test.ts',
  processes: 'test/e2e/kill.test.ts',
  fault: 'test/campaigns/fault.test.ts',
  race: 'test/campaigns/race.test.ts',
  merge: 'test/campaigns/merge.test.ts',
  rights: 'test/e2e/rights.test.ts',
  'rights-policy': 'test/e2e/rights-policy.test.ts',
  input: 'test/campaigns/input.test.ts',
  memory: 'test/campaigns/memory.test.ts',
  secrets: 'test/campaigns/secrets.test.ts',
  signals: 'test/campaigns/signals.test.ts',
  grafana: 'test/campaigns/grafana.test.ts',
  catalogue: 'test/campaigns/catalogue.test.ts',
  repairs: 'test/campaigns/repairs.test.ts',
};

const begin = '<!-- counts: written by `npm run campaigns` -->';
const end = '<!-- /counts -->';
const heading = [
  '| campaign | what | tried | result | note | seed | command | day |',
  '|---|---|---|---|---|---|---|---|',
];

function run(name: string, file: string): boolean {
  rmSync(join(tallies, `${name}.json`), { force: true });
  const env = { ...process.env, CAMPAIGN: process.env.CAMPAIGN ?? 'full', CAMPAIGN_TALLY: tallies };
  return spawnSync('npx', ['vitest', 'run', file], { cwd: root, env, stdio: 'inherit' }).status === 0;
}

function rowsOf({ campaign, seed, extent, stride, day, rows }: Tally): string[] {
  const how = `${extent === 'full' ? '' : 'CAMPAIGN=sample '}${stride === 1 ? '' : `CAMPAIGN_STRIDE=${stride} `}`;
  const command = `\`${how}npm run campaigns -- ${campaign}\``;
  return rows.map((row) => `| ${campaign} | ${cells(row).join(' | ')} | ${seed} | ${command} | ${day} |`);
}

function cells({ what, tried, of = tried, bad, note = '' }: Row): string[] {
  const result = Object.entries(bad).map(([name, count]) => `${count} ${name}`);
  return [what, of > tried ? `${tried} of ${of}` : `${tried}`, result.join(', '), note];
}

/** The rows of the campaigns that were run and passed; of the others those that are there already. */
function update(names: readonly string[]): string[] {
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < 0) throw new Error(`${page} has no place for the counts`);
  const old = text.slice(from + begin.length, to).split('\n');
  const fresh = (name: string): string[] => rowsOf(JSON.parse(readFileSync(join(tallies, `${name}.json`), 'utf8')));
  const kept = (name: string) => old.filter((line) => line.startsWith(`| ${name} |`));
  const rows = Object.keys(campaigns).flatMap((name) => (names.includes(name) ? fresh(name) : kept(name)));
  writeFileSync(page, `${text.slice(0, from)}${begin}\n\n${[...heading, ...rows].join('\n')}\n\n${text.slice(to)}`);
  return names.flatMap(fresh);
}

const asked = process.argv.slice(2);
const onlyTable = asked.includes('table');
const unknown = asked.filter((name) => name !== 'table' && !(name in campaigns));
if (unknown.length > 0) throw new Error(`no campaign ${unknown.join(', ')}; there are ${Object.keys(campaigns)}`);
const chosen = Object.entries(campaigns).filter(([name]) => asked.length === 0 || onlyTable || asked.includes(name));
const failed = onlyTable ? [] : chosen.filter(([name, file]) => !run(name, file)).map(([name]) => name);
const told = chosen.map(([name]) => name).filter((name) => existsSync(join(tallies, `${name}.json`)));
process.stdout.write(`${update(told.filter((name) => !failed.includes(name))).join('\n')}\n`);
if (failed.length > 0) {
  process.stderr.write(`failed: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}
