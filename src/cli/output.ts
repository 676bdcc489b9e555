/** What a command came to, and how it leaves the program: the one place that knows formats, files and standard output. */
import { appendFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { makeFolder } from '../adapters/folder.ts';
import { breath } from '../engine/breath.ts';
import { Problem } from '../engine/problem.ts';
import type { Answer } from '../render/answers/answer.ts';
import { type OutputFormat, renderReport } from '../render/formats.ts';
import { plainText } from '../render/plain.ts';
import type { Report } from '../render/report.ts';
import { resolveStyle, type Style } from '../render/style.ts';
import type { GlobalOptions } from './options.ts';
import type { Output, Shell } from './shell.ts';

export interface CommandResult {
  readonly exitCode: number;
  /** Rendered in every format asked for. */
  readonly report?: Report;
  /** An answer that is not a report (`explain`, `config show`): printed as it is. */
  readonly text?: string;
  /** The same answer in further formats. */
  readonly forms?: Readonly<Partial<Record<OutputFormat, () => string>>>;
  /** What a command about dashboards or people came to; has the formats of `answerFormats`. */
  readonly answer?: Answer;
}

/** An answer, with the exit code it tells. */
export function answered(answer: Answer): CommandResult {
  return { exitCode: answer.exitCode, answer };
}

/** Writes the answer: to standard output, and to every file named with `-o`. */
export async function deliver(result: CommandResult, options: GlobalOptions, shell: Shell): Promise<void> {
  if (result.text !== undefined) await deliverText(result.text, result.forms ?? {}, options, shell);
  if (result.answer !== undefined) await deliverAnswer(result.answer, options, shell);
  const { report } = result;
  if (report === undefined) return;
  for (const { format, file } of options.output) {
    // Refused by the command line for whatever has a report.
    if (format === 'sarif') continue;
    if (format === 'jsonl' && shell.run?.lines !== undefined) continue;
    await breath();
    // A run that ended early has no answer for a person, only a reason: that belongs beside the progress.
    const stream =
      (format === 'text' || format === 'short') && report.problem !== undefined ? shell.stderr : shell.stdout;
    if (file === undefined) await write(stream, await renderReport(report, format, styleFor(stream, options, shell)));
    else await writeReport(resolve(shell.cwd, file), await renderReport(report, format, fileStyle(options, shell)));
  }
  await annotate(report, shell);
  await summarize(report, options, shell);
  // Last: what went wrong with another file is part of the verdict.
  await shell.run?.lines?.end(report);
}

async function deliverText(
  text: string,
  forms: NonNullable<CommandResult['forms']>,
  options: GlobalOptions,
  shell: Shell,
): Promise<void> {
  const known: NonNullable<CommandResult['forms']> = { text: () => text, ...forms };
  const asked = options.output.filter(({ format }) => known[format] !== undefined);
  for (const { format, file } of asked.length > 0 ? asked : [{ format: 'text' as const, file: undefined }]) {
    const made = withNewline(harmless(known[format]?.() ?? text));
    if (file === undefined) await write(shell.stdout, made);
    else await writeReport(resolve(shell.cwd, file), made);
  }
}

async function deliverAnswer(answer: Answer, options: GlobalOptions, shell: Shell): Promise<void> {
  const { answerJson } = await import('../render/answers/programs.ts');
  const { answerText } = await import('../render/answers/text.ts');
  for (const { format, file } of options.output) {
    if (format === 'jsonl') continue;
    const style = file === undefined ? styleFor(shell.stdout, options, shell) : fileStyle(options, shell);
    const text = format === 'json' ? answerJson(answer) : answerText(answer, style);
    if (file === undefined) await write(shell.stdout, text);
    else await writeReport(resolve(shell.cwd, file), text);
  }
  await shell.run?.lines?.answer(answer);
}

/** On a runner of GitHub every failure is shown beside the run. They stand on standard error: the answer is somebody's input. */
async function annotate(report: Report, shell: Shell): Promise<void> {
  if (shell.env.GITHUB_ACTIONS !== 'true') return;
  const { annotationsText } = await import('../render/annotations.ts');
  await write(shell.stderr, annotationsText(report));
}

/** The page of a GitHub workflow run gets the recap, whatever else was asked for. One that cannot be written is no failure. */
async function summarize(report: Report, options: GlobalOptions, shell: Shell): Promise<void> {
  const path = shell.env.GITHUB_STEP_SUMMARY ?? '';
  if (path === '') return;
  const text = await renderReport(report, 'markdown', fileStyle(options, shell));
  await appendFile(path, withNewline(text)).catch((cause: unknown) => tell(reportFailed(path, cause).message, shell));
}

/** Shows what would change, on standard error: the answer is still to come. */
export async function showPlan(report: Report, options: GlobalOptions, shell: Shell): Promise<void> {
  const { planOf } = await import('../render/text/index.ts');
  await breath();
  await write(shell.stderr, `${planOf(report, styleFor(shell.stderr, options, shell))}\n`);
}

/** A line beside the answer; for what a person should know while something goes on. */
export async function tell(text: string, shell: Shell): Promise<void> {
  await write(shell.stderr, withNewline(harmless(text)));
}

/** Without what a terminal would obey; a script keeps its tabs. */
function harmless(text: string): string {
  return text.split('\t').map(plainText).join('\t');
}

/** How text is to look on a stream. */
export function styleFor(stream: Output, options: GlobalOptions, shell: Shell): Style {
  return resolveStyle({ flags: options, env: shell.env, isTTY: stream.isTTY === true, columns: shell.columns });
}

function fileStyle(options: GlobalOptions, shell: Shell): Style {
  return { ...styleFor(shell.stdout, options, shell), color: options.color === 'always' };
}

/** @throws Problem `usage`. */
export async function writeReport(path: string, text: string): Promise<void> {
  try {
    await makeFolder(dirname(path));
    await writeFile(path, text);
  } catch (cause) {
    throw reportFailed(path, cause);
  }
}

export function reportFailed(path: string, cause: unknown): Problem {
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new Problem('usage', `The report cannot be written to ${path}${code}.`, {
    cause,
    likely: 'The folder is read-only, or the path is a folder.',
    fix: 'Name a file that can be written: -o FORMAT=FILE.',
  });
}

/** Resolves when the text has left for good, so that a large answer survives the end of the process. */
export function write(stream: Output, text: string): Promise<void> {
  return new Promise((done, failed) => {
    stream.write(text, (error) => {
      if (error && !('code' in error && error.code === 'EPIPE')) failed(error);
      else done();
    });
  });
}

function withNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
