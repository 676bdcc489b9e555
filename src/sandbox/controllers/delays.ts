/**
 * How long things take in life, in one table. `speed` shrinks the waiting; timestamps, intervals written into objects
 * and everything else a person reads stay true.
 */

/** Seconds at speed 1. */
const seconds = {
  /** From a Pod's creation to all its containers ready; each Pod draws from the range. */
  workloadReadyLeast: 3,
  workloadReadyMost: 60,
  /** From a PersistentVolumeClaim to Bound. */
  volumeBound: 2,
  /** A container that could not start is tried again. */
  containerRetry: 10,
  /** Controllers that watch much gather what happens for a moment before they look. */
  gather: 0.1,
  /** The operator's wait when MultiClusterHub is not settled (acm.md §1.5 "silent waits"). */
  hubNotReady: 10,
  /** The operator's look at a deletion that waits for others. */
  finalizing: 2,
  /** From 2.17 the clean-up of its analytics part comes after it (measured.md §3: gone in 10 s instead of 2). */
  analyticsCleanup: 8,
  /** From a ManifestWork to its objects on the cluster. */
  workAgent: 2,
  /** From the endpoint operator's Deployment to its first reconcile: image pull and start. */
  addonStart: 45,
  /** From prometheus-user-workload to its collector (measured.md §9). */
  userWorkloadCollector: 0.3,
  /** The cluster monitoring operator's reconcile of a changed ConfigMap, and of a failed one. */
  monitoringReconcile: 20,
  monitoringRetry: 60,
  /** A ManagedClusterView's first answer and an Action (measured.md §7). */
  view: 0.06,
  action: 0.04,
  /** Actions vanish this long after they are done (transport.md §5). */
  actionKept: 60,
  /** A hub-side ObservabilityAddon whose deletion lasts longer loses its finalizer (acm.md §12.1). */
  stalledAddon: 60,
  /** From a Policy to its copies in the clusters' namespaces, and from a copy to its evaluation on the cluster. */
  policy: 1,
  /** A policy that is not met, or of which a template failed, is evaluated again. */
  policyAgain: 10,
  /** kubelet's sync of a ConfigMap into a running Pod, and the reload after it (acm.md §7.2). */
  configSync: 60,
  /** A managed cluster's lease is renewed this often, and unknown after five times as long (transport.md §1). */
  lease: 60,
  /** First and longest pause after a failed reconcile; it doubles in between. */
  retryLeast: 0.2,
  retryMost: 30,
  /** Pause before a watch is opened again. */
  watchAgain: 0.5,
} as const;

export type DelayName = keyof typeof seconds;

export interface Delays {
  /** Milliseconds to wait, at this speed. */
  readonly ms: (name: DelayName) => number;
  /** Milliseconds for an interval that an object states in seconds. */
  readonly interval: (intervalSeconds: number) => number;
}

/** Delays at a speed: 60 makes a minute a second. `changes` replaces entries of the table, in seconds. */
export function createDelays(speed = 1, changes: Partial<Record<DelayName, number>> = {}): Delays {
  if (!(speed > 0)) throw new RangeError(`speed must be positive: ${speed}`);
  const table: Readonly<Record<DelayName, number>> = { ...seconds, ...changes };
  return {
    ms: (name) => (table[name] * 1000) / speed,
    interval: (intervalSeconds) => (intervalSeconds * 1000) / speed,
  };
}
