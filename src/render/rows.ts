/** The rows of a report, from the records of a run. */
import type { ChangeRecord, FindingRecord, RunResult } from '../engine/events.ts';
import { given } from '../engine/given.ts';
import { acceptanceOf, clusterVerdicts, type Standard } from '../engine/verdict.ts';
import type { ReportChange, ReportCheck, ReportCluster } from './report.ts';

export function changeRow({ step, cluster, resource, change, applied, problem }: ChangeRecord): ReportChange {
  const row = { step, cluster, resource, change: change.kind, applied };
  const code = problem?.code ?? (change.kind === 'conflict' ? 'field-conflict' : undefined);
  return {
    ...row,
    diff: change.kind === 'update' ? [...change.diff] : [],
    ...given({ code, reason: problem?.message ?? reasonOf(change) }),
    ...(change.kind === 'update' && change.drift ? { drift: [...change.drift] } : {}),
  };
}

function reasonOf(change: ChangeRecord['change']): string | undefined {
  switch (change.kind) {
    case 'none':
      return undefined;
    case 'skip':
      return change.reason;
    case 'unknown':
      return change.because;
    case 'conflict':
      return `${change.owner} owns ${change.fields.join(', ')}`;
    default:
      return change.note;
  }
}

export function checkRow({ check, title, cluster, finding }: FindingRecord, standard: Standard): ReportCheck {
  const row = { id: check, cluster, title, verdict: finding.verdict };
  if (finding.verdict === 'pass') return { ...row, evidence: finding.evidence };
  if (finding.verdict === 'skip') return { ...row, evidence: finding.reason };
  const { problem } = finding;
  const acceptance = acceptanceOf(problem, cluster, standard.accept, standard.now);
  return {
    ...row,
    code: problem.code,
    evidence: finding.evidence ?? problem.proof ?? problem.message,
    what: problem.message,
    likely: problem.likely,
    fix: problem.fix,
    ...given({ acceptedUntil: acceptance?.until, acceptedReason: acceptance?.reason }),
  };
}

/** One row per cluster the run met: how it fared, and how much there was to do. */
export function clusterRows(result: RunResult, standard: Standard): ReportCluster[] {
  const rows = new Map<string, ReportCluster>();
  for (const [name, { verdict, reason }] of clusterVerdicts(result, standard)) {
    rows.set(name, { name, verdict, unchanged: 0, changed: 0, failed: 0, ...given({ reason }) });
  }
  const fail = failureCounter(rows);
  for (const { step, cluster, resource, change, applied, problem } of result.changes) {
    const row = rows.get(cluster);
    if (row === undefined) continue;
    if (problem !== undefined || change.kind === 'conflict') fail(cluster, `${step} ${resource}`);
    else if (change.kind === 'none') row.unchanged += 1;
    else if (applied || (result.mode === 'plan' && change.kind !== 'skip')) row.changed += 1;
  }
  for (const { step, cluster, resource, problem } of result.problems) {
    fail(cluster, `${step ?? ''} ${resource ?? problem.message}`);
  }
  for (const { check, cluster, finding } of result.findings) {
    const row = rows.get(cluster);
    if (row === undefined || finding.verdict === 'skip') continue;
    if (finding.ageSeconds !== undefined) row.newestSampleAgeSeconds = finding.ageSeconds;
    if (finding.verdict !== 'fail' && finding.verdict !== 'unknown') continue;
    const { problem } = finding;
    if (!acceptanceOf(problem, cluster, standard.accept, standard.now)) fail(cluster, `${check} ${problem.message}`);
  }
  return [...rows.values()];
}

/** Counts what failed on a cluster; what is told twice (as a change and as a problem) counts once. */
function failureCounter(rows: ReadonlyMap<string, ReportCluster>): (cluster: string, what: string) => void {
  const told = new Set<string>();
  return (cluster, what) => {
    const row = rows.get(cluster);
    const key = `${cluster} ${what}`;
    if (row && !told.has(key)) row.failed += 1;
    told.add(key);
  };
}
