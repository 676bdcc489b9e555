/** The Secret Thanos starts with, as it should be. Built from the environment at the moment it is needed, never kept. */
import type { Context } from '../context.ts';
import { Problem } from '../engine/problem.ts';
import { observabilityNamespace } from '../hub.ts';
import { type Secret, SecretKind } from '../kinds.ts';
import { manifest } from '../manifest.ts';
import { thanosKey, thanosYaml, tlsKey, tlsSecretName } from './thanos-config.ts';

/** Namespace and name of the Secret, and its key. */
export function thanosSecretKey({ config }: Pick<Context, 'config'>) {
  const { existingSecret } = config.storage;
  return { namespace: observabilityNamespace, name: existingSecret?.name ?? 'thanos-object-storage' };
}

/** @throws Problem `temporary-credentials`: a session token would die under Thanos. */
export async function desiredThanosSecret(context: Context): Promise<Secret> {
  const keys = await context.keys();
  if (keys.temporary) throw new Problem('temporary-credentials', 'the credentials found carry a session token');
  const text = thanosYaml({
    storage: context.config.storage,
    accessKey: keys.accessKey(),
    secretKey: keys.secretKey(),
    privateCa: (await context.caBundle()) !== undefined,
  });
  return { ...manifest<Secret>('thanos-secret.yaml'), data: { [thanosKey]: base64(text) } };
}

/** The CA of a private store, for the Thanos pods. */
export async function desiredTlsSecret(context: Context): Promise<Secret> {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: observabilityNamespace, name: tlsSecretName },
    type: 'Opaque',
    data: { [tlsKey]: base64((await context.caBundle()) ?? '') },
  };
}

/** Whether the Secret on the hub holds exactly what it is to hold. */
export async function thanosSecretMatches(context: Context): Promise<boolean> {
  const live = await context.cluster.get(SecretKind, thanosSecretKey(context));
  if (live === undefined) return false;
  const wanted = await desiredThanosSecret(context);
  return live.data?.[thanosKey] === wanted.data?.[thanosKey];
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
