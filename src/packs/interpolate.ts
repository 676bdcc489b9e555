/** `${{ name }}` in the texts of a pack. It collides with neither `$1`, nor Grafana's `$var`, nor alert templates. */
import { didYouMean } from '../config/suggest.ts';
import { isMapping } from '../resources/document.ts';

/** Names and their values: parameters, and the members of the matrix a rule is written for. */
export type Scope = Readonly<Record<string, unknown>>;

/** A name that stands for nothing, or for something that is no text. */
export class Uninterpolated extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Uninterpolated';
  }
}

const placeholder = /\$\{\{\s*([^}]*?)\s*\}\}/g;
const whole = /^\$\{\{\s*([^}]*?)\s*\}\}$/;

/** The text with every placeholder replaced. Throws {@link Uninterpolated}. */
export function interpolate(text: string, scope: Scope): string {
  return traced(text, scope).text;
}

/** A text, and where in its source each of its offsets comes from. */
export interface Traced {
  readonly text: string;
  back(offset: number): number;
}

/** The same with the way back, so that what is found in the result can be shown in the file. */
export function traced(text: string, scope: Scope): Traced {
  const pieces: { readonly from: number; readonly to: number; readonly verbatim: boolean }[] = [];
  let [result, done] = ['', 0];
  const take = (piece: string, from: number, verbatim: boolean) => {
    pieces.push({ from, to: result.length, verbatim });
    result += piece;
  };
  for (const match of text.matchAll(placeholder)) {
    take(text.slice(done, match.index), done, true);
    take(valueText(match[1] ?? '', scope), match.index, false);
    done = match.index + match[0].length;
  }
  take(text.slice(done), done, true);
  return {
    text: result,
    back(offset) {
      const piece = pieces.findLast(({ to }) => to <= offset);
      return piece === undefined ? offset : piece.from + (piece.verbatim ? offset - piece.to : 0);
    },
  };
}

function valueText(path: string, scope: Scope): string {
  const value = lookUp(path, scope);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Uninterpolated(`\${{ ${path} }} is not a text or a number`);
}

/** The value itself where the text is nothing but one placeholder; else the text, interpolated. */
export function resolveValue(text: string, scope: Scope): unknown {
  const path = whole.exec(text)?.[1];
  return path === undefined ? interpolate(text, scope) : lookUp(path, scope);
}

/** `exercise.name` */
export function lookUp(path: string, scope: Scope): unknown {
  let value: unknown = scope;
  for (const part of path.split('.')) {
    if (!isMapping(value) || !Object.hasOwn(value, part)) {
      const known = isMapping(value) ? Object.keys(value) : [];
      throw new Uninterpolated(`\${{ ${path} }} stands for nothing${didYouMean(part, known)}`);
    }
    value = value[part];
  }
  return value;
}
