/** The conditions of an ObservabilityAddon: two components, and what comes of them together (acm.md §5.3). Pure. */
import type { Condition } from '../../../kinds.ts';

export type Component = 'MetricsCollector' | 'UwlMetricsCollector';

export type Reason =
  | 'NotSupported'
  | 'UpdateFailed'
  | 'CMOReconcileLoopDetected'
  | 'ForwardFailed'
  | 'UpdateSuccessful'
  | 'CMOReconcileLoopStopped'
  | 'ForwardSuccessful'
  | 'Disabled';

/** The worst first. */
const priority: readonly Reason[] = [
  'NotSupported',
  'UpdateFailed',
  'CMOReconcileLoopDetected',
  'ForwardFailed',
  'UpdateSuccessful',
  'CMOReconcileLoopStopped',
  'ForwardSuccessful',
  'Disabled',
];

export interface ComponentState {
  readonly reason: Reason;
  readonly message: string;
}

const messages: Readonly<Record<Reason, string>> = {
  NotSupported: 'Prometheus service not found',
  UpdateFailed: 'Failed to update metrics collector',
  CMOReconcileLoopDetected: 'CMO configuration is being constantly updated.',
  ForwardFailed: 'Failed to send metrics',
  UpdateSuccessful: 'Metrics collector updated',
  CMOReconcileLoopStopped: 'CMO configuration is not being updated anymore.',
  ForwardSuccessful: 'Cluster metrics sent successfully',
  Disabled: 'Metrics collector disabled',
};

/** A component's state in the operator's words. */
export function stateOf(component: Component, reason: Reason, message?: string): ComponentState {
  const prefix = component === 'UwlMetricsCollector' && /^Metrics collector/.test(messages[reason]) ? 'UWL ' : '';
  return { reason, message: message ?? `${prefix}${messages[reason]}` };
}

/** What stands for a component, whatever its status is: the reason carries the meaning. */
function reasonOf(conditions: readonly Condition[], component: Component): Reason | undefined {
  const reason = conditions.find(({ type }) => type === component)?.reason;
  return priority.find((one) => one === reason);
}

/** After a detected loop only few things may be said until it has stopped. */
function mayFollow(before: Reason | undefined, next: Reason): boolean {
  if (before !== 'CMOReconcileLoopDetected') return true;
  return ['CMOReconcileLoopDetected', 'CMOReconcileLoopStopped', 'Disabled', 'NotSupported'].includes(next);
}

/** The conditions with news of some components, and what comes of them; times are kept where nothing changed. */
export function withStates(
  before: readonly Condition[],
  states: Partial<Record<Component, ComponentState>>,
  now: string,
): Condition[] {
  const components = (['MetricsCollector', 'UwlMetricsCollector'] as const).flatMap((type): Condition[] => {
    const state = states[type];
    const old = before.find((condition) => condition.type === type);
    if (state === undefined || !mayFollow(reasonOf(before, type), state.reason)) return old === undefined ? [] : [old];
    return [{ type, status: 'True', ...state }];
  });
  return [...components, ...aggregated(components)].map((wanted) => {
    const old = before.find(({ type }) => type === wanted.type);
    const same = old?.status === wanted.status && old.reason === wanted.reason && old.message === wanted.message;
    return same ? old : { ...wanted, lastTransitionTime: now };
  });
}

/** `Available`, `Progressing` and `Degraded` from the worse of the two components. */
function aggregated(components: readonly Condition[]): Condition[] {
  const worst = priority
    .map((reason) => components.find((condition) => condition.reason === reason))
    .find((condition) => condition !== undefined);
  if (worst?.reason === undefined) return [];
  const type = typeFor(worst.reason);
  const available = type === 'Available';
  const message = available ? 'observability-controller add-on is available.' : (worst.message ?? '').slice(0, 256);
  return (['Available', 'Progressing', 'Degraded'] as const).map((one) => ({
    type: one,
    status: one === type ? 'True' : 'False',
    reason: worst.reason ?? '',
    message,
  }));
}

function typeFor(reason: string): 'Available' | 'Progressing' | 'Degraded' {
  if (reason === 'ForwardSuccessful') return 'Available';
  return reason === 'UpdateSuccessful' || reason === 'CMOReconcileLoopStopped' ? 'Progressing' : 'Degraded';
}
