/** The shortest answer that can be acted on: a line for each thing that is not well, whatever the number of clusters, and the end. */
import { groupBy } from '../engine/groups.ts';
import { severity } from './matrix.ts';
import { plain } from './plain.ts';
import type { Report } from './report.ts';
import { paint, type Style, tones, words } from './style.ts';
import { names } from './text/failure.ts';
import { finish } from './text/index.ts';
import { closing } from './text/recap.ts';

/** One thing that is not well: of a hop, of a step, or of the whole run. */
interface Trouble {
  readonly verdict: (typeof severity)[number];
  readonly cluster: string;
  readonly where: string;
  readonly code: string;
  readonly what: string;
}

export function reportShort(told: Report, style: Style): string {
  const report = plain(told);
  const alike = groupBy(troublesOf(report), ({ verdict, where, code }) => `${verdict} ${where} ${code}`);
  const groups = [...alike.values()].toSorted(
    ([a], [b]) => severity.indexOf(b?.verdict ?? 'skip') - severity.indexOf(a?.verdict ?? 'skip'),
  );
  const lines = groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { verdict, where, code, what } = first;
    const clusters = [...new Set(group.map(({ cluster }) => cluster))];
    const label = paint(style, tones[verdict], words[verdict].padEnd(7));
    // One line each, to be searched: no terminal's width breaks it.
    return [[label, names(clusters), where, `${code}: ${what.replaceAll('\n', ' ')}`].join('  ')];
  });
  return finish([...lines, ...closing(report, style)], style);
}

function troublesOf(report: Report): Trouble[] {
  const told = [...ofRun(report), ...ofChecks(report)];
  const named = new Set(told.map(({ cluster }) => cluster));
  // Left alone because it is offline: no step and no hop says so.
  const others = report.clusters.filter(
    ({ name, verdict }) => (verdict === 'fail' || verdict === 'unknown') && !named.has(name),
  );
  const unreached = others.map(({ name, verdict, reason = '' }) => ({ verdict, cluster: name, what: reason }));
  return [...told, ...unreached.map((one) => ({ ...one, where: 'reach', code: 'cluster-unreachable' }))];
}

function ofRun({ changes, problems, problem, hub }: Report): Trouble[] {
  const verdict = 'fail' as const;
  const whole = problem === undefined ? [] : [{ verdict, where: 'run', cluster: hub?.name ?? 'hub', ...problem }];
  const conflicts = changes.filter(({ change }) => change === 'conflict');
  return [
    ...whole,
    ...problems.map((one) => ({ verdict, where: one.step ?? 'run', ...one })),
    ...conflicts.map(({ step, cluster, resource, code = '', reason = '' }) => {
      return { verdict, cluster, where: step, code, what: `${resource}: ${reason}` };
    }),
  ];
}

function ofChecks({ checks }: Report): Trouble[] {
  const open = checks.filter(
    ({ verdict, acceptedUntil }) => verdict !== 'pass' && verdict !== 'skip' && acceptedUntil === undefined,
  );
  return open.map(({ id, verdict, cluster, code = '', what, evidence }) => {
    return { verdict, cluster, where: id, code, what: what ?? evidence };
  });
}
