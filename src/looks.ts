/** Lists that several steps and checks need at the same moment: asked once, good for a second. */
import { groupBy } from './engine/groups.ts';
import { type FleetPolicy, fleetPolicy } from './fleet/policy.ts';
import { findRivals, type Rivals } from './fleet/rivals.ts';
import { observabilityNamespace } from './hub.ts';
import {
  type ConfigMap,
  ConfigMapKind,
  type KubeObject,
  type ManagedCluster,
  ManagedClusterAddOnKind,
  ObservabilityAddonKind,
  ScrapeConfigKind,
  type WithConditions,
  type Workload,
} from './kinds.ts';
import { type Clock, type Cluster, isApiError, type Metrics, type RuleGroup } from './ports.ts';
import { ofAddon } from './resources/addon-registration.ts';
import { dashboardLabel } from './resources/dashboards.ts';
import { newestSamples } from './resources/freshness.ts';
import { provenClusters } from './resources/user-workload-monitoring.ts';
import { workloadsOf } from './resources/workloads.ts';

/** Milliseconds an answer is good for, unless told. */
const aMoment = 1_000;
/** Clusters for whose reports that holds; with more of them, longer: a list of thousands is not asked every second. */
const quicklyListed = 100;

/** People do not hand a fleet's configuration to another tool by the second. */
const rivalsGoodFor = 60_000;

export interface Looks {
  /** Deployments and StatefulSets of the observability namespace. */
  workloads(): Promise<readonly Workload[]>;
  observabilityAddons(): Promise<readonly WithConditions[]>;
  /** Clusters whose collector for user workloads runs, by what their ObservabilityAddons say. */
  provenClusters(): Promise<ReadonlySet<string>>;
  /** Who else declares the clusters' monitoring configuration. */
  rivals(): Promise<Rivals>;
  /** Everybody's ConfigMaps for Grafana's loader, but ACM's own. */
  dashboards(): Promise<readonly ConfigMap[]>;
  /** The ScrapeConfigs that runs of this program made for the add-on, for whichever configuration. */
  scrapes(): Promise<readonly KubeObject[]>;
  /** Every add-on, by managed cluster. */
  addons(): Promise<ReadonlyMap<string, readonly WithConditions[]>>;
  /** How the fleet's policy stands; remembers how it stood at the first look. */
  policy(): Promise<FleetPolicy>;
  /** Newest sample by cluster, in seconds since the epoch. */
  newestSamples(): Promise<ReadonlyMap<string, number>>;
  /** What the Thanos ruler has loaded, and how it fares. */
  ruleGroups(): Promise<readonly RuleGroup[]>;
}

const ofDashboards = { namespace: observabilityNamespace, labelSelector: `${dashboardLabel}=true` };

export interface LookOptions {
  readonly cluster: Cluster;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Those the hub manages. */
  readonly clusters: readonly ManagedCluster[];
  /** Milliseconds an answer is good for. */
  readonly goodFor?: number;
}

export function createLooks({ cluster, metrics, clock, clusters, goodFor = aMoment }: LookOptions): Looks {
  const ofFleet = goodFor * Math.max(1, clusters.length / quicklyListed);
  const observabilityAddons = shared(() => cluster.list(ObservabilityAddonKind), clock, ofFleet);
  let first: FleetPolicy | undefined;
  return {
    workloads: shared(() => workloadsOf(cluster, observabilityNamespace), clock, goodFor),
    observabilityAddons,
    provenClusters: derived(observabilityAddons, provenClusters),
    rivals: shared(() => findRivals(cluster, clusters), clock, rivalsGoodFor),
    dashboards: shared(() => cluster.list(ConfigMapKind, ofDashboards), clock, goodFor),
    scrapes: shared(() => cluster.list(ScrapeConfigKind, ofAddon), clock, goodFor),
    addons: shared(
      async () => groupBy(await cluster.list(ManagedClusterAddOnKind), ({ metadata }) => metadata.namespace ?? ''),
      clock,
      ofFleet,
    ),
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
    ruleGroups: shared(() => metrics.rules(), clock, goodFor),
  };
}

/** What is there; of a kind the server does not have there is none. `undefined`: it may not be looked at. */
export async function ifAllowed<T>(listing: Promise<readonly T[]>): Promise<readonly T[] | undefined> {
  try {
    return await listing;
  } catch (error) {
    if (isApiError(error, 404)) return [];
    if (isApiError(error, 403)) return undefined;
    throw error;
  }
}

/** What follows from an answer, worked out once for each answer. */
function derived<T, U>(look: () => Promise<T>, from: (answer: T) => U): () => Promise<U> {
  let last: { readonly answer: Promise<T>; readonly made: Promise<U> } | undefined;
  return () => {
    const answer = look();
    if (last?.answer !== answer) last = { answer, made: answer.then(from) };
    return last.made;
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
