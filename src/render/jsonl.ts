/** A run as events, one JSON object a line: the first names the schema, the last tells the verdict. */
import type { RunEvent } from '../engine/events.ts';
import { given } from '../engine/given.ts';
import type { Standard } from '../engine/verdict.ts';
import { jsonText } from './plain.ts';
import { type Report, toReportProblem } from './report.ts';
import { changeRow, checkRow } from './rows.ts';

interface Start {
  readonly command: string;
  readonly run: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly hub?: Report['hub'];
}

export function startLine({ command, run, startedAt, hub }: Start): string {
  return line({ type: 'run_start', schemaVersion: 1, ts: iso(startedAt), command, run, ...given({ hub }) });
}

/** What an event is told as at the moment it happens. */
export function eventLine(event: RunEvent, { standard, now }: { standard: Standard; now: number }): string {
  const { type, ...row } = rowOf(event, standard);
  return line({ type, ts: iso(now), ...row });
}

/** What only the end knows; all rows too, when none of them was told on the way. */
export function endLines(report: Report, { streamed }: { streamed: boolean }): string {
  const { finishedAt, run, verdict, exitCode, hub, requests } = report;
  const rows: object[] = [
    ...report.notes.map((message) => ({ type: 'note', message })),
    ...(streamed ? [] : wholeRows(report)),
    ...(report.problem === undefined ? [] : [{ type: 'diagnostic', severity: 'error', ...report.problem }]),
    ...report.clusters.map((row) => ({ type: 'cluster', ...row })),
    { type: 'run_end', ts: finishedAt, run, verdict, exitCode, ...given({ hub }), requests },
  ];
  return rows.map(line).join('');
}

/** The lines of a run that is over. */
export function reportJsonLines(report: Report): string {
  return startLine({ ...report, startedAt: Date.parse(report.startedAt) }) + endLines(report, { streamed: false });
}

function wholeRows({ changes, checks, problems }: Report): object[] {
  return [
    ...changes.map((row) => ({ type: changeType(row.applied), ...row })),
    ...checks.map((row) => ({ type: 'check', ...row })),
    ...problems.map((row) => ({ type: 'diagnostic', severity: 'error', ...row })),
  ];
}

function rowOf(event: RunEvent, standard: Standard): { readonly type: string } {
  switch (event.type) {
    case 'run-started':
      return { ...event, type: 'phase_start' };
    case 'step-started':
      return { ...event, type: 'step_start' };
    case 'step-ended':
      return { ...event, type: 'step_end' };
    case 'change':
      return { type: changeType(event.applied), ...changeRow(event), ...given({ warnings: event.warnings }) };
    case 'waiting':
      return { ...event, ...{ since: iso(event.since), deadline: iso(event.deadline) } };
    case 'problem': {
      const { step, cluster, resource, problem } = event;
      const where = { step, cluster, ...given({ resource }) };
      return { type: 'diagnostic', ...{ severity: 'error' }, ...toReportProblem(problem), ...where };
    }
    case 'finding':
      return { type: 'check', ...checkRow(event, standard) };
    case 'ready':
    case 'note':
      return event;
  }
}

function changeType(applied: boolean): string {
  return applied ? 'applied_change' : 'planned_change';
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function line(row: object): string {
  return `${jsonText(row)}\n`;
}
