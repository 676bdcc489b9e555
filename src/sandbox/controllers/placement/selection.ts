/** Which managed clusters get the add-on (acm.md §5.1). Every refusal is silent on the API. */
import type { ManagedCluster } from '../../../kinds.ts';

export type Selection = 'collect' | 'hub' | 'switched off' | 'not ready';

/** What is done with a cluster. `not ready` leaves what is there; `switched off` removes it. */
export function selectionOf({ metadata }: ManagedCluster): Selection {
  const { labels = {}, annotations = {}, deletionTimestamp } = metadata;
  if (deletionTimestamp !== undefined || labels.observability === 'disabled') return 'switched off';
  // The hub collects from itself, managed or not.
  if (labels['local-cluster'] === 'true') return 'hub';
  if (annotations['addon.open-cluster-management.io/disable-automatic-installation'] === 'true') return 'not ready';
  const { vendor } = labels;
  if (vendor === undefined || vendor === 'auto-detect') return 'not ready';
  return vendor === 'OpenShift' && labels.openshiftVersion === undefined ? 'not ready' : 'collect';
}
