/**
 * From what a run came to, to one verdict and one exit code (cli.md "Exit codes"), the same whatever the output format is.
 * Pure: every report and every format is computed from this.
 */
import type { ChangeRecord, FindingRecord, RunResult } from './events.ts';
import { exits } from './exits.ts';
import type { Problem } from './problem.ts';
import type { Verdict } from './step.ts';

export type RunVerdict =
  | 'pass'
  | 'changed'
  | 'unchanged'
  | 'differences'
  | 'fail'
  | 'warn'
  | 'partial'
  | 'error'
  | 'timeout'
  | 'locked'
  | 'interrupted';

/** A finding somebody has decided to live with, until a date. */
export interface Accepted {
  readonly code: string;
  readonly cluster?: string;
  readonly reason?: string;
  /** ISO date, the last day it is accepted. */
  readonly until: string;
}

/** What a result is measured by. */
export interface Standard {
  /** The hub's name as a managed cluster. */
  readonly hub?: string;
  readonly detailedExitcode: boolean;
  readonly strict: boolean;
  readonly accept?: readonly Accepted[];
  /** Milliseconds since the epoch: the day acceptances are judged on. */
  readonly now: number;
}

export interface Outcome {
  readonly verdict: RunVerdict;
  readonly exitCode: number;
}

/**
 * How one cluster fared. Offline or hibernating is `fail`, with the reason; `skip` is "not applicable", which is fine. A
 * managed cluster that passes carries a reason when something was not applicable to it.
 */
export interface ClusterVerdict {
  readonly verdict: Verdict;
  readonly reason?: string;
}

/** The first that applies decides. */
const precedence = [
  exits.bug,
  exits.configuration,
  exits.usage,
  exits.unreachable,
  exits.forbidden,
  exits.locked,
  exits.timeout,
  exits.applyFailed,
  exits.partial,
  exits.checkFailed,
] as const;

/** Families that decide wherever they happen; reach and rights only count so on the hub. */
const everywhere: readonly number[] = [exits.bug, exits.configuration, exits.usage, exits.locked, exits.timeout];

const order: readonly Verdict[] = ['skip', 'pass', 'warn', 'unknown', 'fail'];

/** The verdict and exit code of a whole run. */
export function verdictOf(result: RunResult, standard: Standard): Outcome {
  const codes = new Set(complaints(result, standard));
  const decisive = precedence.find((code) => codes.has(code));
  if (decisive !== undefined) return { verdict: verdictFor(decisive), exitCode: decisive };
  const differs = differences(result);
  const warned = [...clusterVerdicts(result, standard).values()].some(({ verdict }) => verdict === 'warn');
  if (warned && standard.strict) return { verdict: 'warn', exitCode: exits.warnings };
  if (differs && standard.detailedExitcode) return { verdict: 'differences', exitCode: exits.differences };
  if (warned) return { verdict: 'warn', exitCode: exits.done };
  if (differs) return { verdict: 'differences', exitCode: exits.done };
  return { verdict: quietVerdict(result), exitCode: exits.done };
}

/** The verdict a report carries when a run ended early with this exit code. */
export function verdictFor(exitCode: number): RunVerdict {
  const named: Record<number, RunVerdict> = {
    [exits.done]: 'pass',
    [exits.differences]: 'differences',
    [exits.checkFailed]: 'fail',
    [exits.warnings]: 'warn',
    [exits.partial]: 'partial',
    [exits.timeout]: 'timeout',
    [exits.locked]: 'locked',
    [exits.interrupted]: 'interrupted',
    [exits.terminated]: 'interrupted',
  };
  return named[exitCode] ?? 'error';
}

/** Every cluster the run met, in the order it met them. */
export function clusterVerdicts(result: RunResult, standard: Standard): ReadonlyMap<string, ClusterVerdict> {
  const verdicts = new Map<string, ClusterVerdict>();
  const meet = (cluster: string, verdict: Verdict, said?: string) => {
    const known = verdicts.get(cluster);
    if (known && order.indexOf(known.verdict) >= order.indexOf(verdict)) {
      if (known.verdict === 'pass' && verdict === 'skip') noteSkip(cluster, said);
      return;
    }
    const reason = said ?? (verdict === 'pass' && cluster !== standard.hub ? known?.reason : undefined);
    verdicts.set(cluster, reason === undefined ? { verdict } : { verdict, reason });
  };
  const noteSkip = (cluster: string, reason: string | undefined) => {
    if (cluster === standard.hub || reason === undefined) return;
    verdicts.set(cluster, { verdict: 'pass', reason: verdicts.get(cluster)?.reason ?? reason });
  };
  for (const record of result.changes) {
    const { verdict, reason } = changeVerdict(record, result.mode);
    meet(record.cluster, verdict, reason);
  }
  // Before the hops: what went wrong in a step is why they do not hold.
  for (const { cluster, problem } of result.problems) meet(cluster, 'fail', problem.message);
  for (const record of result.findings) {
    const { verdict, reason } = findingVerdict(record, standard);
    meet(record.cluster, verdict, reason);
  }
  return verdicts;
}

/** The acceptance that covers a finding today, if any. */
export function acceptanceOf<A extends Accepted>(
  problem: Problem,
  cluster: string,
  accept: readonly A[] | undefined,
  now: number,
): A | undefined {
  if (accept === undefined || accept.length === 0) return undefined;
  const today = new Date(now).toISOString().slice(0, 10);
  return accept.find(
    (entry) =>
      entry.code === problem.code && (entry.cluster === undefined || entry.cluster === cluster) && today <= entry.until,
  );
}

/** Exit codes that apply, besides warnings and differences. */
function* complaints(result: RunResult, standard: Standard): Generator<number> {
  for (const { cluster, problem } of [...result.problems, ...problemsOfChanges(result)]) {
    const own = weightOf(problem, cluster === standard.hub || isHubsRefusal(problem));
    if (own !== undefined) yield isVerdict(own) && writes(result) ? exits.applyFailed : own;
  }
  for (const { change } of result.changes) if (change.kind === 'conflict') yield exits.applyFailed;
  for (const { step, outcome } of result.steps) {
    if (outcome === 'waiting') yield exits.timeout;
    if (outcome === 'failed' && !result.problems.some((entry) => entry.step === step)) yield exits.applyFailed;
  }
  for (const record of result.findings) {
    const { finding } = record;
    if (finding.verdict !== 'fail' && finding.verdict !== 'unknown') continue;
    if (acceptanceOf(finding.problem, record.cluster, standard.accept, standard.now)) continue;
    const own = weightOf(finding.problem, isHubMatter(record, standard) || isHubsRefusal(finding.problem));
    if (own !== undefined) yield own;
  }
  yield* fleetComplaint(result, standard);
}

/** What a problem asks for by itself. On a managed cluster most only mean that this cluster is not fine. */
function weightOf(problem: Problem, onHub: boolean): number | undefined {
  return onHub || everywhere.includes(problem.exitCode) ? problem.exitCode : undefined;
}

/** Some clusters fine and some not is 5; none fine is a failed check. What fails on the hub alone speaks for itself. */
function* fleetComplaint(result: RunResult, standard: Standard): Generator<number> {
  const verdicts = clusterVerdicts(result, standard);
  const notFine = [...verdicts].filter(([, { verdict }]) => verdict === 'fail' || verdict === 'unknown');
  const lanes = notFine.filter(([cluster]) => cluster !== standard.hub || hubFailsAsCluster(result, standard));
  const hubUnknown = notFine.some(([cluster, { verdict }]) => cluster === standard.hub && verdict === 'unknown');
  if (lanes.length > 0 && notFine.length < verdicts.size) yield exits.partial;
  else if (lanes.length > 0 || hubUnknown) yield exits.checkFailed;
}

/** Whether the hub fails at something that is asked of every cluster. */
function hubFailsAsCluster(result: RunResult, standard: Standard): boolean {
  return result.findings.some(
    (record) =>
      record.cluster === standard.hub &&
      record.scope === 'cluster' &&
      ['fail', 'unknown'].includes(findingVerdict(record, standard).verdict),
  );
}

function isHubMatter(record: FindingRecord, standard: Standard): boolean {
  return record.cluster === standard.hub && record.scope !== 'cluster';
}

/** A right missing on the hub that a cluster is asked through; one missing on the cluster itself names it. */
function isHubsRefusal({ code, cluster }: Problem): boolean {
  return code === 'not-permitted' && cluster === undefined;
}

function isVerdict(code: number): boolean {
  return code === exits.checkFailed || code === exits.partial;
}

function writes({ mode }: RunResult): boolean {
  return mode === 'apply' || mode === 'uninstall';
}

function problemsOfChanges({ changes }: RunResult): { cluster: string; problem: Problem }[] {
  return changes.flatMap(({ cluster, problem }) => (problem === undefined ? [] : [{ cluster, problem }]));
}

function changeVerdict({ change, problem }: ChangeRecord, mode: RunResult['mode']): ClusterVerdict {
  if (problem !== undefined) return { verdict: 'fail', reason: problem.message };
  if (change.kind === 'conflict') {
    return { verdict: 'fail', reason: `${change.owner} owns ${change.fields.join(', ')}` };
  }
  if (change.kind === 'skip') return { verdict: change.offline === true ? 'fail' : 'skip', reason: change.reason };
  // In a plan it is only early; after an apply nobody knows whether it holds.
  if (change.kind === 'unknown' && mode !== 'plan') return { verdict: 'unknown', reason: change.because };
  return { verdict: 'pass' };
}

/** A finding as it counts: an accepted one no longer fails. */
function findingVerdict({ cluster, finding }: FindingRecord, standard: Standard): ClusterVerdict {
  if (finding.verdict === 'pass') return { verdict: 'pass' };
  if (finding.verdict === 'skip') {
    return { verdict: finding.offline === true ? 'fail' : 'skip', reason: finding.reason };
  }
  if (acceptanceOf(finding.problem, cluster, standard.accept, standard.now)) return { verdict: 'pass' };
  return { verdict: finding.verdict, reason: finding.problem.message };
}

/** Work that a plan found and nobody has done. Not knowing yet is work too. */
function differences({ mode, changes }: RunResult): boolean {
  const open = new Set(['create', 'update', 'remove', 'unknown']);
  return (mode === 'plan' || mode === 'verify') && changes.some(({ change }) => open.has(change.kind));
}

function quietVerdict(result: RunResult): RunVerdict {
  if (writes(result)) return result.changes.some(({ applied }) => applied) ? 'changed' : 'unchanged';
  return result.mode === 'plan' ? 'unchanged' : 'pass';
}
