/** `check`: before anything. Access, versions, rights, store, what is already there; read only. */
import { preflightsFor } from '../checks/preflight.ts';
import type { GlobalOptions } from '../cli/options.ts';
import type { CommandResult } from '../cli/output.ts';
import type { Shell } from '../cli/shell.ts';
import { resultOf, runSteps } from './running.ts';
import { withSession } from './with-session.ts';

export async function checkCommand(options: GlobalOptions, shell: Shell): Promise<CommandResult> {
  return withSession(options, shell, {}, async (session) => {
    const result = await runSteps(session, options, shell, {
      mode: 'verify',
      checks: preflightsFor(session.context.config),
      steps: [],
    });
    return resultOf('check', session, options, result);
  });
}
