import type { Context } from '../src/context.ts';
import { defineStep } from '../src/engine/step.ts';
import { isAvailable, isSelected } from '../src/fleet/members.ts';
import { theObservability } from '../src/hub.ts';
import { type MultiClusterObservability, MultiClusterObservabilityKind } from '../src/kinds.ts';
import { addonsResource, removalHeldBy } from '../src/resources/addons.ts';
import { marks } from '../src/resources/marks.ts';
import { notCollected } from '../src/resources/not-collected.ts';
import { objectResource } from '../src/resources/object.ts';
import {
  awaitsStorage,
  checkStorageClass,
  desiredObservability,
  observabilityReady,
} from '../src/resources/observability.ts';
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
        refusedUntil: (refusal) => (config.storage.provider === 'existing' ? undefined : awaitsStorage(refusal)),
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
