/**
 * One metric followed the whole way (acm.md §6.7), even where all is well: in a list, made by a rule, on a dashboard; and for each
 * cluster that its list has come, that its collector runs with it, that it is exposed there, that it is received. What a View
 * cannot show (it gets one object and lists nothing) is unknown, never a pass.
 */
import type { Context } from '../context.ts';
import { isProblem, Problem } from '../engine/problem.ts';
import type { Check, Finding } from '../engine/step.ts';
import type { Member } from '../fleet/members.ts';
import { visitsUpTo } from '../fleet/visits.ts';
import { addonNamespace, observabilityNamespace } from '../hub.ts';
import { ConfigMapKind, DeploymentKind, type KubeObject } from '../kinds.ts';
import { allowlistKeys, type Source } from '../packs/allowlist.ts';
import { ApiError } from '../ports.ts';
import { dashboardsIn } from '../resources/dashboards.ts';
import { freshnessLimits } from '../resources/freshness.ts';
import { on } from '../resources/rights.ts';
import { clusterCheck } from './cluster.ts';
import { exposed } from './exposed.ts';
import { fail, hubCheck } from './hub.ts';
import { metricsRights } from './looking.ts';
import { defaultList, isListed, listRights, madeBy, originOf } from './metric-origin.ts';

const collectors: Readonly<Record<Source, string>> = {
  platform: 'metrics-collector-deployment',
  userWorkload: 'uwl-metrics-collector-deployment',
};

/** @throws Problem `usage` for what is no metric's name. */
export function metricHops(metric: string): Check<Context>[] {
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric)) {
    throw new Problem('usage', `--metric ${metric} is not the name of a metric`);
  }
  return [
    listed(metric),
    recorded(metric),
    shown(metric),
    delivered(metric),
    collecting(metric),
    exposed(metric),
    received(metric),
  ];
}

function listed(metric: string): Check<Context> {
  const rights = (context: Context) => [...listRights(context), ...metricsRights(context)];
  return hubCheck('listed', `${metric} is in a list`, ['lists', 'query'], rights, async (context) => {
    const origin = await originOf(context, metric);
    if (origin !== undefined) return { verdict: 'pass', evidence: `${origin.kind}: ${origin.by}` };
    return fail(new Problem('metric-not-listed', `neither list names ${metric}, and no rule of the hub makes it`));
  });
}

function recorded(metric: string): Check<Context> {
  return hubCheck('recorded', `The rule that makes ${metric} is healthy`, ['query'], metricsRights, async (context) => {
    const own = await madeBy(context, metric);
    if (own === undefined) return { verdict: 'skip', reason: 'no rule of the hub makes it' };
    if (own.health !== 'err') return { verdict: 'pass', evidence: `group ${own.group}, health ${own.health}` };
    const problem = new Problem('rules-failing', `${metric} in group ${own.group}`, { proof: own.lastError ?? '' });
    return fail(problem);
  });
}

function shown(metric: string): Check<Context> {
  const rights = ({ cluster }: Context) => on(cluster, ConfigMapKind, { namespace: observabilityNamespace }, ['list']);
  return hubCheck('shown', `${metric} is on a dashboard`, ['acm'], rights, async ({ looks }) => {
    const word = new RegExp(`(?<![\\w:])${metric}(?![\\w:])`);
    const boards = (await looks.dashboards()).filter(({ data = {} }) =>
      Object.values(data).some((text) => word.test(text)),
    );
    const titles = boards.flatMap(dashboardsIn).map(({ title }) => title);
    if (titles.length === 0) return { verdict: 'skip', reason: 'on no dashboard but, it may be, ACM’s own' };
    return { verdict: 'pass', evidence: titles.join(', ') };
  });
}

/** Asks a cluster for one object, and judges by it. */
function visiting(
  id: string,
  title: string,
  needs: readonly string[],
  metric: string,
  ask: (context: Context, member: Member, source: Source) => Promise<Finding>,
): Check<Context> {
  const rights = (context: Context) => [...listRights(context), ...metricsRights(context)];
  return clusterCheck(id, title, needs, rights, async (context) => {
    const origin = await originOf(context, metric);
    return async (member) => {
      if (origin?.kind !== 'list')
        return { verdict: 'skip', reason: `it comes from a ${origin?.kind ?? 'place nobody knows'}` };
      if (member.isHub) return { verdict: 'pass', evidence: 'the hub reads the list itself' };
      if (context.members.length > visitsUpTo) {
        return {
          verdict: 'skip',
          reason: `clusters are visited up to ${visitsUpTo} of them: name some with --clusters`,
        };
      }
      try {
        return await ask(context, member, origin.source);
      } catch (error) {
        if (!isProblem(error) && !(error instanceof ApiError)) throw error;
        const problem = new Problem('not-seen', `${member.name}: ${error.message}`, {
          cluster: member.name,
          cause: error,
        });
        return { verdict: 'unknown', problem };
      }
    };
  });
}

function delivered(metric: string): Check<Context> {
  return visiting(
    'delivered',
    `Its list with ${metric} has come`,
    ['listed', 'addon'],
    metric,
    async (context, member, source) => {
      const live = await context.reach(member);
      const map = await live.get(ConfigMapKind, { namespace: addonNamespace, name: defaultList });
      if (isListed(map?.data?.[allowlistKeys[source]], metric)) {
        return { verdict: 'pass', evidence: `ConfigMap ${addonNamespace}/${defaultList} names it` };
      }
      return missing(member, `ConfigMap ${addonNamespace}/${defaultList} there does not name ${metric}`);
    },
  );
}

function collecting(metric: string): Check<Context> {
  return visiting(
    'collecting',
    `Its collector runs with ${metric}`,
    ['delivered'],
    metric,
    async (context, member, source) => {
      const name = collectors[source];
      const live = await (await context.reach(member)).get(DeploymentKind, { namespace: addonNamespace, name });
      if (live === undefined) return missing(member, `there is no Deployment ${name}`);
      if (argumentsOf(live).some((one) => one.includes(`"${metric}"`)))
        return { verdict: 'pass', evidence: `Deployment ${name}` };
      return missing(member, `Deployment ${name} runs without ${metric}`);
    },
  );
}

function missing({ name }: Member, detail: string): Finding {
  return fail(new Problem('metric-not-delivered', `${name}: ${detail}`, { cluster: name }));
}

function argumentsOf({ spec }: KubeObject): string[] {
  return JSON.stringify(spec ?? {})
    .split('--')
    .map((one) => one.replaceAll('\\"', '"'));
}

function received(metric: string): Check<Context> {
  return clusterCheck(
    'received',
    `${metric} arrives`,
    ['listed'],
    metricsRights,
    async ({ metrics, clock, config }) => {
      const samples = await metrics.query(`max by (cluster) (timestamp(${metric}))`);
      const newest = new Map(samples.map(({ labels, value }) => [labels.cluster ?? '', value]));
      const { fine } = freshnessLimits(config.observability.interval);
      return ({ name }) => {
        const seen = newest.get(name);
        if (seen === undefined)
          return fail(new Problem('metric-absent', `${name}: no series of ${metric}`, { cluster: name }));
        const age = Math.max(0, Math.round(clock.now() / 1000 - seen));
        const evidence = `exposed, scraped and sent: newest sample ${age} s old`;
        if (age <= fine) return { verdict: 'pass', evidence };
        return fail(new Problem('metrics-stale', `${name}: ${metric} is ${age} s old`, { cluster: name }), 'warn');
      };
    },
  );
}
