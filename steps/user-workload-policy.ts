import type { Context } from '../src/context.ts';
import { defineStep } from '../src/engine/step.ts';
import { policyKey } from '../src/fleet/policy.ts';
import { PolicyKind } from '../src/kinds.ts';
import { monitoringPolicyResources, policyIsThere } from '../src/resources/monitoring-policy.ts';
import { on } from '../src/resources/rights.ts';
import { namespace } from './namespace.ts';

const id = 'user-workload-policy';

/** With `userWorkloadMonitoring.mode: policy`, ACM keeps it on; with any other, a policy of an earlier run goes. */
export const userWorkloadPolicy = defineStep<Context>({
  id,
  title: 'A policy that keeps user-workload monitoring on',
  // A run about some clusters meets it too, and is refused where it would have to change.
  scope: 'fleet',
  requires: [namespace],
  resources(context) {
    return isAskedFor(context) ? monitoringPolicyResources(context, id) : [];
  },
  async owned(context) {
    return isAskedFor(context) || !(await policyIsThere(context))
      ? []
      : monitoringPolicyResources(context, id).toReversed();
  },
  rights(context, mode) {
    // Whether an earlier run left one; `verify` looks at what is declared, and none is.
    if (isAskedFor(context) || mode === 'verify') return [];
    return on(context.cluster, PolicyKind, policyKey, ['get']);
  },
});

function isAskedFor({ config }: Context): boolean {
  return config.userWorkloadMonitoring.mode === 'policy';
}
