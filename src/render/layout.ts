/** Lines and columns by the width text really takes on a terminal. Nothing is ever cut: what does not fit is wrapped. */
import { stripVTControlCharacters } from 'node:util';

/** Made when a text needs it: most have letters of a column each. */
let segments: Intl.Segmenter | undefined;
const ascii = /^[ -~]*$/;
/** East Asian wide and fullwidth ranges, and what is drawn as a picture (UAX #11, coarse). */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;

/** Stretches of letters that take a column each, and of all others. Long ones in pieces: segmenting is slow beyond measure. */
const stretches = /[ -~]+|[^ -~]{1,200}/g;

/** Columns a text takes, escape sequences of our own colours not counted. */
export function widthOf(text: string): number {
  if (ascii.test(text)) return text.length;
  let width = 0;
  for (const [stretch] of stripVTControlCharacters(text).matchAll(stretches)) width += widthOfStretch(stretch);
  return width;
}

function widthOfStretch(text: string): number {
  if (ascii.test(text)) return text.length;
  let width = 0;
  segments ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (const { segment } of segments.segment(text)) {
    if (/^[\p{M}\p{Cf}\p{Cc}]+$/u.test(segment)) continue;
    width += wide.test(segment) ? 2 : 1;
  }
  return width;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

/** Rows of cells as aligned lines; columns named in `right` are aligned to the right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, widthOf(cell));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, index) => (right.includes(index) ? padStart : padEnd)(cell, widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/**
 * Wraps at words; a word longer than the width (a name, a command) stays whole. Every line after the first begins with
 * `indent`, and the first with `lead`.
 */
export function wrap(text: string, columns: number, lead = '', indent = ' '.repeat(widthOf(lead))): string[] {
  const lines: string[] = [];
  let start = lead;
  for (const paragraph of text.split('\n')) {
    let line = start;
    let empty = true;
    for (const word of paragraph.split(/ +/).filter((part) => part !== '')) {
      if (!empty && widthOf(line) + 1 + widthOf(word) > columns) {
        lines.push(line);
        line = indent + word;
      } else {
        line += empty ? word : ` ${word}`;
      }
      empty = false;
    }
    lines.push(line.trimEnd());
    start = indent;
  }
  return lines;
}

/** `1 cluster`, `8 clusters`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** `0.6s`, `48s`, `3m21s`, `1h05m`. */
export function span(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${(Math.floor(seconds * 10) / 10).toFixed(1)}s`;
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
  return `${Math.floor(whole / 3600)}h${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')}m`;
}

/** The age of a sample: `18s`, `5m02s`. */
export function age(seconds: number): string {
  return seconds < 60 ? `${Math.round(seconds)}s` : span(seconds * 1000);
}
