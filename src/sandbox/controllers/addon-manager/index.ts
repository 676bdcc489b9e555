/**
 * The manager of the addon architecture on the hub: while its Deployment runs and its ClusterManagementAddOn is there it
 * brings the agents to every cluster; without the latter it takes them away. And the state each agent reports.
 */
import {
  DeploymentKind,
  ManagedClusterAddOnKind,
  ManagedClusterKind,
  MultiClusterObservabilityKind,
  StatefulSetKind,
} from '../../../kinds.ts';
import type { Clock } from '../../../ports.ts';
import type { Connection } from '../agents/connection.ts';
import type { Delays } from '../delays.ts';
import { type Informers, isStatusOnly } from '../informer.ts';
import { ClusterManagementAddOnKind, ScrapeConfigKind, WorkKind } from '../kinds.ts';
import { addonNameLabel, agentNamespace, hubNamespace, newAddonName } from '../names.ts';
import { ensureAll, timestamp } from '../objects.ts';
import { selectionOf } from '../placement/selection.ts';
import { type Log, type Outcome, type Running, startController, watching } from '../runtime.ts';
import { atLeast, type Version } from '../versions.ts';
import { clusterObjects, sidesOf } from './objects.ts';
import { configsInForce } from './wiring.ts';

export interface AddonManagerOptions {
  readonly informers: Informers;
  readonly clock: Clock;
  readonly delays: Delays;
  readonly version: Version;
  readonly log?: Log;
}

/** Starts it on the hub. A key is a cluster's name. */
export function startAddonManager(options: AddonManagerOptions): Running {
  const { informers, clock, delays, log } = options;
  const clusters = informers.of(ManagedClusterKind);
  const everyone = (): string[] => clusters.list().map(({ metadata }) => metadata.name);
  return startController({
    name: 'multicluster-observability-addon-manager',
    cluster: informers.client.name,
    clock,
    delays,
    workers: 4,
    gatherMs: delays.ms('gather'),
    ...(log && { log }),
    watches: [
      watching(clusters, (news) => (isStatusOnly(news) ? [] : [news.object.metadata.name])),
      watching(informers.of(MultiClusterObservabilityKind), (news) => (isStatusOnly(news) ? [] : everyone())),
      watching(informers.of(ClusterManagementAddOnKind), ({ object }) =>
        object.metadata.name === newAddonName ? everyone() : [],
      ),
      watching(informers.of(ScrapeConfigKind), everyone, hubNamespace),
      watching(
        informers.of(DeploymentKind),
        ({ object }) => (object.metadata.name === `${newAddonName}-manager` ? everyone() : []),
        hubNamespace,
      ),
    ],
    reconcile: (cluster) => reconcile(options, cluster),
  });
}

async function reconcile({ informers, version }: AddonManagerOptions, cluster: string): Promise<Outcome | undefined> {
  const client = informers.client.as('addon-manager');
  const managed = informers.of(ManagedClusterKind).get({ name: cluster });
  const entry = informers.of(ClusterManagementAddOnKind).get({ name: newAddonName });
  const crs = informers.of(MultiClusterObservabilityKind).list();
  const cr = crs.find(({ metadata }) => metadata.deletionTimestamp === undefined);
  const selection = managed === undefined ? 'switched off' : selectionOf(managed);
  if (entry === undefined || cr === undefined || selection === 'switched off') {
    for (const work of informers.of(WorkKind).list(cluster))
      if (work.metadata.labels?.[addonNameLabel] === newAddonName) await client.delete(WorkKind, work.metadata);
    const addon = { name: newAddonName, namespace: cluster };
    if (informers.of(ManagedClusterAddOnKind).get(addon) !== undefined)
      await client.delete(ManagedClusterAddOnKind, addon);
    return undefined;
  }
  const itself = informers.of(DeploymentKind).get({ name: `${newAddonName}-manager`, namespace: hubNamespace });
  if (selection === 'not ready' || (itself?.status?.readyReplicas ?? 0) === 0) return undefined;
  const all = informers.of(ScrapeConfigKind).list(hubNamespace);
  await ensureAll(client, clusterObjects(cluster, sidesOf(cr), configsInForce(all, entry, atLeast(version, '5.0'))));
  return undefined;
}

export interface AgentStatusOptions {
  readonly hub: Informers;
  readonly managed: Informers;
  readonly cluster: string;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly delays: Delays;
  readonly log?: Log;
}

/** On one cluster: tells the hub whether the agents run. */
export function startAgentStatus(options: AgentStatusOptions): Running {
  const { hub, managed, cluster, connection, clock, delays, log } = options;
  const client = hub.client.as('registration-agent');
  const key = { name: newAddonName, namespace: cluster };
  const only = (): readonly string[] => ['agents'];
  return startController({
    name: 'addon-agent',
    cluster,
    clock,
    delays,
    ...(log && { log }),
    watches: [
      watching(managed.of(StatefulSetKind), only, agentNamespace),
      watching(
        hub.of(ManagedClusterAddOnKind),
        ({ object }) => (object.metadata.name === newAddonName ? only() : []),
        cluster,
      ),
      connection.watching(only),
    ],
    reconcile: async () => {
      const live = hub.of(ManagedClusterAddOnKind).get(key);
      const running = managed.of(StatefulSetKind).list(agentNamespace);
      if (live === undefined || !connection.online || running.length === 0) return undefined;
      const up = running.every(({ status }) => (status?.readyReplicas ?? 0) > 0);
      const before = live.status?.conditions?.find(({ type }) => type === 'Available');
      if (before?.status === (up ? 'True' : 'False')) return undefined;
      const condition = {
        type: 'Available',
        status: up ? ('True' as const) : ('False' as const),
        reason: up ? 'ManagedClusterAddOnLeaseUpdated' : 'ProbeUnavailable',
        message: `${newAddonName} add-on is ${up ? '' : 'not '}available.`,
        lastTransitionTime: timestamp(clock.now()),
      };
      await client.status(ManagedClusterAddOnKind, { ...live, status: { ...live.status, conditions: [condition] } });
      return undefined;
    },
  });
}
