/** `bundle`: what somebody who helps needs to see, in one archive without secrets. Lists its contents before it gathers. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ArchivedFile, tarGz } from '../adapters/archive.ts';
import { type BundledFile, clusterFiles } from '../bundle/contents.ts';
import { createRedactor, secretsIn } from '../bundle/redact.ts';
import { hops } from '../checks/index.ts';
import { preflightsFor } from '../checks/preflight.ts';
import { confirm } from '../cli/ask.ts';
import type { GlobalOptions } from '../cli/options.ts';
import { type CommandResult, reportFailed, tell } from '../cli/output.ts';
import type { Shell } from '../cli/shell.ts';
import { isProblem } from '../engine/problem.ts';
import { observabilityNamespace } from '../hub.ts';
import { SecretKind } from '../kinds.ts';
import { ApiError } from '../ports.ts';
import { type RunHow, resultOf, runSteps } from './running.ts';
import type { Session } from './session.ts';
import { withSession } from './with-session.ts';

export interface BundleOptions extends GlobalOptions {
  /** The archive; `acm-observability-RUN.tar.gz` in the working folder unless told. */
  readonly to?: string;
}

/** Read only. @throws Problem `usage` when the archive cannot be written, and what keeps the hub from being looked at. */
export async function bundleCommand(options: BundleOptions, shell: Shell): Promise<CommandResult> {
  return withSession(options, shell, {}, async (session) => {
    const files = [...reportFiles(session, options, shell), ...clusterFiles(session.context)];
    const path = resolve(shell.cwd, options.to ?? `acm-observability-${session.context.runId}.tar.gz`);
    const width = Math.max(...files.map((file) => file.path.length));
    const rows = files.map((file) => `  ${file.path.padEnd(width)}  ${file.title}`);
    await tell(['The bundle will hold, without any secret:', ...rows].join('\n'), shell);
    if (!(await confirm(`Gather this into ${path}?`, options, shell)))
      return { exitCode: 0, text: 'Nothing was written.' };
    return gather(session, files, path);
  });
}

async function gather(session: Session, files: readonly BundledFile[], path: string): Promise<CommandResult> {
  const { context } = session;
  const redact = createRedactor(await knownSecrets(session));
  const read: ArchivedFile[] = [];
  const missing: string[] = [];
  for (const file of files) {
    try {
      read.push({ path: file.path, text: redact(await file.read()) });
    } catch (error) {
      context.signal.throwIfAborted();
      missing.push(`${file.path}: ${redact(wordsOf(error))}`);
    }
  }
  const unread = missing.length === 0 ? [] : [{ path: 'not-read.txt', text: `${missing.join('\n')}\n` }];
  const archive = tarGz([...read, ...unread], context.clock.now());
  await writeFile(path, archive, { mode: 0o600 }).catch((cause: unknown) => Promise.reject(reportFailed(path, cause)));
  const lines = [`${path}: ${read.length} files, ${archive.length} bytes.`];
  if (missing.length > 0) lines.push('Not read:', ...missing.map((line) => `  ${line}`));
  return { exitCode: 0, text: [...lines, 'Look through it before you give it away.'].join('\n') };
}

/** The reports of runs that only read. */
function reportFiles(session: Session, options: GlobalOptions, shell: Shell): BundledFile[] {
  const report = (command: string, title: string, how: RunHow): BundledFile => ({
    path: `${command}.json`,
    title,
    async read() {
      const result = await runSteps(session, { ...options, quiet: true }, shell, how);
      return `${JSON.stringify(resultOf(command, session, options, result).report, undefined, 2)}\n`;
    },
  });
  return [
    report('check', 'what `check` finds', { mode: 'verify', checks: preflightsFor(session.context.config), steps: [] }),
    report('verify', 'what `verify` finds, hop by hop', { mode: 'verify', checks: hops }),
    report('plan', 'what `apply` would change', { mode: 'plan' }),
  ];
}

/** What must not be in it although somebody wrote it into a log or a message. */
async function knownSecrets({ context }: Session): Promise<string[]> {
  const live = await context.cluster.list(SecretKind, { namespace: observabilityNamespace }).catch(unlessRefused);
  const keys = await context.keys().catch(unlessTold);
  const given = keys === undefined ? [] : [keys.accessKey(), keys.secretKey()];
  return [...given, ...(live ?? []).flatMap(secretsIn)];
}

/** Without the right to read Secrets none of them can be in what is gathered through the API either. */
function unlessRefused(error: unknown): undefined {
  if (!(error instanceof ApiError)) throw error;
}

/** No keys given, no keys to strike out. */
function unlessTold(error: unknown): undefined {
  if (!isProblem(error)) throw error;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
