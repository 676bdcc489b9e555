/** `config show | schema | import` and `explain`: their answers are texts. */
import { steps } from '../../steps/index.ts';
import { hops } from '../checks/index.ts';
import { preflights } from '../checks/preflight.ts';
import type { GlobalOptions } from '../cli/options.ts';
import type { CommandResult } from '../cli/output.ts';
import type { Shell } from '../cli/shell.ts';
import { configSchema, configShow, configShowJson, packJsonSchema } from './config.ts';
import { configImport } from './config-import.ts';
import { explain, explainJson } from './explain.ts';
import { loadFor, openSession } from './session.ts';

export async function configShowCommand(
  options: GlobalOptions & { readonly origin: boolean },
  shell: Shell,
): Promise<CommandResult> {
  const loaded = await loadFor(options, shell);
  return {
    exitCode: 0,
    text: configShow(loaded, options),
    forms: { json: () => configShowJson(loaded, options) },
  };
}

export async function configSchemaCommand({ pack }: { readonly pack: boolean }): Promise<CommandResult> {
  return { exitCode: 0, text: pack ? packJsonSchema() : configSchema() };
}

export async function configImportCommand(options: GlobalOptions, shell: Shell): Promise<CommandResult> {
  const session = await openSession(options, shell);
  try {
    return { exitCode: 0, text: await configImport(session.context.cluster) };
  } finally {
    await session.close();
  }
}

export async function explainCommand(options: { readonly topic?: string }): Promise<CommandResult> {
  const known = new Set(hops.map((hop) => hop.id));
  const checks = [...hops, ...preflights.filter((check) => !known.has(check.id))];
  const topics = { steps, checks };
  return {
    exitCode: 0,
    text: explain(options.topic, topics),
    forms: { json: () => explainJson(options.topic, topics) },
  };
}
