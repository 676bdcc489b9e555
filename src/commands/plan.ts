/** `plan`: what apply would change, computed by the API servers. Writes nothing that stays. */
import type { CommandResult } from '../cli/output.ts';
import type { Shell } from '../cli/shell.ts';
import { requireRunning, theInstallation } from '../hub.ts';
import { type CanaryOptions, canariesOf } from './canary.ts';
import { blastRadius, canaryNote } from './notes.ts';
import { resultOf, runSteps } from './running.ts';
import { withSession } from './with-session.ts';

export interface PlanOptions extends CanaryOptions {
  readonly adoptBucket?: boolean;
}

export async function planCommand(options: PlanOptions, shell: Shell): Promise<CommandResult> {
  const settings = { adoptBucket: options.adoptBucket === true };
  return withSession(options, shell, { settings, needsStore: true, looksOnce: true }, async (session) => {
    requireRunning(session.context.hub);
    theInstallation(session.context.hub, session.context.config);
    const notes = [...blastRadius(session.context), ...canaryNote(canariesOf(session, options))];
    const result = await runSteps(session, options, shell, { mode: 'plan' });
    return resultOf('plan', session, options, result, notes);
  });
}
