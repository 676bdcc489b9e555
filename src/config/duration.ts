/**
 * Durations as Prometheus and Thanos write them: `30d`, `12h`, `1d12h`, `0d`. Units go from large to small, each at most
 * once; a year has 365 days. No fractions, no signs, no spaces.
 */

const units = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

const shape = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** What an int64 of nanoseconds holds, in milliseconds: Prometheus refuses more. */
const longest = 9_223_372_036_854;

/** Milliseconds, or `undefined` when it is no duration. A bare `0` is one. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match = shape.exec(text);
  if (match === null || text === '') return undefined;
  const total = units.reduce((sum, [, length], index) => sum + Number(match[index + 1] ?? 0) * length, 0);
  return total <= longest ? total : undefined;
}

/** The shortest text that means the same; `0s` for nothing. Years and weeks are told in days, as people set retention. */
export function formatDuration(milliseconds: number): string {
  let rest = Math.round(milliseconds);
  let text = '';
  for (const [unit, length] of units) {
    if (unit === 'y' || unit === 'w') continue;
    const count = Math.floor(rest / length);
    if (count === 0) continue;
    text += `${count}${unit}`;
    rest -= count * length;
  }
  return text === '' ? '0s' : text;
}
