import type { Context } from '../src/context.ts';
import { Problem } from '../src/engine/problem.ts';
import { defineStep, type Readiness } from '../src/engine/step.ts';
import { type Secret, SecretKind } from '../src/kinds.ts';
import { existingObject } from '../src/resources/existing.ts';
import { objectResource } from '../src/resources/object.ts';
import { thanosRestart } from '../src/resources/restart.ts';
import { tlsSecretName } from '../src/resources/thanos-config.ts';
import { desiredThanosSecret, desiredTlsSecret, thanosSecretKey } from '../src/resources/thanos-secret.ts';
import { bucket } from './bucket.ts';
import { namespace } from './namespace.ts';

/** On ACM 2.15–2.17 nobody but us stands between a bad secret and an installation that never gets ready (measured.md §1.1). */
export const thanosSecret = defineStep<Context>({
  id: 'thanos-secret',
  title: 'Object storage for Thanos',
  requires: [namespace, bucket],
  async resources(context) {
    const { cluster, config, clock, settings } = context;
    const key = thanosSecretKey(context);
    const { existingSecret, provider } = config.storage;
    if (provider === 'existing') {
      return [existingObject(cluster, SecretKind, key, (live) => hasKey(live, existingSecret?.key ?? 'thanos.yaml'))];
    }
    const shared = { cluster, kind: SecretKind, step: 'thanos-secret', forceConflicts: settings.forceConflicts };
    const tls = objectResource<Secret>({
      ...shared,
      key: { ...key, name: tlsSecretName },
      desired: () => desiredTlsSecret(context),
    });
    return [
      ...((await context.caBundle()) === undefined ? [] : [tls]),
      objectResource<Secret>({ ...shared, key, desired: () => desiredThanosSecret(context) }),
      thanosRestart({ cluster, secret: key, clock }),
    ];
  },
});

function hasKey(live: Secret, key: string): Readiness {
  if (live.data?.[key] !== undefined) return { state: 'ready' };
  const what = `Secret ${live.metadata.name} has no key ${key}`;
  return { state: 'failed', problem: new Problem('secret-key-missing', what) };
}
