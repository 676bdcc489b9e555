import type { Context } from '../src/context.ts';
import { defineStep, type Resource } from '../src/engine/step.ts';
import { isAvailable, isSelected } from '../src/fleet/members.ts';
import { theObservability } from '../src/hub.ts';
import {
  type ManagedCluster,
  ManagedClusterKind,
  type MultiClusterObservability,
  MultiClusterObservabilityKind,
} from '../src/kinds.ts';
import type { ApiError } from '../src/ports.ts';
import { addonsResource, removalHeldBy } from '../src/resources/addons.ts';
import { marks } from '../src/resources/marks.ts';
import { objectResource } from '../src/resources/object.ts';
import { checkStorageClass, desiredObservability, observabilityReady } from '../src/resources/observability.ts';
import { observabilityRights } from '../src/resources/observability-rights.ts';
import { allowlist } from './allowlist.ts';
import { dashboards } from './dashboards.ts';
import { pullSecret } from './pull-secret.ts';
import { rulerRules } from './ruler-rules.ts';
import { thanosSecret } from './thanos-secret.ts';

/** From this one object ACM deploys Thanos and Grafana on the hub and a collector on every managed cluster. */
export const observability = defineStep<Context>({
  id: 'observability',
  title: 'MultiClusterObservability',
  requires: [pullSecret, thanosSecret, allowlist, rulerRules, dashboards],
  resources(context) {
    const { cluster, config, hub, settings } = context;
    const excluded =
      config.clusters.collection === 'selected' ? hub.managedClusters.filter((one) => !isSelected(one, config)) : [];
    const live = theObservability(hub);
    const name = live?.metadata.name ?? config.observability.name;
    const reachable = new Set(hub.managedClusters.filter(isAvailable).map((one) => one.metadata.name));
    return [
      // Removed last: a removal goes backwards.
      addonsResource(cluster, reachable),
      ...excluded.map((one) => notCollected(context, one)),
      objectResource<MultiClusterObservability>({
        cluster,
        kind: MultiClusterObservabilityKind,
        key: { name },
        step: 'observability',
        async desired(current) {
          const wanted = await desiredObservability(context);
          await checkStorageClass(cluster, wanted, current);
          return { ...wanted, metadata: { ...wanted.metadata, name } };
        },
        refusedUntil: (refusal) => (config.storage.provider === 'existing' ? undefined : untilStorage(refusal)),
        ready: (current) => observabilityReady(context, current),
        going: (current) => removalHeldBy(cluster, current, reachable),
        reads: (mode) => observabilityRights(cluster, mode),
        forceConflicts: settings.forceConflicts,
      }),
    ];
  },
  async owned(context) {
    const labelled = context.hub.managedClusters.filter(
      (one) => one.metadata.annotations?.[marks.adopted] === 'observability',
    );
    return labelled.map((one) => notCollected(context, one));
  },
});

/** From 5.0 the operator's webhook wants the Secret for Thanos first (measured.md section 1): the step before makes it. */
function untilStorage({ message }: ApiError): string | undefined {
  const wantsSecret = /object storage (secret|configuration|type)|key '.*' not found in secret/.test(message);
  return wantsSecret ? 'ACM refuses it until the Secret for Thanos is right, which an earlier step sees to' : undefined;
}

/** `clusters.collection: selected`: ACM leaves out the clusters that carry this label (acm.md §5.1). */
function notCollected({ cluster, settings }: Context, object: ManagedCluster): Resource {
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
