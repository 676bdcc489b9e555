/** The global flags on the command line: their names, their forms, and the options they become. */
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { parseDuration } from '../config/duration.ts';
import { didYouMean } from '../config/suggest.ts';
import { Problem } from '../engine/problem.ts';
import { type OutputFormat, outputFormats } from '../render/formats.ts';
import type { GlobalOptions, OutputTarget } from './options.ts';
import type { Shell } from './shell.ts';

/** Milliseconds; a wait longer than this is worth a look. */
const defaultTimeout = 15 * 60_000;
const defaultDeadline = 60 * 60_000;
/** Long enough for a page of 500 objects over a bad line; what a black hole costs is twice this. */
const defaultRequestTimeout = 30_000;
const defaultParallel = 8;

/** A program with every global flag; they may stand before or after the command. */
export function programWithFlags(name: string) {
  return new Command(name)
    .option('--kubeconfig <file>', 'kubeconfig to use instead of $KUBECONFIG')
    .option('--context <name>', 'kubeconfig context of the hub')
    .option('--as <user>', 'user to impersonate')
    .option('-f, --file <file>', 'configuration file; - reads standard input')
    .option('--set <key=value>', 'a key of the configuration; may be repeated', collected, [])
    .option('--clusters <names>', 'only these managed clusters (a,b)', list)
    .option('--exclude <names>', 'not these managed clusters (a,b)', list, [])
    .option('-l, --selector <selector>', 'only managed clusters with these labels')
    .option('-o, --output <format[=file]>', `${outputFormats.join(', ')}; may be repeated`, target, [])
    .option('-y, --yes', 'approve the plan without being asked', false)
    .option('--no-input', 'never ask anything')
    .option('--wait', 'wait until what was made is ready (default)', true)
    .option('--no-wait', 'do not wait')
    .option('--timeout <duration>', 'longest single wait (15m)', duration, defaultTimeout)
    .option(
      '--request-timeout <duration>',
      'longest single request to an API server (30s)',
      duration,
      defaultRequestTimeout,
    )
    .option('--deadline <duration>', 'longest whole run (1h)', duration, defaultDeadline)
    .option('--force-conflicts', 'take fields that another tool owns', false)
    .option('--parallel <number>', 'managed clusters at a time (8)', positive, defaultParallel)
    .option('--fail-fast', 'stop at the first cluster that fails', false)
    .option('--only <steps>', 'only these steps (a,b)', list, [])
    .option('--skip <steps>', 'not these steps (a,b)', list, [])
    .option('--detailed-exitcode', 'exit 2 when there are differences', false)
    .option('--strict', 'exit 4 when there are warnings', false)
    .addOption(new Option('--color <when>', 'auto, always or never').choices(['auto', 'always', 'never'] as const))
    .option('--no-color', 'the same as --color never')
    .option('--ascii', 'nothing beyond ASCII', false)
    .option('--accessible', 'no tables, no repainting: for screen readers', false)
    .option('-q, --quiet', 'only the verdict and what went wrong', false)
    .option('-v, --verbose', 'say more; twice: even more', false);
}

type Flags = ReturnType<ReturnType<typeof programWithFlags>['opts']>;

/** @throws Problem `usage` when two formats want standard output. */
export function globalOptions(flags: Flags, verbosity: number, shell: Shell): GlobalOptions {
  const { kubeconfig, context, as, file, clusters, selector, color, input, verbose: _, output, ...rest } = flags;
  const optional = { kubeconfig, context, as, file, clusters, selector, color: color === false ? 'never' : color };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  const ci = shell.env.CI !== undefined && shell.env.CI !== '' && shell.env.CI !== 'false';
  return { ...rest, ...given, output: targets(output), interactive: shell.isTTY && input && !ci, verbosity };
}

/** At most one answer goes to standard output; where all go to files a person still gets the text. */
function targets(given: readonly OutputTarget[]): OutputTarget[] {
  const open = given.filter((entry) => entry.file === undefined);
  if (open.length > 1) {
    const named = open.map((entry) => entry.format).join(' and ');
    throw new Problem('usage', `Only one format can go to standard output: ${named} were asked for.`, {
      fix: 'Give the others a file: -o FORMAT=FILE.',
    });
  }
  return open.length === 0 ? [{ format: 'text' }, ...given] : [...given];
}

function target(value: string, before: OutputTarget[]): OutputTarget[] {
  const [name = '', ...rest] = value.split('=');
  const file = rest.join('=');
  if (!isFormat(name)) {
    throw new InvalidArgumentError(`Formats are ${outputFormats.join(', ')}${didYouMean(name, outputFormats)}.`);
  }
  if (value.includes('=') && file === '') throw new InvalidArgumentError('A file name belongs after the =.');
  return [...before, file === '' ? { format: name } : { format: name, file }];
}

function collected(value: string, before: string[]): string[] {
  return [...before, value];
}

function isFormat(name: string): name is OutputFormat {
  return outputFormats.some((format) => format === name);
}

export function list(value: string, before: string[] | undefined): string[] {
  const names = value.split(',').map((part) => part.trim());
  if (names.includes('')) throw new InvalidArgumentError('Names are separated by one comma each.');
  return [...(before ?? []), ...names];
}

export function duration(value: string): number {
  const milliseconds = parseDuration(value);
  if (milliseconds === undefined || milliseconds === 0) {
    throw new InvalidArgumentError('A duration is written like 90s, 15m or 1h30m.');
  }
  return milliseconds;
}

export function positive(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < 1 || !Number.isSafeInteger(number)) {
    throw new InvalidArgumentError('A whole number from 1 on.');
  }
  return number;
}
