/** Hops about the object store: that it answers with the keys Thanos has, and that Thanos has read them. */
import type { Context } from '../context.ts';
import { isProblem, Problem } from '../engine/problem.ts';
import type { Finding } from '../engine/step.ts';
import { observabilityNamespace } from '../hub.ts';
import { PodKind, SecretKind } from '../kinds.ts';
import { isApiError } from '../ports.ts';
import { olderThanSecret } from '../resources/restart.ts';
import { on } from '../resources/rights.ts';
import { endpointOf, parseThanosYaml, thanosKey } from '../resources/thanos-config.ts';
import { fail, hubCheck } from './hub.ts';

const again = 'Write it again: `acm-observability apply`.';

export const store = hubCheck(
  'store',
  'The object store answers with the keys Thanos has',
  ['acm'],
  (context) => on(context.cluster, SecretKind, storeReference(context).key, ['get']),
  async (context) => {
    const { key, dataKey } = storeReference(context);
    try {
      const secret = await context.cluster.get(SecretKind, key);
      if (secret === undefined) return fail(new Problem('thanos-secret-missing', `there is no Secret ${key.name}`));
      const text = secret.data?.[dataKey];
      if (text !== undefined) return await askStore(context, Buffer.from(text, 'base64').toString('utf8'));
      const fix = isOurs(context) ? { fix: again } : {};
      return fail(new Problem('secret-key-missing', `Secret ${key.name} has no ${dataKey}`, fix));
    } catch (error) {
      if (isApiError(error, 403)) {
        return {
          verdict: 'unknown',
          final: true,
          problem: new Problem('not-permitted', `the Thanos secret: ${error.message}`, { cause: error }),
        };
      }
      if (isProblem(error)) return fail(error);
      throw error;
    }
  },
);

async function askStore(context: Context, text: string): Promise<Finding> {
  const live = await context.storeOf(text);
  if (live === undefined) return { verdict: 'skip', reason: 'the store is not S3: only Thanos itself can ask it' };
  const { endpoint } = live;
  try {
    const found = await live.bucket();
    if (found.state === 'ours') return { verdict: 'pass', evidence: `${endpoint} answers, key accepted` };
    return fail(mendable(context, text, new Problem('bucket-missing', `${endpoint} has no such bucket`)));
  } catch (error) {
    if (isProblem(error, 'store-unreachable') && isInside(endpoint))
      return { verdict: 'skip', reason: `${endpoint} is in the hub's own network: only its Pods can ask it` };
    if (isProblem(error)) return fail(mendable(context, text, error));
    throw error;
  }
}

/** A name of Services, which no machine outside of the cluster can look up. */
function isInside(endpoint: string): boolean {
  return /\.svc(\.cluster\.local)?$/.test(new URL(endpoint).hostname);
}

/** What one run of ours puts right: a Secret that somebody else has written since, a bucket that is gone. */
function mendable(context: Context, text: string, problem: Problem): Problem {
  const { storage } = context.config;
  const live = parseThanosYaml(text);
  const known = storage.bucket !== undefined && (storage.endpoint ?? storage.region) !== undefined;
  if (!isOurs(context) || live === undefined || !known) return problem;
  const { code, message, proof } = problem;
  const wanted = endpointOf(storage);
  const told = proof === undefined ? {} : { proof };
  if (live.bucket !== storage.bucket || new URL(live.endpoint).host !== wanted.endpoint) {
    const likely = `The Secret names bucket ${live.bucket} at ${live.endpoint}, the configuration ${storage.bucket} at ${wanted.endpoint}.`;
    return new Problem(code, message, { ...told, likely, fix: again });
  }
  if (code !== 'bucket-missing' || !storage.create) return problem;
  const likely = 'Somebody deleted it: what was stored in it is lost.';
  return new Problem(code, message, { ...told, likely, fix: 'Make it again: `acm-observability apply`.' });
}

function isOurs({ config }: Context): boolean {
  return config.storage.provider !== 'existing';
}

/** The Secret Thanos starts with: the object names it, and its key. */
function storeReference({ hub }: Pick<Context, 'hub'>) {
  const reference = hub.observabilities[0]?.spec?.storageConfig?.metricObjectStorage;
  const key = { namespace: observabilityNamespace, name: reference?.name ?? 'thanos-object-storage' };
  return { key, dataKey: reference?.key ?? thanosKey };
}

export const loaded = hubCheck(
  'loaded',
  'Thanos runs with the store’s present configuration',
  ['acm'],
  (context) => [
    ...on(context.cluster, SecretKind, storeReference(context).key, ['get']),
    ...on(context.cluster, PodKind, { namespace: observabilityNamespace }, ['list']),
  ],
  async (context) => {
    const { key, dataKey } = storeReference(context);
    const stale = await olderThanSecret(context.cluster, key, dataKey);
    if (stale === undefined)
      return { verdict: 'skip', reason: `Secret ${key.name} does not tell when its ${dataKey} was written` };
    if (stale.length === 0) return { verdict: 'pass', evidence: `no pod is older than Secret ${key.name}` };
    const detail = `started before Secret ${key.name} changed: ${stale.join(', ')}`;
    return fail(new Problem('store-config-not-loaded', detail));
  },
);
