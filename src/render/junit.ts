/** The report as JUnit XML: a suite per cluster, a case per hop (or per resource of a step), never the command line. */
import { groupBy } from '../engine/groups.ts';
import { plain } from './plain.ts';
import type { Report } from './report.ts';

interface Case {
  readonly cluster: string;
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly type?: string;
  readonly message?: string;
  readonly detail?: string;
}

export function reportJunit(report: Report): string {
  const told = plain(report);
  const cases = casesOf(told);
  const seconds = ((Date.parse(told.finishedAt) - Date.parse(told.startedAt)) / 1000).toFixed(3);
  const suites = [...groupBy(cases, (entry) => entry.cluster)].map(([name, own]) => {
    const attributes = { name, ...totals(own), timestamp: told.startedAt.replace(/\.\d+Z$/, '') };
    return element('testsuite', attributes, own.map(caseXml).join(''));
  });
  const attributes = { name: `acm-observability ${told.command}`, ...totals(cases), time: seconds };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', attributes, suites.join(''))}`;
}

function casesOf(report: Report): Case[] {
  const ended: Case[] =
    report.problem === undefined
      ? []
      : [failed(report.problem.cluster ?? report.hub?.name ?? 'run', report.command, report.problem)];
  return [
    ...ended,
    ...report.changes.filter((row) => row.code === undefined).map(changeCase),
    ...report.problems.map((problem) => failed(problem.cluster, problem.step ?? report.command, problem)),
    ...checkCases(report.checks),
  ];
}

/** A name is there once in its class: what is there twice, GitLab and Jenkins count once. */
function checkCases(checks: Report['checks']): Case[] {
  const alike = groupBy(checks, ({ cluster, id }) => `${cluster} ${id}`);
  return checks.map((check) => {
    const single = alike.get(`${check.cluster} ${check.id}`)?.length === 1;
    return checkCase(check, single ? check.id : `${check.id}: ${check.title}`);
  });
}

function failed(
  cluster: string,
  name: string,
  problem: { code: string; what: string; likely: string; fix: string },
): Case {
  const detail = `Likely: ${problem.likely}\nFix: ${problem.fix}`;
  return { cluster, name, state: 'failed', type: problem.code, message: problem.what, detail };
}

function changeCase(row: Report['changes'][number]): Case {
  const base = { cluster: row.cluster, name: `${row.step}: ${row.resource}` };
  return row.change === 'skip' || row.change === 'unknown'
    ? { ...base, state: 'skipped', message: row.reason ?? row.change }
    : { ...base, state: 'passed' };
}

function checkCase(check: Report['checks'][number], name: string): Case {
  const base = { cluster: check.cluster, name };
  if (check.verdict === 'skip') return { ...base, state: 'skipped', message: check.evidence };
  const counts = check.acceptedUntil === undefined && (check.verdict === 'fail' || check.verdict === 'unknown');
  if (!counts) return { ...base, state: 'passed' };
  return {
    ...base,
    state: 'failed',
    type: check.code ?? check.verdict,
    message: check.what ?? check.evidence,
    detail: [check.evidence, ...(check.fix === undefined ? [] : [`Fix: ${check.fix}`])].join('\n'),
  };
}

function totals(cases: readonly Case[]) {
  const number = (state: Case['state']) => String(cases.filter((entry) => entry.state === state).length);
  return { tests: String(cases.length), failures: number('failed'), errors: '0', skipped: number('skipped') };
}

function caseXml(entry: Case): string {
  const attributes = { classname: entry.cluster, name: entry.name };
  if (entry.state === 'passed') return element('testcase', attributes);
  if (entry.state === 'skipped') {
    return element('testcase', attributes, element('skipped', { message: entry.message ?? '' }));
  }
  const failure = { type: entry.type ?? 'failure', message: entry.message ?? '' };
  return element('testcase', attributes, element('failure', failure, escapeXml(entry.detail ?? '')));
}

function element(name: string, attributes: Readonly<Record<string, string>>, content?: string): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  return content === undefined
    ? `<${name}${written.join('')}/>\n`
    : `<${name}${written.join('')}>\n${content}</${name}>\n`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
}
