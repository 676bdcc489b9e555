/** `rules lint`: everything that can be known of packs before they are applied, each finding with its place in the file. */
import type { Opened, OpenedPack, PackIssue } from '../load.ts';
import type { Place } from '../source.ts';
import { type LintCode, lintCatalogue } from './catalogue.ts';
import { chains, collected, collectorChains, duplicates, durations } from './chains.ts';
import { budget, crashing, lists, scrapedTwice, sizes } from './collections.ts';
import { dashboardFindings } from './dashboards.ts';
import { clusterKept, counters, expansion, ranges, syntax } from './expressions.ts';
import type { Found, LintFacts, LintFinding, LintRule, PlacedFinding } from './finding.ts';

const rules: readonly LintRule[] = [
  syntax,
  durations,
  ranges,
  chains,
  collectorChains,
  collected,
  lists,
  duplicates,
  counters,
  clusterKept,
  crashing,
  expansion,
  sizes,
  budget,
  scrapedTwice,
];

/** By file and line. Packs that cannot be opened are findings too. */
export function lintPacks(packs: readonly Opened[], facts: LintFacts): LintFinding[] {
  const open = packs.flatMap((one) => ('opened' in one ? [one.opened] : []));
  const closed = packs.flatMap((one) => ('issues' in one ? one.issues.map((issue) => ofIssue(one.name, issue)) : []));
  const found = rules.flatMap((rule) => rule({ packs: open, facts })).map(findingOf);
  const ofDashboards = dashboardFindings({ packs: open, facts }).map(judged);
  return [...onceEach([...closed, ...found]), ...ofDashboards].sort(byPlace);
}

/** A rule written once for a matrix is wrong once, at one place. */
function onceEach(findings: readonly LintFinding[]): LintFinding[] {
  const seen = new Set<string>();
  return findings.toSorted(byPlace).filter((finding) => {
    const key = `${finding.code} ${finding.file}:${finding.line}:${finding.column}`;
    return !seen.has(key) && seen.add(key);
  });
}

function findingOf({ subject, offset, below, ...rest }: Found): LintFinding {
  return judged({ ...rest, ...placeIn(rest.by, subject, offset, below) });
}

/** With its words; a note where the pack accepts it. */
function judged({ code, by, message, file, line, column }: PlacedFinding): LintFinding {
  const accepted = by.source.accept.find(
    (one) => one.code === code && (one.about === undefined || message.includes(one.about)),
  );
  const { severity, why, fix } = lintCatalogue[code];
  const finding = { code, severity, pack: by.pack.name, file, line, column, message, why, fix };
  return accepted === undefined ? finding : { ...finding, severity: 'note', why: `accepted: ${accepted.reason}` };
}

function placeIn({ origins, text }: OpenedPack, subject: object, offset?: number, below: Found['below'] = []): Place {
  const origin = origins.get(subject);
  if (origin === undefined) return text.placeOf(below);
  return below.length > 0 ? text.placeOf([...origin.path, ...below]) : text.expressionPlace(origin, offset);
}

function ofIssue(pack: string, { place, message, path }: PackIssue): LintFinding {
  const ofAlert = path.some((key) => key === 'labels' || key === 'annotations');
  const code: LintCode = ofAlert ? 'alert-incomplete' : 'pack-format';
  return { code, pack, ...place, message, ...lintCatalogue[code] };
}

function byPlace(a: LintFinding, b: LintFinding): number {
  return a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column || a.code.localeCompare(b.code);
}
