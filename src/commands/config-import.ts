/** `config import`: a file from what the hub already has, so that the first plan after it says "no changes". */
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import type { Config } from '../config/config.ts';
import { isMapping } from '../config/document.ts';
import { ownKeys, valueAt } from '../config/rules.ts';
import { Problem } from '../engine/problem.ts';
import { atLeast, type Hub, lookAround, observabilityNamespace, theObservability } from '../hub.ts';
import { describe, type MultiClusterObservability, type Secret, SecretKind } from '../kinds.ts';
import { type Cluster, isApiError } from '../ports.ts';
import { type LiveStore, parseThanosYaml, thanosKey, thanosYaml } from '../resources/thanos-config.ts';

type Spec = NonNullable<MultiClusterObservability['spec']>;

/**
 * The text of a configuration file for the hub as it is. Never a key of the store.
 * @throws Problem `nothing-to-import`, `observability-twice`, `acm-missing`, `not-permitted`.
 */
export async function configImport(cluster: Cluster): Promise<string> {
  const hub = await lookAround(cluster);
  const observability = theObservability(hub);
  if (observability === undefined)
    throw new Problem('nothing-to-import', `${hub.api} has no MultiClusterObservability`);
  const spec = observability.spec ?? {};
  const imported = {
    apiVersion: 'acm-observability/v1',
    ...(hub.clusterID === undefined ? {} : { hub: { clusterID: hub.clusterID } }),
    storage: await storageOf(cluster, spec),
    observability: observabilityOf(observability.metadata.name, spec, hub),
  };
  return [
    `# From ${hub.api}. No keys are in here: give them by ACM_OBSERVABILITY_STORAGE_ACCESS_KEY`,
    '# and ACM_OBSERVABILITY_STORAGE_SECRET_KEY, or their _FILE forms.',
    stringify(imported, { lineWidth: 0 }),
  ].join('\n');
}

/**
 * `s3` where we would write the very same Secret; else `existing`, which leaves it as it is: writing it again would
 * restart Thanos, or take from it what this program does not know.
 */
async function storageOf(cluster: Cluster, spec: Spec): Promise<Record<string, unknown>> {
  const { name = 'thanos-object-storage', key = thanosKey } = spec.storageConfig?.metricObjectStorage ?? {};
  const text = await secretText(cluster, name, key);
  const live = text === undefined ? undefined : parseThanosYaml(text);
  const existing = { provider: 'existing', existingSecret: { name, key } };
  if (live === undefined) return existing;
  const storage = liveStorage(live);
  const ours = name === 'thanos-object-storage' && key === thanosKey && text === rewritten(storage, live);
  return ours ? { provider: 's3', ...storage, create: false } : { ...existing, ...storage };
}

/** Without an endpoint where it is the one that follows from the region. */
function liveStorage({
  bucket,
  region,
  endpoint,
}: LiveStore): Pick<Config['storage'], 'bucket' | 'region' | 'endpoint'> {
  if (region === undefined) return { bucket, endpoint };
  return endpoint === `https://s3.${region}.amazonaws.com` ? { bucket, region } : { bucket, region, endpoint };
}

function rewritten(storage: ReturnType<typeof liveStorage>, { credentials }: LiveStore): string {
  return thanosYaml({
    storage: { provider: 's3', create: false, ...storage },
    accessKey: credentials.accessKeyId,
    secretKey: credentials.secretAccessKey,
    privateCa: false,
  });
}

async function secretText(cluster: Cluster, name: string, key: string): Promise<string | undefined> {
  const place = { namespace: observabilityNamespace, name };
  let secret: Secret | undefined;
  try {
    secret = await cluster.get(SecretKind, place);
  } catch (error) {
    if (!isApiError(error, 403)) throw error;
    throw new Problem('not-permitted', `may not get ${describe(SecretKind, place)}`, { cause: error });
  }
  const data = secret?.data?.[key];
  return data === undefined ? undefined : Buffer.from(data, 'base64').toString('utf8');
}

function observabilityOf(name: string, spec: Spec, hub: Hub): Record<string, unknown> {
  const { instanceSize, storageConfig, observabilityAddonSpec } = spec;
  const rest = withoutKnown(spec, []);
  return {
    name,
    interval: observabilityAddonSpec?.interval ?? 300,
    ...(typeof instanceSize === 'string' ? { instanceSize } : {}),
    ...(storageConfig?.storageClass === undefined ? {} : { storageClass: storageConfig.storageClass }),
    retention: retentionOf(spec, hub),
    ...(isMapping(rest) ? { spec: rest } : {}),
  };
}

/** Always written out: our defaults are shorter than ACM's, and shorter deletes data. ACM's changed with 2.11 (acm.md §1.2). */
function retentionOf(spec: Spec, { version }: Hub): Config['observability']['retention'] {
  const [raw, fiveMinutes, oneHour] = atLeast(version, 2, 11) ? ['365d', '365d', '365d'] : ['30d', '180d', '0d'];
  const live = (resolution: string): string | undefined => {
    const value = valueAt(spec, `advanced.retentionConfig.retentionResolution${resolution}`);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    raw: live('Raw') ?? raw ?? '365d',
    fiveMinutes: live('5m') ?? fiveMinutes ?? '365d',
    oneHour: live('1h') ?? oneHour ?? '365d',
  };
}

/** What the API server fills in (acm.md §1.2): nobody said it, so the file need not. */
const defaults: Readonly<Record<string, unknown>> = {
  enableDownsampling: true,
  imagePullPolicy: 'IfNotPresent',
  imagePullSecret: 'multiclusterhub-operator-pull-secret',
  'observabilityAddonSpec.enableMetrics': true,
  'observabilityAddonSpec.scrapeSizeLimitBytes': 1_073_741_824,
  'observabilityAddonSpec.workers': 1,
  'storageConfig.alertmanagerStorageSize': '1Gi',
  'storageConfig.ruleStorageSize': '1Gi',
  'storageConfig.compactStorageSize': '100Gi',
  'storageConfig.receiveStorageSize': '100Gi',
  'storageConfig.storeStorageSize': '10Gi',
};

/** A copy without own fields and defaults, and without what is empty then; `undefined` when nothing is left. */
function withoutKnown(value: unknown, path: readonly string[]): unknown {
  const at = path.join('.');
  if (Object.hasOwn(ownKeys, at)) return undefined;
  if (Object.hasOwn(defaults, at) && isDeepStrictEqual(defaults[at], value)) return undefined;
  if (!isMapping(value)) return value;
  const kept = Object.entries(value)
    .map(([key, inner]) => [key, withoutKnown(inner, [...path, key])] as const)
    .filter(([, inner]) => inner !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
