/** How a run that writes ended: one row per cluster, and one sentence. */
import { groupBy } from '../../engine/groups.ts';
import { age, table as aligned, count, span, widthOf, wrap } from '../layout.ts';
import type { Report, ReportChange, ReportCluster } from '../report.ts';
import { paint, type Style, tones, words } from '../style.ts';
import { names } from './failure.ts';
import { firstOf, shownOf } from './fleet.ts';

export function recapText(report: Report, style: Style): string[] {
  if (report.clusters.length === 0) return [];
  const bad = report.clusters.filter((cluster) => cluster.verdict !== 'pass');
  const { rows: shown, rest } = shownOf(report.clusters, (cluster) => cluster.verdict, style);
  const table = style.accessible
    ? shown.map(spokenRow(report)).flatMap((row) => wrap(row, style.columns))
    : recapTable(report, shown, style);
  const rows = style.quiet ? [] : [...table, ...rest, ''];
  // Clusters with a problem or a failed check are told with it; these are the ones that were not worked on.
  const told = new Set([...report.problems, ...report.checks.filter(isTrouble)].map((entry) => entry.cluster));
  const untold = bad.filter(
    (cluster) => cluster.verdict !== 'skip' && cluster.reason !== undefined && !told.has(cluster.name),
  );
  const alike = groupBy(untold, ({ verdict, reason }) => `${verdict} ${reason}`);
  const lines = [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const text = `${names(group.map((cluster) => cluster.name))}: ${first.reason}`;
    return [wrap(text, style.columns, `${word(first, style)}  `, '      ')];
  });
  const reasons = firstOf(lines, 'more reason');
  return [...rows, ...(reasons.length > 0 ? [...reasons, ''] : []), ...notApplicable(report, style)];
}

/** Clusters that something does not apply to, by the reason; nobody has to act on these. */
export function notApplicable(report: Report, style: Style): string[] {
  if (style.quiet) return [];
  const fine = report.clusters.filter(({ verdict }) => verdict === 'skip' || verdict === 'pass');
  const alike = groupBy(
    fine.filter(({ reason }) => reason !== undefined),
    ({ reason = '' }) => reason,
  );
  const label = paint(style, tones.skip, words.skip);
  const lines = [...alike].flatMap(([reason, clusters]) =>
    wrap(`${names(clusters.map(({ name }) => name))}: ${reason}`, style.columns, `${label}  `, '      '),
  );
  return lines.length > 0 ? [...lines, ''] : [];
}

function isTrouble(check: Report['checks'][number]): boolean {
  return check.verdict === 'fail' || check.verdict === 'unknown';
}

function recapTable(report: Report, clusters: readonly ReportCluster[], style: Style): string[] {
  const done = written(report);
  const head = ['RECAP', 'same', 'created', 'changed', 'removed', 'failed', 'data', 'RESULT'];
  const body = clusters.map((cluster) => {
    const { created, changed, removed } = done(cluster.name);
    const numbers = [cluster.unchanged, created, changed, removed, cluster.failed].map(String);
    return [cluster.name, ...numbers, data(cluster), word(cluster, style)];
  });
  const lines = aligned([head, ...body], [1, 2, 3, 4, 5]);
  const fits = lines.every((line) => widthOf(line) <= style.columns);
  return fits ? lines : clusters.map(spokenRow(report)).flatMap((row) => wrap(row, style.columns, '', '  '));
}

function spokenRow(report: Report): (cluster: ReportCluster) => string {
  const done = written(report);
  return (cluster) => {
    const { created, changed, removed } = done(cluster.name);
    const work = `same ${cluster.unchanged}, created ${created}, changed ${changed}, removed ${removed}`;
    return `${cluster.name}. ${words[cluster.verdict]}. ${work}, failed ${cluster.failed}, data ${data(cluster)}.`;
  };
}

function word(cluster: ReportCluster, style: Style): string {
  return paint(style, tones[cluster.verdict], words[cluster.verdict]);
}

function data(cluster: ReportCluster): string {
  return cluster.newestSampleAgeSeconds === undefined ? '-' : `${age(cluster.newestSampleAgeSeconds)} ago`;
}

/** What was done on a cluster, looked up for each that is shown. */
function written(report: Report) {
  const applied = groupBy(
    report.changes.filter((row) => row.applied),
    ({ cluster }) => cluster,
  );
  return (cluster: string) => {
    const number = (kind: ReportChange['change']) =>
      (applied.get(cluster) ?? []).filter(({ change }) => change === kind).length;
    return { created: number('create'), changed: number('update'), removed: number('remove') };
  };
}

/** `Metrics arrive from all 5; the slowest is edge-07, 41s ago.` */
export function arrivals(report: Report): string[] {
  const arrived = report.clusters.filter((cluster) => cluster.newestSampleAgeSeconds !== undefined);
  const asked = new Set(report.checks.filter((check) => check.id === 'arrive').map((check) => check.cluster)).size;
  const [slowest] = arrived.toSorted((a, b) => (b.newestSampleAgeSeconds ?? 0) - (a.newestSampleAgeSeconds ?? 0));
  if (slowest?.newestSampleAgeSeconds === undefined) return [];
  const many = arrived.length === asked ? `all ${count(asked, 'cluster')}` : `${arrived.length} of ${asked} clusters`;
  return [`Metrics arrive from ${many}; the slowest is ${slowest.name}, ${age(slowest.newestSampleAgeSeconds)} ago.`];
}

/** What the verdict means, in words. */
const sentences: Readonly<Record<Report['verdict'], string>> = {
  pass: 'All well.',
  changed: 'Done.',
  unchanged: 'Nothing to do.',
  differences: 'Differences found.',
  fail: 'Failed.',
  warn: 'Well, with warnings.',
  partial: 'Partial.',
  error: 'Failed.',
  timeout: 'Timed out; still converging.',
  locked: 'Another run is at work.',
  interrupted: 'Stopped on the way.',
};

/** The last lines: the verdict, the counts, the exit code, and what to do next. */
export function closing(report: Report, style: Style): string[] {
  const number = (...verdicts: string[]) =>
    report.clusters.filter((cluster) => verdicts.includes(cluster.verdict)).length;
  const parts = [
    `${number('pass')} ok`,
    ...(number('warn') > 0 ? [count(number('warn'), 'warning')] : []),
    ...(number('fail', 'unknown') > 0 ? [`${number('fail', 'unknown')} failed`] : []),
    ...(number('skip') > 0 ? [`${number('skip')} not applicable`] : []),
  ];
  const clusters =
    report.clusters.length === 0 ? '' : ` ${parts.join(', ')} of ${count(report.clusters.length, 'cluster')}.`;
  const took = span(Date.parse(report.finishedAt) - Date.parse(report.startedAt));
  const sentence = `${sentences[report.verdict]}${clusters} Exit ${report.exitCode}. Run ${report.run}, ${took}.`;
  const next = nextCommand(report);
  return [...wrap(sentence, style.columns), ...(next === undefined ? [] : [`Next: ${next}`])];
}

function nextCommand({ verdict, command, checks, problems }: Report): string | undefined {
  // What the configuration does not ask for, `wait` does not look at.
  if (verdict === 'timeout') return `acm-observability ${command.startsWith('grafana ') ? command : 'wait'}`;
  if (verdict === 'differences' && command === 'plan') return 'acm-observability apply';
  if (verdict === 'changed' && command === 'apply') return 'acm-observability verify';
  if (verdict === 'changed' && command === 'grafana deploy') return 'acm-observability grafana grant-admin USER';
  const code =
    problems[0]?.code ?? checks.find((check) => check.verdict === 'fail' || check.verdict === 'unknown')?.code;
  return code === undefined ? undefined : `acm-observability explain ${code}`;
}
