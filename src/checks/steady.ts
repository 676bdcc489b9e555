/** Whether metrics have arrived all the time, looking back: what holds now may have failed an hour ago. */
import type { Context } from '../context.ts';
import { Problem } from '../engine/problem.ts';
import type { Check, Finding } from '../engine/step.ts';
import type { FreshnessHistory } from '../ports.ts';
import { metricsRights } from './looking.ts';

/** `history`: asked once, for all clusters. */
export function steadyHop(history: () => Promise<FreshnessHistory>): Check<Context> {
  return {
    id: 'steady',
    title: 'Its metrics have arrived all the time',
    needs: ['query'],
    scope: 'cluster',
    rights: metricsRights,
    run: async (_, clusters) => {
      const known = await history();
      return new Map(clusters.map((name) => [name, judge(name, known)]));
    },
  };
}

function judge(cluster: string, { ages, fineSeconds, stepSeconds }: FreshnessHistory): Finding {
  const seen = ages.get(cluster) ?? [];
  const late = seen.filter((age) => age === null || age > fineSeconds).length;
  if (seen.length > 0 && late === 0) return { verdict: 'pass', evidence: `fresh at all of ${seen.length} moments` };
  const detail =
    seen.length === 0
      ? `${cluster}: nothing has arrived in that time`
      : `${cluster}: late or silent at ${late} of ${seen.length} moments, ${stepSeconds} s apart`;
  return { verdict: 'warn', problem: new Problem('metrics-gaps', detail, { cluster }) };
}
