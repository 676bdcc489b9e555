/** `rules` on the command line: lint, test, render and simulate rule packs. */
import { type CommandUnknownOpts, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { parseDuration } from '../config/duration.ts';
import type { Registry } from './commands.ts';
import { positive } from './flags.ts';
import type { GlobalOptions } from './options.ts';
import type { CommandResult } from './output.ts';
import type { Shell } from './shell.ts';

type Ask = (command: string, work: (options: GlobalOptions, shell: Shell) => Promise<CommandResult>) => void;

const packsText = 'a shipped pack, or a folder with a pack.yaml; without one those of the configuration';

export function addRules(rules: CommandUnknownOpts, registry: Registry, ask: Ask): void {
  addLint(rules, registry, ask);
  addTest(rules, registry, ask);
  addRender(rules, registry, ask);
  addSimulate(rules, registry, ask);
}

function base(rules: CommandUnknownOpts, name: string, summary: string) {
  return rules
    .command(name)
    .description(summary)
    .argument('[packs...]', packsText)
    .option('--param <name=value>', 'a parameter of the pack, its value as YAML; may be repeated', collected, []);
}

const architecture = () =>
  new Option('--architecture <name>', 'what collects: legacy (allowlist) or mcoa (ScrapeConfigs)').choices([
    'legacy',
    'mcoa',
  ] as const);

function addLint(rules: CommandUnknownOpts, { rulesLint }: Registry, ask: Ask): void {
  if (!rulesLint) return;
  base(rules, 'lint', 'what is wrong with packs, each with its place, why and fix; -o text, json or sarif')
    .option('--live', 'look at the hub: its interval, its architecture, what ACM collects by itself', false)
    .option('--max-series <number>', 'series of one cluster the packs may add (10000)', positive)
    .option('--interval <duration>', 'how often collectors push (5m)', seconds)
    .addOption(architecture())
    .action((packs, own) =>
      ask('rules lint', (options, shell) => rulesLint({ ...options, packs, ...given(own) }, shell)),
    );
}

function addTest(rules: CommandUnknownOpts, { rulesTest }: Registry, ask: Ask): void {
  if (!rulesTest) return;
  base(rules, 'test', 'the unit tests of packs, on the real Prometheus engine (promtool), in both orders of the groups')
    .option('--promtool <file>', 'the program, where it is not on the PATH')
    .action((packs, own) =>
      ask('rules test', (options, shell) => rulesTest({ ...options, packs, ...given(own) }, shell)),
    );
}

function addRender(rules: CommandUnknownOpts, { rulesRender }: Registry, ask: Ask): void {
  if (!rulesRender) return;
  base(rules, 'render', 'what packs become on a hub, as YAML')
    .addOption(architecture())
    .option('--to <folder>', 'a file for each object, instead of standard output')
    .action((packs, own) =>
      ask('rules render', (options, shell) => rulesRender({ ...options, packs, ...given(own) }, shell)),
    );
}

function addSimulate(rules: CommandUnknownOpts, { rulesSimulate }: Registry, ask: Ask): void {
  if (!rulesSimulate) return;
  base(
    rules,
    'simulate',
    'a scenario through the whole chain, in virtual time, on the real Prometheus engine (promtool)',
  )
    .requiredOption('--scenario <name>', 'a file, or a scenario the pack brings')
    .option('--interval <duration>', 'how often collectors push (5m)', seconds)
    .option('--step <duration>', 'between two points of the result', seconds)
    .option('--report <file>', 'a page with the race')
    .option('--csv <file>', 'every series')
    .option('--promtool <file>', 'the program, where it is not on the PATH')
    .action((packs, own) =>
      ask('rules simulate', (options, shell) => rulesSimulate({ ...options, packs, ...given(own) }, shell)),
    );
}

/** Without what nobody gave. */
function given<T extends object>(own: T): T {
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) as T;
}

function collected(value: string, before: string[]): string[] {
  return [...before, value];
}

function seconds(value: string): number {
  const milliseconds = parseDuration(value);
  if (milliseconds === undefined || milliseconds < 1000)
    throw new InvalidArgumentError('A duration such as 30s or 5m.');
  return milliseconds / 1000;
}
