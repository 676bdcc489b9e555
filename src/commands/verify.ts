/** `verify` and `wait`: prove that metrics flow, cluster by cluster, hop by hop; or go on waiting until they do. */
import { hops, proof } from '../checks/index.ts';
import type { GlobalOptions } from '../cli/options.ts';
import type { CommandResult } from '../cli/output.ts';
import type { Shell } from '../cli/shell.ts';
import { isProblem } from '../engine/problem.ts';
import { freshnessHistory } from '../resources/freshness.ts';
import { resultOf, runSteps } from './running.ts';
import type { Session } from './session.ts';
import { withSession } from './with-session.ts';

/** Read only: needs no right to write but its own Views. */
export async function verifyCommand(options: GlobalOptions, shell: Shell): Promise<CommandResult> {
  return withSession(options, shell, { onlyLooks: true }, async (session) => {
    const result = await runSteps(session, options, shell, { mode: 'verify', checks: hops });
    const { history, notes } = await lookBack(session, options);
    return resultOf('verify', session, options, result, notes, history);
  });
}

/** Seconds that are looked back at for a page. */
const usualStretch = 2 * 3_600;

/** How fresh metrics have been, where the answer shows it. That it cannot be asked is told, and no verdict of its own. */
async function lookBack({ context }: Session, { output }: GlobalOptions) {
  if (!output.some(({ format }) => format === 'html')) return { notes: [] };
  try {
    const asked = {
      sinceSeconds: usualStretch,
      nowSeconds: context.clock.now() / 1000,
      intervalSeconds: context.config.observability.interval,
    };
    return { notes: [], history: await freshnessHistory(context.metrics, asked) };
  } catch (error) {
    if (!isProblem(error)) throw error;
    return { notes: [`How fresh metrics have been could not be asked: ${error.message}`] };
  }
}

/** Changes nothing: goes on waiting after a time-out, with the same questions as `apply` at its end. */
export async function waitCommand(options: GlobalOptions, shell: Shell): Promise<CommandResult> {
  return withSession(options, shell, {}, async (session) => {
    const result = await runSteps(session, { ...options, wait: true }, shell, { mode: 'wait', checks: proof });
    return resultOf('wait', session, options, result);
  });
}
