/** The report of cli.md, schemaVersion 1: the one shape behind every output format, and how it comes from a run. */
import type { RunResult, StepOutcome } from '../engine/events.ts';
import { given } from '../engine/given.ts';
import type { Problem } from '../engine/problem.ts';
import { problems } from '../engine/problems.ts';
import type { Verdict } from '../engine/step.ts';
import { type Accepted, type RunVerdict, type Standard, verdictFor, verdictOf } from '../engine/verdict.ts';
import type { FreshnessHistory } from '../ports.ts';
import { changeRow, checkRow, clusterRows } from './rows.ts';

export interface Report {
  schemaVersion: 1;
  command: string;
  /** Four hex digits. */
  run: string;
  startedAt: string;
  finishedAt: string;
  verdict: RunVerdict;
  exitCode: number;
  hub?: { name: string; api: string; acmVersion: string; architecture: 'legacy' | 'mcoa'; clusterID?: string };
  /** What a person must know before approving: blast radius, adoption, volumes. */
  notes: string[];
  /** In the order they ended. */
  steps: ReportStep[];
  changes: ReportChange[];
  checks: ReportCheck[];
  clusters: ReportCluster[];
  /** What went wrong in steps, each once. */
  problems: ReportStepProblem[];
  /** Present when the run ended early. */
  problem?: ReportProblem;
  requests: { kubernetes: number; objectStore: number; metrics: number };
  /** Present when it was looked back: at which moments, and up to which age metrics are fine. */
  freshness?: { sinceSeconds: number; stepSeconds: number; fineSeconds: number };
}

interface ReportStep {
  id: string;
  outcome: StepOutcome;
  reason?: string;
}

export interface ReportChange {
  step: string;
  cluster: string;
  resource: string;
  change: 'none' | 'create' | 'update' | 'remove' | 'skip' | 'conflict' | 'unknown';
  diff: string[];
  applied: boolean;
  code?: string;
  reason?: string;
  /** Who changed a field of ours by hand. */
  drift?: { field: string; by: string; at?: string }[];
}

export interface ReportCheck {
  id: string;
  cluster: string;
  title: string;
  verdict: Verdict;
  code?: string;
  /** What was seen; for a skip, why. */
  evidence: string;
  what?: string;
  likely?: string;
  fix?: string;
  /** ISO date an accepted finding is accepted until. */
  acceptedUntil?: string;
  /** Why it is accepted. */
  acceptedReason?: string;
}

export interface ReportCluster {
  name: string;
  /** `skip` is not applicable, which is fine; offline is `fail`, with the reason. */
  verdict: Verdict;
  unchanged: number;
  changed: number;
  failed: number;
  newestSampleAgeSeconds?: number;
  reason?: string;
  /** Age of the newest sample at each moment looked back at, in seconds, the oldest first; null: none. */
  freshness?: (number | null)[];
}

export interface ReportProblem {
  code: string;
  /** What is wrong, as the catalogue says it. */
  title: string;
  what: string;
  proof?: string;
  likely: string;
  fix: string;
  docs: string;
  cluster?: string;
}

interface ReportStepProblem extends ReportProblem {
  step?: string;
  cluster: string;
}

/** What a report says besides what the run came to. Times in milliseconds since the epoch. */
export interface ReportFacts {
  readonly command: string;
  /** Four hex digits. */
  readonly run: string;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly hub?: NonNullable<Report['hub']>;
  readonly notes?: readonly string[];
  readonly requests: Readonly<Report['requests']>;
  readonly detailedExitcode: boolean;
  readonly strict: boolean;
  readonly accept?: readonly Accepted[];
  readonly history?: FreshnessHistory;
}

/** The report of a run that came to its end, whatever that end was. */
export function toReport(result: RunResult, facts: ReportFacts): Report {
  const standard: Standard = {
    ...given({ hub: facts.hub?.name, accept: facts.accept }),
    detailedExitcode: facts.detailedExitcode,
    strict: facts.strict,
    now: facts.finishedAt,
  };
  return {
    ...frame(facts),
    ...verdictOf(result, standard),
    steps: result.steps.map(({ step, outcome, reason }) => ({ id: step, outcome, ...given({ reason }) })),
    changes: result.changes.map(changeRow),
    checks: result.findings.map((record) => checkRow(record, standard)),
    clusters: clusterRows(result, standard).map((row) => withHistory(row, facts.history)),
    ...historyFrame(facts.history),
    problems: result.problems.map(({ step, cluster, problem }) => ({
      ...toReportProblem(problem),
      cluster,
      ...given({ step }),
    })),
  };
}

function withHistory(row: ReportCluster, history: FreshnessHistory | undefined): ReportCluster {
  const ages = history?.ages.get(row.name);
  return ages === undefined ? row : { ...row, freshness: [...ages] };
}

function historyFrame(history: FreshnessHistory | undefined): Pick<Report, 'freshness'> {
  if (history === undefined) return {};
  const { sinceSeconds, stepSeconds, fineSeconds } = history;
  return { freshness: { sinceSeconds, stepSeconds, fineSeconds } };
}

/** The report of a run that a Problem ended before it had a result. */
export function failureReport(problem: Problem, facts: ReportFacts): Report {
  return {
    ...frame(facts),
    verdict: verdictFor(problem.exitCode),
    exitCode: problem.exitCode,
    steps: [],
    changes: [],
    checks: [],
    clusters: [],
    problems: [],
    problem: toReportProblem(problem),
  };
}

/** The report of a run that somebody stopped: what it had come to, and with which signal's exit code it ends. */
export function stoppedReport(problem: Problem, exitCode: number, facts: ReportFacts, soFar?: Report): Report {
  const { command, run, finishedAt, requests } = frame(facts);
  const rows = soFar === undefined ? failureReport(problem, facts) : { ...soFar, command, run, finishedAt, requests };
  return { ...rows, verdict: verdictFor(exitCode), exitCode, problem: toReportProblem(problem) };
}

export function toReportProblem(problem: Problem): ReportProblem {
  return {
    code: problem.code,
    title: problems[problem.code].title,
    what: problem.message,
    ...given({ proof: problem.proof }),
    likely: problem.likely,
    fix: problem.fix,
    docs: problem.docs,
    ...given({ cluster: problem.cluster }),
  };
}

function frame(facts: ReportFacts) {
  return {
    schemaVersion: 1 as const,
    command: facts.command,
    run: facts.run,
    startedAt: new Date(facts.startedAt).toISOString(),
    finishedAt: new Date(facts.finishedAt).toISOString(),
    ...given({ hub: facts.hub }),
    notes: [...(facts.notes ?? [])],
    requests: { ...facts.requests },
  };
}
