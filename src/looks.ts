/** Lists that several steps and checks need at the same moment: asked once, good for a second. */
import { observabilityNamespace } from './hub.ts';
import { ObservabilityAddonKind, type WithConditions, type Workload } from './kinds.ts';
import type { Clock, Cluster, Metrics } from './ports.ts';
import { newestSamples } from './resources/freshness.ts';
import { workloadsOf } from './resources/workloads.ts';

/** Milliseconds an answer is good for. */
const goodFor = 1_000;
/** Clusters for whose reports that holds; with more of them, longer: a list of thousands is not asked every second. */
const quicklyListed = 100;

export interface Looks {
  /** Deployments and StatefulSets of the observability namespace. */
  workloads(): Promise<readonly Workload[]>;
  observabilityAddons(): Promise<readonly WithConditions[]>;
  /** Newest sample by cluster, in seconds since the epoch. */
  newestSamples(): Promise<ReadonlyMap<string, number>>;
}

/** `clusters`: how many the hub manages. */
export function createLooks(cluster: Cluster, metrics: Metrics, clock: Clock, clusters: number): Looks {
  const ofFleet = goodFor * Math.max(1, clusters / quicklyListed);
  return {
    workloads: shared(() => workloadsOf(cluster, observabilityNamespace), clock, goodFor),
    observabilityAddons: shared(() => cluster.list(ObservabilityAddonKind), clock, ofFleet),
    newestSamples: shared(() => newestSamples(metrics), clock, goodFor),
  };
}

/** One look serves all who ask within a moment; a failed one is asked again. */
function shared<T>(look: () => Promise<T>, clock: Clock, goodForMs: number): () => Promise<T> {
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
