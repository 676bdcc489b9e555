/**
 * The governance propagator: copies a Policy into the namespace of every cluster its placement chooses, takes the copies
 * back, and sums up on the Policy what they say (transport.md §6.6).
 */
import { isDeepStrictEqual } from 'node:util';
import { type Compliance, type KubeObject, PlacementBindingKind, type Policy, PolicyKind } from '../../../kinds.ts';
import type { Informers } from '../informer.ts';
import { PlacementDecisionKind } from '../kinds.ts';
import { type Running, startController, watching } from '../runtime.ts';
import { type PlacementOptions, placementLabel } from './placement.ts';

/** `<namespace>.<name>` of the Policy a copy is of. */
export const rootLabel = 'policy.open-cluster-management.io/root-policy';

const rootOf = ({ metadata }: KubeObject): string =>
  metadata.labels?.[rootLabel] ?? `${metadata.namespace ?? ''}.${metadata.name}`;

export function startPropagator({ informers, clock, delays, log }: PlacementOptions): Running {
  const policies = informers.of(PolicyKind);
  const roots = (namespace: string): string[] => policies.list(namespace).map(rootOf);
  const inNamespace = ({ object }: { readonly object: KubeObject }) => roots(object.metadata.namespace ?? '');
  return startController({
    name: 'governance-policy-propagator',
    cluster: informers.client.name,
    clock,
    delays,
    gatherMs: delays.ms('policy'),
    ...(log && { log }),
    watches: [
      watching(policies, ({ object }) => [rootOf(object)]),
      watching(informers.of(PlacementBindingKind), inNamespace),
      watching(informers.of(PlacementDecisionKind), inNamespace),
    ],
    reconcile: async (root) => {
      await propagate(informers, root);
      return undefined;
    },
  });
}

async function propagate(informers: Informers, root: string): Promise<void> {
  const client = informers.client.as('governance-policy-propagator');
  const [namespace = '', ...rest] = root.split('.');
  const policy = await client.get(PolicyKind, { namespace, name: rest.join('.') });
  const copies = new Map(
    informers
      .of(PolicyKind)
      .list()
      .filter(({ metadata }) => metadata.labels?.[rootLabel] === root)
      .map((copy) => [copy.metadata.namespace ?? '', copy]),
  );
  const live = policy?.metadata.deletionTimestamp === undefined ? policy : undefined;
  const placed = live === undefined || live.spec?.disabled === true ? undefined : placementOf(informers, live);
  const clusters = placed?.clusters ?? [];
  for (const cluster of clusters) {
    const wanted = copyOf(live, root, cluster);
    const known = copies.get(cluster);
    if (known === undefined) await client.create(PolicyKind, wanted);
    else if (!isDeepStrictEqual(known.spec, wanted.spec))
      await client.replace(PolicyKind, { ...wanted, metadata: known.metadata });
  }
  for (const [cluster, { metadata }] of copies)
    if (!clusters.includes(cluster)) await client.delete(PolicyKind, metadata);
  if (live === undefined || placed === undefined || placed.names.length === 0) return;
  const status = statusOf(clusters, copies, placed.names);
  if (!isDeepStrictEqual(live.status, status)) await client.status(PolicyKind, { ...live, status });
}

function placementOf(informers: Informers, { metadata }: Policy) {
  const { namespace = '', name } = metadata;
  const bindings = informers
    .of(PlacementBindingKind)
    .list(namespace)
    .filter(({ subjects = [] }) => subjects.some((subject) => subject.kind === 'Policy' && subject.name === name));
  const decisions = informers.of(PlacementDecisionKind).list(namespace);
  const clusters = bindings.flatMap(({ placementRef }) =>
    decisions
      .filter((one) => one.metadata.labels?.[placementLabel] === placementRef?.name)
      .flatMap(({ status }) => (status?.decisions ?? []).map(({ clusterName }) => clusterName)),
  );
  const names = bindings.map((binding) => ({
    placement: binding.placementRef?.name ?? '',
    placementBinding: binding.metadata.name,
  }));
  return { clusters: [...new Set(clusters)].sort(), names };
}

function copyOf(policy: Policy | undefined, root: string, cluster: string): Policy {
  const labels = {
    [rootLabel]: root,
    'policy.open-cluster-management.io/cluster-name': cluster,
    'policy.open-cluster-management.io/cluster-namespace': cluster,
  };
  const { apiVersion, kind } = PolicyKind;
  const metadata = { name: root, namespace: cluster, labels };
  return { apiVersion, kind, metadata, ...(policy?.spec !== undefined && { spec: policy.spec }) };
}

function statusOf(
  clusters: readonly string[],
  copies: ReadonlyMap<string, Policy>,
  placement: NonNullable<NonNullable<Policy['status']>['placement']>,
): NonNullable<Policy['status']> {
  const status = clusters.map((name) => {
    const compliant = copies.get(name)?.status?.compliant;
    return { clustername: name, clusternamespace: name, ...(compliant !== undefined && { compliant }) };
  });
  const overall = sum(status.map(({ compliant }) => compliant));
  return { ...(overall !== undefined && { compliant: overall }), placement, status };
}

/** NonCompliant outweighs Pending, that outweighs not knowing, and that outweighs Compliant. */
export function sum(parts: readonly (Compliance | undefined)[]): Compliance | undefined {
  if (parts.includes('NonCompliant')) return 'NonCompliant';
  if (parts.includes('Pending')) return 'Pending';
  return parts.length > 0 && parts.every((part) => part === 'Compliant') ? 'Compliant' : undefined;
}
