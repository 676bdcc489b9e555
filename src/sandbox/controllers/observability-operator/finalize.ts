/** What the operator does when a CR is deleted, before it lets go of it (acm.md §12.1, measured.md §3). */
import type { Kind, MultiClusterObservability } from '../../../kinds.ts';
import { MultiClusterObservabilityKind, PlacementBindingKind, PolicyKind } from '../../../kinds.ts';
import type { Clock } from '../../../ports.ts';
import type { ControllerClient } from '../client.ts';
import type { Delays } from '../delays.ts';
import {
  ClusterManagementAddOnKind,
  ClusterRoleBindingKind,
  ClusterRoleKind,
  OAuthClientKind,
  StorageVersionMigrationKind,
  WorkKind,
} from '../kinds.ts';
import { addonNameLabel, domain, globalSetNamespace, newAddonName } from '../names.ts';
import { setFinalizer } from '../objects.ts';
import type { Outcome } from '../runtime.ts';
import type { Features } from '../versions.ts';

const cleanupFinalizer = `${domain}/res-cleanup`;
const analyticsFinalizer = `${domain}/analytics-cleanup`;

/** The finalizers a CR gets, by version. */
export function finalizersOf(features: Features): string[] {
  return features.rightSizing ? [analyticsFinalizer, cleanupFinalizer] : [cleanupFinalizer];
}

export interface Finalizing {
  readonly client: ControllerClient;
  readonly clock: Clock;
  readonly delays: Delays;
  /** When each CR's deletion was first seen. */
  readonly since: Map<string, number>;
}

/** One step of letting go. A deleted CR waits while clusters still carry the new add-on. */
export async function finalize(context: Finalizing, cr: MultiClusterObservability): Promise<Outcome | undefined> {
  const { client, clock, delays } = context;
  const uid = cr.metadata.uid ?? '';
  const begun = context.since.get(uid) ?? clock.now();
  context.since.set(uid, begun);
  const finalizers = cr.metadata.finalizers ?? [];
  if (finalizers.includes(cleanupFinalizer)) {
    await client.delete(ClusterManagementAddOnKind, { name: newAddonName });
    const left = await client.list(WorkKind, { labelSelector: `${addonNameLabel}=${newAddonName}` });
    if (left.length > 0) return { againInMs: delays.interval(5) };
    await removeClusterScoped(client, cr.metadata.name);
    await orphan(client, cr);
    const wait = begun + delays.ms('finalizing') - clock.now();
    if (wait > 0) return { againInMs: wait };
    await setFinalizer(client, MultiClusterObservabilityKind, cr, cleanupFinalizer, false);
    return undefined;
  }
  if (!finalizers.includes(analyticsFinalizer)) return undefined;
  const wait = begun + delays.ms('finalizing') + delays.ms('analyticsCleanup') - clock.now();
  if (wait > 0) return { againInMs: wait };
  await removeAnalytics(client);
  await setFinalizer(client, MultiClusterObservabilityKind, cr, analyticsFinalizer, false);
  return undefined;
}

/** What stays for ever: their owner goes, and they do not go with it (measured.md §3). */
async function orphan(client: ControllerClient, cr: MultiClusterObservability): Promise<void> {
  for (const [kind, matches] of leftBehind)
    for (const live of await client.list(kind)) {
      const owners = live.metadata.ownerReferences ?? [];
      const ownerReferences = owners.filter(({ uid }) => uid !== cr.metadata.uid);
      if (!matches.test(live.metadata.name) || ownerReferences.length === owners.length) continue;
      await client.replace(kind, { ...live, metadata: { ...live.metadata, ownerReferences } });
    }
}

const leftBehind: readonly (readonly [Kind, RegExp])[] = [
  [ClusterRoleKind, /^aggregate-observabilityaddons-edit$|:endpoint-observability-operator$/],
  [ClusterRoleBindingKind, /endpoint-observability-operator-rb$/],
  [StorageVersionMigrationKind, /^storage-version-migration-observability$/],
];

async function removeClusterScoped(client: ControllerClient, name: string): Promise<void> {
  const labelSelector = `${domain}/name=${name}`;
  for (const kind of [ClusterRoleBindingKind, ClusterRoleKind])
    for (const object of await client.list(kind, { labelSelector })) await client.delete(kind, object.metadata);
  await client.delete(OAuthClientKind, { name: 'grafana-proxy-client' });
}

async function removeAnalytics(client: ControllerClient): Promise<void> {
  const labelSelector = `${domain}/managed-by=analytics-rightsizing`;
  for (const kind of [PolicyKind, PlacementBindingKind])
    for (const object of await client.list(kind, { namespace: globalSetNamespace, labelSelector }))
      await client.delete(kind, object.metadata);
}
