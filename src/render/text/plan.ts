/** What a run would change: per cluster and step, clusters with the same changes told once. */
import { groupBy } from '../../engine/groups.ts';
import { count, wrap } from '../layout.ts';
import type { Report, ReportChange } from '../report.ts';
import { paint, type Style, type Tone } from '../style.ts';
import { firstOf } from './fleet.ts';

/** How each kind of change is marked: a sign for the eye, and always the word. */
const marks: Readonly<Record<ReportChange['change'], { sign: string; word: string; tone: Tone }>> = {
  none: { sign: '=', word: 'same', tone: 'neutral' },
  create: { sign: '+', word: 'create', tone: 'good' },
  update: { sign: '~', word: 'update', tone: 'attention' },
  remove: { sign: '-', word: 'remove', tone: 'bad' },
  skip: { sign: '=', word: 'skip', tone: 'neutral' },
  conflict: { sign: '!', word: 'conflict', tone: 'bad' },
  unknown: { sign: '?', word: 'unknown', tone: 'attention' },
};

/** In an uninstall the same kinds mean something else. */
const uninstallWords: Partial<Record<ReportChange['change'], string>> = { update: 'give back', skip: 'keep' };

/** Names shown in the heading of clusters that share their changes; the rest is counted. */
const namesShown = 12;

export function planText(report: Report, style: Style): string[] {
  const open = report.changes.filter((row) => row.change !== 'none');
  if (open.length === 0 && report.problems.length === 0) return noChanges(report);
  const told = style.quiet ? [] : [...notesText(report, style), ...changesText(report, style)];
  return [...told, ...planSummary(report, style)];
}

/** What a person must know before approving. */
export function notesText(report: Report, style: Style, title = 'Before you approve'): string[] {
  if (report.notes.length === 0) return [];
  const bullet = style.accessible ? '' : '- ';
  return [
    paint(style, 'strong', title),
    ...report.notes.flatMap((note) => wrap(note, style.columns, `  ${bullet}`)),
    '',
  ];
}

/** The changes themselves, without notes and summary. */
function changesText(report: Report, style: Style): string[] {
  return style.accessible ? spoken(report, style) : grouped(report, style);
}

/** Commands that take away. */
const removing: ReadonlySet<string> = new Set(['uninstall', 'grafana clean']);

export function noChanges(report: Report): string[] {
  const clusters = new Set(report.changes.map((row) => row.cluster)).size;
  const same = report.changes.filter((row) => row.change === 'none').length;
  if (removing.has(report.command)) return ['Nothing to remove.'];
  const verb = same === 1 ? 'matches' : 'match';
  return [`No changes. ${count(same, 'object')} on ${count(clusters, 'cluster')} ${verb} the configuration.`];
}

/** `Plan: 9 to create, 1 to change, 0 to remove on 8 clusters.` */
export function planSummary(report: Report, style: Style): string[] {
  const number = (kind: ReportChange['change']) => report.changes.filter((row) => row.change === kind).length;
  const touched = new Set(
    report.changes.filter((row) => !['none', 'skip'].includes(row.change)).map((row) => row.cluster),
  );
  const uninstall = removing.has(report.command);
  const parts = uninstall
    ? [`${number('remove')} to remove`, `${number('update')} to give back`]
    : [`${number('create')} to create`, `${number('update')} to change`, `${number('remove')} to remove`];
  const also = [
    ...(number('conflict') > 0 ? [count(number('conflict'), 'conflict')] : []),
    ...(number('unknown') > 0 ? [`${number('unknown')} not known yet`] : []),
    ...(number('skip') > 0 ? [`${number('skip')} ${uninstall ? 'kept' : 'skipped'}`] : []),
  ];
  const plan = `Plan: ${parts.join(', ')} on ${count(touched.size, 'cluster')}.`;
  return [plan, ...(also.length > 0 ? [`Also ${also.join(', ')}.`] : [])].flatMap((line) => wrap(line, style.columns));
}

function grouped(report: Report, style: Style): string[] {
  const byCluster = groupBy(report.changes, (row) => row.cluster);
  const alike = groupBy(byCluster.values(), (rows) => bodyKey(rows, style));
  const blocks = [...alike.values()].map((groups) => {
    const clusters = groups.flatMap(([row]) => (row === undefined ? [] : [row.cluster]));
    return [...heading(clusters, style), ...clusterBody(groups[0] ?? [], report.command, style), ''];
  });
  return firstOf(blocks, 'more group of clusters', 'more groups of clusters');
}

/** The same for clusters that read alike: cheaper than what is read, which a fleet has thousands of. */
function bodyKey(rows: readonly ReportChange[], { verbosity }: Style): string {
  const told = rows.map(({ step, change, resource, diff, code, reason, drift }) =>
    change === 'none' && verbosity === 0 ? [step] : [step, change, resource, diff, code, reason, drift],
  );
  return JSON.stringify(told);
}

function heading(clusters: readonly string[], style: Style): string[] {
  const shown = clusters.slice(0, namesShown).join(', ');
  const more = clusters.length > namesShown ? ` and ${clusters.length - namesShown} more` : '';
  const total = clusters.length > 1 ? `  (${count(clusters.length, 'cluster')}, each)` : '';
  return wrap(`${shown}${more}${total}`, style.columns, '', '  ').map((line) => paint(style, 'strong', line));
}

function clusterBody(rows: readonly ReportChange[], command: string, style: Style): string[] {
  const lines: string[] = [];
  for (const [step, members] of groupBy(rows, (row) => row.step)) {
    const open = members.filter((row) => row.change !== 'none' || style.verbosity > 0);
    const same = members.length - open.length;
    const rest = same > 0 ? [`    = same       ${same}`] : [];
    if (open.length === 0) lines.push(`  ${step}  = same ${same}`);
    else lines.push(`  ${step}`, ...open.flatMap((row) => changeLines(row, command, style)), ...rest);
  }
  return lines;
}

function changeLines(row: ReportChange, command: string, style: Style): string[] {
  const { sign, word, tone } = markOf(row, command);
  const label = paint(style, tone, `${sign} ${word.padEnd(9)}`);
  const indent = ' '.repeat(17);
  return [
    ...wrap(resourceText(row), style.columns, `    ${label}  `, indent),
    ...row.diff.map((line) => `${indent}${line}`),
    ...(row.drift ?? []).flatMap((drift) => wrap(driftText(drift), style.columns, `${indent}drift: `, indent)),
  ];
}

function markOf(row: ReportChange, command: string) {
  const mark = marks[row.change];
  const word = removing.has(command) ? uninstallWords[row.change] : undefined;
  return word === undefined ? mark : { ...mark, word };
}

/** The resource, and why where there is a reason to give. */
function resourceText({ resource, change, reason, code }: ReportChange): string {
  const why = reason === undefined ? '' : ` (${change === 'unknown' ? 'because ' : ''}${reason})`;
  return `${resource}${why}${code === undefined ? '' : ` ${code}`}`;
}

function driftText(drift: { field: string; by: string; at?: string }): string {
  return `${drift.field} was changed by ${drift.by}${drift.at === undefined ? '' : ` at ${drift.at}`}`;
}

/** One sentence per change, for a voice. */
function spoken(report: Report, style: Style): string[] {
  const lines = report.changes
    .filter((row) => row.change !== 'none')
    .flatMap((row) => [
      ...wrap(`${markOf(row, report.command).word}: ${row.cluster}, ${row.step}, ${resourceText(row)}.`, style.columns),
      ...row.diff.map((line) => `  ${line}`),
      ...(row.drift ?? []).map((drift) => `  drift: ${driftText(drift)}.`),
    ]);
  return lines.length === 0 ? [] : [...lines, ''];
}
