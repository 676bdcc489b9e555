/** What it takes to judge a MultiClusterObservability besides the object itself. */
import type { Right, RightsMode } from '../engine/rights.ts';
import { observabilityNamespace } from '../hub.ts';
import { StorageClassKind } from '../kinds.ts';
import type { Cluster } from '../ports.ts';
import { addonRights } from './addons.ts';
import { on } from './rights.ts';
import { workloadRights } from './workloads.ts';

/** The storage classes it may name, the workloads it makes, and on its way out what it leaves on the clusters. */
export function observabilityRights(cluster: Cluster, mode: RightsMode): Right[] {
  if (mode === 'uninstall') return addonRights(cluster);
  const classes = on(cluster, StorageClassKind, {}, ['list']);
  return mode === 'plan' ? classes : [...classes, ...workloadRights(cluster, observabilityNamespace)];
}
