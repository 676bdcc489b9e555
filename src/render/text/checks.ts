/** The way of the metrics: hub checks as lines, then clusters by hops; what is not well follows in words. */

import { groupBy } from '../../engine/groups.ts';
import type { Verdict } from '../../engine/step.ts';
import { age, padEnd, table, widthOf, wrap } from '../layout.ts';
import { counted, fleetHops, type Matrix, matrixOf, severity, worst } from '../matrix.ts';
import type { Report, ReportCheck } from '../report.ts';
import { paint, type Style, tones, words } from '../style.ts';
import { names, type Trouble, troubleText } from './failure.ts';
import { shownOf } from './fleet.ts';

/** The matrix, and what each cluster came to. */
interface Fleet {
  readonly matrix: Matrix;
  readonly clusters: ReadonlyMap<string, Report['clusters'][number]>;
}

export function checksText(report: Report, style: Style): string[] {
  if (report.checks.length === 0) return [];
  const fleet = fleetHops(report);
  const troubles = checkTroubles(report).flatMap((trouble) => [...troubleText(trouble, style), '']);
  if (style.quiet) return troubles;
  const hub = hubLines(report, fleet, style);
  const matrix = matrixOf(report, fleet);
  const clusters = matrix.rows.size === 0 ? [] : [...fleetText(report, matrix, style), ''];
  return [...(hub.length > 0 ? [...hub, ''] : []), ...clusters, ...troubles];
}

/** What is not well, alike findings of several clusters told once. Hops behind a broken hop are not causes. */
function checkTroubles(report: Report): Trouble[] {
  const open = report.checks.filter(
    (check) => check.verdict !== 'pass' && check.verdict !== 'skip' && check.acceptedUntil === undefined,
  );
  // A fix names the cluster it is for: that makes it no other fix.
  const alike = groupBy(open, (check) =>
    [check.verdict, check.id, check.code, check.fix?.replaceAll(check.cluster, ''), check.likely].join('\n'),
  );
  return [...alike.values()]
    .flatMap((group) => (group[0] === undefined ? [] : [{ first: group[0], group }]))
    .toSorted((a, b) => severity.indexOf(b.first.verdict) - severity.indexOf(a.first.verdict))
    .map(({ first, group }) => ({
      word: words[first.verdict],
      tone: tones[first.verdict],
      title: `${names([...new Set(group.map((check) => check.cluster))])}: ${first.id}`,
      ...(first.what === undefined ? {} : { what: first.what }),
      proofs: proofsOf(group),
      ...(first.likely === undefined ? {} : { likely: first.likely }),
      ...(first.fix === undefined ? {} : { fix: first.fix }),
      ...(first.code === undefined ? {} : { code: first.code }),
    }));
}

/** Evidence that adds to what was said. */
function proofsOf(group: readonly ReportCheck[]): string[] {
  const first = group[0]?.what;
  const several = new Set(group.map((check) => check.cluster)).size > 1;
  const proofs = group.flatMap((check) => {
    const said = check.evidence === first || (check === group[0] && check.evidence === check.what);
    if (said) return [];
    return several ? [`${check.cluster}: ${check.evidence}`] : [check.evidence];
  });
  return [...new Set(proofs)];
}

/** Findings accepted in the configuration: visible, though they no longer fail. */
export function acceptedText(report: Report, style: Style): string[] {
  return report.checks
    .filter((check) => check.acceptedUntil !== undefined)
    .flatMap((check) =>
      wrap(
        `${check.cluster} ${check.id}: ${check.what ?? check.evidence} (${check.code}, until ${check.acceptedUntil}${check.acceptedReason === undefined ? '' : `: ${check.acceptedReason}`})`,
        style.columns,
        'accepted  ',
      ),
    );
}

function hubLines(report: Report, fleet: ReadonlySet<string>, style: Style): string[] {
  const groups = groupBy(
    report.checks.filter((check) => !fleet.has(check.id)),
    (check) => check.id,
  );
  const width = Math.max(0, ...[...groups.keys()].map(widthOf));
  return [...groups].flatMap(([id, checks]) => {
    const verdict = worst(checks.map(counted));
    const label = paint(style, tones[verdict], words[verdict].padEnd(7));
    const lead = style.accessible ? `${words[verdict]}: ${id}: ` : `${label}  ${padEnd(id, width)}  `;
    return wrap(groupEvidence(checks, verdict), style.columns, lead);
  });
}

/** One check speaks for itself; several of a step are counted, and the first that is not well is named. */
function groupEvidence(checks: readonly ReportCheck[], verdict: Verdict): string {
  const [first] = checks;
  if (first === undefined) return '';
  if (checks.length === 1)
    return first.verdict === 'pass' || first.verdict === 'skip' ? first.evidence : headline(first);
  const good = checks.filter((check) => counted(check) === 'pass').length;
  const bad = verdict === 'pass' ? undefined : checks.find((check) => counted(check) === verdict);
  return `${good} of ${checks.length} as declared${bad === undefined ? '' : `; ${headline(bad)}`}`;
}

function headline(check: ReportCheck): string {
  return check.what ?? check.evidence;
}

function fleetText(report: Report, matrix: Matrix, style: Style): string[] {
  const clusters = new Map(report.clusters.map((cluster) => [cluster.name, cluster]));
  const fleet = { matrix, clusters };
  const resultFor = (name: string) => resultOf(fleet, name);
  const { rows: shown, rest } = shownOf([...matrix.rows.keys()], resultFor, style);
  if (style.accessible) {
    return [...shown.flatMap((name) => wrap(spokenRow(fleet, name), style.columns)), ...rest];
  }
  const head = ['CLUSTER', ...matrix.hops, 'newest', 'RESULT'];
  const body = shown.map((name) => [
    name,
    ...matrix.hops.map((hop) => cell(matrix.rows.get(name)?.get(hop), style)),
    newest(fleet, name),
    cell(resultFor(name), style),
  ]);
  const lines = shown.length === 0 ? [] : table([head, ...body]);
  const fits = lines.every((line) => widthOf(line) <= style.columns);
  return fits ? [...lines, ...rest] : [...shown.flatMap((name) => uprightRow(fleet, name, style)), ...rest];
}

/** Where the table is too wide: a cluster, its result, and its hops below. */
function uprightRow(fleet: Fleet, name: string, style: Style): string[] {
  const result = resultOf(fleet, name);
  const { matrix } = fleet;
  const hops = matrix.hops.map((hop) => `${hop} ${words[matrix.rows.get(name)?.get(hop) ?? 'skip']}`);
  return [
    `${paint(style, tones[result], words[result].padEnd(7))} ${name}  newest ${newest(fleet, name)}`,
    ...wrap(hops.join(', '), style.columns, '        '),
  ];
}

function spokenRow(fleet: Fleet, name: string): string {
  const hops = [...(fleet.matrix.rows.get(name) ?? [])].map(([hop, verdict]) => `${hop}: ${words[verdict]}`);
  return `${name}. ${words[resultOf(fleet, name)]}. ${hops.join(', ')}. newest: ${newest(fleet, name)}.`;
}

function cell(verdict: Verdict | undefined, style: Style): string {
  return verdict === undefined ? '-' : paint(style, tones[verdict], words[verdict]);
}

function newest({ clusters }: Fleet, name: string): string {
  const seconds = clusters.get(name)?.newestSampleAgeSeconds;
  return seconds === undefined ? 'none' : age(seconds);
}

function resultOf({ clusters, matrix }: Fleet, name: string): Verdict {
  const known = clusters.get(name)?.verdict;
  return known ?? worst([...(matrix.rows.get(name)?.values() ?? [])]);
}
