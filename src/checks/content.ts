/** Hops on the hub that are about what we installed: rules in the ruler, dashboards for Grafana. */
import type { Context } from '../context.ts';
import { Problem } from '../engine/problem.ts';
import type { Check, Finding } from '../engine/step.ts';
import { observabilityNamespace } from '../hub.ts';
import { ConfigMapKind } from '../kinds.ts';
import { compileRuler } from '../packs/ruler.ts';
import { dashboardConfigMaps } from '../resources/dashboard-files.ts';
import { cannotLook, dashboardsIn, type HeldDashboard } from '../resources/dashboards.ts';
import { grafanaRights } from '../resources/grafana-rights.ts';
import { on, optional } from '../resources/rights.ts';
import { metricsRights } from './looking.ts';

export const rules: Check<Context> = {
  id: 'rules',
  title: 'The Thanos ruler runs our rules',
  needs: ['workloads', 'query'],
  scope: 'hub',
  rights: async (context) => (compileRuler(await context.packs()).length === 0 ? [] : metricsRights(context)),
  run: async (context) => new Map([[context.hub.name, await askRules(context)]]),
};

async function askRules(context: Context): Promise<Finding> {
  const wanted = compileRuler(await context.packs()).map((group) => group.name);
  if (wanted.length === 0) return { verdict: 'skip', reason: 'no rules of ours are configured' };
  const groups = await context.looks.ruleGroups();
  const missing = wanted.filter((name) => !groups.some((group) => group.name === name));
  if (missing.length > 0) {
    return { verdict: 'fail', problem: new Problem('rules-missing', `not loaded: ${missing.join(', ')}`) };
  }
  const ours = groups.filter((group) => wanted.includes(group.name)).flatMap((group) => group.rules);
  const broken = ours.find((rule) => rule.health === 'err');
  if (broken !== undefined) {
    return {
      verdict: 'fail',
      problem: new Problem('rules-failing', `${broken.name}: ${broken.lastError ?? 'no reason given'}`),
    };
  }
  const unseen = ours.filter((rule) => rule.health === 'unknown').length;
  const later = unseen === 0 ? '' : `, ${unseen} not evaluated yet`;
  return { verdict: 'pass', evidence: `${ours.length} rules in ${wanted.length} groups${later}` };
}

export const dashboardsHop: Check<Context> = {
  id: 'dashboards',
  title: 'Our dashboards are there for Grafana',
  needs: ['workloads'],
  scope: 'hub',
  async rights(context) {
    const { cluster } = context;
    const wanted = await dashboardConfigMaps(context.config, await context.packs());
    if (wanted.length === 0) return [];
    const maps = on(cluster, ConfigMapKind, { namespace: observabilityNamespace }, ['list']);
    return [...maps, ...optional('whether Grafana shows the dashboards', grafanaRights(cluster, 'production'))];
  },
  run: async (context) => new Map([[context.hub.name, await askDashboards(context)]]),
};

async function askDashboards(context: Context): Promise<Finding> {
  const wanted = (await dashboardConfigMaps(context.config, await context.packs())).flatMap(dashboardsIn);
  if (wanted.length === 0) return { verdict: 'skip', reason: 'no dashboards of ours are configured' };
  const maps = await context.looks.dashboards();
  const there = new Set(maps.flatMap(dashboardsIn).map(({ uid }) => uid));
  const missing = wanted.filter(({ uid }) => !there.has(uid)).map(({ title }) => title);
  if (missing.length > 0) return { verdict: 'fail', problem: new Problem('dashboard-missing', missing.join(', ')) };
  return askGrafana(context, wanted);
}

/** Each of ACM's Grafanas has a database of its own, and its loader tells only its log what it could not save. */
async function askGrafana({ grafanas }: Context, wanted: readonly HeldDashboard[]): Promise<Finding> {
  const evidence = `${wanted.length} dashboards`;
  try {
    const found = await grafanas('production');
    for (const grafana of found) {
      const served = new Set((await grafana.dashboards()).map(({ uid }) => uid));
      const missing = wanted.filter(({ uid }) => !served.has(uid)).map(({ title }) => title);
      if (missing.length === 0) continue;
      return { verdict: 'fail', problem: new Problem('dashboard-not-served', `${grafana.pod}: ${missing.join(', ')}`) };
    }
    if (found.length > 0) return { verdict: 'pass', evidence: `${evidence}, shown by ${found.length} Grafanas` };
    return { verdict: 'fail', problem: new Problem('grafana-absent', 'No Pod of ACM’s own Grafana is ready.') };
  } catch (error) {
    if (!cannotLook(error)) throw error;
    return { verdict: 'pass', evidence: `${evidence}; whether Grafana shows them was not permitted to see` };
  }
}
