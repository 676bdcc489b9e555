/** Commands whose answer is a text and not a report: `explain` and `config`. */

import { steps } from '../../steps/index.ts';
import { hops } from '../checks/index.ts';
import type { GlobalOptions } from '../cli/options.ts';
import type { CommandResult } from '../cli/output.ts';
import type { Shell } from '../cli/shell.ts';
import { loadConfig } from '../config/load.ts';
import { configSchema, configShow } from './config.ts';
import { configImport } from './config-import.ts';
import { explain } from './explain.ts';
import { openSession } from './session.ts';

/** Needs no cluster and no configuration. */
export async function explainCommand({ topic }: { readonly topic?: string }): Promise<CommandResult> {
  return { exitCode: 0, text: explain(topic, { steps, checks: hops }) };
}

export async function configShowCommand(
  { file, origin }: GlobalOptions & { readonly origin: boolean },
  { env, cwd, stdin }: Shell,
): Promise<CommandResult> {
  const loaded = await loadConfig({ file, env, cwd, stdin: textOf(stdin) });
  return { exitCode: 0, text: configShow(loaded, { origin }) };
}

export async function configSchemaCommand(): Promise<CommandResult> {
  return { exitCode: 0, text: configSchema() };
}

export async function configImportCommand(options: GlobalOptions, shell: Shell): Promise<CommandResult> {
  const session = await openSession(options, shell);
  try {
    return { exitCode: 0, text: await configImport(session.context.cluster) };
  } finally {
    await session.close();
  }
}

async function* textOf(stdin: Shell['stdin']): AsyncGenerator<string | Uint8Array> {
  for await (const chunk of stdin) yield chunk;
}
