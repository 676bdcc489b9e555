/** How a run goes about a large fleet: the hub's word before a visit of each cluster (docs/decisions.md). */

/** Clusters up to which an `apply` visits each of them instead of taking the hub's word that nothing is to do. */
export const visitsUpTo = 20;

/** Milliseconds in which a report to the hub is awaited after a write, before the cluster is asked itself. */
export const reportPatienceMs = 5 * 60_000;
