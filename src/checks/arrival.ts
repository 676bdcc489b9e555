/** Whether what a cluster sends arrives, and is of its time. */
import { Problem } from '../engine/problem.ts';
import { freshnessLimits, lastSeen, newestAhead } from '../resources/freshness.ts';
import { clusterCheck, failing } from './cluster.ts';
import { metricsRights } from './looking.ts';

export const arrive = clusterCheck(
  'arrive',
  'Metrics arrive at the hub',
  ['collector', 'query'],
  metricsRights,
  async (context) => {
    const { metrics, clock, config } = context;
    const newest = await context.looks.newestSamples();
    const limits = freshnessLimits(config.observability.interval);
    return async (member) => {
      const now = clock.now() / 1000;
      const seen = newest.get(member.name) ?? (await lastSeen(metrics, member.name));
      if (seen === undefined) return failing('metrics-absent', member.name, 'no sample within a day');
      const ageSeconds = Math.max(0, Math.round(now - seen));
      const evidence = `newest sample ${ageSeconds} s old`;
      if (ageSeconds <= limits.fine) return { verdict: 'pass', evidence, ageSeconds };
      const problem = new Problem('metrics-stale', evidence, { cluster: member.name });
      return { verdict: ageSeconds <= limits.late ? 'warn' : 'fail', problem, evidence, ageSeconds };
    };
  },
);

/** Seconds a clock may be ahead. */
const tolerated = 60;

export const clocks = clusterCheck(
  'clock',
  'Its samples are not from the future',
  ['arrive'],
  metricsRights,
  async ({ metrics, clock }) => {
    const now = clock.now() / 1000;
    const newest = await newestAhead(metrics, now);
    return ({ name }) => {
      const ahead = Math.round((newest.get(name) ?? now) - now);
      if (ahead <= tolerated) return { verdict: 'pass', evidence: 'none' };
      const problem = new Problem('clock-ahead', `${name}: a sample is ${ahead} s ahead of this machine`, {
        cluster: name,
      });
      return { verdict: 'warn', problem };
    };
  },
);
