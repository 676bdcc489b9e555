/** The way out: in which order the add-on goes from a cluster and from the hub (acm.md §12.1, measured.md §3). */
import { ManagedClusterAddOnKind, MultiClusterObservabilityKind } from '../../../kinds.ts';
import {
  AddonKind,
  ClusterManagementAddOnKind,
  ClusterRoleBindingKind,
  ClusterRoleKind,
  RoleBindingKind,
  WorkKind,
} from '../kinds.ts';
import { addonFinalizer, addonName, hubNamespace, workName } from '../names.ts';
import { setFinalizer } from '../objects.ts';
import { addonBindings, addonRoles } from '../observability-operator/objects/access.ts';
import type { Outcome } from '../runtime.ts';
import type { Context } from './index.ts';

/**
 * The add-on goes first, on the hub and out of the ManifestWork, so that the operator on the cluster can clean up and
 * take its finalizer away; when that takes too long the finalizer is taken from it.
 */
export async function leave(context: Context, cluster: string): Promise<Outcome | undefined> {
  const { client, clock, delays, informers, leaving } = context;
  const key = { name: 'observability-addon', namespace: cluster };
  const addon = await client.get(AddonKind, key);
  if (addon !== undefined) {
    const since = leaving.get(cluster) ?? clock.now();
    leaving.set(cluster, since);
    if (addon.metadata.deletionTimestamp === undefined) await client.delete(AddonKind, key);
    await withoutAddon(context, cluster);
    const wait = since + delays.ms('stalledAddon') - clock.now();
    if (wait > 0) return { againInMs: wait };
    await setFinalizer(client, AddonKind, addon, addonFinalizer, false);
    return undefined;
  }
  leaving.delete(cluster);
  const work = { name: workName(cluster), namespace: cluster };
  if (informers.of(WorkKind).get(work) !== undefined) await client.delete(WorkKind, work);
  await client.delete(ManagedClusterAddOnKind, { name: addonName, namespace: cluster });
  for (const { kind, object } of addonBindings(cluster)) await client.delete(kind, object.metadata);
  return undefined;
}

async function withoutAddon({ client }: Context, cluster: string): Promise<void> {
  const live = await client.get(WorkKind, { name: workName(cluster), namespace: cluster });
  const manifests = live?.spec?.workload?.manifests ?? [];
  const rest = manifests.filter(({ kind }) => kind !== AddonKind.kind);
  if (live === undefined || rest.length === manifests.length) return;
  await client.replace(WorkKind, { ...live, spec: { ...live.spec, workload: { manifests: rest } } });
}

/** When the last cluster is left. The addon architecture keeps what the hub's own collection needs. */
export async function leaveHub({ client, informers, delays, features, hub }: Context): Promise<Outcome | undefined> {
  const switched = informers
    .of(MultiClusterObservabilityKind)
    .list()
    .some((cr) => cr.metadata.deletionTimestamp === undefined);
  if ((await client.list(WorkKind, { labelSelector: 'owner=multicluster-observability-operator' })).length > 0)
    return { againInMs: delays.ms('finalizing') };
  await client.delete(ClusterManagementAddOnKind, { name: addonName });
  for (const { object } of addonRoles()) await client.delete(ClusterRoleKind, object.metadata);
  if (switched) return undefined;
  // From 2.17 one add-on stays in this namespace (measured.md §3).
  if (features.conditions === 'sticky')
    await client.delete(ManagedClusterAddOnKind, { name: addonName, namespace: hubNamespace });
  const [everywhere, here] = addonBindings(hub.name, hubNamespace);
  if (everywhere !== undefined) await client.delete(ClusterRoleBindingKind, everywhere.object.metadata);
  if (here !== undefined) await client.delete(RoleBindingKind, here.object.metadata);
  return undefined;
}
