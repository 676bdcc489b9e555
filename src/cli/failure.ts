/** How a run that did not come to its end is told: a Problem with its fix, an interruption, or our bug. */
import { exits } from '../engine/exits.ts';
import { toProblem } from '../engine/failure.ts';
import { isProblem, Problem } from '../engine/problem.ts';
import { ApiError } from '../ports.ts';
import { plainText } from '../render/plain.ts';
import { failureReport, type Report, stoppedReport } from '../render/report.ts';
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
  if (reason instanceof Interrupted) return reportStop(`stopped by ${reason.by}`, reason.exitCode, attempt, shell);
  if (error instanceof Error && error.name === 'ExitPromptError') {
    await tell('Stopped at the question; nothing was changed.', shell);
    return reportStop('stopped at the question', exits.interrupted, attempt, shell);
  }
  if (isProblem(error)) return reportProblem(error, attempt, shell);
  // An API server's refusal outside of any step is still its answer, and no mistake of ours.
  if (error instanceof ApiError) return reportProblem(toProblem(error, attempt.command), attempt, shell);
  await tell(bugText(error, attempt), shell);
  return reportBug(error, attempt, shell);
}

/** A person has been told; who reads files and formats learns it from them, with the same exit code. */
async function reportBug(error: unknown, attempt: Attempt, shell: RunningShell): Promise<number> {
  const options = attempt.options ?? plainly;
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const problem = new Problem('program-error', detail, { cause: error });
  const report = failureReport(problem, factsOf(attempt, options, shell));
  try {
    await deliver({ exitCode: exits.bug, report }, { ...options, output: forPrograms(options) }, shell);
  } catch (second) {
    await tell(second instanceof Error ? second.message : String(second), shell);
  }
  return exits.bug;
}

/** What is asked for besides the text on the terminal. */
function forPrograms({ output }: GlobalOptions): GlobalOptions['output'] {
  return output.filter(({ format, file }) => format !== 'text' || file !== undefined);
}

async function reportProblem(problem: Problem, attempt: Attempt, shell: RunningShell): Promise<number> {
  const options = attempt.options ?? plainly;
  const report = failureReport(problem, factsOf(attempt, options, shell));
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

/** A person has been told already, at the moment it was stopped; programs and files get what it had come to. */
async function reportStop(how: string, exitCode: number, attempt: Attempt, shell: RunningShell): Promise<number> {
  const options = attempt.options ?? plainly;
  const soFar = shell.run.standing.report?.();
  const problem = new Problem('interrupted', `${how}; ${madeIn(soFar)}`);
  const report = stoppedReport(problem, exitCode, factsOf(attempt, options, shell), soFar);
  try {
    await deliver({ exitCode, report }, { ...options, output: forPrograms(options) }, shell);
  } catch (second) {
    await tell(second instanceof Error ? second.message : String(second), shell);
  }
  return exitCode;
}

function madeIn(report: Report | undefined): string {
  const made = report?.changes.filter(({ applied }) => applied).length ?? 0;
  return made === 0 ? 'nothing was changed' : `changes made, which stay: ${made}`;
}

function factsOf({ command, startedAt }: Attempt, { detailedExitcode, strict }: GlobalOptions, shell: RunningShell) {
  const { id, counts } = shell.run;
  const finishedAt = shell.clock.now();
  return { command, run: id, startedAt, finishedAt, requests: counts, detailedExitcode, strict };
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
