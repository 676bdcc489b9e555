/** A sandbox in a process of its own, of eight clusters unless told, as `acm-observability sandbox` serves it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse, stringify } from 'yaml';
import { bareEnvironment, type Environment, program } from './process.ts';

export const sandboxCommand = 'sandbox --state fresh --speed 60';

/** One line of `requests.jsonl`. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly cluster: string;
}

/** No dry run, no question about rights, no View that the run deletes again, not the Lease. */
export function isWrite({ method, path }: Request): boolean {
  const harmless = /dryRun=All|subjectaccessreviews|managedclusterviews|\/leases\b/;
  return method !== 'GET' && method !== 'HEAD' && !harmless.test(path);
}

export interface BenchSandbox {
  readonly dir: string;
  /** What `. D/env` gives, beside what every process gets. */
  readonly env: Environment;
  /** Base URL of its API servers. */
  readonly url: string;
  /** The same kubeconfig with another URL; returns its path. */
  kubeconfigFor(url: string): Promise<string>;
  /** A kubeconfig of the hub alone, as who administers a large fleet has: nobody has a context for each of thousands. */
  kubeconfigOfHub(): Promise<string>;
  /** What was asked of it so far. */
  requests(): Promise<readonly Request[]>;
  stop(): Promise<void>;
}

/** `more`: further flags, and what only the sandbox's process gets. */
export async function startSandbox(more: readonly string[] = [], own: Environment = {}): Promise<BenchSandbox> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-sandbox-'));
  const argv = [program, ...sandboxCommand.split(' '), ...more, '--dir', dir];
  const child = spawn(process.execPath, argv, { env: bareEnvironment(own), stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await ready(child);
    const kubeconfig = await readFile(join(dir, 'kubeconfig'), 'utf8');
    const url = /server: (https:\/\/127\.0\.0\.1:\d+)$/m.exec(kubeconfig)?.[1];
    if (url === undefined) throw new Error('the kubeconfig of the sandbox names no server');
    return {
      dir,
      url,
      env: bareEnvironment(exported(await readFile(join(dir, 'env'), 'utf8'))),
      kubeconfigFor: async (other) => {
        const path = join(dir, 'kubeconfig-relayed');
        await writeFile(path, kubeconfig.replaceAll(url, other), { mode: 0o600 });
        return path;
      },
      kubeconfigOfHub: async () => {
        const path = join(dir, 'kubeconfig-hub');
        await writeFile(path, hubOnly(kubeconfig), { mode: 0o600 });
        return path;
      },
      requests: async () => requestsIn(await readFile(join(dir, 'requests.jsonl'), 'utf8')),
      stop: () => stop(child, dir),
    };
  } catch (error) {
    await stop(child, dir);
    throw error;
  }
}

async function ready(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error('a process without standard output');
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('ready: ')) return;
  throw new Error('the sandbox ended before it was ready');
}

async function stop(child: ChildProcess, dir: string): Promise<void> {
  if (child.exitCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await rm(dir, { recursive: true, force: true });
}

function hubOnly(kubeconfig: string): string {
  const { clusters, contexts, ...rest }: Record<'clusters' | 'contexts', { name: string }[]> = parse(kubeconfig);
  const own = (entries: { name: string }[]) => entries.filter(({ name }) => name === 'hub');
  return stringify({ ...rest, clusters: own(clusters), contexts: own(contexts) });
}

/** The file is for a shell; its values are quoted and hold no quotes. */
function exported(text: string): Environment {
  return Object.fromEntries([...text.matchAll(/^export (\w+)='([^']*)'$/gm)].map(([, name, value]) => [name, value]));
}

function requestsIn(text: string): Request[] {
  // What is behind the last end of a line is being written.
  return text
    .split('\n')
    .slice(0, -1)
    .map((line): Request => JSON.parse(line));
}
