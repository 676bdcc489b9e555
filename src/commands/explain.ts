/** `explain WORD`: what a code, a step, a check or an exit code means. Knows everything by itself; asks no cluster. */
import { didYouMean } from '../config/suggest.ts';
import { exits } from '../engine/exits.ts';
import { Problem } from '../engine/problem.ts';
import { type ProblemEntry, problems } from '../engine/problems.ts';
import { table, wrap } from '../render/layout.ts';

/** What is told about a step; every `Step` is one. */
interface ExplainedStep {
  readonly id: string;
  readonly title: string;
  readonly requires?: readonly { readonly id: string }[];
}

/** What is told about a check; every `Check` is one. */
interface ExplainedCheck {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly string[];
  readonly scope: 'hub' | 'cluster';
}

export interface Topics {
  readonly steps: readonly ExplainedStep[];
  readonly checks: readonly ExplainedCheck[];
}

const columns = 80;

/** What each exit code says (cli.md "Exit codes"). */
const meanings: Readonly<Record<keyof typeof exits, string>> = {
  done: 'Done, nothing to do, or all pass.',
  differences: 'There are differences. Only with --detailed-exitcode; else 0.',
  checkFailed: 'A check failed.',
  warnings: 'Warnings only. Only with --strict; else 0.',
  partial: 'Some clusters are fine, some are not.',
  applyFailed: 'The apply failed. What was done stays done; running again does the rest.',
  timeout: 'The time ran out while it was still converging: `acm-observability wait` goes on.',
  locked: 'Another run is at work on this hub.',
  usage: 'The command line is wrong, or an answer is needed and there is nobody to ask.',
  configuration: 'The configuration is wrong or incomplete.',
  unreachable: 'The API server or the store does not answer.',
  bug: 'A fault of this program. Please report it.',
  forbidden: 'Not permitted, or not logged in.',
  interrupted: 'Interrupted by Ctrl-C.',
  terminated: 'Stopped by SIGTERM.',
};

/** One row of a table of all exit codes, by number. */
export const exitCodes: readonly { readonly code: number; readonly meaning: string }[] = Object.entries(meanings)
  .map(([name, meaning]) => ({ code: codeOf(name), meaning }))
  .toSorted((left, right) => left.code - right.code);

/**
 * The text for a word; a word that is both a step and a check gets both. Without a word: all there are.
 * @throws Problem `usage` for a word nobody knows.
 */
export function explain(word: string | undefined, topics: Topics): string {
  if (word === undefined) return overview(topics);
  const sections = [...codeText(word), ...stepText(word, topics), ...checkText(word, topics), ...exitText(word)];
  if (sections.length > 0) return `${sections.join('\n\n')}\n`;
  throw new Problem('usage', `nothing here is called so${didYouMean(word, words(topics))}`, {
    likely: 'A misspelt code, step or check.',
    fix: 'List all there are: `acm-observability explain`.',
  });
}

/** Every word that can be explained. */
export function words({ steps, checks }: Topics): string[] {
  const ids = [...steps, ...checks].map(({ id }) => id);
  return [...new Set([...Object.keys(problems), ...ids, ...exitCodes.map(({ code }) => String(code))])];
}

function codeText(word: string): string[] {
  const entry: ProblemEntry | undefined = Object.entries(problems).find(([code]) => code === word)?.[1];
  if (entry === undefined) return [];
  const { title, cause, fix, exit } = entry;
  return [
    paragraph(`${word}: ${title}`, [
      ['Likely', cause],
      ['Fix', fix],
      ['Exit', `${exit}. ${meaningOf(exit)}`],
      ['More', `docs/problems.md#${word}`],
    ]),
  ];
}

function stepText(word: string, { steps }: Topics): string[] {
  const step = steps.find(({ id }) => id === word);
  if (step === undefined) return [];
  const after = steps.filter(({ requires = [] }) => requires.some(({ id }) => id === word));
  return [
    paragraph(`Step ${word}: ${step.title}`, [
      ['Needs', names(step.requires ?? [])],
      ['Before', names(after)],
      ['Alone', `\`acm-observability plan --only ${word}\`, then \`apply --only ${word}\``],
      ['More', `steps/README.md#${word}`],
    ]),
  ];
}

function checkText(word: string, { checks }: Topics): string[] {
  const check = checks.find(({ id }) => id === word);
  if (check === undefined) return [];
  const after = checks.filter(({ needs }) => needs.includes(word));
  const needs = check.needs.map((id) => ({ id }));
  return [
    paragraph(`Check ${word}: ${check.title}`, [
      ['Asked', check.scope === 'hub' ? 'once, on the hub' : 'for each managed cluster'],
      ['Needs', needs.length === 0 ? names([]) : `${names(needs)}; skipped when one of them is broken`],
      ['Before', names(after)],
      ['Ask', '`acm-observability verify`'],
    ]),
  ];
}

function exitText(word: string): string[] {
  const code = /^(?:exit[- ]?)?(\d+)$/.exec(word)?.[1];
  const found = exitCodes.find((entry) => String(entry.code) === code);
  if (found === undefined) return [];
  const codes = Object.entries(problems).filter(([, { exit }]) => exit === found.code);
  const list = codes.map(([name]) => name).join(', ');
  return [paragraph(`Exit code ${found.code}: ${found.meaning}`, list === '' ? [] : [['Codes', list]])];
}

function overview({ steps, checks }: Topics): string {
  const rows = (entries: readonly { readonly id: string; readonly title: string }[]): string[] =>
    table(entries.map(({ id, title }) => [`  ${id}`, title]));
  return [
    'Steps of apply:',
    ...rows(steps),
    'Checks of verify:',
    ...rows(checks),
    'Problems:',
    ...rows(Object.entries(problems).map(([id, { title }]) => ({ id, title }))),
    'Exit codes:',
    ...rows(exitCodes.map(({ code, meaning }) => ({ id: String(code), title: meaning }))),
    '',
  ].join('\n');
}

function paragraph(title: string, rows: readonly (readonly [string, string])[]): string {
  return [
    ...wrap(title, columns),
    ...rows.flatMap(([label, text]) => wrap(text, columns, `  ${label.padEnd(8)}`)),
  ].join('\n');
}

function names(entries: readonly { readonly id: string }[]): string {
  return entries.length === 0 ? 'nothing' : entries.map(({ id }) => id).join(', ');
}

function meaningOf(exit: number): string {
  return exitCodes.find(({ code }) => code === exit)?.meaning ?? '';
}

function codeOf(name: string): number {
  return Object.entries(exits).find(([other]) => other === name)?.[1] ?? exits.bug;
}
