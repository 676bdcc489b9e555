/** Clusters by hops: the worst verdict of each, as every renderer of a board needs it. */
import type { Verdict } from '../engine/step.ts';
import type { Report, ReportCheck } from './report.ts';

export const severity: readonly Verdict[] = ['skip', 'pass', 'warn', 'unknown', 'fail'];

/** The column for what a step declares on a cluster, as against the hops: user-workload monitoring is all there is. */
const declared = 'uwm';

export interface Matrix {
  readonly hops: readonly string[];
  /** Cluster → hop → worst verdict. */
  readonly rows: ReadonlyMap<string, ReadonlyMap<string, Verdict>>;
}

/** Ids asked of more than the hub. */
export function fleetHops(report: Report): ReadonlySet<string> {
  return new Set(report.checks.filter((check) => check.cluster !== report.hub?.name).map((check) => check.id));
}

/** `fleet`: {@link fleetHops}. */
export function matrixOf(report: Report, fleet: ReadonlySet<string>): Matrix {
  const steps = new Set(report.steps.map((step) => step.id));
  const rows = new Map<string, Map<string, Verdict>>();
  const hops: string[] = [];
  for (const check of report.checks) {
    if (!fleet.has(check.id)) continue;
    const hop = steps.has(check.id) ? declared : check.id;
    if (!hops.includes(hop)) hops.push(hop);
    const row = rows.get(check.cluster) ?? new Map<string, Verdict>();
    rows.set(check.cluster, row.set(hop, worst([row.get(hop) ?? 'skip', counted(check)])));
  }
  const asked = report.checks.filter((check) => fleet.has(check.id) && !steps.has(check.id)).map((check) => check.id);
  const ordered = [...new Set(asked)];
  return { hops: [...hops.filter((hop) => !ordered.includes(hop)), ...ordered], rows };
}

/** An accepted finding counts as fine; it is listed by itself. */
export function counted(check: ReportCheck): Verdict {
  return check.acceptedUntil === undefined ? check.verdict : 'pass';
}

export function worst(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce<Verdict>((a, b) => (severity.indexOf(b) > severity.indexOf(a) ? b : a), 'skip');
}
