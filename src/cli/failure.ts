/** How a run that did not come to its end is told: a Problem with its fix, an interruption, or our bug. */
import { exits } from '../engine/exits.ts';
import { toProblem } from '../engine/failure.ts';
import { isProblem, type Problem } from '../engine/problem.ts';
import { ApiError } from '../ports.ts';
import { plainText } from '../render/plain.ts';
import { failureReport } from '../render/report.ts';
import { version } from '../version.ts';
import type { GlobalOptions } from './options.ts';
import { deliver, tell } from './output.ts';
import type { ProgramRun } from './run.ts';
import { Interrupted, type Shell } from './shell.ts';

interface Attempt {
  readonly command: string;
  /** Absent when the command line itself was not understood. */
  readonly options: GlobalOptions | undefined;
  readonly startedAt: number;
}

type RunningShell = Shell & { readonly run: ProgramRun };

/** What a failed run is told with when not even its options are known. */
const plainly: GlobalOptions = {
  set: [],
  exclude: [],
  output: [{ format: 'text' }],
  yes: false,
  interactive: false,
  wait: true,
  timeout: 0,
  requestTimeout: 0,
  deadline: 0,
  forceConflicts: false,
  parallel: 1,
  failFast: false,
  only: [],
  skip: [],
  detailedExitcode: false,
  strict: false,
  ascii: false,
  accessible: false,
  quiet: false,
  verbosity: 0,
};

/** Tells it, and returns the exit code it asks for. */
export async function reportFailure(error: unknown, attempt: Attempt, shell: RunningShell): Promise<number> {
  const reason: unknown = shell.signal.reason;
  if (reason instanceof Interrupted) return reason.exitCode;
  if (error instanceof Error && error.name === 'ExitPromptError') {
    await tell('Stopped at the question; nothing was changed.', shell);
    return exits.interrupted;
  }
  if (isProblem(error)) return reportProblem(error, attempt, shell);
  // An API server's refusal outside of any step is still its answer, and no mistake of ours.
  if (error instanceof ApiError) return reportProblem(toProblem(error, attempt.command), attempt, shell);
  await tell(bugText(error, attempt), shell);
  return exits.bug;
}

async function reportProblem(problem: Problem, attempt: Attempt, shell: RunningShell): Promise<number> {
  const options = attempt.options ?? plainly;
  const report = failureReport(problem, {
    command: attempt.command,
    run: shell.run.id,
    startedAt: attempt.startedAt,
    finishedAt: shell.clock.now(),
    requests: shell.run.counts,
    detailedExitcode: options.detailedExitcode,
    strict: options.strict,
  });
  try {
    await deliver({ exitCode: problem.exitCode, report }, options, shell);
  } catch (second) {
    // A report that cannot be written must not hide why the run failed.
    await deliver({ exitCode: problem.exitCode, report }, plainly, shell);
    if (isProblem(second)) await tell(second.message, shell);
  }
  const toldInText = options.output.some(({ format, file }) => format === 'text' && file === undefined);
  if (!toldInText) await tell(`${problem.code}: ${problem.message}`, shell);
  return problem.exitCode;
}

/** Short, with what a report of it needs; the stack only for who asks. */
export function bugText(error: unknown, attempt: Pick<Attempt, 'command' | 'options'>): string {
  const verbose = (attempt.options?.verbosity ?? 0) > 1;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error && verbose ? `\n${error.stack ?? ''}` : '';
  return plainText(
    [
      `BUG   This is a mistake in acm-observability ${version}, not in what you did.`,
      `  What    ${what}`,
      `  Where   ${attempt.command}, Node ${process.version}`,
      '  Fix     Running again is safe. Report it with the output of the same command and -vv.',
    ].join('\n') + stack,
  );
}
