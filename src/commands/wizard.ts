/** `setup`: look around, ask five questions, write the file, show the plan, and do it when it is approved. */
import { access, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { steps } from '../../steps/index.ts';
import { rightsNow } from '../checks/rights.ts';
import type { GlobalOptions } from '../cli/options.ts';
import type { CommandResult } from '../cli/output.ts';
import type { Shell } from '../cli/shell.ts';
import { storageKeys } from '../config/credentials.ts';
import { accessKeyVariable, secretKeyVariable } from '../config/environment.ts';
import { defaultFile } from '../config/load.ts';
import { Problem } from '../engine/problem.ts';
import { describeRights, missingRights } from '../engine/rights.ts';
import { shippedPacks } from '../packs/load.ts';
import { applyCommand } from './apply.ts';
import { openSession } from './session.ts';
import { foundBy } from './setup/found.ts';
import type { Found, TypedKeys } from './setup/questions.ts';
import { terminalAsk } from './setup/terminal.ts';
import { setup } from './setup.ts';

export async function setupCommand(options: GlobalOptions, shell: Shell): Promise<CommandResult> {
  if (!options.interactive) {
    throw new Problem('nobody-to-ask', 'setup asks five questions, and nobody can answer them here', {
      fix: 'Give the values by file or variable instead: `acm-observability apply --yes`.',
    });
  }
  const path = options.file ?? defaultFile;
  if (path === '-') {
    throw new Problem('usage', 'setup writes a file; standard input is none', {
      fix: 'Name it: -f acm-observability.yaml',
    });
  }
  const outcome = await setup({
    found: await lookForSetup(options, shell),
    ask: terminalAsk({ input: shell.stdin, output: shell.stderr, signal: shell.signal }),
    file: { path, exists: await exists(resolve(shell.cwd, path)) },
    write: (file, text) => save(resolve(shell.cwd, file), text),
  });
  if (!outcome.written || !outcome.showPlan) return { exitCode: 0 };
  return applyCommand({ ...options, file: path }, withKeys(shell, outcome.keys));
}

async function lookForSetup(options: GlobalOptions, shell: Shell): Promise<Found> {
  const { file: _, ...rest } = options;
  const session = await openSession(rest, shell);
  try {
    const { cluster, hub } = session.context;
    const missing = await missingRights(cluster, await rightsNow('apply', session.context, steps));
    return foundBy({
      hub,
      config: session.loaded.config,
      keys: await storageKeys(shell.env, shell.cwd),
      missingRights: missing.map((right) => describeRights([right])),
      packs: await shippedPacks(),
    });
  } finally {
    await session.close();
  }
}

/** @throws Problem `usage` when it cannot be written. */
async function save(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new Problem('usage', `${path} cannot be written${code}`, {
      cause,
      likely: 'The folder does not exist or is read-only.',
      fix: 'Name a file that can be written: `acm-observability setup -f FILE`.',
    });
  }
}

/** Keys typed by hand reach the apply of this very run through its environment, in memory, and nothing else. */
function withKeys(shell: Shell, keys: TypedKeys | undefined): Shell {
  if (keys === undefined) return shell;
  const { accessKey, secretKey } = keys;
  return { ...shell, env: { ...shell.env, [accessKeyVariable]: accessKey, [secretKeyVariable]: secretKey } };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
