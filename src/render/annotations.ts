/** What is not well as annotations of a GitHub workflow run: one for each failure, alike ones of several clusters together. */
import { groupBy } from '../engine/groups.ts';
import { plain } from './plain.ts';
import type { Report } from './report.ts';

interface Note {
  readonly level: 'error' | 'warning';
  readonly code: string;
  readonly cluster: string;
  readonly what: string;
  readonly fix: string;
}

/** So many clusters are named. */
const mostNamed = 5;

export function annotationsText(report: Report): string {
  const groups = groupBy(notesOf(plain(report)), ({ level, code }) => `${level} ${code}`);
  return [...groups.values()].map(command).join('');
}

function notesOf({ problem, problems, checks, hub }: Report): Note[] {
  const ended = problem === undefined ? [] : [{ ...problem, cluster: problem.cluster ?? hub?.name ?? 'the run' }];
  const failed = [...ended, ...problems].map((one) => ({ ...one, level: 'error' as const }));
  const found = checks.flatMap(
    ({ verdict, acceptedUntil, code = verdict, cluster, what, evidence, fix = '' }): Note[] => {
      if (verdict === 'pass' || verdict === 'skip' || acceptedUntil !== undefined) return [];
      return [{ level: verdict === 'warn' ? 'warning' : 'error', code, cluster, what: what ?? evidence, fix }];
    },
  );
  return [...failed, ...found];
}

function command(group: readonly Note[]): string {
  const [first] = group;
  if (first === undefined) return '';
  const clusters = [...new Set(group.map(({ cluster }) => cluster))];
  const more = clusters.length > mostNamed ? ` and ${clusters.length - mostNamed} more` : '';
  const where = `${clusters.slice(0, mostNamed).join(', ')}${more}`;
  const text = `${where}: ${first.what}${first.fix === '' ? '' : `\nFix: ${first.fix}`}`;
  return `::${first.level} title=${property(first.code)}::${escaped(text)}\n`;
}

/** As the runner takes them apart. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
