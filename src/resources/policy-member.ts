/**
 * User-workload monitoring of one cluster, kept on by the fleet's policy: its engine reads and writes the document there,
 * and the hub knows the outcome. A removal is ours again: the policy is gone by then, and what it noted on the document is
 * what we would have noted.
 */
import type { Context } from '../context.ts';
import { Problem } from '../engine/problem.ts';
import type { Readiness, Resource } from '../engine/step.ts';
import { waitFor } from '../engine/wait.ts';
import type { Member } from '../fleet/members.ts';
import { type Part, policyParts, type Standing } from '../fleet/policy.ts';
import { ConfigMapKind, ConfigurationPolicyKind, condition, describe, ManagedClusterAddOnKind } from '../kinds.ts';
import type { Cluster } from '../ports.ts';
import { monitoringConfigKey, monitoringConfigResource } from './monitoring-config.ts';
import { policyRights } from './monitoring-policy.ts';
import { on } from './rights.ts';

const name = describe(ConfigMapKind, monitoringConfigKey);
const addons = ['config-policy-controller', 'governance-policy-framework'] as const;

export function policyMember(context: Context, member: Member, cluster: Cluster, step: string): Resource {
  const { looks } = context;
  const own = monitoringConfigResource({ cluster, step, forceConflicts: true });
  return {
    name,
    cluster: member.name,
    plan: () => planMember(context, member),
    // The engine on the cluster has written; this run only tells.
    apply: async () => {},
    ready: async () => readinessOf((await looks.policy()).clusters.get(member.name), member.name),
    planRemoval: () => own.planRemoval(),
    async remove(change) {
      await requireWithdrawn(context, cluster);
      await own.remove(change);
    },
    gone: () => own.gone(),
    rights(mode) {
      if (mode !== 'uninstall')
        return [...policyRights(context), ...on(context.cluster, ManagedClusterAddOnKind, {}, ['list'])];
      return [...own.rights(mode), ...on(cluster, ConfigurationPolicyKind, { namespace: member.name }, ['get'])];
    },
  };
}

async function planMember({ looks }: Context, member: Member): ReturnType<Resource['plan']> {
  const { exists, clusters, metAtFirst } = await looks.policy();
  if (!exists) return { kind: 'unknown', because: 'the policy decides it on the cluster; the hub is told afterwards' };
  const now = clusters.get(member.name);
  if (now === undefined) return { kind: 'unknown', because: 'the policy has not been placed on it yet' };
  const verdict = now.on?.compliance ?? now.compliance;
  if (verdict === 'Compliant') {
    if (metAtFirst.has(member.name) || now.on?.wrote === undefined) return { kind: 'none' };
    const note = 'by the policy, on the cluster';
    return now.on.wrote === 'create'
      ? { kind: 'create', note }
      : { kind: 'update', diff: ['+ config.yaml: enableUserWorkload: true'], note };
  }
  if (now.on?.compliance === 'NonCompliant' && isRefusal(now.on)) throw refused(now.on, member.name);
  if (verdict === undefined) requirePolicyAddons(await looks.addons(), member.name);
  return { kind: 'unknown', because: now.on?.message ?? 'the cluster has not said yet how it stands' };
}

/** A template that failed stays so until the document changes; a write that was refused is tried again. */
const isRefusal = ({ message }: Part): boolean => /error calling|template: |not defined/.test(message);

function refused({ message }: Part, cluster: string): Problem {
  if (/function "\w+" not defined/.test(message)) {
    return new Problem('policy-unsupported', `${cluster}: its add-on config-policy-controller is too old`, {
      cluster,
      proof: message,
      fix: `Bring its add-ons to those of ACM 2.14 or later, or set userWorkloadMonitoring.mode to auto.`,
    });
  }
  // Our own words stand in the error of a function that cannot but fail; a reader's stand behind its name.
  const own = /parsing time "config\.yaml is left untouched: ([^"]*)"/.exec(message)?.[1];
  const said = own ?? /error calling fromYAML: (yaml: .*)$/s.exec(message)?.[1] ?? message;
  return new Problem('policy-refused', `${cluster}: ${name}: ${said}`, { cluster, proof: message.slice(0, 300) });
}

/** @throws Problem `policy-addon-missing` */
export function requirePolicyAddons(found: Awaited<ReturnType<Context['looks']['addons']>>, cluster: string): void {
  const own = found.get(cluster) ?? [];
  const missing = addons.filter((addon) => {
    const one = own.find(({ metadata }) => metadata.name === addon);
    return condition(one, 'Available')?.status !== 'True';
  });
  if (missing.length === 0) return;
  throw new Problem('policy-addon-missing', `${cluster}: ${missing.join(', ')}`, { cluster });
}

function readinessOf(now: Standing | undefined, cluster: string): Readiness {
  if (now?.on?.compliance === 'NonCompliant' && isRefusal(now.on)) {
    return { state: 'failed', problem: refused(now.on, cluster) };
  }
  const verdict = now?.runs?.compliance ?? now?.compliance;
  if (verdict === 'Compliant') return { state: 'ready', note: 'the policy finds it running' };
  return { state: 'waiting', message: now?.runs?.message ?? 'the cluster has not said yet how it stands' };
}

/** Milliseconds the add-on on a cluster takes to let go of a policy, at the most. */
const withdrawalMs = 120_000;

/** Turned back before the engine has let go, it would be turned on again. @throws Problem `timed-out` */
async function requireWithdrawn({ clock, signal }: Context, cluster: Cluster): Promise<void> {
  const key = { namespace: cluster.name, name: policyParts.on };
  const answer = await waitFor(
    async () => {
      const left = await cluster.get(ConfigurationPolicyKind, key);
      return left === undefined
        ? { state: 'ready' }
        : { state: 'waiting', message: `${describe(ConfigurationPolicyKind, key)} is still there` };
    },
    { clock, signal, deadline: clock.now() + withdrawalMs },
  );
  if (answer.state === 'waiting')
    throw new Problem('timed-out', `${name}: ${answer.message}`, { cluster: cluster.name });
}
