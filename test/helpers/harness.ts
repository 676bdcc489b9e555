/** The program against a sandbox in the same process and in virtual time: command lines in; exit code, answer and report out. */
import { PassThrough } from 'node:stream';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { tracked } from '../../src/adapters/tracked.ts';
import { createVirtualClock, type VirtualClock } from '../../src/adapters/virtual-clock.ts';
import { runProgram } from '../../src/cli/program.ts';
import { registry } from '../../src/cli/registry.ts';
import type { Shell } from '../../src/cli/shell.ts';
import { Problem } from '../../src/engine/problem.ts';
import type { Transport } from '../../src/http.ts';
import type { Cluster, ObjectStore, RequestCounts } from '../../src/ports.ts';
import type { Report } from '../../src/render/report.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import type { RequestEntry } from '../../src/sandbox/requests.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Of the command; taken from `-o json=…` on the side. */
  readonly report: Report;
  /** What the sandbox served meanwhile. */
  readonly requests: readonly RequestEntry[];
}

/** What a test puts between the program and the sandbox. */
export interface Wires {
  /** Around what carries the requests to the API server of a cluster. */
  readonly transport?: (transport: Transport, cluster: string) => Transport;
  readonly store?: (store: ObjectStore) => ObjectStore;
  /** Resolves when the program is dead: nobody waits for it any more. */
  readonly death?: Promise<void>;
}

export interface RunHow {
  readonly env?: Record<string, string>;
  readonly signal?: AbortSignal;
  readonly wires?: Wires;
}

/** The exit code of a run that was killed. */
export const killed = 137;

export interface Harness {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  /** The hub, as an administrator with another field manager. */
  readonly admin: Cluster;
  /** A line is taken apart at its blanks; a list is the arguments as they are. */
  run(line: string | readonly string[], how?: RunHow): Promise<Ran>;
  /** Lets virtual time pass. */
  pass(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

/** What a command without a report has: nothing that a test could look at by mistake. */
const noReport = Object.freeze({}) as Report;

const start = Date.parse('2026-01-05T09:00:00Z');

export async function createHarness(options: Omit<SandboxOptions, 'clock'> = {}): Promise<Harness> {
  const clock = createVirtualClock({ startMs: start });
  const sandbox = await createSandbox({ ...options, clock });
  const hubName = sandbox.hub.name;
  const cluster = (name: string, fieldManager: string, counts?: RequestCounts, wires: Wires = {}) => {
    const transport = wires.transport?.(sandbox.transport(name), name) ?? sandbox.transport(name);
    return tracked(clock, createCluster({ name, transport, clock, fieldManager, ...(counts && { counts }) }));
  };

  async function run(line: string | readonly string[], how: RunHow = {}): Promise<Ran> {
    const { wires = {} } = how;
    const from = sandbox.requests.entries().length;
    const [stdout, stderr] = [capture(), capture()];
    const shell: Shell = {
      env: { ...environment(sandbox), ...how.env },
      cwd: process.cwd(),
      stdin: new PassThrough(),
      stdout: stdout.stream,
      stderr: stderr.stream,
      isTTY: false,
      columns: 100,
      signal: how.signal ?? new AbortController().signal,
      clock,
      onInterrupt: () => () => {},
      doors: async (counts) => ({
        hub: async () => cluster(hubName, 'acm-observability', counts, wires),
        // A context is named after the cluster it leads to, as in the kubeconfig of a served sandbox.
        context: async (context, name) => {
          if (![hubName, ...sandbox.clusters].includes(context))
            throw new Problem('context-unknown', `There is no context “${context}”.`);
          return { ...cluster(context, 'acm-observability', counts, wires), name };
        },
        token: async () => sandbox.token,
        store: (store) => tracked(clock, wires.store?.(store) ?? store),
      }),
    };
    // Tracked, so that no time passes while its code is loaded.
    const ended = clock.run(() => runProgram(typeof line === 'string' ? line.split(' ') : line, registry, shell));
    const exitCode = await Promise.race([
      ended,
      ...(wires.death === undefined ? [] : [wires.death.then(() => killed)]),
    ]);
    const text = stdout.text();
    const requests = sandbox.requests.entries().slice(from);
    return { exitCode, stdout: text, stderr: stderr.text(), report: reportIn(text), requests };
  }

  return {
    sandbox,
    clock,
    admin: cluster(hubName, 'kubectl-edit'),
    run,
    pass: (seconds) => clock.sleep(seconds * 1000),
    async stop() {
      await sandbox.stop();
      clock.stop();
    },
  };
}

/** Requests that change something which stays: no dry runs, reviews, Views of ours, nor the Lease (cli.md). */
export function writesIn(requests: readonly RequestEntry[]): string[] {
  const harmless = /dryRun=All|subjectaccessreviews|managedclusterviews|\/leases\b/;
  return requests
    .filter(({ method, path }) => method !== 'GET' && method !== 'HEAD' && !harmless.test(path))
    .map(({ method, path, cluster }) => `${cluster} ${method} ${path}`);
}

function environment({ store }: Sandbox): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: store.accessKeyId,
    AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
    AWS_REGION: store.region,
    S3_BUCKET_NAME: store.bucket,
    AWS_ENDPOINT_URL_S3: store.endpoint,
    USER: 'anna',
  };
}

function capture() {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}

/** The report when the answer was asked for as JSON; commands with other answers have none. */
function reportIn(text: string): Report {
  return /^\{\n/.test(text) ? JSON.parse(text) : noReport;
}
