/**
 * The state of a cluster's add-on: written on its own ObservabilityAddon, copied to the one on the hub while the cluster
 * can reach it, and from there to what the console shows (acm.md §5.3).
 */

import { type Condition, ManagedClusterAddOnKind, type WithConditions } from '../../../kinds.ts';
import type { Clock } from '../../../ports.ts';
import type { Connection } from '../agents/connection.ts';
import type { ControllerClient } from '../client.ts';
import type { Delays } from '../delays.ts';
import type { Informers } from '../informer.ts';
import { AddonKind } from '../kinds.ts';
import { addonName, addonNamespace } from '../names.ts';
import { timestamp } from '../objects.ts';
import { type Log, type Running, startController, watching } from '../runtime.ts';
import { type Component, type ComponentState, withStates } from './conditions.ts';

const local = { name: 'observability-addon', namespace: addonNamespace };

/** Writes states of components on the cluster's own copy. */
export async function tellAddon(
  client: ControllerClient,
  clock: Clock,
  states: Partial<Record<Component, ComponentState>>,
): Promise<void> {
  const live = await client.get(AddonKind, local);
  if (live === undefined) return;
  const before = live.status?.conditions ?? [];
  const conditions = withStates(before, states, timestamp(clock.now()));
  if (same(before, conditions)) return;
  await client.status(AddonKind, { ...live, status: { ...live.status, conditions } });
}

function same(before: readonly Condition[], after: readonly Condition[]): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

export interface StatusOptions {
  readonly hub: Informers;
  readonly managed: Informers;
  readonly cluster: string;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly delays: Delays;
  readonly log?: Log;
}

/** Copies the cluster's own state to the hub. */
export function startStatusReporter(options: StatusOptions): Running {
  const { hub, managed, cluster, connection, clock, delays, log } = options;
  const own = managed.of(AddonKind);
  const onHub = hub.of(AddonKind);
  const client = hub.client.as('endpoint-observability-operator');
  const only = (): readonly string[] => ['status'];
  return startController({
    name: 'addon-status',
    cluster,
    clock,
    delays,
    ...(log && { log }),
    watches: [watching(own, only, addonNamespace), watching(onHub, only, cluster), connection.watching(only)],
    reconcile: async () => {
      const conditions = own.get(local)?.status?.conditions;
      const live = onHub.get({ ...local, namespace: cluster });
      if (!connection.online || conditions === undefined || live === undefined) return undefined;
      if (same(live.status?.conditions ?? [], conditions)) return undefined;
      await client.status(AddonKind, { ...live, status: { ...live.status, conditions } });
      return undefined;
    },
  });
}

export interface AddonViewOptions {
  readonly informers: Informers;
  readonly clock: Clock;
  readonly delays: Delays;
  readonly log?: Log;
}

const shown = ['Available', 'Progressing', 'Degraded'];

/** On the hub: copies the state of every cluster's add-on to its ManagedClusterAddOn. One for the whole fleet. */
export function startAddonView({ informers, clock, delays, log }: AddonViewOptions): Running {
  const addons = informers.of(AddonKind);
  const views = informers.of(ManagedClusterAddOnKind);
  const { client } = informers;
  return startController({
    name: 'addon-view',
    cluster: client.name,
    clock,
    delays,
    workers: 4,
    ...(log && { log }),
    watches: [watching(addons, ({ object }) => [object.metadata.namespace ?? ''])],
    reconcile: async (namespace) => {
      const conditions = addons
        .get({ ...local, namespace })
        ?.status?.conditions?.filter(({ type }) => shown.includes(type));
      const live =
        views.get({ name: addonName, namespace }) ??
        (await client.get(ManagedClusterAddOnKind, { name: addonName, namespace }));
      if (conditions === undefined || conditions.length === 0 || live === undefined) return undefined;
      const wanted = [...others(live), ...conditions];
      if (same(live.status?.conditions ?? [], wanted)) return undefined;
      await client.status(ManagedClusterAddOnKind, { ...live, status: { ...live.status, conditions: wanted } });
      return undefined;
    },
  });
}

function others({ status }: WithConditions): Condition[] {
  return (status?.conditions ?? []).filter(({ type }) => !shown.includes(type));
}
