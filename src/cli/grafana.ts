/** The subcommands of `grafana`. */

import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { given } from '../engine/given.ts';
import { answerFormats } from '../render/answers/answer.ts';
import type { Registry } from './commands.ts';
import type { GlobalOptions } from './options.ts';
import type { CommandResult } from './output.ts';
import type { Shell } from './shell.ts';

type Ask = (command: string, work: (options: GlobalOptions, shell: Shell) => Promise<CommandResult>) => void;

/** What `rbac` prints roles for beside its own modes: a command of `grafana` each. */
export const grafanaModes = [
  'grafana-deploy',
  'grafana-clean',
  'grafana-grant-admin',
  'grafana-import',
  'grafana-export',
  'grafana-diff',
  'grafana-lint',
  'grafana-promote',
] as const;
export type GrafanaMode = (typeof grafanaModes)[number];

const inFolder = 'of this Grafana folder';
/** What `-o` may be, where the answer is no report. */
const forms = `-o ${answerFormats.join(', ')}`;

export function addGrafana(grafana: CommandUnknownOpts, registry: Registry, ask: Ask): void {
  addInstallation(grafana, registry, ask);
  addDashboards(grafana, registry, ask);
}

function addInstallation(grafana: CommandUnknownOpts, registry: Registry, ask: Ask): void {
  const { grafanaDeploy, grafanaClean, grafanaGrantAdmin } = registry;
  if (grafanaDeploy) {
    const deploy = grafana.command('deploy').description('build it from ACM’s own, or bring it up to date');
    deploy.action(() => ask('grafana deploy', grafanaDeploy));
  }
  if (grafanaClean) {
    const clean = grafana.command('clean').description('remove it, with its volume and what another tool left of it');
    clean.action(() => ask('grafana clean', grafanaClean));
  }
  if (grafanaGrantAdmin) {
    const grant = grafana.command('grant-admin').argument('[users...]', 'logins; those of grafana.admins unless told');
    grant.description(`make people its administrators; waits for the first login of each; ${forms}`);
    grant.action((users) =>
      ask('grafana grant-admin', (options, shell) => grafanaGrantAdmin({ ...options, users }, shell)),
    );
  }
}

function addDashboards(grafana: CommandUnknownOpts, registry: Registry, ask: Ask): void {
  const { grafanaImport, grafanaExport, grafanaDiff, grafanaPromote, grafanaLint } = registry;
  if (grafanaLint) addLint(grafana, grafanaLint, ask);
  if (grafanaImport) {
    const imports = grafana
      .command('import')
      .description(`bring dashboards from files into it; ${forms}`)
      .argument('<files...>', 'dashboards, or ConfigMaps that hold them')
      .option('--folder <title>', 'into this Grafana folder');
    imports.action((files, own) =>
      ask('grafana import', (options, shell) => grafanaImport({ ...options, files, ...given(own) }, shell)),
    );
  }
  if (grafanaExport) {
    const exports = grafana
      .command('export')
      .description(`write dashboards of it into files; ${forms}`)
      .argument('[dashboard]', 'its title or uid')
      .option('--all', 'all of them', false)
      .option('--folder <title>', inFolder)
      .option('--to <folder>', 'where the files go (default: dashboards)');
    exports.action((dashboard, { all, ...own }) =>
      ask('grafana export', (options, shell) => {
        const named = dashboard === undefined ? {} : { dashboard };
        return grafanaExport({ ...options, ...named, all, ...given(own) }, shell);
      }),
    );
  }
  if (grafanaDiff) {
    const diff = grafana.command('diff');
    diff.description(`the configured dashboards: in it, in their files, in production; ${forms}`);
    diff.action(() => ask('grafana diff', grafanaDiff));
  }
  if (grafanaPromote) {
    const promote = grafana
      .command('promote')
      .description(`bring one dashboard of it into production; ${forms}`)
      .argument('<dashboard>', 'its title or uid')
      .option('--folder <title>', inFolder);
    promote.action((dashboard, own) =>
      ask('grafana promote', (options, shell) => grafanaPromote({ ...options, dashboard, ...given(own) }, shell)),
    );
  }
}

function addLint(grafana: CommandUnknownOpts, lint: NonNullable<Registry['grafanaLint']>, ask: Ask): void {
  const linted = grafana
    .command('lint')
    .description(`what is wrong with dashboards, each with its place; ${forms}`)
    .argument('[files...]', 'dashboards, or ConfigMaps that hold them; without one those of the configuration')
    .option('--live', 'ask the hub which metrics there are, and how often it collects', false);
  linted.action((files, own) => ask('grafana lint', (options, shell) => lint({ ...options, files, ...own }, shell)));
}
