/** The clusters an apply begins with: it does and verifies those first, and the others only when they are well. */
import type { GlobalOptions } from '../cli/options.ts';
import type { ChangeRecord, RunResult } from '../engine/events.ts';
import { Problem } from '../engine/problem.ts';
import { clusterVerdicts, type Standard, verdictOf } from '../engine/verdict.ts';
import type { Session } from './session.ts';

export interface CanaryOptions extends GlobalOptions {
  /** `--canary a,b`; absent means what the configuration says. */
  readonly canary?: readonly string[];
}

/**
 * The canaries of this run, in the order of its clusters. Those of the configuration count where the run is about them.
 * @throws Problem `usage` for one asked for by flag that the run is not about, and where nothing would be verified.
 */
export function canariesOf({ context }: Session, options: CanaryOptions): readonly string[] {
  const asked = new Set(options.canary ?? context.config.clusters.canary);
  const names = context.members.map((member) => member.name);
  const strangers = (options.canary ?? []).filter((name) => !names.includes(name));
  if (strangers.length > 0) {
    throw new Problem('usage', `--canary ${strangers.join(',')}: this run is not about a cluster of that name`, {
      fix: `It is about ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}.`,
    });
  }
  const canaries = names.filter((name) => asked.has(name));
  if (canaries.length > 0 && !options.wait) {
    throw new Problem('usage', `--no-wait verifies nothing, and ${canaries.join(', ')} must be verified first`, {
      fix: 'Leave out --no-wait, or the canaries.',
    });
  }
  return canaries;
}

/** The run, narrowed to the hub and the canaries. */
export function onlyCanaries(session: Session, canaries: readonly string[]): Session {
  const { context } = session;
  const members = context.members.filter((member) => member.isHub || canaries.includes(member.name));
  return { ...session, context: { ...context, members, canary: true } };
}

/** Why the others are not to be begun; `undefined` when all canaries are well. */
export function whyNotOn(first: RunResult, canaries: readonly string[], standard: Standard): Problem | undefined {
  const lenient = { ...standard, strict: false, detailedExitcode: false };
  const verdicts = clusterVerdicts(first, lenient);
  const [bad] = canaries.flatMap((name) => {
    const { verdict = 'unknown', reason = 'it was not reached' } = verdicts.get(name) ?? {};
    return verdict === 'pass' || verdict === 'warn' ? [] : [{ name, reason }];
  });
  if (bad !== undefined) return stopped(`${bad.name} is not well: ${bad.reason}`, bad.reason);
  const { exitCode, verdict } = verdictOf(first, lenient);
  if (exitCode === 0) return undefined;
  const why = first.problems[0]?.problem.message ?? `the run on ${canaries.join(', ')} came to ${verdict}`;
  return stopped(why, why);
}

function stopped(message: string, proof: string): Problem {
  return new Problem('canary-failed', message, { proof });
}

/** What a stopped run came to: what was done, and of the others that they were not begun. */
export function stoppedAt(plan: RunResult, first: RunResult, problem: Problem, hub: string): RunResult {
  const done = new Set(first.changes.map(({ cluster }) => cluster));
  const because = `not begun: ${problem.message}`;
  const left = plan.changes
    .filter(({ cluster }) => !done.has(cluster))
    .map((record): ChangeRecord => (isWork(record) ? { ...record, change: { kind: 'unknown', because } } : record));
  return {
    ...first,
    changes: [...first.changes, ...left],
    problems: [...first.problems, { cluster: hub, problem }],
  };
}

/** Both runs as one: the second met everything again, and found done what the first had written. */
export function asOneRun(first: RunResult, rest: RunResult): RunResult {
  const name = ({ step, cluster, resource }: ChangeRecord) => `${step} ${cluster} ${resource}`;
  const written = new Map(first.changes.filter(({ applied }) => applied).map((record) => [name(record), record]));
  return {
    ...rest,
    changes: rest.changes.map((record) => (record.applied ? record : (written.get(name(record)) ?? record))),
  };
}

function isWork({ change }: ChangeRecord): boolean {
  return change.kind === 'create' || change.kind === 'update' || change.kind === 'remove';
}
