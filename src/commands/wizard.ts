/** `setup`: look around, ask five questions, write the file, show the plan, and do it when it is approved. */
import { access, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describeAccess, rightsForApply } from '../checks/rights.ts';
import type { GlobalOptions } from '../cli/options.ts';
import type { CommandResult } from '../cli/output.ts';
import type { Shell } from '../cli/shell.ts';
import { storageKeys } from '../config/credentials.ts';
import { accessKeyVariable, secretKeyVariable } from '../config/environment.ts';
import { defaultFile } from '../config/load.ts';
import { Problem } from '../engine/problem.ts';
import { isAvailable } from '../fleet/members.ts';
import { shippedPacks } from '../packs/load.ts';
import { applyCommand } from './apply.ts';
import { openSession } from './session.ts';
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
  const outcome = await setup({
    found: await lookForSetup(options, shell),
    ask: terminalAsk({ input: shell.stdin, output: shell.stderr, signal: shell.signal }),
    file: { path, exists: await exists(resolve(shell.cwd, path)) },
    write: (file, text) => writeFile(resolve(shell.cwd, file), text),
  });
  if (!outcome.written || !outcome.showPlan) return { exitCode: 0 };
  return applyCommand({ ...options, file: path }, withKeys(shell, outcome.keys));
}

async function lookForSetup(options: GlobalOptions, shell: Shell): Promise<Found> {
  const { file: _, ...rest } = options;
  const session = await openSession(rest, shell);
  try {
    const { cluster, hub } = session.context;
    const questions = rightsForApply(session.context);
    const answers = await cluster.access(questions);
    const { bucket, region, endpoint, caFile } = session.loaded.config.storage;
    const keys = await storageKeys(shell.env, shell.cwd);
    const [existing] = hub.observabilities;
    return {
      hub: {
        name: hub.name,
        api: hub.api,
        acmVersion: hub.acmVersion,
        ...(hub.clusterID === undefined ? {} : { clusterID: hub.clusterID }),
        ...(existing === undefined ? {} : { observability: existing.metadata.name }),
      },
      clusters: hub.managedClusters.map((object) => ({ name: object.metadata.name, available: isAvailable(object) })),
      missingRights: questions.filter((_, index) => answers[index] !== true).map(describeAccess),
      store: {
        ...(bucket === undefined ? {} : { bucket }),
        ...(region === undefined ? {} : { region }),
        ...(endpoint === undefined ? {} : { endpoint }),
        ...(caFile === undefined ? {} : { caFile }),
        keys: keys.kind,
        ...('from' in keys ? { keysFrom: keys.from } : {}),
      },
      packs: await shippedPacks(),
    };
  } finally {
    await session.close();
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
