/** `grafana lint`: what is wrong with dashboards, before anybody looks at them. Needs no hub; with --live it asks one. */
import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { GlobalOptions } from '../../cli/options.ts';
import { answered, type CommandResult } from '../../cli/output.ts';
import type { Shell } from '../../cli/shell.ts';
import type { Config } from '../../config/config.ts';
import { broughtBy, invalid } from '../../dashboards/files.ts';
import { type LintOptions, lintDashboard } from '../../dashboards/lint.ts';
import { type Model, storable } from '../../dashboards/model.ts';
import { exits } from '../../engine/exits.ts';
import { isProblem, Problem } from '../../engine/problem.ts';
import { loadPacks } from '../../packs/load.ts';
import type { FileFinding, LintAnswer } from '../../render/answers/answer.ts';
import { dashboardConfigMaps, dashboardFiles } from '../../resources/dashboard-files.ts';
import { loadFor } from '../session.ts';
import { withSession } from '../with-session.ts';
import { requireGrafanaRights } from './rights.ts';
import { liveFacts } from './with-grafana.ts';

export interface DashboardLintOptions extends GlobalOptions {
  /** None: those of the configuration and of its packs. */
  readonly files: readonly string[];
  /** Ask the hub which metrics there are, and how often it collects. */
  readonly live: boolean;
}

interface LintedFile {
  readonly file: string;
  readonly models: readonly Model[];
  /** What kept it from being read. */
  readonly fault?: string;
}

/** Exit 3 with an error among the findings, 4 with warnings and --strict. @throws Problem `usage`, `dashboard-invalid`. */
export async function lintCommand(options: DashboardLintOptions, shell: Shell): Promise<CommandResult> {
  if (options.live) {
    return withSession(options, shell, {}, async ({ context }) => {
      await requireGrafanaRights('grafana-lint', context);
      return linted(options, shell, context.config, (models) => liveFacts(context, models));
    });
  }
  const { config } = await loadFor(options, shell);
  return linted(options, shell, config, async () => ({ intervalSeconds: config.observability.interval }));
}

async function linted(
  options: DashboardLintOptions,
  shell: Shell,
  config: Config,
  factsAbout: (models: readonly Model[]) => Promise<LintOptions>,
): Promise<CommandResult> {
  const files = options.files.length > 0 ? await named(options.files, shell.cwd) : await declared(config);
  const facts = await factsAbout(files.flatMap(({ models }) => models));
  const findings = files.flatMap((one) => findingsOf(one, facts)).map((one) => shortened(one, shell.cwd));
  const dashboards = files.reduce((sum, { models }) => sum + models.length, 0);
  return answered({
    schemaVersion: 1,
    command: 'grafana lint',
    ...outcomeOf(findings, options),
    dashboards,
    findings,
  });
}

function outcomeOf(
  findings: readonly FileFinding[],
  { strict }: GlobalOptions,
): Pick<LintAnswer, 'verdict' | 'exitCode'> {
  if (findings.some(({ severity }) => severity === 'error')) return { verdict: 'fail', exitCode: exits.checkFailed };
  if (findings.length === 0) return { verdict: 'pass', exitCode: exits.done };
  return { verdict: 'warn', exitCode: strict ? exits.warnings : exits.done };
}

async function named(files: readonly string[], cwd: string): Promise<LintedFile[]> {
  return Promise.all(files.map((file) => readOne(resolve(cwd, file))));
}

/** What the configuration declares, as a whole too: of two that Grafana would take for one, neither file is wrong. */
async function declared(config: Config): Promise<LintedFile[]> {
  const packs = await loadPacks(config.packs, config.baseFolder);
  const files = [...packs.flatMap(({ dashboards }) => dashboards), ...(await dashboardFiles(config))];
  if (files.length === 0) {
    throw new Problem('usage', 'No dashboard is named, and the configuration has none.', {
      fix: 'Name a file: `acm-observability grafana lint dashboards/ours.json`.',
    });
  }
  const read = await Promise.all(files.map(({ path }) => readOne(path)));
  if (read.every(({ fault }) => fault === undefined)) await dashboardConfigMaps(config, packs);
  return read;
}

async function readOne(file: string): Promise<LintedFile> {
  try {
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw invalid(file, 'it cannot be read', cause);
    });
    return { file, models: broughtBy(file, text).map(({ model }) => storable(model)) };
  } catch (error) {
    if (!isProblem(error, 'dashboard-invalid')) throw error;
    return { file, models: [], fault: error.message.replace(`${file}: `, '') };
  }
}

function findingsOf({ file, models, fault }: LintedFile, facts: LintOptions): FileFinding[] {
  const unreadable = fault === undefined ? [] : [{ severity: 'error' as const, where: 'file', message: fault }];
  const found = models.flatMap((model) =>
    lintDashboard(model, facts).map((one) => ({ ...one, title: String(model.title) })),
  );
  return [...unreadable, ...found].map((one) => ({ file, ...one }));
}

function shortened(finding: FileFinding, cwd: string): FileFinding {
  const path = relative(cwd, finding.file);
  return path.startsWith('..') ? finding : { ...finding, file: path };
}
