/** `npm run campaigns [-- NAME…]`: every campaign, full, one after the other; writes what was tried to docs/reliability.md. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Row {
  readonly what: string;
  readonly tried: number;
  readonly bad: Readonly<Record<string, number>>;
  readonly note?: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'docs/reliability.md');
const all = ['kill', 'fault', 'race', 'secrets', 'signals'];
const begin = '<!-- counts: written by `npm run campaigns` -->';
const end = '<!-- /counts -->';

/** `| campaign | … |`, with the day and how much of the campaign was run. */
function linesOf(campaign: string, rows: readonly Row[], day: string, extent: string): string[] {
  return rows.map(({ what, tried, bad, note = '' }) => {
    const result = Object.entries(bad).map(([name, count]) => `${count} ${name}`);
    return `| ${campaign} | ${what} | ${tried} | ${result.join(', ')} | ${note} | ${extent} | ${day} |`;
  });
}

function run(campaign: string, tally: string): boolean {
  const env = { ...process.env, CAMPAIGN: process.env.CAMPAIGN ?? 'full', CAMPAIGN_TALLY: tally };
  const argv = ['vitest', 'run', `test/campaigns/${campaign}.test.ts`];
  return spawnSync('npx', argv, { cwd: root, env, stdio: 'inherit' }).status === 0;
}

/** Replaces the rows of the campaigns that were run; the others stay. */
function update(lines: ReadonlyMap<string, readonly string[]>): void {
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < 0) throw new Error(`${page} has no place for the counts`);
  const table = text
    .slice(from + begin.length, to)
    .trim()
    .split('\n');
  const [title = '', rule = '', ...old] = table;
  const kept = (name: string) => lines.get(name) ?? old.filter((line) => line.startsWith(`| ${name} |`));
  const rows = [title, rule, ...all.flatMap(kept)];
  writeFileSync(page, `${text.slice(0, from)}${begin}\n\n${rows.join('\n')}\n\n${text.slice(to)}`);
}

const asked = process.argv.slice(2);
const tally = mkdtempSync(join(tmpdir(), 'campaigns-'));
try {
  const names = asked.length > 0 ? asked : all;
  const failed = names.filter((name) => !run(name, tally));
  const day = new Date().toISOString().slice(0, 10);
  const extent = (process.env.CAMPAIGN ?? 'full') === 'full' ? 'full' : 'sample';
  const passed = readdirSync(tally)
    .map((file) => file.replace('.json', ''))
    .filter((name) => !failed.includes(name));
  const rowsOf = (name: string): readonly Row[] => JSON.parse(readFileSync(join(tally, `${name}.json`), 'utf8'));
  update(new Map(passed.map((name) => [name, linesOf(name, rowsOf(name), day, extent)])));
  if (failed.length > 0) {
    process.stderr.write(`failed: ${failed.join(', ')}\n`);
    process.exitCode = 1;
  }
} finally {
  rmSync(tally, { recursive: true });
}
