/** Line differences between two texts: only what changed, no context. */

/** Above this many cells of the table the middle is shown as taken out and put in whole. */
const largest = 4_000_000;

/** `- old line`, `+ new line`, in order; empty when the texts are the same. */
export function diffLines(before: string, after: string): string[] {
  const from = linesOf(before);
  const to = linesOf(after);
  let head = 0;
  while (head < from.length && head < to.length && from[head] === to[head]) head++;
  let tail = 0;
  while (tail < Math.min(from.length, to.length) - head && from.at(-1 - tail) === to.at(-1 - tail)) tail++;
  return middle(from.slice(head, from.length - tail), to.slice(head, to.length - tail));
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Longest common subsequence; `table[i][j]` is its length from line i and line j on. */
function middle(from: readonly string[], to: readonly string[]): string[] {
  const minus = from.map((line) => `- ${line}`);
  const plus = to.map((line) => `+ ${line}`);
  if (from.length * to.length > largest) return [...minus, ...plus];
  const width = to.length + 1;
  const table = new Uint32Array((from.length + 1) * width);
  const at = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = from.length - 1; i >= 0; i--) {
    for (let j = to.length - 1; j >= 0; j--) {
      table[i * width + j] = from[i] === to[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < from.length || j < to.length) {
    if (i < from.length && j < to.length && from[i] === to[j]) {
      i++;
      j++;
    } else if (j >= to.length || (i < from.length && at(i + 1, j) >= at(i, j + 1))) lines.push(minus[i++] ?? '');
    else lines.push(plus[j++] ?? '');
  }
  return lines;
}
