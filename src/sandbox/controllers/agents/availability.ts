/**
 * What the hub says of a cluster's presence: its agent renews a lease; when it stops, the hub waits five times as long and
 * calls the cluster unknown, with a taint (transport.md §1). Add-ons whose health is a lease follow.
 */
import {
  type Condition,
  type KubeObject,
  type ManagedCluster,
  ManagedClusterAddOnKind,
  ManagedClusterKind,
  type WithConditions,
} from '../../../kinds.ts';
import type { ControllerClient } from '../client.ts';
import { addonName } from '../names.ts';
import { isRecord, timestamp } from '../objects.ts';
import { type Outcome, type Running, startController, watching } from '../runtime.ts';
import type { AgentOptions } from './work.ts';

const unreachable = 'cluster.open-cluster-management.io/unreachable';

type Options = Omit<AgentOptions, 'managed'> & {
  /** Whether the observability add-on has stopped renewing its lease although the cluster is there. */
  readonly silent?: () => boolean;
};

interface Context extends Options {
  readonly client: ControllerClient;
  /** When its lease was renewed last; unknown at the start. */
  lastSeen: number | undefined;
}

/** Starts it. */
export function startAvailability(options: Options): Running {
  const { hub, cluster, connection, clock, delays, log } = options;
  const context: Context = { ...options, client: hub.client.as('registration-controller'), lastSeen: undefined };
  const only = (): readonly string[] => ['availability'];
  return startController({
    name: 'registration',
    cluster,
    clock,
    delays,
    keys: only(),
    ...(log && { log }),
    watches: [watching(hub.of(ManagedClusterAddOnKind), only, cluster), connection.watching(only)],
    reconcile: () => reconcile(context),
  });
}

async function reconcile(context: Context): Promise<Outcome | undefined> {
  const { hub, cluster, connection, clock, delays } = context;
  const managed = await hub.client.get(ManagedClusterKind, { name: cluster });
  if (managed === undefined) return undefined;
  if (connection.online) context.lastSeen = clock.now();
  // A cluster that the hub calls away already has been away for long.
  context.lastSeen ??= available(managed)?.status === 'True' ? clock.now() : Number.NEGATIVE_INFINITY;
  const wait = context.lastSeen + 5 * delays.ms('lease') - clock.now();
  if (!connection.online && wait > 0) return { againInMs: wait };
  const now = timestamp(clock.now());
  await tell(context, managed, now);
  for (const addon of hub.of(ManagedClusterAddOnKind).list(cluster)) await tellAddon(context, addon, now);
  return undefined;
}

async function tell({ client, cluster, connection }: Context, managed: ManagedCluster, now: string): Promise<void> {
  const { online } = connection;
  if (available(managed)?.status !== (online ? 'True' : 'Unknown')) {
    const condition: Condition = {
      type: 'ManagedClusterConditionAvailable',
      status: online ? 'True' : 'Unknown',
      reason: online ? 'ManagedClusterAvailable' : 'ManagedClusterLeaseUpdateStopped',
      message: online ? 'Managed cluster is available' : 'Registration agent stopped updating its lease.',
      lastTransitionTime: now,
    };
    const conditions = replaced(managed, condition);
    await client.status(ManagedClusterKind, { ...managed, status: { ...managed.status, conditions } });
  }
  const live = await client.get(ManagedClusterKind, { name: cluster });
  const taints = live === undefined ? [] : taintsOf(live);
  const tainted = taints.some(({ key }) => key === unreachable);
  if (live === undefined || tainted !== online) return;
  const others = taints.filter(({ key }) => key !== unreachable);
  const wanted = online ? others : [...others, { key: unreachable, effect: 'NoSelect', timeAdded: now }];
  const spec: object = { ...live.spec, taints: wanted };
  await client.replace(ManagedClusterKind, { ...live, spec });
}

/** The other way round from what it says now, and only where it says anything: many add-ons tell no availability yet. */
async function tellAddon({ client, connection, silent }: Context, addon: WithConditions, now: string): Promise<void> {
  const { name } = addon.metadata;
  const before = addon.status?.conditions?.find(({ type }) => type === 'Available');
  const online = connection.online && !(name === addonName && silent?.() === true);
  if (before === undefined || online !== (before.status === 'Unknown')) return;
  const condition: Condition = {
    type: 'Available',
    status: online ? 'True' : 'Unknown',
    reason: online ? 'ManagedClusterAddOnLeaseUpdated' : 'ManagedClusterAddOnLeaseUpdateStopped',
    message: `${name} add-on is ${online ? 'available' : 'not available'}.`,
    lastTransitionTime: now,
  };
  const conditions = replaced(addon, condition);
  await client.status(ManagedClusterAddOnKind, { ...addon, status: { ...addon.status, conditions } });
}

function taintsOf({ spec }: KubeObject): Record<string, unknown>[] {
  return isRecord(spec) && Array.isArray(spec.taints) ? spec.taints.filter(isRecord) : [];
}

function available({ status }: ManagedCluster): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'ManagedClusterConditionAvailable');
}

function replaced({ status }: WithConditions, condition: Condition): Condition[] {
  return [...(status?.conditions ?? []).filter(({ type }) => type !== condition.type), condition];
}
