/** The report as events, one JSON object a line; the first names the schema. */
import type { Report } from './report.ts';

export function reportJsonLines(report: Report): string {
  const { schemaVersion, command, run, startedAt, finishedAt, verdict, exitCode, hub, requests } = report;
  const events: object[] = [
    { type: 'run_start', schemaVersion, ts: startedAt, command, run, ...(hub === undefined ? {} : { hub }) },
    ...report.notes.map((message) => ({ type: 'note', message })),
    ...report.changes.map((row) => ({ type: row.applied ? 'applied_change' : 'planned_change', ...row })),
    ...report.checks.map((row) => ({ type: 'check', ...row })),
    ...report.problems.map((row) => ({ type: 'diagnostic', severity: 'error', ...row })),
    ...(report.problem === undefined ? [] : [{ type: 'diagnostic', severity: 'error', ...report.problem }]),
    ...report.clusters.map((row) => ({ type: 'cluster', ...row })),
    { type: 'run_end', ts: finishedAt, run, verdict, exitCode, requests },
  ];
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}
