/** `clusters.collection: selected`: ACM leaves out the clusters that carry a label (acm.md §5.1). */
import type { Context } from '../context.ts';
import type { Resource } from '../engine/step.ts';
import { type ManagedCluster, ManagedClusterKind } from '../kinds.ts';
import { objectResource } from './object.ts';

/** The label on one cluster. */
export function notCollected({ cluster, settings }: Context, object: ManagedCluster): Resource {
  const { name } = object.metadata;
  return objectResource<ManagedCluster>({
    cluster,
    kind: ManagedClusterKind,
    key: { name },
    step: 'observability',
    desired: () => ({
      apiVersion: ManagedClusterKind.apiVersion,
      kind: ManagedClusterKind.kind,
      metadata: { name, labels: { observability: 'disabled' } },
    }),
    forceConflicts: settings.forceConflicts,
  });
}
