/** `rules simulate`: a scenario through the whole chain in virtual time, on the real Prometheus engine. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { runPromtool, withFiles } from '../../adapters/promtool.ts';
import type { GlobalOptions } from '../../cli/options.ts';
import { type CommandResult, writeReport } from '../../cli/output.ts';
import type { Shell } from '../../cli/shell.ts';
import { Problem } from '../../engine/problem.ts';
import { type OpenedPack, withParameters } from '../../packs/load.ts';
import { leadSeconds, scrapeSeconds } from '../../packs/simulate/chain.ts';
import { play } from '../../packs/simulate/play.ts';
import type { RuleEngine } from '../../packs/simulate/promtool.ts';
import { readScenario } from '../../packs/simulate/scenario.ts';
import { chartAssets } from '../../render/chart-assets.ts';
import { playedCsv, playedHtml, playedJson, playedText } from '../../render/simulation.ts';
import { allOpen, openNamed, type PackFlags } from './open.ts';

export interface SimulateFlags extends PackFlags {
  /** A file, or the name of a scenario the pack brings. */
  readonly scenario: string;
  /** Seconds between two pushes; ACM's default unless told. */
  readonly interval?: number;
  /** Seconds between two points of the result. */
  readonly step?: number;
  /** Files. */
  readonly report?: string;
  readonly csv?: string;
  readonly promtool?: string;
}

const usualInterval = 300;

/** @throws Problem `usage`, `scenario-invalid`, `engine-refused`, `promtool-missing`. */
export async function rulesSimulateCommand(
  options: GlobalOptions & SimulateFlags,
  shell: Shell,
): Promise<CommandResult> {
  const [opened, ...others] = allOpen(await openNamed(options, options, shell, { examples: true }));
  if (opened === undefined || others.length > 0) throw new Problem('usage', 'One pack is simulated at a time.');
  const { simulation } = opened.source;
  if (simulation === undefined) {
    throw new Problem('scenario-invalid', `Pack ${opened.pack.name} has no words for scenarios: no "simulation".`);
  }
  const { file, text } = await scenarioText(opened, options.scenario, shell);
  const scenario = readScenario(file, text, simulation);
  const ready = withStart(opened, scenario.parameters);
  const { interval = usualInterval, step } = options;
  if (interval % scrapeSeconds !== 0) {
    throw new Problem(
      'usage',
      `--interval ${interval}s: clusters scrape every ${scrapeSeconds} s; a multiple of that.`,
    );
  }
  const json = options.output.some(({ format }) => format === 'json');
  const how = {
    collectionSeconds: interval,
    cores: availableParallelism(),
    tableOnly: !json && options.csv === undefined && options.report === undefined,
    ...(step === undefined ? {} : { stepSeconds: step }),
  };
  const [played] = await play(ready, [scenario], { ...how, engine: promtoolEngine(options.promtool, shell) });
  if (played === undefined) throw new Error('one scenario was played and none came back');
  if (options.csv !== undefined) await writeReport(resolve(shell.cwd, options.csv), playedCsv(played));
  if (options.report !== undefined) {
    const page = playedHtml(played, await chartAssets());
    await writeReport(resolve(shell.cwd, options.report), page);
  }
  return { exitCode: 0, text: playedText(played), forms: { json: () => playedJson(played) } };
}

/** A scenario's zero is the contest's beginning: what is played starts a little earlier. */
function withStart(opened: OpenedPack, own: Readonly<Record<string, unknown>>): OpenedPack {
  const { pack, source } = opened;
  const start = source.simulation?.start;
  const given = { ...pack.parameters, ...(start === undefined ? {} : { [start]: leadSeconds }), ...own };
  const [ready = opened] = allOpen([withParameters(opened, given)]);
  return ready;
}

async function scenarioText({ pack }: OpenedPack, named: string, shell: Shell) {
  const shipped = /^[\w-]+$/.test(named);
  const file = shipped ? join(pack.folder, 'scenarios', `${named}.yaml`) : resolve(shell.cwd, named);
  try {
    return { file, text: await readFile(file, 'utf8') };
  } catch (cause) {
    throw new Problem('scenario-invalid', `${file} cannot be read.`, { cause });
  }
}

function promtoolEngine(command: string | undefined, shell: Shell): RuleEngine {
  return ({ rules, test }) =>
    withFiles({ 'rules.yaml': rules, 'test.yaml': test }, async (folder) => {
      const how = { env: shell.env, signal: shell.signal, ...(command === undefined ? {} : { command }) };
      return (await runPromtool(['test', 'rules', join(folder, 'test.yaml')], how)).output;
    });
}
