import type { Context } from '../src/context.ts';
import { defineStep } from '../src/engine/step.ts';
import { observabilityNamespace } from '../src/hub.ts';
import { ownerOf } from '../src/resources/entries.ts';
import { rulerResource } from '../src/resources/ruler-entries.ts';
import { namespace } from './namespace.ts';

/** Rules over the metrics of all clusters. Written before the ruler exists: making the ConfigMap later rolls it (acm.md §7.2). */
export const rulerRules = defineStep<Context>({
  id: 'ruler-rules',
  title: 'The rules of the hub',
  requires: [namespace],
  async resources(context) {
    const { cluster, config, settings } = context;
    const packs = await context.packs();
    return [
      rulerResource({
        hub: cluster,
        namespace: observabilityNamespace,
        packs,
        owner: ownerOf(config),
        forceConflicts: settings.forceConflicts,
      }),
    ];
  },
});
