/** The Pods of Deployments and StatefulSets: which there should be, and what they look like. Pure. */
import { createHash } from 'node:crypto';
import type { KubeObject, Pod, Workload } from '../../../kinds.ts';
import { PodKind } from '../../../kinds.ts';
import { isRecord, objectOf, ownerOf } from '../objects.ts';
import { suffix } from '../random.ts';

const hashLabel = { Deployment: 'pod-template-hash', StatefulSet: 'controller-revision-hash' } as const;

type WorkloadKind = keyof typeof hashLabel;

function workloadKindOf(object: KubeObject): WorkloadKind {
  return object.kind === 'StatefulSet' ? 'StatefulSet' : 'Deployment';
}

function templateOf(workload: KubeObject): Record<string, unknown> {
  const template = isRecord(workload.spec) ? workload.spec.template : undefined;
  return isRecord(template) ? template : {};
}

/** A short hash of the Pod template: Pods with another one are out of date. */
export function revisionOf(workload: KubeObject): string {
  return createHash('sha1')
    .update(JSON.stringify(templateOf(workload)))
    .digest('hex')
    .slice(0, 10);
}

export function replicasOf(workload: Workload): number {
  return workload.spec?.replicas ?? 1;
}

/** The names its Pods have at the present revision. */
export function podNames(workload: Workload): string[] {
  const { name, uid = '' } = workload.metadata;
  const revision = revisionOf(workload);
  return Array.from({ length: replicasOf(workload) }, (_, at) =>
    workload.kind === 'StatefulSet' ? `${name}-${at}` : `${name}-${revision}-${suffix(5, at, uid, revision)}`,
  );
}

/** A Pod of a workload, not started yet. */
export function podOf(workload: Workload, name: string): KubeObject {
  const template = templateOf(workload);
  const meta = isRecord(template.metadata) ? template.metadata : {};
  const labels = strings(meta.labels);
  const annotations = strings(meta.annotations);
  const { namespace } = workload.metadata;
  return objectOf(
    PodKind,
    {
      name,
      ...(namespace !== undefined && { namespace }),
      labels: { ...labels, [hashLabel[workloadKindOf(workload)]]: revisionOf(workload) },
      ...(Object.keys(annotations).length > 0 && { annotations }),
      ownerReferences: [ownerOf(workload)],
    },
    { spec: isRecord(template.spec) ? template.spec : {} },
  );
}

function strings(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, String(one)]));
}

export function isOutdated(pod: Pod, workload: KubeObject): boolean {
  return pod.metadata.labels?.[hashLabel[workloadKindOf(workload)]] !== revisionOf(workload);
}

export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
}

export interface SecretEnv {
  readonly variable: string;
  readonly secret: string;
  readonly key: string;
}

/** The environment variables of a Pod that come from Secrets. */
export function secretEnvOf(pod: Pod): SecretEnv[] {
  return containersOf(pod).flatMap((container) =>
    records(container.env).flatMap((entry) => {
      const from = isRecord(entry.valueFrom) ? entry.valueFrom.secretKeyRef : undefined;
      if (!isRecord(from)) return [];
      return [{ variable: String(entry.name), secret: String(from.name), key: String(from.key) }];
    }),
  );
}

function containersOf(pod: Pod): Record<string, unknown>[] {
  return records(isRecord(pod.spec) ? pod.spec.containers : undefined);
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Why a container does not run, in kubelet's words. */
export interface Waiting {
  readonly reason: 'ContainerCreating' | 'CreateContainerConfigError' | 'CrashLoopBackOff' | 'ImagePullBackOff';
  /** Why the scheduler has found no node for it yet. */
  readonly unscheduled?: string;
  readonly message?: string;
  readonly restarts?: number;
}

/** The status of a Pod: running and ready, or waiting in its first container. */
export function podStatus(
  pod: Pod,
  now: string,
  waiting?: Waiting,
): NonNullable<Pod['status']> & { readonly startTime: string } {
  const names = containersOf(pod).map(({ name }) => String(name));
  const ready = waiting === undefined;
  const reason = waiting?.reason ?? '';
  const containerStatuses = names.map((name, at) => ({
    name,
    ready: ready || (at > 0 && reason === 'CrashLoopBackOff'),
    restartCount: at === 0 ? (waiting?.restarts ?? 0) : 0,
    state:
      waiting !== undefined && (at === 0 || reason !== 'CrashLoopBackOff')
        ? { waiting: { reason, ...(waiting.message !== undefined && { message: waiting.message }) } }
        : { running: { startedAt: now } },
  }));
  return {
    phase: ready || reason === 'CrashLoopBackOff' ? 'Running' : 'Pending',
    conditions: [
      waiting?.unscheduled === undefined
        ? { type: 'PodScheduled', status: 'True', lastTransitionTime: now }
        : {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: waiting.unscheduled,
            lastTransitionTime: now,
          },
      { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: now },
    ],
    containerStatuses,
    startTime: pod.metadata.creationTimestamp ?? now,
  };
}
