import type { Context } from '../src/context.ts';
import { defineStep } from '../src/engine/step.ts';
import { observabilityNamespace } from '../src/hub.ts';
import { Namespace } from '../src/kinds.ts';
import { manifest } from '../src/manifest.ts';
import { foreignContent, foreignContentRights } from '../src/resources/namespace-content.ts';
import { objectResource } from '../src/resources/object.ts';
import { volumesResource } from '../src/resources/volumes.ts';

/** Everything else on the hub lives in it. It stays while it holds what is not ours. */
export const namespace = defineStep<Context>({
  id: 'namespace',
  title: 'The observability namespace',
  resources: ({ cluster, settings }) => [
    objectResource({
      cluster,
      kind: Namespace,
      key: { name: observabilityNamespace },
      step: 'namespace',
      desired: () => manifest('namespace.yaml'),
      keep: async () => (settings.deleteData ? undefined : foreignContent(cluster, observabilityNamespace)),
      reads: (mode) =>
        mode === 'uninstall' && !settings.deleteData ? foreignContentRights(cluster, observabilityNamespace) : [],
      forceConflicts: settings.forceConflicts,
    }),
    volumesResource(cluster, observabilityNamespace, settings.deleteData),
  ],
});
