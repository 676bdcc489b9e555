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
  return text.replace(placeholder, (_, path: string) => {
    const value = lookUp(path, scope);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw new Uninterpolated(`\${{ ${path} }} is not a text or a number`);
  });
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
