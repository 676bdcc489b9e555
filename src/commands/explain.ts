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

/** What is called so. */
interface Found extends Topics {
  readonly problems: readonly (ProblemEntry & { readonly code: string })[];
  readonly exitCodes: typeof exitCodes;
}

/** Without a word: all there are. @throws Problem `usage` for a word nobody knows. */
function found(word: string | undefined, topics: Topics): Found {
  const all = { ...topics, problems: Object.entries(problems).map(([code, entry]) => ({ code, ...entry })), exitCodes };
  if (word === undefined) return all;
  const exit = /^(?:exit[- ]?)?(\d+)$/.exec(word)?.[1];
  const named: Found = {
    problems: all.problems.filter(({ code }) => code === word),
    steps: all.steps.filter(({ id }) => id === word),
    checks: all.checks.filter(({ id }) => id === word),
    exitCodes: exitCodes.filter(({ code }) => String(code) === exit),
  };
  if (Object.values(named).some((list) => list.length > 0)) return named;
  throw new Problem('usage', `nothing here is called so${didYouMean(word, words(topics))}`, {
    likely: 'A misspelt code, step or check.',
    fix: 'List all there are: `acm-observability explain`.',
  });
}

/**
 * The text for a word; a word that is both a step and a check gets both. Without a word: all there are.
 * @throws Problem `usage` for a word nobody knows.
 */
export function explain(word: string | undefined, topics: Topics): string {
  if (word === undefined) return overview(topics);
  const named = found(word, topics);
  const sections = [
    ...named.problems.map(problemText),
    ...named.steps.map((step) => stepText(step, topics)),
    ...named.checks.map((check) => checkText(check, topics)),
    ...named.exitCodes.map(exitText),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** The same for a program: what is called so, by what it is. @throws as {@link explain}. */
export function explainJson(word: string | undefined, topics: Topics): string {
  const named = found(word, topics);
  const steps = named.steps.map(({ id, title, requires = [] }) => ({
    id,
    title,
    needs: requires.map((one) => one.id),
  }));
  const checks = named.checks.map(({ id, title, scope, needs }) => ({ id, title, scope, needs }));
  const told = { problems: named.problems, steps, checks, exitCodes: named.exitCodes };
  return JSON.stringify({ schemaVersion: 1, command: 'explain', ...told }, undefined, 2);
}

/** Every word that can be explained. */
export function words({ steps, checks }: Topics): string[] {
  const ids = [...steps, ...checks].map(({ id }) => id);
  return [...new Set([...Object.keys(problems), ...ids, ...exitCodes.map(({ code }) => String(code))])];
}

function problemText({ code, title, cause, fix, exit }: Found['problems'][number]): string {
  return paragraph(`${code}: ${title}`, [
    ['Likely', cause],
    ['Fix', fix],
    ['Exit', `${exit}. ${meaningOf(exit)}`],
    ['More', `docs/problems.md#${code}`],
  ]);
}

function stepText({ id, title, requires = [] }: ExplainedStep, { steps }: Topics): string {
  const after = steps.filter((other) => other.requires?.some((one) => one.id === id));
  return paragraph(`Step ${id}: ${title}`, [
    ['Needs', names(requires)],
    ['Before', names(after)],
    ['Alone', `\`acm-observability plan --only ${id}\`, then \`apply --only ${id}\``],
    ['More', `steps/README.md#${id}`],
  ]);
}

function checkText({ id, title, scope, needs }: ExplainedCheck, { checks }: Topics): string {
  const after = checks.filter((other) => other.needs.includes(id));
  const before = needs.map((other) => ({ id: other }));
  return paragraph(`Check ${id}: ${title}`, [
    ['Asked', scope === 'hub' ? 'once, on the hub' : 'for each managed cluster'],
    ['Needs', needs.length === 0 ? names([]) : `${names(before)}; skipped when one of them is broken`],
    ['Before', names(after)],
    ['Ask', '`acm-observability verify`'],
  ]);
}

function exitText({ code, meaning }: (typeof exitCodes)[number]): string {
  const codes = Object.entries(problems).filter(([, { exit }]) => exit === code);
  const list = codes.map(([name]) => name).join(', ');
  return paragraph(`Exit code ${code}: ${meaning}`, list === '' ? [] : [['Codes', list]]);
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
