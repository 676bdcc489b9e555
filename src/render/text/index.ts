/** A report as text for a person: the answer on standard output. Every line keeps its meaning without colour. */
import { span, wrap } from '../layout.ts';
import { asciiText, plain } from '../plain.ts';
import type { Report } from '../report.ts';
import type { Style } from '../style.ts';
import { acceptedText, checksText } from './checks.ts';
import { problemText, stepTroubles, troubleText } from './failure.ts';
import { noChanges, notesText, planSummary, planText } from './plan.ts';
import { arrivals, closing, notApplicable, recapText } from './recap.ts';

export function reportText(report: Report, style: Style): string {
  return finish(body(plain(report), style), style);
}

/** What would change, for the moment before somebody approves it. */
export function planOf(report: Report, style: Style): string {
  const told = plain(report);
  return finish([...heading(told, style), ...planText(told, style)], style);
}

/** Lines as one text, in the letters the terminal knows. */
export function finish(lines: readonly string[], style: Pick<Style, 'ascii'>): string {
  const text = lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return text === '' ? '' : `${style.ascii ? asciiText(text) : text}\n`;
}

function body(report: Report, style: Style): string[] {
  if (report.problem !== undefined) return problemText(report.problem, style);
  const troubles = stepTroubles(report).flatMap((trouble) => [...troubleText(trouble, style), '']);
  switch (report.command) {
    case 'plan':
      return [...heading(report, style), ...planText(report, style), '', ...troubles, ...next(report, style)];
    case 'apply':
    case 'uninstall':
    case 'wait':
    case 'grafana deploy':
    case 'grafana clean':
      return changedText(report, style, troubles);
    default:
      return [
        ...heading(report, style),
        ...(style.quiet ? [] : notesText(report, style)),
        ...checksText(report, style),
        ...notApplicable(report, style),
        ...troubles,
        ...acceptedText(report, style),
        ...closing(report, style),
      ];
  }
}

/** How a run that may write ended: in two lines where there was nothing to do. */
function changedText(report: Report, style: Style, troubles: readonly string[]): string[] {
  const left = report.command === 'uninstall' && !style.quiet ? notesText(report, style, 'What stays') : [];
  if (report.verdict === 'differences') return [`Not applied: ${planSummary(report, style).join(' ')}`];
  const unchanged =
    report.command !== 'wait' && report.changes.every((row) => row.change === 'none' || row.change === 'skip');
  const told = unchanged && report.problems.length === 0 ? unchangedLine(report) : [];
  if (unchanged && report.verdict === 'unchanged') {
    return [...told, ...notApplicable(report, style), ...left, ...arrivals(report)];
  }
  return [...recap(report, style), ...troubles, ...left, ...told, ...arrivals(report), ...closing(report, style)];
}

/** The failed and warned hops of the closing verification come before the recap; well ones need no words. */
function recap(report: Report, style: Style): string[] {
  const checks = checksText(report, { ...style, quiet: true });
  return [...checks, ...acceptedText(report, style), ...recapText(report, style)];
}

/** `No changes. 64 objects on 5 clusters match the configuration (3.1s).` */
function unchangedLine(report: Report): string[] {
  const took = span(Date.parse(report.finishedAt) - Date.parse(report.startedAt));
  return noChanges(report).map((line) => line.replace(/\.$/, ` (${took}).`));
}

/** A plan without trouble says only what to do next; with trouble, how it ends. */
function next(report: Report, style: Style): string[] {
  if (report.verdict === 'unchanged') return [];
  return report.verdict === 'differences' ? closing(report, style).slice(-1) : closing(report, style);
}

/** Which hub this is about: seen before anything is approved. */
function heading({ hub }: Report, style: Style): string[] {
  if (hub === undefined || style.quiet) return [];
  const id = hub.clusterID === undefined ? '' : `, cluster ID ${hub.clusterID}`;
  return [
    ...wrap(`Hub ${hub.name} at ${hub.api}, ACM ${hub.acmVersion} (${hub.architecture})${id}`, style.columns),
    '',
  ];
}
