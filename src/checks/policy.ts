/** Whether managed clusters take policies, asked by `check` where the configuration wants one. */
import { isProblem } from '../engine/problem.ts';
import type { Finding } from '../engine/step.ts';
import { ManagedClusterAddOnKind } from '../kinds.ts';
import { requireTemplates } from '../resources/monitoring-policy.ts';
import { requirePolicyAddons } from '../resources/policy-member.ts';
import { on } from '../resources/rights.ts';
import { clusterCheck } from './cluster.ts';

export const policyPreflight = clusterCheck(
  'policy',
  'Every cluster takes policies',
  ['reach'],
  ({ cluster }) => on(cluster, ManagedClusterAddOnKind, {}, ['list']),
  async (context) => {
    const addons = await context.looks.addons();
    return ({ name, skip }) => {
      if (skip !== undefined) return { verdict: 'skip', reason: skip };
      return answered(() => [requireTemplates(context), requirePolicyAddons(addons, name)]);
    };
  },
);

function answered(ask: () => unknown): Finding {
  try {
    ask();
    return { verdict: 'pass', evidence: 'its add-ons for policies are available' };
  } catch (error) {
    if (!isProblem(error)) throw error;
    return { verdict: 'fail', problem: error };
  }
}
