/** The frame of every command that talks to a hub: opened, worked with, and let go of whatever happens. */
import type { GlobalOptions } from '../cli/options.ts';
import type { CommandResult } from '../cli/output.ts';
import type { Shell } from '../cli/shell.ts';
import { chosenSteps } from './running.ts';
import { openSession, type Session, type SessionNeeds } from './session.ts';

export async function withSession(
  options: GlobalOptions,
  shell: Shell,
  needs: SessionNeeds,
  work: (session: Session) => Promise<CommandResult>,
): Promise<CommandResult> {
  // What is misspelt on the command line is told before anything is asked of a hub.
  chosenSteps(options, {});
  const session = await openSession(options, shell, needs);
  try {
    chosenSteps(options, session.context.config);
    return await work(session);
  } finally {
    await session.close();
  }
}
