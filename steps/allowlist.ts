import type { Context } from '../src/context.ts';
import { defineStep } from '../src/engine/step.ts';
import { observabilityNamespace } from '../src/hub.ts';
import { allowlistResource } from '../src/resources/allowlist-entries.ts';
import { ownerOf } from '../src/resources/entries.ts';
import { namespace } from './namespace.ts';

/** What every cluster's collector sends besides ACM's own list. Written before the collectors exist: each edit restarts them all. */
export const allowlist = defineStep<Context>({
  id: 'allowlist',
  title: 'The metrics to collect',
  requires: [namespace],
  skip: ({ hub }) => (hub.architecture === 'mcoa' ? 'the addon architecture does not read the allowlist' : undefined),
  async resources(context) {
    const { cluster, config, settings } = context;
    return [
      allowlistResource({
        hub: cluster,
        namespace: observabilityNamespace,
        packs: await context.packs(),
        metrics: config.metrics,
        owner: ownerOf(config),
        forceConflicts: settings.forceConflicts,
      }),
    ];
  },
});
