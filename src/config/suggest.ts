/** "Did you mean": the nearest word of a list, or none when nothing is near enough to be a slip of the fingers. */

/** Longer words cannot be slips of ours, and comparing them costs time that garbage should not get. */
const longest = 80;

/** The nearest candidate, ignoring case and the difference between `_`, `-` and camel case. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(word);
  if (wanted === '' || wanted.length > longest) return undefined;
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const other = plain(candidate);
    const allowed = Math.max(1, Math.floor(Math.min(wanted.length, other.length) / 3));
    if (Math.abs(wanted.length - other.length) > allowed) continue;
    const apart = distance(wanted, other);
    if (apart <= allowed && apart < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { candidate, distance: apart };
  }
  return best?.candidate;
}

/** `; did you mean bucket?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const near = suggest(word, candidates);
  return near === undefined ? '' : `; did you mean ${near}?`;
}

/**
 * Edits that make one word the other: insert, delete, replace, swap of two neighbours (optimal string alignment).
 */
export function distance(left: string, right: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let least = Math.min(
        cell(last, column) + 1,
        cell(current, column - 1) + 1,
        cell(last, column - 1) + (same ? 0 : 1),
      );
      if (column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        least = Math.min(least, cell(beforeLast, column - 2) + 1);
      }
      current.push(least);
    }
    beforeLast = last;
    last = current;
  }
  return cell(last, right.length);
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}

function plain(word: string): string {
  return word.replace(/[_-]/g, '').toLowerCase();
}
