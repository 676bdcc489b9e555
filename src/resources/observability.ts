/** MultiClusterObservability: what we mean of it, what must not change, and when it is really ready. */
import type { Context } from '../context.ts';
import { Problem } from '../engine/problem.ts';
import type { Readiness } from '../engine/step.ts';
import { atLeast, type Hub, observabilityNamespace } from '../hub.ts';
import { condition, type MultiClusterObservability, StorageClassKind, type Workload } from '../kinds.ts';
import { manifest } from '../manifest.ts';
import type { ApiError, Cluster } from '../ports.ts';
import { isRecord } from './diff.ts';
import { tlsMountPath, tlsSecretName } from './thanos-config.ts';
import { thanosSecretKey } from './thanos-secret.ts';
import { rolledOut, whyNotReady } from './workloads.ts';

type Spec = NonNullable<MultiClusterObservability['spec']>;

/** Only the fields we mean; ACM's defaults fill the rest (acm.md §1.2). */
export async function desiredObservability(context: Context): Promise<MultiClusterObservability> {
  const { config } = context;
  const blank = manifest<MultiClusterObservability>('multiclusterobservability.yaml');
  const { interval, instanceSize, storageClass, retention, spec } = config.observability;
  const tls = (await context.caBundle()) === undefined ? {} : { tlsSecretName, tlsSecretMountPath: tlsMountPath };
  const ours: Spec = {
    observabilityAddonSpec: { interval },
    ...(instanceSize === undefined ? {} : { instanceSize }),
    storageConfig: {
      metricObjectStorage: {
        name: thanosSecretKey(context).name,
        key: config.storage.existingSecret?.key ?? 'thanos.yaml',
        ...tls,
      },
      ...(storageClass === undefined ? {} : { storageClass }),
    },
    advanced: {
      // All three, always: the default changed once and deleted data (acm.md §13.2, 2.11).
      retentionConfig: {
        retentionResolutionRaw: retention.raw,
        retentionResolution5m: retention.fiveMinutes,
        retentionResolution1h: retention.oneHour,
      },
    },
  };
  return { ...blank, metadata: { name: config.observability.name }, spec: merge(ours, spec) as Spec };
}

/** The configuration's own `spec` is laid over what we set. */
function merge(ours: unknown, theirs: unknown): unknown {
  if (!isRecord(ours) || !isRecord(theirs)) return theirs;
  const both = Object.entries(theirs).map(([name, value]) => [name, name in ours ? merge(ours[name], value) : value]);
  return { ...ours, ...Object.fromEntries(both) };
}

/**
 * A name that does not exist silently becomes the default class, and a change deletes volumes (acm.md §1.6).
 * @throws Problem `storage-class-missing`, `storage-class-change`.
 */
export async function checkStorageClass(
  cluster: Cluster,
  wanted: MultiClusterObservability,
  live: MultiClusterObservability | undefined,
): Promise<void> {
  const name = wanted.spec?.storageConfig?.storageClass;
  const running = live?.spec?.storageConfig?.storageClass;
  if (live !== undefined && running === name) return;
  const classes = await cluster.list(StorageClassKind);
  const isDefault = (annotations: Record<string, string> = {}) =>
    annotations['storageclass.kubernetes.io/is-default-class'] === 'true';
  const standard = classes.find((entry) => isDefault(entry.metadata.annotations))?.metadata.name;
  const known = classes.map((entry) => entry.metadata.name).join(', ') || 'none';
  if (name !== undefined && !classes.some((entry) => entry.metadata.name === name)) {
    throw new Problem('storage-class-missing', `${name} is not among ${known}`);
  }
  if (live === undefined && name === undefined && standard === undefined) {
    throw new Problem('storage-class-missing', `no default class among ${known}`);
  }
  if (live !== undefined && name !== undefined && (running ?? standard) !== name) {
    throw new Problem(
      'storage-class-change',
      `from ${running ?? standard} to ${name}: the StatefulSets of Thanos and their volumes`,
      {
        proof: `MultiClusterObservability ${live.metadata.name} spec.storageConfig.storageClass`,
      },
    );
  }
}

/** From 5.0 the operator's webhook wants the Secret for Thanos first (measured.md section 1): the step before makes it. */
export function awaitsStorage({ message }: ApiError): string | undefined {
  const wantsSecret = /object storage (secret|configuration|type)|key '.*' not found in secret/.test(message);
  return wantsSecret ? 'ACM refuses it until the Secret for Thanos is right, which an earlier step sees to' : undefined;
}

/** Workloads that must exist, whatever the size (acm.md §1.5; the operator does not check all of them). */
const expected = [
  'observability-alertmanager',
  'observability-grafana',
  'observability-observatorium-api',
  'observability-observatorium-operator',
  'observability-rbac-query-proxy',
  'observability-thanos-compact',
  'observability-thanos-query',
  'observability-thanos-query-frontend',
  'observability-thanos-query-frontend-memcached',
  'observability-thanos-receive-controller',
  'observability-thanos-receive-default',
  'observability-thanos-rule',
  'observability-thanos-store-memcached',
  'observability-thanos-store-shard-0',
];

/**
 * Ready as each version family means it (acm.md §1.5, measured.md §2): the condition, and every workload itself, because
 * `Ready` is never taken back before 2.17 and some workloads are never looked at.
 */
export async function observabilityReady(
  { cluster, hub, looks }: Pick<Context, 'cluster' | 'hub' | 'looks'>,
  live: MultiClusterObservability,
): Promise<Readiness> {
  if (live.metadata.annotations?.['mco-pause'] === 'true') {
    return { state: 'failed', problem: new Problem('observability-paused', `${live.metadata.name} carries mco-pause`) };
  }
  const workloads = (await looks.workloads()).filter(isOperators);
  const broken = workloads.find((workload) => !rolledOut(workload));
  const names = new Set(workloads.map((workload) => workload.metadata.name));
  const missing = expected.filter((name) => !names.has(name));
  const ready = condition(live, 'Ready')?.status === 'True';
  if (ready && broken === undefined && missing.length === 0) {
    return { state: 'ready', note: `${workloads.length} workloads run` };
  }
  const done = workloads.filter(rolledOut).length;
  const total = workloads.length + missing.length;
  const counted = total === 0 ? 'ACM has not begun yet' : `${done} of ${total} workloads ready`;
  const said = failure(live, hub);
  const why = broken === undefined ? undefined : await whyNotReady(cluster, observabilityNamespace, broken);
  const absent = missing[0] === undefined || done === 0 ? undefined : `${missing[0]} is not there yet`;
  return { state: 'waiting', message: [counted, why ?? absent, said].filter((part) => part !== undefined).join('; ') };
}

/** `Failed` has status False before 2.17 and True from it on: its being there is what counts. */
function failure(live: MultiClusterObservability, hub: Hub): string | undefined {
  const failed = condition(live, 'Failed');
  if (failed === undefined || (atLeast(hub.version, 2, 17) && failed.status !== 'True')) return undefined;
  return `ACM says ${failed.reason}: ${failed.message}`;
}

/** The development Grafana and what people put there are not ACM's. */
function isOperators(workload: Workload): boolean {
  return workload.metadata.name.startsWith('observability-') || expected.includes(workload.metadata.name);
}
