/** Before the first write of a run: whether it may do all that is left to do. */
import { rightsNow } from '../checks/rights.ts';
import type { GlobalOptions } from '../cli/options.ts';
import type { Context } from '../context.ts';
import { breath } from '../engine/breath.ts';
import type { RunResult } from '../engine/events.ts';
import { requireRights } from '../engine/rights.ts';
import type { Step } from '../engine/step.ts';
import { chosenSteps } from './running.ts';
import type { Session } from './session.ts';

/**
 * Asks the hub about every right of the mode at once. What a managed cluster grants to a context is its own matter: it is
 * met there, and stops nothing elsewhere. @throws Problem `not-permitted` naming exactly what is missing.
 */
export async function requirePermission(
  mode: 'apply' | 'uninstall',
  { context }: Session,
  options: GlobalOptions,
  steps: readonly Step<Context>[] = chosenSteps(options, context.config),
): Promise<void> {
  const needed = await rightsNow(mode, context, steps);
  const fix = `Have somebody who may grant them run \`acm-observability rbac ${mode} --serviceaccount NAMESPACE:NAME | kubectl apply -f -\`.`;
  await breath();
  await requireRights(context.cluster, needed, fix);
}

/** Whether the plan already met a missing right: then all that are missing are worth naming. */
export function wasForbidden(plan: RunResult): boolean {
  return plan.problems.some(({ problem }) => problem.code === 'not-permitted');
}
