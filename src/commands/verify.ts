/** `verify` and `wait`: prove that metrics flow, cluster by cluster, hop by hop; or go on waiting until they do. */
import { hops, proof } from '../checks/index.ts';
import type { GlobalOptions } from '../cli/options.ts';
import type { CommandResult } from '../cli/output.ts';
import type { Shell } from '../cli/shell.ts';
import { resultOf, runSteps } from './running.ts';
import { withSession } from './with-session.ts';

/** Read only: needs no right to write but its own Views. */
export async function verifyCommand(options: GlobalOptions, shell: Shell): Promise<CommandResult> {
  return withSession(options, shell, {}, async (session) => {
    const result = await runSteps(session, options, shell, { mode: 'verify', checks: hops });
    return resultOf('verify', session, options, result);
  });
}

/** Changes nothing: goes on waiting after a time-out, with the same questions as `apply` at its end. */
export async function waitCommand(options: GlobalOptions, shell: Shell): Promise<CommandResult> {
  return withSession(options, shell, {}, async (session) => {
    const result = await runSteps(session, { ...options, wait: true }, shell, { mode: 'wait', checks: proof });
    return resultOf('wait', session, options, result);
  });
}
