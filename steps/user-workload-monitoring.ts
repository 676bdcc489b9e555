import type { Context } from '../src/context.ts';
import { exits } from '../src/engine/exits.ts';
import { isProblem, type Problem } from '../src/engine/problem.ts';
import { defineStep, type Resource } from '../src/engine/step.ts';
import type { Member } from '../src/fleet/members.ts';
import { reportPatienceMs, visitsUpTo } from '../src/fleet/visits.ts';
import type { Cluster } from '../src/ports.ts';
import { skipped, unreached } from '../src/resources/lane.ts';
import { monitoringConfigResource } from '../src/resources/monitoring-config.ts';
import { policyMember } from '../src/resources/policy-member.ts';
import {
  readyByReports,
  userWorkloadMonitoringNeededBy,
  userWorkloadMonitoringReady,
  userWorkloadMonitoringRights,
} from '../src/resources/user-workload-monitoring.ts';
import { observability } from './observability.ts';
import { userWorkloadPolicy } from './user-workload-policy.ts';

const id = 'user-workload-monitoring';

/** Turns on the Prometheus that scrapes what users deploy, on every cluster, and nothing else of its monitoring. */
export const userWorkloadMonitoring = defineStep<Context>({
  id,
  title: 'User-workload monitoring on every cluster',
  scope: 'fleet',
  requires: [userWorkloadPolicy],
  // ACM edits the same document on its way out (acm.md §12.2), and a policy would turn it on again.
  removedAfter: [observability, userWorkloadPolicy],
  skip: ({ config }) =>
    config.userWorkloadMonitoring.mode === 'off' ? 'userWorkloadMonitoring.mode is off' : undefined,
  resources: (context) => Promise.all(context.members.map((member) => resourceOf(context, member))),
});

async function resourceOf(context: Context, member: Member): Promise<Resource> {
  if (member.skip !== undefined) return skipped(member.name, id, member.skip, false);
  if (member.offline !== undefined) return skipped(member.name, id, member.offline, true);
  const cluster = await reached(context, member);
  if (isProblem(cluster)) return unreached(member.name, id, cluster);
  if (context.config.userWorkloadMonitoring.mode === 'policy') return policyMember(context, member, cluster, id);
  const isProven = async () => !member.isHub && (await context.looks.provenClusters()).has(member.name);
  const { ready, wrote } = readyByReports({
    isProven,
    visit: (waitedMs) => userWorkloadMonitoringReady(cluster, waitedMs),
    clock: context.clock,
    patienceMs: !member.isHub && context.members.length > visitsUpTo ? reportPatienceMs : 0,
  });
  const resource = monitoringConfigResource({
    cluster,
    step: id,
    // Under the addon architecture no cluster reports to the hub.
    ...(context.hub.architecture === 'legacy' && { evidence: isProven }),
    reads: (mode) => userWorkloadMonitoringRights(context.cluster, cluster, mode),
    forceConflicts: context.settings.forceConflicts,
    rivals: async () => {
      const { on, unseen } = await context.looks.rivals();
      return { owners: on(member.name), unseen };
    },
    neededBy: () => userWorkloadMonitoringNeededBy(cluster),
    ready,
  });
  return { ...resource, apply: (change) => resource.apply(change).then(wrote) };
}

/** A context that is wrongly configured stops the run; one that does not answer only this cluster's lane. */
async function reached(context: Context, member: Member): Promise<Cluster | Problem> {
  try {
    return await context.reach(member);
  } catch (error) {
    if (!isProblem(error) || error.exitCode === exits.configuration || error.exitCode === exits.usage) throw error;
    return error;
  }
}
