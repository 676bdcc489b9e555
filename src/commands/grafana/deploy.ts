/** `grafana deploy` and `grafana clean`: the development Grafana alone, shown first, asked for, done. */
import { grafanaDev } from '../../../steps/grafana-dev.ts';
import { confirm } from '../../cli/ask.ts';
import type { GlobalOptions } from '../../cli/options.ts';
import { type CommandResult, showPlan, tell } from '../../cli/output.ts';
import type { Shell } from '../../cli/shell.ts';
import type { RunResult } from '../../engine/events.ts';
import { Problem } from '../../engine/problem.ts';
import { requireRunning, theObservability } from '../../hub.ts';
import { exclusively } from '../exclusive.ts';
import { wasForbidden } from '../permitted.ts';
import { resultOf, runSteps } from '../running.ts';
import type { Session } from '../session.ts';
import { withSession } from '../with-session.ts';
import { cleaning, requireGrafanaRights, withDevelopment } from './rights.ts';

type Mode = 'apply' | 'uninstall';

/** @throws Problem `observability-absent` where there is no Grafana to build it from. */
export function grafanaDeployCommand(options: GlobalOptions, shell: Shell): Promise<CommandResult> {
  return withSession(options, shell, {}, async (session) => {
    requireRunning(session.context.hub);
    if (theObservability(session.context.hub) === undefined) {
      throw new Problem(
        'observability-absent',
        'ACM’s own Grafana, from which the development one is built, is missing',
      );
    }
    return alone(session, options, shell, 'apply');
  });
}

export function grafanaCleanCommand(options: GlobalOptions, shell: Shell): Promise<CommandResult> {
  return withSession(options, shell, {}, (session) => alone(session, options, shell, 'uninstall'));
}

function alone(session: Session, options: GlobalOptions, shell: Shell, mode: Mode): Promise<CommandResult> {
  const only = { ...options, only: [grafanaDev.id], skip: [] };
  return exclusively({ ...session, context: withDevelopment(session.context) }, shell, (current, signal) =>
    approved(current, only, shell, mode, signal),
  );
}

const command: Readonly<Record<Mode, string>> = { apply: 'grafana deploy', uninstall: 'grafana clean' };
const question: Readonly<Record<Mode, string>> = {
  apply: 'Deploy the development Grafana?',
  uninstall: 'Remove the development Grafana, with the dashboards on its volume?',
};

async function approved(
  session: Session,
  options: GlobalOptions,
  shell: Shell,
  mode: Mode,
  signal: AbortSignal,
): Promise<CommandResult> {
  const steps = [mode === 'apply' ? grafanaDev : cleaning];
  const looking = mode === 'apply' ? ({ mode: 'plan' } as const) : ({ mode, dryRun: true } as const);
  const plan = await runSteps(session, options, shell, { ...looking, steps, signal });
  const name = command[mode];
  if (differs(plan) || wasForbidden(plan)) {
    await requireGrafanaRights(mode === 'apply' ? 'grafana-deploy' : 'grafana-clean', session.context);
  }
  if (plan.steps.some(({ outcome }) => outcome === 'failed') || !differs(plan)) {
    return resultOf(name, session, options, { ...plan, mode });
  }
  await showPlan(resultOf(mode === 'apply' ? 'plan' : mode, session, options, plan).report, options, shell);
  if (!(await confirm(question[mode], options, shell))) {
    await tell('Nothing was changed.', shell);
    return resultOf(name, session, options, { ...plan, mode: 'plan' });
  }
  return resultOf(name, session, options, await runSteps(session, options, shell, { mode, steps, signal }));
}

function differs(plan: RunResult): boolean {
  return plan.changes.some(({ change }) => ['create', 'update', 'remove', 'unknown'].includes(change.kind));
}
