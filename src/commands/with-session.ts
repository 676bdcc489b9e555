/** The frame of every command that talks to a hub: opened, worked with, let go of whatever happens. */
import type { GlobalOptions } from '../cli/options.ts';
import type { CommandResult } from '../cli/output.ts';
import type { Shell } from '../cli/shell.ts';
import { isProblem, type Problem } from '../engine/problem.ts';
import { failureReport } from '../render/report.ts';
import { openSession, type Session, type SessionNeeds } from './session.ts';

/** A Problem that ends the run early becomes a report too, so that every format has it. */
export async function withSession(
  command: string,
  options: GlobalOptions,
  shell: Shell,
  needs: SessionNeeds,
  work: (session: Session) => Promise<CommandResult>,
): Promise<CommandResult> {
  const startedAt = shell.clock.now();
  let session: Session | undefined;
  try {
    session = await openSession(options, shell, needs);
    return await work(session);
  } catch (error) {
    if (!isProblem(error)) throw error;
    return endedEarly(command, error, startedAt, options, shell, session);
  } finally {
    await session?.close();
  }
}

function endedEarly(
  command: string,
  problem: Problem,
  startedAt: number,
  options: GlobalOptions,
  shell: Shell,
  session: Session | undefined,
): CommandResult {
  const report = failureReport(problem, {
    command,
    run: session?.context.runId ?? '0000',
    startedAt,
    finishedAt: shell.clock.now(),
    requests: session?.counts ?? { kubernetes: 0, objectStore: 0, metrics: 0 },
    detailedExitcode: options.detailedExitcode,
    strict: options.strict,
  });
  return { exitCode: report.exitCode, report };
}
