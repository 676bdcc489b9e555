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
import { isRecord, timestamp } from '../objects.ts';
import { type Outcome, type Running, startController, watching } from '../runtime.ts';
import type { AgentOptions } from './work.ts';

const unreachable = 'cluster.open-cluster-management.io/unreachable';

/** Starts it. */
export function startAvailability(options: Omit<AgentOptions, 'managed'>): Running {
  const { hub, cluster, connection, clock, delays, log } = options;
  const clusters = hub.of(ManagedClusterKind);
  const addons = hub.of(ManagedClusterAddOnKind);
  const client = hub.client.as('registration-controller');
  // Known as away from the start where the hub says so already.
  let lastSeen: number | undefined;

  const reconcile = async (): Promise<Outcome | undefined> => {
    const managed = clusters.get({ name: cluster });
    if (managed === undefined) return undefined;
    if (connection.online) lastSeen = clock.now();
    lastSeen ??= available(managed)?.status === 'True' ? clock.now() : Number.NEGATIVE_INFINITY;
    const wait = lastSeen + 5 * delays.ms('lease') - clock.now();
    if (!connection.online && wait > 0) return { againInMs: wait };
    const now = timestamp(clock.now());
    await tell(managed, now);
    for (const addon of addons.list(cluster)) await tellAddon(addon, now);
    return undefined;
  };
  const tell = async (managed: ManagedCluster, now: string): Promise<void> => {
    const { online } = connection;
    if (available(managed)?.status !== (online ? 'True' : 'Unknown')) {
      const condition: Condition = {
        type: 'ManagedClusterConditionAvailable',
        status: online ? 'True' : 'Unknown',
        reason: online ? 'ManagedClusterAvailable' : 'ManagedClusterLeaseUpdateStopped',
        message: online ? 'Managed cluster is available' : 'Registration agent stopped updating its lease.',
        lastTransitionTime: now,
      };
      await client.status(ManagedClusterKind, {
        ...managed,
        status: { ...managed.status, conditions: replaced(managed, condition) },
      });
    }
    const live = await client.get(ManagedClusterKind, { name: cluster });
    const taints = live === undefined ? [] : taintsOf(live);
    const tainted = taints.some(({ key }) => key === unreachable);
    if (live === undefined || tainted !== online) return;
    const others = taints.filter(({ key }) => key !== unreachable);
    const wanted = online ? others : [...others, { key: unreachable, effect: 'NoSelect', timeAdded: now }];
    const spec: object = { ...live.spec, taints: wanted };
    await client.replace(ManagedClusterKind, { ...live, spec });
  };
  /** Only those whose health is their lease: the add-on of observability speaks for itself while it can. */
  const tellAddon = async (addon: WithConditions, now: string): Promise<void> => {
    const { name } = addon.metadata;
    const before = addon.status?.conditions?.find(({ type }) => type === 'Available');
    const { online } = connection;
    const stopped = before?.status === 'Unknown';
    if (before === undefined || online !== stopped) return;
    const condition: Condition = {
      type: 'Available',
      status: online ? 'True' : 'Unknown',
      reason: online ? 'ManagedClusterAddOnLeaseUpdated' : 'ManagedClusterAddOnLeaseUpdateStopped',
      message: `${name} add-on is ${online ? 'available' : 'not available'}.`,
      lastTransitionTime: now,
    };
    await client.status(ManagedClusterAddOnKind, {
      ...addon,
      status: { ...addon.status, conditions: replaced(addon, condition) },
    });
  };
  return startController({
    name: 'registration',
    cluster,
    clock,
    delays,
    keys: ['availability'],
    ...(log && { log }),
    watches: [watching(addons, () => ['availability'], cluster), connection.watching(() => ['availability'])],
    reconcile,
  });
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
