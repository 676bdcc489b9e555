/** The table in docs/benchmarks.md: rows are replaced by name, so that one bench can be run alone. */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { root } from './process.ts';

export interface Figure {
  /** Unique; the first column. */
  readonly name: string;
  readonly measured: string;
  readonly target: string;
  readonly met: boolean;
  /** What it is compared with, measured in the same run. */
  readonly alternative?: string;
  readonly ratio?: string;
  /** How to see it oneself. */
  readonly command: string;
}

const path = join(root, 'docs/benchmarks.md');
const begin = '<!-- figures: written by `npm run bench` -->';
const end = '<!-- /figures -->';
const head = [
  '| figure | measured | target | met | alternative, in the same run | ratio | command | date | machine |',
  '|---|---|---|---|---|---|---|---|---|',
];

/** @throws Error when the document has lost its marks. */
export async function record(figures: readonly Figure[], today: Date): Promise<void> {
  const text = await readFile(path, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no place for the figures: ${begin} … ${end}`);
  const old = text.slice(from + begin.length, to).split('\n');
  const rows = new Map(old.filter((line) => /^\| (?!figure )/.test(line)).map((line) => [nameOf(line), line]));
  for (const figure of figures) rows.set(figure.name, row(figure, today));
  const table = [begin, '', ...head, ...rows.values(), '', end].join('\n');
  await writeFile(path, text.slice(0, from) + table + text.slice(to + end.length));
}

function nameOf(line: string): string {
  return line.split(' | ')[0]?.replace(/^\| /, '') ?? '';
}

function row(figure: Figure, today: Date): string {
  const { name, measured, target, met, alternative = '', ratio = '', command } = figure;
  const date = today.toISOString().slice(0, 10);
  const cells = [name, measured, target, met ? 'yes' : 'no', alternative, ratio, `\`${command}\``, date, machine()];
  return `| ${cells.join(' | ')} |`;
}

/** The day, as the table has it. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** What matters of the machine; not which one it is. */
function machine(): string {
  return `${cpus().length} cores, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
}
