/** Hops of each managed cluster, answered for the whole fleet by one list each. */
import type { Context } from '../context.ts';
import { Problem } from '../engine/problem.ts';
import type { ProblemCode } from '../engine/problems.ts';
import type { Right } from '../engine/rights.ts';
import type { Check, Finding } from '../engine/step.ts';
import type { Member } from '../fleet/members.ts';
import { condition, ManagedClusterAddOnKind, ObservabilityAddonKind, type WithConditions } from '../kinds.ts';
import { addOnOf } from '../resources/addons.ts';
import { freshnessLimits, lastSeen, newestSamples } from '../resources/freshness.ts';
import { on } from '../resources/rights.ts';
import { rolledOut } from '../resources/workloads.ts';
import { deliveries, deliveryRights, sends } from './delivery.ts';
import { hubWorkloads, metricsRights } from './looking.ts';
import { addonProblem, collectorProblem, isCollectors } from './reasons.ts';

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
      const asked = context.members.filter((member) => clusters.includes(member.name));
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
    ({ name, offline, object }) => {
      if (object.metadata.deletionTimestamp !== undefined) return { verdict: 'skip', reason: 'it is being deleted' };
      if (offline === undefined) return { verdict: 'pass', evidence: 'available' };
      if (object.spec?.hubAcceptsClient === false)
        return { ...fail('cluster-not-accepted', name, offline), final: true };
      return { ...fail('cluster-unreachable', name, offline), final: true };
    },
);

export const addon = clusterCheck(
  'addon',
  'ACM’s add-on is available',
  ['reach', 'acm'],
  ({ cluster }) => [...on(cluster, ManagedClusterAddOnKind, {}, ['list']), ...hubWorkloads({ cluster })],
  async ({ cluster, hub, looks }) => {
    const { name } = addOnOf(hub.architecture);
    const fieldSelector = `metadata.name=${name}`;
    const addons = byNamespace(await cluster.list(ManagedClusterAddOnKind, { fieldSelector }));
    const collector = (await looks.workloads()).find((one) => one.metadata.name === 'metrics-collector-deployment');
    return (member) => {
      // To the addon architecture the hub is one of its clusters.
      if (member.isHub && hub.architecture === 'legacy') return hubCollector(member, collector);
      const left = leftOut(member);
      if (left !== undefined) return left;
      const found = addons.get(member.name);
      if (found === undefined) return fail('addon-missing', member.name, `there is no ManagedClusterAddOn ${name}`);
      return judgeAddon(member, found);
    };
  },
);

/** What it says of itself; what it only repeats of its collectors is told by their own hop. */
function judgeAddon({ name }: Member, found: WithConditions): Finding {
  const { deletionTimestamp, finalizers = [] } = found.metadata;
  if (deletionTimestamp !== undefined)
    return fail(
      'addon-terminating',
      name,
      `being deleted since ${deletionTimestamp}, held by ${finalizers.join(', ')}`,
    );
  const [available, degraded, progressing] = ['Available', 'Degraded', 'Progressing'].map((type) =>
    condition(found, type),
  );
  if (available?.status === 'True') return { verdict: 'pass', evidence: available.message ?? 'available' };
  const silent = available?.status === 'Unknown' ? available : undefined;
  const worst = silent ?? (degraded?.status === 'True' ? degraded : (progressing ?? available));
  if (worst === undefined) return fail('addon-installing', name, 'no condition yet');
  if (isCollectors(worst)) return { verdict: 'pass', evidence: 'it is installed, and reports of its collectors' };
  return fail(addonProblem(worst), name, `${worst.reason}: ${worst.message ?? ''}`);
}

/** The hub has no add-on: its collector runs in the observability namespace (acm.md §4.7). */
function hubCollector(member: Member, collector: Parameters<typeof rolledOut>[0] | undefined): Finding {
  if (collector !== undefined && rolledOut(collector))
    return { verdict: 'pass', evidence: 'the hub collects by itself' };
  return fail('addon-degraded', member.name, 'Deployment metrics-collector-deployment is not ready');
}

/** The choice of a person, told as such (acm.md §5.1). */
function leftOut({ object }: Member): Finding | undefined {
  const { labels = {}, annotations = {} } = object.metadata;
  if (labels.observability === 'disabled') return { verdict: 'skip', reason: 'label observability=disabled' };
  if (annotations['addon.open-cluster-management.io/disable-automatic-installation'] === 'true') {
    return { verdict: 'skip', reason: 'annotation disable-automatic-installation' };
  }
  if (labels.vendor === undefined || labels.vendor === 'auto-detect') {
    return { verdict: 'skip', reason: 'ACM has not detected its vendor yet' };
  }
  if (labels.vendor === 'OpenShift' && labels.openshiftVersion === undefined) {
    return { verdict: 'skip', reason: 'ACM has not detected its OpenShift version yet' };
  }
  return undefined;
}

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
  addonReports,
  async ({ hub, looks }) => {
    // Its agents tell nobody how their pushes go: that they run is the add-on's word, that they send is told by what arrives.
    if (hub.architecture === 'mcoa') return () => ({ verdict: 'pass', evidence: 'its agents run, as the add-on says' });
    const addons = byNamespace(await looks.observabilityAddons());
    return (member) => {
      if (member.isHub) return { verdict: 'pass', evidence: 'the hub collects by itself' };
      const said = condition(addons.get(member.name), 'MetricsCollector');
      if (said === undefined) return fail('collector-failing', member.name, 'it has not reported yet');
      const evidence = `${said.reason}: ${said.message ?? ''}`;
      if (sends(said)) return { verdict: 'pass', evidence };
      const code = collectorProblem(said);
      return code === 'collection-off' ? switchedOff(member.name, evidence) : fail(code, member.name, evidence);
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
      return fail('uwm-collector-failing', member.name, `${said.reason}: ${said.message ?? ''}`);
    if (on) return { verdict: 'pass', evidence: member.isHub ? 'its collector runs' : `collector: ${said?.reason}` };
    return fail('uwm-off', member.name, said?.message ?? 'no collector for user workloads');
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
      return fail('config-pending', member.name, answer.because);
    };
  },
);

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
      if (seen === undefined) return fail('metrics-absent', member.name, 'no sample within a day');
      const ageSeconds = Math.max(0, Math.round(now - seen));
      const evidence = `newest sample ${ageSeconds} s old`;
      if (ageSeconds <= limits.fine) return { verdict: 'pass', evidence, ageSeconds };
      const problem = new Problem('metrics-stale', evidence, { cluster: member.name });
      return { verdict: ageSeconds <= limits.late ? 'warn' : 'fail', problem, evidence, ageSeconds };
    };
  },
);

/** How far into the future is looked for samples, and how far ahead a clock may be, in seconds. */
const future = { look: 600, tolerated: 60 };

export const clocks = clusterCheck(
  'clock',
  'Its samples are not from the future',
  ['arrive'],
  metricsRights,
  async ({ metrics, clock }) => {
    const now = clock.now() / 1000;
    // An instant query sees nothing newer than its moment.
    const newest = await newestSamples(metrics, now + future.look);
    return ({ name }) => {
      const ahead = Math.round((newest.get(name) ?? now) - now);
      if (ahead <= future.tolerated) return { verdict: 'pass', evidence: 'none' };
      const problem = new Problem('clock-ahead', `${name}: a sample is ${ahead} s ahead of this machine`, {
        cluster: name,
      });
      return { verdict: 'warn', problem };
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

function fail(code: ProblemCode, cluster: string, detail: string) {
  return { verdict: 'fail', problem: new Problem(code, `${cluster}: ${detail}`, { cluster }) } as const;
}

function byNamespace(objects: readonly WithConditions[]): ReadonlyMap<string, WithConditions> {
  return new Map(objects.map((object) => [object.metadata.namespace ?? '', object]));
}
