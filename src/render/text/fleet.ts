/** What of many clusters is shown: all of a few, and of a fleet the worst, with everybody counted. */
import type { Verdict } from '../../engine/step.ts';
import { count } from '../layout.ts';
import { severity } from '../matrix.ts';
import { paint, type Style, tones, words } from '../style.ts';

/** Above this many clusters only those that are not well get a row; and never more rows than this. */
const rowsShown = 20;

export interface Shown<T> {
  readonly rows: readonly T[];
  /** One line for each kind of those that got no row. */
  readonly rest: readonly string[];
}

export function shownOf<T>(clusters: readonly T[], verdictOf: (cluster: T) => Verdict, style: Style): Shown<T> {
  if (clusters.length <= rowsShown) return { rows: clusters, rest: [] };
  const bad = clusters.filter((cluster) => severity.indexOf(verdictOf(cluster)) > severity.indexOf('pass'));
  const worst = bad.toSorted((a, b) => severity.indexOf(verdictOf(b)) - severity.indexOf(verdictOf(a)));
  const hidden = new Set(worst.slice(rowsShown));
  const fine = clusters.length - bad.length;
  const more = severity.toReversed().flatMap((verdict) => {
    const number = [...hidden].filter((cluster) => verdictOf(cluster) === verdict).length;
    return number === 0 ? [] : [`${paint(style, tones[verdict], words[verdict])}  ${count(number, 'more cluster')}`];
  });
  const rows = bad.filter((cluster) => !hidden.has(cluster));
  return { rows, rest: [...more, ...(fine > 0 ? [`ok  ${count(fine, 'more cluster')}`] : [])] };
}

/** The first of many lines, and how many more there are. */
export function firstOf(lines: readonly (readonly string[])[], one: string, many?: string): string[] {
  const hidden = lines.length - rowsShown;
  return [
    ...lines.slice(0, rowsShown).flat(),
    ...(hidden > 0 ? [`and ${count(hidden, one, many)}; all of it with -o json`] : []),
  ];
}
