/** What the commands that run steps have in common: which steps, under which limits, and the report of what came of it. */
import { setMaxListeners } from 'node:events';
import { steps, stepsOf } from '../../steps/index.ts';
import { broughtBy } from '../checks/index.ts';
import type { GlobalOptions } from '../cli/options.ts';
import type { CommandResult } from '../cli/output.ts';
import { follow } from '../cli/progress.ts';
import type { Shell } from '../cli/shell.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { breath } from '../engine/breath.ts';
import type { Mode, RunResult } from '../engine/events.ts';
import { Problem } from '../engine/problem.ts';
import { createRecord } from '../engine/record.ts';
import { type RunOptions, run, type Work } from '../engine/run.ts';
import type { Check, Step } from '../engine/step.ts';
import type { Standard } from '../engine/verdict.ts';
import { visitedAtMost, visitsUpTo } from '../fleet/visits.ts';
import { lookAround } from '../hub.ts';
import type { FreshnessHistory } from '../ports.ts';
import { type Report, toReport } from '../render/report.ts';
import type { Session } from './session.ts';

export interface RunHow {
  readonly mode: Mode;
  /** Uninstall: look only. */
  readonly dryRun?: boolean;
  /** Ask these after the steps. */
  readonly checks?: readonly Check<Context>[];
  /** Other steps than those chosen by flags. */
  readonly steps?: readonly Step<Context>[];
  /** Aborts with the lease. */
  readonly signal?: AbortSignal;
  /** Accept the hub's word instead of visits where clusters are many. `verify` always does. */
  readonly believes?: boolean;
  /** Verify: repeat until everything has held for so many milliseconds. */
  readonly stableMs?: number;
  /** Wait: what the plan before it found; what it had a problem with is not asked again. */
  readonly plan?: RunResult;
}

/** Runs the steps that were chosen, shows the progress, and gives back what it came to. */
export async function runSteps(
  session: Session,
  options: GlobalOptions,
  shell: Shell,
  how: RunHow,
): Promise<RunResult> {
  const { context } = session;
  const signal = how.signal === undefined ? context.signal : AbortSignal.any([context.signal, how.signal]);
  // Every lane that waits listens to it: many are no leak.
  setMaxListeners(0, signal);
  const clusters = context.members.map((member) => member.name);
  const work: Work<Context> = {
    mode: how.mode,
    steps: how.steps ?? chosenSteps(options, context.config),
    leftOut: how.mode === 'verify' ? new Map() : leftOutOf(options, context.config),
    context: { ...context, signal },
    refresh: async () => ({ ...context, signal, hub: await lookAround(context.cluster) }),
    hub: context.hub.name,
    clusters,
    ...(how.checks === undefined ? {} : { checks: how.checks }),
    ...(how.dryRun === true ? { dryRun: true } : {}),
    ...(how.plan === undefined ? {} : { plan: how.plan }),
  };
  const events = run(work, limitsOf(options, context, signal, how));
  const record = createRecord(work);
  const { lines, standing } = shell.run ?? {};
  if (standing) standing.report = () => resultOf(how.mode, session, options, record.result()).report;
  const result = await follow(events, options, shell, (event) => {
    record.add(event);
    lines?.event(event, standardOf(session, options));
  });
  await breath();
  return result;
}

/** What results are measured by, at this moment. */
export function standardOf({ context, loaded }: Session, { detailedExitcode, strict }: GlobalOptions): Standard {
  const { accept } = loaded.config;
  return { hub: context.hub.name, accept, detailedExitcode, strict, now: context.clock.now() };
}

function limitsOf(options: GlobalOptions, { clock, members }: Context, signal: AbortSignal, how: RunHow): RunOptions {
  return {
    clock,
    signal,
    parallel: options.parallel,
    timeoutMs: options.timeout,
    deadlineMs: options.deadline,
    wait: options.wait,
    failFast: options.failFast,
    evidence: how.mode === 'verify' || (how.believes === true && members.length > visitsUpTo),
    ...(members.length > visitsUpTo ? { visits: visitedAtMost } : {}),
    ...(how.stableMs === undefined ? {} : { stableMs: how.stableMs }),
  };
}

/** @throws Problem `usage` naming a step that does not exist, or is no step of a team's. */
export function chosenSteps(
  { only, skip }: Pick<GlobalOptions, 'only' | 'skip'>,
  config: Pick<Config, 'team'>,
): readonly Step<Context>[] {
  const own = stepsOf(config);
  const known = new Set(own.map((step) => step.id));
  const unknown = [...only, ...skip].filter((id) => !known.has(id));
  if (unknown.length > 0) {
    const where = steps.some(({ id }) => unknown.includes(id)) ? ` in the configuration of team ${config.team}` : '';
    throw new Problem('usage', `no step is named ${unknown.join(', ')}${where}`, {
      fix: `The steps are ${[...known].join(', ')}.`,
    });
  }
  return own.filter((step) => (only.length === 0 || only.includes(step.id)) && !skip.includes(step.id));
}

/** Hops that a step brings about which `--only` or `--skip` leaves out, with that step. */
function leftOutOf(options: GlobalOptions, config: Pick<Config, 'team'>): ReadonlyMap<string, string> {
  const chosen = new Set(chosenSteps(options, config).map(({ id }) => id));
  const left = new Set(stepsOf(config).flatMap(({ id }) => (chosen.has(id) ? [] : [id])));
  return new Map(Object.entries(broughtBy).filter(([, step]) => left.has(step)));
}

/** The report of a result, and the exit code it carries. */
export function resultOf(
  command: string,
  session: Session,
  options: GlobalOptions,
  result: RunResult,
  notes: readonly string[] = [],
  history?: FreshnessHistory,
): CommandResult & { readonly report: Report } {
  const { context, counts, loaded, startedAt } = session;
  const { name, api, acmVersion, architecture, clusterID } = context.hub;
  const report = toReport(result, {
    command,
    run: context.runId,
    startedAt,
    finishedAt: context.clock.now(),
    hub: { name, api, acmVersion, architecture, ...(clusterID === undefined ? {} : { clusterID }) },
    notes: [...notes, ...loaded.warnings],
    requests: counts,
    detailedExitcode: options.detailedExitcode,
    strict: options.strict,
    accept: loaded.config.accept,
    ...(history === undefined ? {} : { history }),
  });
  return { exitCode: report.exitCode, report };
}
