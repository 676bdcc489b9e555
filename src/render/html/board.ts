/** What the page's script works on: a row for each cluster, as small as thousands of them have to be. */
import { groupBy } from '../../engine/groups.ts';
import type { Verdict } from '../../engine/step.ts';
import { age } from '../layout.ts';
import { fleetHops, matrixOf } from '../matrix.ts';
import type { Report } from '../report.ts';
import { words } from '../style.ts';

interface BoardRow {
  readonly name: string;
  readonly verdict: Verdict;
  /** One for each hop. */
  readonly hops: readonly (Verdict | '')[];
  readonly newest: string;
  /** Why it is as it is. */
  readonly reason: string;
  /** Age of the newest sample at each moment looked at, in seconds; `null`: none. */
  readonly freshness: readonly (number | null)[];
  readonly troubles: readonly (readonly [code: string, what: string, fix: string])[];
}

export interface Board {
  readonly hops: readonly string[];
  readonly words: Readonly<Record<Verdict, string>>;
  /** Seconds of age that are still fine. */
  readonly fine: number;
  readonly rows: readonly BoardRow[];
}

/** The worst first, then by name, as they are to be read. */
const order: readonly Verdict[] = ['fail', 'unknown', 'warn', 'pass', 'skip'];

export function boardOf(report: Report): Board {
  const { hops, rows } = matrixOf(report, fleetHops(report));
  const open = report.checks.filter(
    ({ verdict, acceptedUntil }) => verdict !== 'pass' && verdict !== 'skip' && acceptedUntil === undefined,
  );
  const troubles = groupBy(open, ({ cluster }) => cluster);
  const made = report.clusters.map(({ name, verdict, reason = '', newestSampleAgeSeconds, freshness = [] }) => ({
    name,
    verdict,
    hops: hops.map((hop) => rows.get(name)?.get(hop) ?? ('' as const)),
    newest: newestSampleAgeSeconds === undefined ? 'none' : age(newestSampleAgeSeconds),
    reason,
    freshness,
    troubles: (troubles.get(name) ?? []).map(
      ({ code = '', what, evidence, fix = '' }) => [code, what ?? evidence, fix] as const,
    ),
  }));
  const sorted = made.toSorted(
    (a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict) || a.name.localeCompare(b.name),
  );
  return { hops, words, fine: report.freshness?.fineSeconds ?? 0, rows: sorted };
}
