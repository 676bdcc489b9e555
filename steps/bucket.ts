import type { Context } from '../src/context.ts';
import { defineStep } from '../src/engine/step.ts';
import { SecretKind } from '../src/kinds.ts';
import { bucketResource } from '../src/resources/bucket.ts';
import { on } from '../src/resources/rights.ts';
import { storeProof } from '../src/resources/store-proof.ts';
import { thanosSecretKey, thanosSecretMatches } from '../src/resources/thanos-secret.ts';

/** Thanos keeps its blocks there; proven before anything depends on it. */
export const bucket = defineStep<Context>({
  id: 'bucket',
  title: 'A bucket Thanos can use',
  skip: ({ config }) => (config.storage.provider === 'existing' ? 'storage.provider is existing' : undefined),
  resources(context) {
    const { config, hub, settings, store } = context;
    const name = config.storage.bucket ?? '(not named)';
    return [
      bucketResource({
        hub: hub.name,
        clusterID: hub.clusterID ?? hub.api,
        bucket: name,
        create: config.storage.create,
        adopt: settings.adoptBucket,
        deleteData: settings.deleteData,
        store,
      }),
      storeProof({
        hub: hub.name,
        bucket: name,
        runId: context.runId,
        store,
        unchanged: () => thanosSecretMatches(context),
        reads: (mode) =>
          mode === 'uninstall' ? [] : on(context.cluster, SecretKind, thanosSecretKey(context), ['get']),
      }),
    ];
  },
});
