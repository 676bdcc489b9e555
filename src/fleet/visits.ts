/** How a run goes about a large fleet: the hub's word before a visit of each cluster (docs/decisions.md). */

/** Clusters up to which an `apply` visits each of them instead of taking the hub's word that nothing is to do. */
export const visitsUpTo = 20;

/** Of a larger fleet, clusters without the hub's word that a `verify` visits to learn why. */
export const visitedAtMost = 10;

/** Milliseconds in which a report to the hub is awaited after a write, before the cluster is asked itself. */
export const reportPatienceMs = 5 * 60_000;
