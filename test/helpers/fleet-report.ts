/** A report about a fleet as large as any: most well, some silent, late, cut off or turned off, one with a hostile name. */
import { Problem } from '../../src/engine/problem.ts';
import type { ProblemCode } from '../../src/engine/problems.ts';
import type { Finding } from '../../src/engine/step.ts';
import type { Report } from '../../src/render/report.ts';
import { reportOf } from '../render/samples.ts';

const hops = ['reach', 'addon', 'collector', 'uwm', 'config', 'arrive', 'clock'];

/** What every so many clusters have, and at which hop. */
const ills: readonly (readonly [
  every: number,
  hop: string,
  code: ProblemCode,
  verdict: 'fail' | 'warn' | 'unknown',
])[] = [
  [97, 'reach', 'cluster-unreachable', 'fail'],
  [89, 'collector', 'collector-cannot-send', 'fail'],
  [71, 'uwm', 'uwm-off', 'fail'],
  [53, 'clock', 'clock-ahead', 'warn'],
  [331, 'config', 'not-seen', 'unknown'],
];

export const hostileName = 'cluster-0013</script><img src=x onerror=alert(1)>';

export function fleetReport(size: number): Report {
  const names = Array.from({ length: size }, (_, at) => (at === 13 ? hostileName : nameOf(at)));
  const findings = names.flatMap((cluster, at) => hopsOf(cluster, at));
  const ages = new Map(names.map((name, at) => [name, Array.from({ length: 24 }, (_, moment) => ageOf(at, moment))]));
  const history = { sinceSeconds: 7_200, stepSeconds: 300, fineSeconds: 660, ages };
  return reportOf({ mode: 'verify', changes: [], problems: [], steps: [], findings }, { history });
}

const nameOf = (at: number): string => `cluster-${String(at).padStart(4, '0')}`;

function hopsOf(cluster: string, at: number) {
  const ill = ills.find(([every]) => at > 0 && at % every === 0);
  const broken = ill === undefined ? hops.length : hops.indexOf(ill[1]);
  return hops.map((check, index) => {
    const record = { check, scope: 'cluster' as const, title: check, cluster };
    if (ill !== undefined && index === broken) {
      const [, , code, verdict] = ill;
      const finding: Finding = { verdict, problem: new Problem(code, `${cluster}: as it is`, { cluster }) };
      return { ...record, finding };
    }
    if (index > broken) return { ...record, finding: { verdict: 'skip' as const, reason: `needs ${ill?.[1]}` } };
    const age = check === 'arrive' ? { ageSeconds: 18 + (at % 240) } : {};
    return { ...record, finding: { verdict: 'pass' as const, evidence: 'seen', ...age } };
  });
}

/** Every hundredth cluster is silent for a while, every thirtieth late. */
function ageOf(at: number, moment: number): number | null {
  if (at % 100 === 7 && moment > 9 && moment < 15) return null;
  return at % 30 === 11 ? 500 + moment * 40 : (at * 7 + moment * 60) % 300;
}
