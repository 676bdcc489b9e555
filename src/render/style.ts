/** How text is to look: resolved once from flags, environment and the stream, then handed to every renderer. */
import { styleText } from 'node:util';
import type { Verdict } from '../engine/step.ts';

export interface Style {
  readonly color: boolean;
  /** Nothing beyond ASCII. */
  readonly ascii: boolean;
  /** No tables, no repainting: for screen readers. */
  readonly accessible: boolean;
  /** Only the verdict and what went wrong. */
  readonly quiet: boolean;
  /** 0, 1 or 2. */
  readonly verbosity: number;
  readonly columns: number;
}

/** What a style is resolved from: the flags, and the stream it is for. */
export interface StyleSource {
  readonly flags: {
    readonly color?: 'auto' | 'always' | 'never';
    readonly ascii: boolean;
    readonly accessible: boolean;
    readonly quiet: boolean;
    readonly verbosity: number;
  };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTTY: boolean;
  readonly columns: number;
}

export function resolveStyle({ flags, env, isTTY, columns }: StyleSource): Style {
  return {
    color: wantsColor(flags.color, env, isTTY),
    ascii: flags.ascii || !speaksUnicode(env),
    accessible: flags.accessible || isSet(env.ACCESSIBLE),
    quiet: flags.quiet,
    verbosity: flags.verbosity,
    columns: Math.max(40, columns),
  };
}

/** flag > NO_COLOR > FORCE_COLOR, CLICOLOR_FORCE > CLICOLOR=0 > TERM=dumb > terminal. An empty variable is an unset one. */
function wantsColor(flag: StyleSource['flags']['color'], env: StyleSource['env'], isTTY: boolean): boolean {
  if (flag === 'always' || flag === 'never') return flag === 'always';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (isSet(env.FORCE_COLOR) || isSet(env.CLICOLOR_FORCE)) return true;
  if (env.CLICOLOR === '0' || env.TERM === 'dumb') return false;
  return isTTY;
}

/** A locale that names another character set means it; no locale at all says nothing. */
function speaksUnicode(env: StyleSource['env']): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '');
  return locale === undefined || /utf-?8/i.test(locale);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

type Format = Parameters<typeof styleText>[0];

export type Tone = 'good' | 'attention' | 'bad' | 'neutral' | 'strong';

/** Colour repeats what the word says; it never says anything by itself. */
const formats: Readonly<Record<Tone, Format>> = {
  good: 'green',
  attention: 'yellow',
  bad: ['red', 'bold'],
  neutral: 'cyan',
  strong: 'bold',
};

export function paint(style: Pick<Style, 'color'>, tone: Tone, text: string): string {
  return style.color ? styleText(formats[tone], text, { validateStream: false }) : text;
}

/** The word for a verdict: what a reader, a screen reader and `grep` look for. */
export const words = {
  pass: 'ok',
  warn: 'WARN',
  fail: 'FAIL',
  skip: 'skip',
  unknown: 'unknown',
} as const satisfies Record<Verdict, string>;

export const tones = {
  pass: 'good',
  warn: 'attention',
  fail: 'bad',
  skip: 'neutral',
  unknown: 'attention',
} as const satisfies Record<Verdict, Tone>;
