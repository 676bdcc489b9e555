/** Whether workloads run, and if not, why, in words: the workload, its pod, the pod's reason. */
import type { Right } from '../engine/rights.ts';
import { DeploymentKind, EventKind, type Kind, type Pod, PodKind, StatefulSetKind, type Workload } from '../kinds.ts';
import { byCodeUnits } from '../order.ts';
import { type Cluster, isApiError } from '../ports.ts';
import { on, optional } from './rights.ts';

/** Every replica of the current template is ready. */
export function rolledOut(workload: Workload): boolean {
  const wanted = workload.spec?.replicas ?? 1;
  const { readyReplicas = 0, updatedReplicas = 0, observedGeneration } = workload.status ?? {};
  if (observedGeneration !== undefined && observedGeneration < (workload.metadata.generation ?? 0)) return false;
  return readyReplicas >= wanted && updatedReplicas >= wanted;
}

/** Deployments and StatefulSets of a namespace, by name. */
export async function workloadsOf(cluster: Cluster, namespace: string): Promise<Workload[]> {
  const [deployments, sets] = await Promise.all([
    cluster.list(DeploymentKind, { namespace }),
    cluster.list(StatefulSetKind, { namespace }),
  ]);
  return [...deployments, ...sets].sort((a, b) => byCodeUnits(a.metadata.name, b.metadata.name));
}

/** What it takes to see whether they run, and to say why not. */
export function workloadRights(cluster: Cluster, namespace: string): Right[] {
  const list = (kind: Kind) => on(cluster, kind, { namespace }, ['list']);
  const words = optional('why a workload does not run', [...list(PodKind), ...list(EventKind)]);
  return [...list(DeploymentKind), ...list(StatefulSetKind), ...words];
}

/** `StatefulSet observability-thanos-receive-default: 1 of 3 ready; pod …-1: ImagePullBackOff, …` */
export async function whyNotReady(cluster: Cluster, namespace: string, workload: Workload): Promise<string> {
  const { name } = workload.metadata;
  const wanted = workload.spec?.replicas ?? 1;
  const head = `${workload.kind} ${name}: ${workload.status?.readyReplicas ?? 0} of ${wanted} ready`;
  try {
    const pods = await cluster.list(PodKind, { namespace });
    const pod = pods.find(
      (candidate) => candidate.metadata.name.startsWith(`${name}-`) && podReason(candidate) !== undefined,
    );
    if (pod === undefined) return head;
    const said = await lastWarning(cluster, namespace, pod.metadata.name);
    return `${head}; pod ${pod.metadata.name}: ${podReason(pod)}${said === undefined ? '' : `, ${said}`}`;
  } catch (error) {
    // The workload itself has been seen; not being allowed to see its pods only shortens the words.
    if (isApiError(error, 403)) return head;
    throw error;
  }
}

/** Why a pod does not run; `undefined` while it is on its way or runs. */
function podReason(pod: Pod): string | undefined {
  for (const status of pod.status?.containerStatuses ?? []) {
    const { reason, message } = status.state?.waiting ?? status.state?.terminated ?? {};
    if (
      reason !== undefined &&
      reason !== 'ContainerCreating' &&
      reason !== 'PodInitializing' &&
      reason !== 'Completed'
    ) {
      return message === undefined ? reason : `${reason} (${message})`;
    }
  }
  const unscheduled = pod.status?.conditions?.find(
    (entry) => entry.type === 'PodScheduled' && entry.status === 'False',
  );
  return unscheduled?.message ?? unscheduled?.reason;
}

async function lastWarning(cluster: Cluster, namespace: string, pod: string): Promise<string | undefined> {
  const events = await cluster.list(EventKind, { namespace, fieldSelector: `involvedObject.name=${pod}` });
  const warnings = events.filter((event) => event.type === 'Warning');
  return warnings.sort((a, b) => byCodeUnits(a.lastTimestamp ?? '', b.lastTimestamp ?? '')).at(-1)?.message;
}
