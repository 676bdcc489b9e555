/**
 * The placement controller: binds cluster sets to namespaces, and writes down which clusters each Placement chooses
 * (transport.md §3). A cluster with a NoSelect taint is chosen only where the Placement tolerates it.
 */
import {
  type LabelRequirement,
  type ManagedCluster,
  ManagedClusterKind,
  ManagedClusterSetBindingKind,
  type Placement,
  PlacementKind,
} from '../../../kinds.ts';
import type { Clock } from '../../../ports.ts';
import type { Delays } from '../delays.ts';
import type { Informers } from '../informer.ts';
import { ManagedClusterSetKind, PlacementDecisionKind } from '../kinds.ts';
import { isRecord, objectOf, ownerOf, timestamp } from '../objects.ts';
import { type Log, type Running, startController, watching } from '../runtime.ts';

export interface PlacementOptions {
  readonly informers: Informers;
  readonly clock: Clock;
  readonly delays: Delays;
  readonly log?: Log;
}

/** Names the Placement on its decisions. */
export const placementLabel = 'cluster.open-cluster-management.io/placement';
/** Clusters in one PlacementDecision, at the most. */
const page = 100;

const keyOf = ({ namespace = '', name }: { namespace?: string; name: string }): string => `${namespace}/${name}`;

export function startPlacements(options: PlacementOptions): Running {
  const { informers, clock, delays, log } = options;
  const placements = informers.of(PlacementKind);
  const every = (): readonly string[] => placements.list().map(({ metadata }) => keyOf(metadata));
  const bindings = informers.of(ManagedClusterSetBindingKind);
  return startController({
    name: 'placement',
    cluster: informers.client.name,
    clock,
    delays,
    gatherMs: delays.ms('gather'),
    ...(log && { log }),
    watches: [
      watching(placements, ({ object }) => [keyOf(object.metadata)]),
      watching(bindings, ({ object }) => [`${object.metadata.namespace ?? ''}/`, ...every()]),
      watching(informers.of(ManagedClusterKind), every),
    ],
    reconcile: async (key) => {
      const [namespace = '', name = ''] = key.split('/');
      await (name === '' ? bind(options, namespace) : decide(options, { namespace, name }));
      return undefined;
    },
  });
}

async function bind({ informers, clock }: PlacementOptions, namespace: string): Promise<void> {
  const client = informers.client.as('placement-controller');
  for (const binding of await client.list(ManagedClusterSetBindingKind, { namespace })) {
    const known = await client.get(ManagedClusterSetKind, { name: binding.metadata.name });
    const status = known === undefined ? 'False' : 'True';
    const before =
      isRecord(binding.status) && Array.isArray(binding.status.conditions) ? binding.status.conditions : [];
    if (before.some((one) => isRecord(one) && one.type === 'Bound' && one.status === status)) continue;
    const reason = known === undefined ? 'ClusterSetNotFound' : 'ClusterSetBound';
    const conditions = [{ type: 'Bound', status, reason, message: '', lastTransitionTime: timestamp(clock.now()) }];
    await client.status(ManagedClusterSetBindingKind, { ...binding, status: { conditions } });
  }
}

async function decide({ informers }: PlacementOptions, key: { namespace: string; name: string }): Promise<void> {
  const client = informers.client.as('placement-controller');
  const labelSelector = `${placementLabel}=${key.name}`;
  const before = await client.list(PlacementDecisionKind, { namespace: key.namespace, labelSelector });
  const placement = await client.get(PlacementKind, key);
  // What is left of one that is gone is its owner's affair.
  if (placement === undefined) return;
  const bound = (await client.list(ManagedClusterSetBindingKind, { namespace: key.namespace })).map(
    ({ metadata }) => metadata.name,
  );
  const chosen = informers
    .of(ManagedClusterKind)
    .list()
    .filter((cluster) => isInSets(cluster, placement, bound) && isChosen(cluster, placement))
    .map(({ metadata }) => metadata.name)
    .sort();
  for (let at = 0; at * page < Math.max(chosen.length, 1); at += 1) {
    const decisions = chosen.slice(at * page, (at + 1) * page).map((clusterName) => ({ clusterName, reason: '' }));
    const name = `${key.name}-decision-${at + 1}`;
    const known = before.find(({ metadata }) => metadata.name === name);
    if (known !== undefined && JSON.stringify(known.status?.decisions) === JSON.stringify(decisions)) continue;
    const labels = { [placementLabel]: key.name };
    const meta = { name, namespace: key.namespace, labels, ownerReferences: [ownerOf(placement)] };
    const made = known ?? (await client.create(PlacementDecisionKind, objectOf(PlacementDecisionKind, meta)));
    await client.status(PlacementDecisionKind, { ...made, status: { decisions } });
  }
  for (const { metadata } of before.slice(Math.max(Math.ceil(chosen.length / page), 1)))
    await client.delete(PlacementDecisionKind, metadata);
}

/** A set counts only where its namespace is bound to it; `global` is every cluster. */
function isInSets({ metadata }: ManagedCluster, { spec }: Placement, bound: readonly string[]): boolean {
  const sets = bound.filter((name) => spec?.clusterSets === undefined || spec.clusterSets.includes(name));
  const own = metadata.labels?.['cluster.open-cluster-management.io/clusterset'] ?? '';
  return sets.includes('global') || sets.includes(own);
}

function isChosen(cluster: ManagedCluster, { spec }: Placement): boolean {
  const { tolerations = [], predicates } = spec ?? {};
  const { taints = [] } = cluster.spec ?? {};
  const borne = taints.every((taint) => {
    if (taint.effect !== 'NoSelect') return true;
    return tolerations.some(({ key, operator }) => operator === 'Exists' && (key === undefined || key === taint.key));
  });
  if (!borne || predicates === undefined || predicates.length === 0) return borne;
  const { labels = {} } = cluster.metadata;
  const claims = Object.fromEntries((cluster.status?.clusterClaims ?? []).map(({ name, value }) => [name, value]));
  return predicates.some(({ requiredClusterSelector: { labelSelector, claimSelector } }) => {
    const exact = Object.entries(labelSelector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
    return (
      exact &&
      (labelSelector?.matchExpressions ?? []).every((one) => meets(labels, one)) &&
      (claimSelector?.matchExpressions ?? []).every((one) => meets(claims, one))
    );
  });
}

function meets(values: Readonly<Record<string, string>>, { key, operator, values: wanted = [] }: LabelRequirement) {
  const value = values[key];
  switch (operator) {
    case 'In':
      return value !== undefined && wanted.includes(value);
    case 'NotIn':
      return value === undefined || !wanted.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}
