/** Whether managed clusters take policies, asked by `check` where the configuration wants one. */
import type { Context } from '../context.ts';
import { isProblem } from '../engine/problem.ts';
import type { Check, Finding } from '../engine/step.ts';
import { ManagedClusterAddOnKind } from '../kinds.ts';
import { requireTemplates } from '../resources/monitoring-policy.ts';
import { requirePolicyAddons } from '../resources/policy-member.ts';
import { on } from '../resources/rights.ts';

export const policyPreflight: Check<Context> = {
  id: 'policy',
  title: 'Every cluster takes policies',
  needs: ['reach'],
  scope: 'cluster',
  rights: ({ cluster }) => on(cluster, ManagedClusterAddOnKind, {}, ['list']),
  async run(context, clusters) {
    const addons = await context.looks.addons();
    const asked = context.members.filter((member) => clusters.includes(member.name));
    return new Map(
      asked.map(({ name, skip }): [string, Finding] => {
        if (skip !== undefined) return [name, { verdict: 'skip', reason: skip }];
        return [name, answered(() => [requireTemplates(context), requirePolicyAddons(addons, name)])];
      }),
    );
  },
};

function answered(ask: () => unknown): Finding {
  try {
    ask();
    return { verdict: 'pass', evidence: 'its add-ons for policies are available' };
  } catch (error) {
    if (!isProblem(error)) throw error;
    return { verdict: 'fail', problem: error };
  }
}
