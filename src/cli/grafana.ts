/** The subcommands of `grafana`. */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Registry } from './commands.ts';
import type { GlobalOptions } from './options.ts';
import type { CommandResult } from './output.ts';
import type { Shell } from './shell.ts';

type Ask = (command: string, work: (options: GlobalOptions, shell: Shell) => Promise<CommandResult>) => void;

export function addGrafana(grafana: CommandUnknownOpts, registry: Registry, ask: Ask): void {
  const { grafanaDeploy, grafanaClean } = registry;
  if (grafanaDeploy) {
    const deploy = grafana.command('deploy').description('build it from ACM’s own, or bring it up to date');
    deploy.action(() => ask('grafana deploy', grafanaDeploy));
  }
  if (grafanaClean) {
    const clean = grafana.command('clean').description('remove it, with its volume and what another tool left of it');
    clean.action(() => ask('grafana clean', grafanaClean));
  }
}
