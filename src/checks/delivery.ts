/**
 * Whether what the operator sends to a cluster has been applied there: its ManifestWork says so. One is some 40 KB large, so of
 * a large fleet only those are read whose collector does not send anyway; of the others it is enough that it is there.
 */

import type { Context } from '../context.ts';
import { groupBy } from '../engine/groups.ts';
import type { Right } from '../engine/rights.ts';
import { visitsUpTo } from '../fleet/visits.ts';
import { type Condition, condition, ManifestWorkKind, ObservabilityAddonKind, type WithConditions } from '../kinds.ts';
import { addOnOf } from '../resources/addons.ts';
import { on } from '../resources/rights.ts';

export type Delivery =
  | { readonly applied: true; readonly evidence: string }
  | { readonly applied: false; readonly because: string };

/** Asks once for the fleet, and gives back what tells of each cluster. */
export async function deliveries(
  context: Pick<Context, 'cluster' | 'hub' | 'looks' | 'members'>,
): Promise<(cluster: string) => Promise<Delivery>> {
  const { cluster: hub, members } = context;
  const { architecture } = context.hub;
  const labelSelector = addOnOf(architecture).works;
  if (members.length <= visitsUpTo || architecture === 'mcoa') {
    const works = await hub.list(ManifestWorkKind, { labelSelector }, (work) => ({
      cluster: namespaceOf(work),
      counts: isFor(architecture, work.metadata),
      told: told(work),
    }));
    const known = groupBy(
      works.filter(({ counts }) => counts),
      ({ cluster }) => cluster,
    );
    return async (name) => worstOf((known.get(name) ?? []).map((work) => work.told));
  }
  const [there, addons] = await Promise.all([
    hub.listMetadata(ManifestWorkKind, { labelSelector }),
    context.looks.observabilityAddons(),
  ]);
  const names = new Set(there.map((work) => work.name));
  const sending = new Set(addons.filter((addon) => sends(condition(addon, 'MetricsCollector'))).map(namespaceOf));
  return async (name) => {
    if (!names.has(workOf(name))) return told(undefined);
    if (sending.has(name)) return { applied: true, evidence: 'its ManifestWork is there, and what it brought sends' };
    return told(await hub.get(ManifestWorkKind, { namespace: name, name: workOf(name) }));
  };
}

/** What that takes. */
export function deliveryRights({ cluster, members }: Pick<Context, 'cluster' | 'members'>): Right[] {
  if (members.length <= visitsUpTo) return on(cluster, ManifestWorkKind, {}, ['list']);
  return [...on(cluster, ManifestWorkKind, {}, ['list', 'get']), ...on(cluster, ObservabilityAddonKind, {}, ['list'])];
}

/** Whether a collector says that its samples go through (measured.md §9). */
export function sends(said: Condition | undefined): boolean {
  return said?.reason === 'ForwardSuccessful' || said?.reason === 'UpdateSuccessful';
}

/** The legacy architecture sends its parts in one, the other in as many as they need. */
function isFor(architecture: Context['hub']['architecture'], { name, namespace = '' }: WithConditions['metadata']) {
  return architecture === 'mcoa' || name === workOf(namespace);
}

function worstOf(all: readonly Delivery[]): Delivery {
  return all.find(({ applied }) => !applied) ?? all[0] ?? told(undefined);
}

function told(work: WithConditions | undefined): Delivery {
  const applied = condition(work, 'Applied');
  const { observedGeneration: of } = applied ?? {};
  const { generation } = work?.metadata ?? {};
  // The agent may speak of what it was sent before.
  if (applied?.status === 'True' && of !== undefined && generation !== undefined && of < generation)
    return {
      applied: false,
      because: `its ManifestWork has changed: the agent has applied generation ${of} of ${generation}`,
    };
  if (applied?.status === 'True') return { applied: true, evidence: 'applied by the agent' };
  return { applied: false, because: applied?.message ?? 'its ManifestWork has not been applied yet' };
}

function workOf(cluster: string): string {
  return `${cluster}-observability`;
}

function namespaceOf({ metadata }: WithConditions): string {
  return metadata.namespace ?? '';
}
