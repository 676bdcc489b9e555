/** Hops of each managed cluster, answered for the whole fleet by one list each. */
import type { Context } from '../context.ts';
import { Problem } from '../engine/problem.ts';
import type { ProblemCode } from '../engine/problems.ts';
import type { Right } from '../engine/rights.ts';
import type { Check, Finding } from '../engine/step.ts';
import type { Member } from '../fleet/members.ts';
import { condition, ObservabilityAddonKind, type WithConditions } from '../kinds.ts';
import { on } from '../resources/rights.ts';
import { rolledOut } from '../resources/workloads.ts';
import { deliveries, deliveryRights, sends } from './delivery.ts';
import { hubWorkloads } from './looking.ts';
import { collectorProblem } from './reasons.ts';
import { wayOut, wayOutRights } from './way-out.ts';

type Judge = (member: Member) => Finding | Promise<Finding>;

/** A check of clusters: `look` asks once, and gives back what judges each of them. */
export function clusterCheck(
  id: string,
  title: string,
  needs: readonly string[],
  rights: (context: Context) => readonly Right[],
  look: (context: Context) => Promise<Judge>,
) {
  const check: Check<Context> = {
    id,
    title,
    needs,
    scope: 'cluster',
    rights,
    async run(context, clusters) {
      const judge = await look(context);
      const names = new Set(clusters);
      const asked = context.members.filter((member) => names.has(member.name));
      return new Map(await Promise.all(asked.map(async (member) => [member.name, await judge(member)] as const)));
    },
  };
  return check;
}

export const reach = clusterCheck(
  'reach',
  'The hub hears from the cluster',
  [],
  () => [],
  async () =>
    ({ name, away, object }) => {
      if (object.metadata.deletionTimestamp !== undefined) return { verdict: 'skip', reason: 'it is being deleted' };
      if (away === undefined) return { verdict: 'pass', evidence: 'available' };
      if (object.spec?.hubAcceptsClient === false)
        return { ...failing('cluster-not-accepted', name, away), final: true };
      return { ...failing('cluster-unreachable', name, away), final: true };
    },
);

function addonReports({ cluster }: Pick<Context, 'cluster'>): Right[] {
  return on(cluster, ObservabilityAddonKind, {}, ['list']);
}

function uwmRights(context: Pick<Context, 'cluster'>): Right[] {
  return [...addonReports(context), ...hubWorkloads(context)];
}

export const collector = clusterCheck(
  'collector',
  'Its collector sends',
  ['addon'],
  (context) => [...addonReports(context), ...wayOutRights(context)],
  async (context) => {
    const { hub, looks } = context;
    // Its agents tell nobody how their pushes go: that they run is the add-on's word, that they send is told by what arrives.
    if (hub.architecture === 'mcoa') return () => ({ verdict: 'pass', evidence: 'its agents run, as the add-on says' });
    const addons = byNamespace(await looks.observabilityAddons());
    const cannotSend = wayOut(context);
    return (member) => {
      if (member.isHub) return { verdict: 'pass', evidence: 'the hub collects by itself' };
      const said = condition(addons.get(member.name), 'MetricsCollector');
      if (said === undefined) return failing('collector-failing', member.name, 'it has not reported yet');
      const evidence = `${said.reason}: ${said.message ?? ''}`;
      if (sends(said)) return { verdict: 'pass', evidence };
      const code = collectorProblem(said);
      if (code === 'collector-cannot-send') return cannotSend(member, evidence);
      return code === 'collection-off' ? switchedOff(member.name, evidence) : failing(code, member.name, evidence);
    };
  },
);

export const uwm = clusterCheck('uwm', 'User-workload monitoring is on', ['addon'], uwmRights, async (context) => {
  const { config, hub, looks } = context;
  const addons = byNamespace(await looks.observabilityAddons());
  const hubs = (await looks.workloads()).find((one) => one.metadata.name === 'uwl-metrics-collector-deployment');
  return (member) => {
    if (hub.architecture === 'mcoa') return { verdict: 'skip', reason: 'the addon architecture does not report it' };
    if (config.userWorkloadMonitoring.mode === 'off')
      return { verdict: 'skip', reason: 'userWorkloadMonitoring.mode is off' };
    if (member.skip !== undefined) return { verdict: 'skip', reason: member.skip };
    const said = condition(addons.get(member.name), 'UwlMetricsCollector');
    const on = member.isHub ? hubs !== undefined && rolledOut(hubs) : said !== undefined && said.reason !== 'Disabled';
    if (said?.reason === 'ForwardFailed' || said?.reason === 'UpdateFailed')
      return failing('uwm-collector-failing', member.name, `${said.reason}: ${said.message ?? ''}`);
    if (on) return { verdict: 'pass', evidence: member.isHub ? 'its collector runs' : `collector: ${said?.reason}` };
    return failing('uwm-off', member.name, said?.message ?? 'no collector for user workloads');
  };
});

export const configuration = clusterCheck(
  'config',
  'The collection list has reached it',
  ['addon'],
  deliveryRights,
  async (context) => {
    const applied = await deliveries(context);
    return async (member) => {
      if (member.isHub) return { verdict: 'pass', evidence: 'the hub reads the list itself' };
      const answer = await applied(member.name);
      if (answer.applied) return { verdict: 'pass', evidence: answer.evidence };
      return failing('config-pending', member.name, answer.because);
    };
  },
);

/** For one cluster alone: its values were set apart from the fleet's (acm.md §5.5). */
function switchedOff(cluster: string, evidence: string): Finding {
  const patch = `oc -n ${cluster} patch observabilityaddon observability-addon --type merge -p '{"spec":{"enableMetrics":true}}'`;
  const problem = new Problem('collection-off', `${cluster}: ${evidence}`, {
    cluster,
    fix: `Switch it on there: \`${patch}\`.`,
  });
  return { verdict: 'fail', problem };
}

export function failing(code: ProblemCode, cluster: string, detail: string) {
  return { verdict: 'fail', problem: new Problem(code, `${cluster}: ${detail}`, { cluster }) } as const;
}

export function byNamespace(objects: readonly WithConditions[]): ReadonlyMap<string, WithConditions> {
  return new Map(objects.map((object) => [object.metadata.namespace ?? '', object]));
}
