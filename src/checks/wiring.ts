/** The entry by which the addon architecture reaches the clusters: what it hands out is there, and nothing of it is left where it is off. */
import type { Context } from '../context.ts';
import { Problem } from '../engine/problem.ts';
import type { Right } from '../engine/rights.ts';
import type { Finding } from '../engine/step.ts';
import {
  type AddOnConfigReference,
  type ClusterManagementAddOn,
  ClusterManagementAddOnKind,
  type Kind,
  PrometheusRuleKind,
  ScrapeConfigKind,
} from '../kinds.ts';
import { on } from '../resources/rights.ts';
import { fail, hubCheck } from './hub.ts';

const entry = { name: 'multicluster-observability-addon' };

/** Kinds a pack or a person hands out by it (acm.md §9.3). */
const handedOut: readonly Kind[] = [ScrapeConfigKind, PrometheusRuleKind];

function rights({ cluster, hub }: Context): Right[] {
  const lists = hub.architecture === 'mcoa' ? handedOut.flatMap((kind) => on(cluster, kind, {}, ['list'])) : [];
  return [...on(cluster, ClusterManagementAddOnKind, entry, ['get']), ...lists];
}

export const wiring = hubCheck(
  'wiring',
  'The entry of the addon architecture is as it should be',
  ['acm'],
  rights,
  async (context) => {
    const live = await context.cluster.get(ClusterManagementAddOnKind, entry);
    if (context.hub.architecture === 'mcoa') return judge(context, live);
    if (live === undefined) return { verdict: 'pass', evidence: 'nothing is left of the other architecture' };
    const detail = `ClusterManagementAddOn ${entry.name} is there, and the addon architecture is off`;
    return fail(new Problem('architecture-leftovers', detail), 'warn');
  },
);

async function judge({ cluster }: Context, live: ClusterManagementAddOn | undefined): Promise<Finding> {
  if (live === undefined) {
    return fail(new Problem('addon-config-missing', `there is no ClusterManagementAddOn ${entry.name}`));
  }
  const references = (live.spec?.installStrategy?.placements ?? []).flatMap(({ configs = [] }) => configs);
  for (const kind of handedOut) {
    const wanted = references.filter(({ group, resource }) => names(kind, group, resource));
    if (wanted.length === 0) continue;
    const there = new Set((await cluster.listMetadata(kind)).map(({ namespace, name }) => `${namespace}/${name}`));
    const lost = wanted.find((one) => !there.has(placeOf(one)));
    if (lost === undefined) continue;
    const detail = `ClusterManagementAddOn ${entry.name} names ${kind.kind} ${placeOf(lost)}, which is not there`;
    return fail(new Problem('addon-config-missing', detail));
  }
  return { verdict: 'pass', evidence: `all ${references.length} objects it names are there` };
}

function names({ apiVersion, plural }: Kind, group: string, resource: string): boolean {
  return apiVersion.startsWith(`${group}/`) && plural === resource;
}

function placeOf({ namespace = '', name }: AddOnConfigReference): string {
  return `${namespace}/${name}`;
}
