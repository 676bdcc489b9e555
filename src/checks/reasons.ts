/** What the add-on of a cluster says of itself, as Problems: the reason carries the meaning (acm.md §5.3). */
import type { ProblemCode } from '../engine/problems.ts';
import type { Condition } from '../kinds.ts';

/** Reasons of the add-on itself: nothing behind it can work. */
const ofAddon: Readonly<Record<string, ProblemCode>> = {
  ManifestWorkCreated: 'addon-installing',
  ManagedClusterAddOnLeaseUpdateStopped: 'addon-silent',
  NotSupported: 'addon-unsupported',
  UpdateFailed: 'addon-update-failed',
  CMOReconcileLoopDetected: 'monitoring-contended',
};

/** Reasons the collectors report; the add-on only repeats them. */
const ofCollector = new Set(['ForwardFailed', 'Disabled']);

/** Whether a condition of the add-on repeats what a collector said: the hop `collector` tells it better. */
export function isCollectors({ reason }: Condition): boolean {
  return ofCollector.has(reason ?? '');
}

export function addonProblem({ reason }: Condition): ProblemCode {
  return ofAddon[reason ?? ''] ?? 'addon-degraded';
}

/** The message tells which end of the collector fails. */
export function collectorProblem({ reason, message = '' }: Condition): ProblemCode {
  if (reason === 'Disabled') return 'collection-off';
  if (reason !== 'ForwardFailed') return ofAddon[reason ?? ''] ?? 'collector-failing';
  if (message.includes('recording')) return 'collector-rules-failing';
  return message.includes('retrieve') ? 'collector-cannot-read' : 'collector-cannot-send';
}

/** Why a workload does not run, by the words of kubelet and scheduler: what to do differs. */
export function workloadProblem(words: string): ProblemCode {
  if (/ImagePullBackOff|ErrImagePull|ErrImageNeverPull|InvalidImageName/.test(words)) return 'image-not-pulled';
  if (/unbound immediate PersistentVolumeClaims|persistentvolumeclaim "[^"]*" not found/.test(words))
    return 'volume-pending';
  return 'workload-not-ready';
}
