/** An answer for programs: as one JSON document, and as the lines of `-o jsonl` that follow the first. */
import { jsonText } from '../plain.ts';
import type { Answer } from './answer.ts';

export function answerJson(answer: Answer): string {
  return `${jsonText(answer, 2)}\n`;
}

/** A line for each thing it tells of; the last one has the verdict, and what is one value. */
export function answerLines(answer: Answer, { run, now }: { readonly run: string; readonly now: number }): string {
  const { schemaVersion: _, command: _command, verdict, exitCode, ...own } = answer;
  const entries = Object.entries(own);
  const rows = entries.flatMap(([name, value]) => {
    const type = rowTypes[name];
    return type === undefined || !Array.isArray(value) ? [] : value.map((row: object) => ({ type, ...row }));
  });
  const rest = Object.fromEntries(
    entries.filter(([name, value]) => rowTypes[name] === undefined || !Array.isArray(value)),
  );
  const end = { type: 'run_end', ts: new Date(now).toISOString(), run, verdict, exitCode, ...rest };
  return [...rows, end].map((row) => `${jsonText(row)}\n`).join('');
}

const rowTypes: Readonly<Record<string, string>> = { dashboards: 'dashboard', findings: 'finding', admins: 'admin' };
