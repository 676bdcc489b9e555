/** Lists that several steps and checks need at the same moment: asked once, good for a second. */
import { type FleetPolicy, fleetPolicy } from './fleet/policy.ts';
import { findRivals, type Rivals } from './fleet/rivals.ts';
import { observabilityNamespace } from './hub.ts';
import {
  type ConfigMap,
  ConfigMapKind,
  type ManagedCluster,
  ManagedClusterAddOnKind,
  ObservabilityAddonKind,
  type WithConditions,
  type Workload,
} from './kinds.ts';
import type { Clock, Cluster, Metrics } from './ports.ts';
import { dashboardLabel } from './resources/dashboards.ts';
import { newestSamples } from './resources/freshness.ts';
import { workloadsOf } from './resources/workloads.ts';

/** Milliseconds an answer is good for. */
const goodFor = 1_000;
/** Clusters for whose reports that holds; with more of them, longer: a list of thousands is not asked every second. */
const quicklyListed = 100;

/** People do not hand a fleet's configuration to another tool by the second. */
const rivalsGoodFor = 60_000;

export interface Looks {
  /** Deployments and StatefulSets of the observability namespace. */
  workloads(): Promise<readonly Workload[]>;
  observabilityAddons(): Promise<readonly WithConditions[]>;
  /** Who else declares the clusters' monitoring configuration. */
  rivals(): Promise<Rivals>;
  /** Everybody's ConfigMaps for Grafana's loader, but ACM's own. */
  dashboards(): Promise<readonly ConfigMap[]>;
  /** Every add-on of every managed cluster. */
  addons(): Promise<readonly WithConditions[]>;
  /** How the fleet's policy stands; remembers how it stood at the first look. */
  policy(): Promise<FleetPolicy>;
  /** Newest sample by cluster, in seconds since the epoch. */
  newestSamples(): Promise<ReadonlyMap<string, number>>;
}

const ofDashboards = { namespace: observabilityNamespace, labelSelector: `${dashboardLabel}=true` };

/** `clusters`: those the hub manages. */
export function createLooks(
  cluster: Cluster,
  metrics: Metrics,
  clock: Clock,
  clusters: readonly ManagedCluster[],
): Looks {
  const ofFleet = goodFor * Math.max(1, clusters.length / quicklyListed);
  let first: FleetPolicy | undefined;
  return {
    workloads: shared(() => workloadsOf(cluster, observabilityNamespace), clock, goodFor),
    observabilityAddons: shared(() => cluster.list(ObservabilityAddonKind), clock, ofFleet),
    rivals: shared(() => findRivals(cluster, clusters), clock, rivalsGoodFor),
    dashboards: shared(() => cluster.list(ConfigMapKind, ofDashboards), clock, goodFor),
    addons: shared(() => cluster.list(ManagedClusterAddOnKind), clock, ofFleet),
    policy: shared(
      async () => {
        const now = await fleetPolicy(cluster, first);
        first ??= now;
        return now;
      },
      clock,
      ofFleet,
    ),
    newestSamples: shared(() => newestSamples(metrics), clock, goodFor),
  };
}

/** One look serves all who ask within a moment; a failed one is asked again. */
export function shared<T>(look: () => Promise<T>, clock: Clock, goodForMs: number): () => Promise<T> {
  let last: { readonly at: number; readonly answer: Promise<T> } | undefined;
  return () => {
    if (last !== undefined && clock.now() - last.at < goodForMs) return last.answer;
    const asked = { at: clock.now(), answer: look() };
    asked.answer.catch(() => {
      if (last === asked) last = undefined;
    });
    last = asked;
    return asked.answer;
  };
}
