/**
 * `demo`: a guided tour on the sandbox. The acts are the real commands, run against a hub in this process through a real
 * socket and kubeconfig; nothing in them is staged but the hub.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GlobalOptions } from '../cli/options.ts';
import type { CommandResult } from '../cli/output.ts';
import { write } from '../cli/output.ts';
import { runProgram } from '../cli/program.ts';
import type { Shell } from '../cli/shell.ts';
import { exits } from '../engine/exits.ts';
import { condition, ObservabilityAddonKind } from '../kinds.ts';
import { createSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { serveSandbox } from '../sandbox/serve.ts';

/** Sixty times as fast: what takes ACM three minutes takes three seconds. */
const speed = 60;
/** The cluster somebody breaks. */
const victim = 'quest-3';
/** Milliseconds a change may take to reach the hub. */
const patience = 20_000;

const configuration = `# What the four variables of the environment do not say. No secret belongs in here.
apiVersion: acm-observability/v1
metrics:
  platform: [kube_deployment_status_replicas_ready]
  userWorkload: [fights_total]
`;

interface Act {
  /** What is about to happen, in a sentence. */
  readonly text: string;
  /** The command line, as it is typed. */
  readonly line?: string;
  /** Done before the command, by somebody else. */
  readonly before?: (sandbox: Sandbox, shell: Shell) => Promise<void>;
  readonly exitCode?: number;
}

const acts: readonly Act[] = [
  {
    text: 'A hub and seven managed clusters, nothing installed. What would be done? Nothing is written yet.',
    line: 'plan',
  },
  { text: 'Do it, wait until it is ready, and prove that metrics arrive.', line: 'apply --yes' },
  { text: 'Follow the metrics, hop by hop, on every cluster.', line: 'verify' },
  { text: 'Run it again: there is nothing to do, and nothing is written.', line: 'apply --yes' },
  {
    text: `Somebody turns user-workload monitoring off on ${victim}, by hand. Which hop is broken, and what mends it?`,
    before: breakVictim,
    line: 'verify',
    exitCode: exits.partial,
  },
  { text: 'Set back exactly that.', line: 'apply --yes' },
  { text: 'Take everything away again. The stored metrics stay.', line: 'uninstall --yes' },
];

/** Resolves to 0 when every act ended as it should. */
export async function demoCommand(_options: GlobalOptions, shell: Shell): Promise<CommandResult> {
  const folder = await mkdtemp(join(tmpdir(), 'acm-observability-demo-'));
  const sandbox = await createSandbox({ scenario: 'quest', speed }, { served: true });
  try {
    const served = await serveSandbox(sandbox, { dir: folder });
    try {
      await writeFile(join(folder, 'acm-observability.yaml'), configuration);
      return await play(sandbox, folder, shell);
    } finally {
      await served.close();
    }
  } finally {
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function play(sandbox: Sandbox, folder: string, shell: Shell): Promise<CommandResult> {
  const stage = stageOf(sandbox, folder, shell);
  const { registry } = await import('../cli/registry.ts');
  for (const [index, act] of acts.entries()) {
    shell.signal.throwIfAborted();
    await act.before?.(sandbox, shell);
    await write(shell.stdout, `${index === 0 ? '' : '\n'}# ${index + 1}/${acts.length} ${act.text}\n`);
    if (act.line === undefined) continue;
    await write(shell.stdout, `$ acm-observability ${act.line}\n`);
    const exitCode = await runProgram(act.line.split(' '), registry, stage);
    const expected = act.exitCode ?? exits.done;
    if (exitCode === expected) continue;
    shell.signal.throwIfAborted();
    return { exitCode, text: `The demo stopped: exit ${exitCode} where ${expected} was expected.` };
  }
  return { exitCode: exits.done, text: '\nThat was the demo. On a hub of yours: acm-observability setup' };
}

/** The environment of `D/env`, and nothing of the person's own. */
function stageOf({ store }: Sandbox, folder: string, shell: Shell): Shell {
  const { PATH, HOME, USER, TERM, LANG, NO_COLOR, FORCE_COLOR, COLUMNS } = shell.env;
  return {
    ...shell,
    isTTY: false,
    cwd: folder,
    env: {
      ...{ PATH, HOME, USER, TERM, LANG, NO_COLOR, FORCE_COLOR, COLUMNS },
      KUBECONFIG: join(folder, 'kubeconfig'),
      AWS_ACCESS_KEY_ID: store.accessKeyId,
      AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
      AWS_REGION: store.region,
      AWS_ENDPOINT_URL_S3: store.endpoint,
      S3_BUCKET_NAME: store.bucket,
    },
  };
}

/** Turned off by a person, and waited for until the hub knows. */
async function breakVictim(sandbox: Sandbox, { clock, signal }: Shell): Promise<void> {
  await sandbox.people.turnOffUserWorkload(victim);
  const deadline = clock.now() + patience;
  const key = { namespace: victim, name: 'observability-addon' };
  const reason = () => condition(sandbox.hub.get(ObservabilityAddonKind, key), 'UwlMetricsCollector')?.reason;
  while (reason() !== 'Disabled') {
    if (clock.now() > deadline) throw new Error(`${victim}: the hub has not noticed within ${patience} ms`);
    await clock.sleep(100, signal);
  }
}
