/** `apply`: plan, confirm once, do, wait, verify. */

import { sharingBucket, sharingReads } from '../adapters/shared-reads.ts';
import { proof } from '../checks/index.ts';
import { confirm } from '../cli/ask.ts';
import { type CommandResult, showPlan, tell } from '../cli/output.ts';
import type { Shell } from '../cli/shell.ts';
import type { RunResult } from '../engine/events.ts';
import { requireRunning, theInstallation } from '../hub.ts';
import { asOneRun, type CanaryOptions, canariesOf, onlyCanaries, stoppedAt, whyNotOn } from './canary.ts';
import { exclusively } from './exclusive.ts';
import { blastRadius, canaryNote } from './notes.ts';
import { requirePermission, wasForbidden } from './permitted.ts';
import { resultOf, runSteps, standardOf } from './running.ts';
import { once, type Session } from './session.ts';
import { withSession } from './with-session.ts';

export interface ApplyOptions extends CanaryOptions {
  /** Take a bucket that is marked by another hub. */
  readonly adoptBucket?: boolean;
}

export async function applyCommand(options: ApplyOptions, shell: Shell): Promise<CommandResult> {
  const settings = { adoptBucket: options.adoptBucket === true };
  return withSession(options, shell, { settings, needsStore: true }, async (session) => {
    requireRunning(session.context.hub);
    theInstallation(session.context.hub, session.context.config);
    return exclusively(session, shell, (current, signal) => approved(current, options, shell, signal));
  });
}

async function approved(
  session: Session,
  options: ApplyOptions,
  shell: Shell,
  signal: AbortSignal,
): Promise<CommandResult> {
  const canaries = canariesOf(session, options);
  const notes = [...blastRadius(session.context), ...canaryNote(canaries)];
  const looked = looking(session);
  const plan = await runSteps(looked, options, shell, { mode: 'plan', signal, believes: true });
  if (differs(plan) || wasForbidden(plan)) await requirePermission('apply', session, options);
  if (!promising(plan)) return resultOf('apply', session, options, { ...plan, mode: 'apply' }, notes);
  if (differs(plan)) {
    await showPlan(resultOf('plan', session, options, plan, notes).report, options, shell);
    if (!(await confirm('Apply this plan?', options, shell))) {
      await tell('Nothing was changed.', shell);
      return resultOf('apply', session, options, { ...plan, mode: 'plan' }, notes);
    }
  }
  // With nothing to do the plan stands: what is left is to see that it is ready, and that metrics arrive.
  const mode = differs(plan) ? 'apply' : 'wait';
  const how = { mode, checks: proof, signal, believes: true, plan } as const;
  if (mode === 'wait') {
    const waited = asPlanned(plan, await runSteps(looked, options, shell, how));
    return resultOf('apply', session, options, waited, differs(waited) ? notes : []);
  }
  if (canaries.length === 0) {
    return resultOf('apply', session, options, await runSteps(session, options, shell, how), notes);
  }
  const first = await runSteps(onlyCanaries(session, canaries), options, shell, how);
  const problem = whyNotOn(first, canaries, standardOf(session, options));
  if (problem !== undefined) {
    return resultOf('apply', session, options, stoppedAt(plan, first, problem, session.context.hub.name), notes);
  }
  const rest = await runSteps(session, options, shell, how);
  return resultOf('apply', session, options, asOneRun(first, rest), notes);
}

/** The session for what only looks: the plan, and the wait for what it found as it should be. What is applied reads again. */
function looking(session: Session): Session {
  const { context } = session;
  const { clock } = context;
  const cluster = sharingReads(context.cluster, clock);
  const store = once(async () => sharingBucket(await context.store(), clock));
  return { ...session, context: { ...context, cluster, store } };
}

/** What a plan without changes found, and what waiting for it came to. A problem both met is told once. */
function asPlanned(plan: RunResult, waited: RunResult): RunResult {
  const name = ({ step, cluster, resource, problem }: RunResult['problems'][number]) =>
    [step, cluster, resource, problem.code].join(' ');
  const met = new Set(waited.problems.map(name));
  const problems = [...plan.problems.filter((entry) => !met.has(name(entry))), ...waited.problems];
  return { ...waited, mode: 'apply', changes: plan.changes, problems };
}

function differs(result: RunResult): boolean {
  const kinds = new Set(['create', 'update', 'remove', 'unknown']);
  return result.changes.some(({ change }) => kinds.has(change.kind));
}

/** A plan with problems on the hub is not begun: they would only be met again, half way. */
function promising(plan: RunResult): boolean {
  return plan.steps.every((step) => step.outcome !== 'failed');
}
