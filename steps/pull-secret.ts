import type { Context } from '../src/context.ts';
import { defineStep } from '../src/engine/step.ts';
import { observabilityNamespace, theObservability } from '../src/hub.ts';
import { type Secret, SecretKind } from '../src/kinds.ts';
import { manifest } from '../src/manifest.ts';
import { objectResource } from '../src/resources/object.ts';
import { livingOwners } from '../src/resources/owners.ts';
import { pullSecretData, pullSecretRights } from '../src/resources/pull-secret-source.ts';
import { namespace } from './namespace.ts';

/** ACM sends this copy to every managed cluster: without it their collectors cannot be pulled (acm.md §3). */
export const pullSecret = defineStep<Context>({
  id: 'pull-secret',
  title: 'The pull secret for ACM’s images',
  requires: [namespace],
  resources({ cluster, config, hub, settings }) {
    const wanted = config.observability.spec.imagePullSecret ?? theObservability(hub)?.spec?.imagePullSecret;
    const blank = manifest<Secret>('pull-secret.yaml');
    const name = typeof wanted === 'string' ? wanted : blank.metadata.name;
    const key = { namespace: observabilityNamespace, name };
    return [
      objectResource<Secret>({
        cluster,
        kind: SecretKind,
        key,
        step: 'pull-secret',
        desired: async () => ({ ...blank, data: await pullSecretData(cluster, hub) }),
        reads: (mode) => (mode === 'uninstall' ? [] : pullSecretRights(cluster, hub)),
        forceConflicts: settings.forceConflicts,
      }),
      livingOwners({ cluster, kind: SecretKind, key, step: 'pull-secret', living: hub.observabilities }),
    ];
  },
});
