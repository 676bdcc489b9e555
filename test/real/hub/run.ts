/** The whole program in this process on real servers: command lines in; exit code, answer, report and requests out. */
import { setMaxListeners } from 'node:events';
import { PassThrough } from 'node:stream';
import { systemClock } from '../../../src/adapters/clock.ts';
import { createCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import { createTransport } from '../../../src/adapters/kubernetes/transport.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { registry } from '../../../src/cli/registry.ts';
import type { Shell } from '../../../src/cli/shell.ts';
import type { Report } from '../../../src/render/report.ts';
import { killed, type Wires } from '../../helpers/harness.ts';

/** One request that reached the front. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

export interface RealRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Of `-o json`. Throws an Error with what was said where there is none. */
  readonly report: Report;
}

export interface RunPlace {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What a test puts between the program and the servers; the hub is reached with this then, and not by the kubeconfig. */
  readonly wired?: { readonly wires: Wires; readonly url: string; readonly ca: string; readonly token: string };
}

export async function runIn({ cwd, env, wired }: RunPlace, line: string): Promise<RealRun> {
  const [stdout, stderr] = [capture(), capture()];
  const { signal } = new AbortController();
  // As in a process: every request and every wait of a run listens to it.
  setMaxListeners(0, signal);
  const shell: Shell = {
    env,
    cwd,
    stdin: new PassThrough(),
    stdout: stdout.stream,
    stderr: stderr.stream,
    isTTY: false,
    columns: 100,
    signal,
    clock: systemClock(),
    onInterrupt: () => () => {},
    ...(wired && { doors: doorsOf(wired) }),
  };
  const death = wired?.wires.death;
  const ended = runProgram(line.split(' '), registry, shell);
  const exitCode = await Promise.race([ended, ...(death === undefined ? [] : [death.then(() => killed)])]);
  const [text, said] = [stdout.text(), stderr.text()];
  return {
    exitCode,
    stdout: text,
    stderr: said,
    get report(): Report {
      if (!text.startsWith('{')) throw new Error(`${line} gave no report (exit ${exitCode}): ${said}`);
      return JSON.parse(text);
    },
  };
}

/** Requests that change something which stays: no dry runs, reviews, Views of ours, nor the Lease (cli.md). */
export function writesIn(requests: readonly SeenRequest[]): string[] {
  const harmless = /dryRun=All|selfsubjectaccessreviews|managedclusterviews|\/leases\b/;
  return requests
    .filter(({ method, path }) => method !== 'GET' && !harmless.test(path))
    .map(({ method, path }) => `${method} ${path.split('?')[0]}`);
}

function doorsOf({ wires, url, ca, token }: NonNullable<RunPlace['wired']>): NonNullable<Shell['doors']> {
  return async (counts) => ({
    hub: async () => {
      const headers = { authorization: `Bearer ${token}` };
      const transport = createTransport({ server: url, credentials: async () => ({ ca, headers }) });
      const through = wires.transport?.(transport, 'local-cluster') ?? transport;
      return createCluster({ name: 'hub', transport: through, clock: systemClock(), counts });
    },
    context: (context) => Promise.reject(new Error(`nobody has a context ${context} here`)),
    token: async () => token,
    store: (store) => wires.store?.(store) ?? store,
  });
}

function capture() {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}
