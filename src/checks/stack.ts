/**
 * Whether a cluster's own monitoring is well: what its ClusterOperator says arrives among ACM's default metrics, so one query
 * answers for the fleet. A configuration that nobody can read shows nowhere else on the hub: what runs goes on, metrics arrive,
 * and the add-on's conditions stay as they were (measured.md §9). The words of the first few are read by a View.
 */
import type { Context } from '../context.ts';
import { isProblem, Problem } from '../engine/problem.ts';
import type { Finding } from '../engine/step.ts';
import type { Member } from '../fleet/members.ts';
import { ClusterOperatorKind, condition } from '../kinds.ts';
import { ApiError, type Sample } from '../ports.ts';
import { clusterCheck } from './cluster.ts';
import { metricsRights } from './looking.ts';

const said = 'cluster_operator_conditions{name="monitoring",condition="Degraded"}';

/**
 * The moments of the newest sample, and of the newest that says degraded, by its reason: one that has got well is seen under
 * its old reason for as long as a query looks back.
 */
const question = [
  about('newest', `max by (cluster) (timestamp(${said}))`),
  about('degraded', `max by (cluster, reason) (timestamp(${said}) and ${said} == 1)`),
].join(' or ');

function about(what: string, expression: string): string {
  return `label_replace(${expression}, "about", "${what}", "", "")`;
}

/** Clusters visited for the operator's words. */
const visitsUpTo = 3;

export const stack = clusterCheck('stack', 'Its own monitoring is well', ['arrive'], metricsRights, async (context) => {
  const samples = await context.metrics.query(question);
  const newest = new Map(of(samples, 'newest').map(({ labels, value }) => [labels.cluster, value]));
  const degraded = new Map(
    of(samples, 'degraded')
      .filter(({ labels, value }) => value >= (newest.get(labels.cluster) ?? 0))
      .map(({ labels }) => [labels.cluster, labels.reason ?? '']),
  );
  let visited = 0;
  return async (member) => {
    if (!newest.has(member.name)) return { verdict: 'skip', reason: 'no word of its monitoring operator arrives' };
    const reason = degraded.get(member.name);
    if (reason === undefined) return { verdict: 'pass', evidence: 'its monitoring operator is not degraded' };
    visited += 1;
    return judge(member, reason, visited > visitsUpTo ? '' : await wordsOf(context, member));
  };
});

function of(samples: readonly Sample[], what: string): Sample[] {
  return samples.filter(({ labels }) => labels.about === what);
}

function judge({ name }: Member, reason: string, words: string): Finding {
  const detail = `${name}: ClusterOperator monitoring is degraded: ${reason}${words}`;
  const options = { cluster: name };
  if (reason === 'InvalidConfiguration')
    return { verdict: 'fail', problem: new Problem('monitoring-config-refused', detail, options) };
  if (reason !== 'UserWorkloadInvalidConfiguration')
    return { verdict: 'warn', problem: new Problem('monitoring-degraded', detail, options) };
  const map = 'oc -n openshift-user-workload-monitoring edit configmap user-workload-monitoring-config';
  const fix = `Mend what is named, on the cluster: \`${map}\`.`;
  return { verdict: 'fail', problem: new Problem('monitoring-config-refused', detail, { ...options, fix }) };
}

/** What the metric does not carry: where the mistake is. */
async function wordsOf(context: Context, member: Member): Promise<string> {
  try {
    const operator = await (await context.reach(member)).get(ClusterOperatorKind, { name: 'monitoring' });
    const message = condition(operator, 'Degraded')?.message;
    return message === undefined ? '' : `: ${message}`;
  } catch (error) {
    if (!isProblem(error) && !(error instanceof ApiError)) throw error;
    return `; its words could not be read: ${error.message}`;
  }
}
