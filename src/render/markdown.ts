/** The report as Markdown, for a job summary. */
import { age } from './layout.ts';
import { plain } from './plain.ts';
import type { Report } from './report.ts';
import { words } from './style.ts';

export function reportMarkdown(report: Report): string {
  const told = plain(report);
  const lines = [
    `## acm-observability ${told.command}: ${told.verdict} (exit ${told.exitCode})`,
    '',
    ...(told.hub === undefined ? [] : [`Hub ${cell(told.hub.name)}, ACM ${cell(told.hub.acmVersion)}.`, '']),
    ...(told.notes.length === 0 ? [] : [...told.notes.map((note) => `- ${cell(note)}`), '']),
    ...clusterTable(told),
    ...changeTable(told),
    ...troubles(told),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function clusterTable({ clusters }: Report): string[] {
  return table(
    ['cluster', 'result', 'same', 'changed', 'failed', 'newest sample', 'reason'],
    clusters.map((row) => [
      row.name,
      words[row.verdict],
      String(row.unchanged),
      String(row.changed),
      String(row.failed),
      row.newestSampleAgeSeconds === undefined ? '' : age(row.newestSampleAgeSeconds),
      row.reason ?? '',
    ]),
  );
}

function changeTable({ changes }: Report): string[] {
  const open = changes.filter((row) => row.change !== 'none');
  return table(
    ['change', 'cluster', 'step', 'resource'],
    open.map((row) => [row.change, row.cluster, row.step, row.resource]),
  );
}

function troubles(report: Report): string[] {
  const bad = report.checks.filter((check) => ['fail', 'unknown', 'warn'].includes(check.verdict));
  const rows = [
    ...(report.problem === undefined ? [] : [[report.problem.code, '', report.problem.what, report.problem.fix]]),
    ...report.problems.map((problem) => [problem.code, problem.cluster, problem.what, problem.fix]),
    ...bad.map((check) => [check.code ?? '', check.cluster, check.what ?? check.evidence, check.fix ?? '']),
  ];
  return table(['code', 'cluster', 'what', 'fix'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}

/** Text inside a table cell: nothing in it is markup. */
function cell(text: string): string {
  return text.replace(/[\\`*_{}<>[\]|#]/g, '\\$&').replaceAll('\n', ' ');
}
