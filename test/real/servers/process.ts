/** A server in a process of its own: started, waited for, stopped by its process id, its log kept for who wonders. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach } from 'vitest';

export interface LaunchOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Asked until it says yes. Throwing means no. */
  readonly ready: () => Promise<boolean>;
}

export interface Launched {
  readonly pid: number;
  /** The end of what it has printed. */
  log(): string;
  /** Resolves when the process is gone. */
  stop(): Promise<void>;
}

const readyMs = 60_000;
const keptCharacters = 200_000;
/** Characters by which the end of a log is found again. */
const marker = 500;
const running = new Set<{
  readonly name: string;
  readonly child: ChildProcess;
  log(): string;
  stop(): Promise<void>;
}>();

// Whatever ends this process ends its servers too.
process.once('exit', () => {
  for (const { child } of running) child.kill('SIGKILL');
});

/** Starts a server and resolves when it is ready. Throws an Error with its log when it ends or takes too long. */
export async function launch(options: LaunchOptions): Promise<Launched> {
  const { name, command, args, env = {} } = options;
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString('utf8')).slice(-keptCharacters);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const stop = async (): Promise<void> => {
    running.delete(entry);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await gone;
    clearTimeout(patience);
  };
  const entry = { name, child, log: () => text, stop };
  running.add(entry);
  let broken: Error | undefined;
  child.once('error', (error) => {
    broken = error;
  });
  const deadline = Date.now() + readyMs;
  while (!(await options.ready().catch(() => false))) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (broken !== undefined || ended || Date.now() > deadline) {
      await (broken === undefined ? stop() : undefined);
      throw new Error(`${name} ${ended ? 'ended' : 'is not ready'}: ${broken?.message ?? ''}\n${tail(text, 40)}`);
    }
    await sleep(50);
  }
  return { pid: child.pid ?? -1, log: () => text, stop };
}

/**
 * Called first in a suite: after a test that failed, what its servers logged meanwhile goes to standard error; and at the
 * end nothing is left running, even where the suite could not begin.
 */
export function lookAfterServers(): void {
  const before = new Map<string, string>();
  beforeEach(() => {
    for (const { name, log } of running) before.set(name, log().slice(-marker));
  });
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail') return;
    for (const { name, log } of running) {
      const text =
        log()
          .split(before.get(name) || '\0')
          .at(-1) ?? '';
      if (text.trim() !== '') process.stderr.write(`--- ${name}\n${tail(text, 25)}\n`);
    }
  });
  afterAll(async () => {
    await Promise.all([...running].map((server) => server.stop()));
  });
}

function tail(text: string, lines: number): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/** Below what any usual system gives out by itself (Linux from 32768, others from 49152), above what is well known. */
const [lowestPort, portsEach, slices] = [12_000, 1_000, 20];
let given = Math.floor(Math.random() * portsEach);

/**
 * A port for a server that has to be told one. Nothing takes it until that server listens: outgoing connections get theirs
 * from another range, each worker of the tests has a slice of its own, and none is given twice in a row of 1,000.
 */
export async function freePort(): Promise<number> {
  const slice = Number(process.env.VITEST_POOL_ID ?? 0) % slices;
  for (let tries = 0; tries < portsEach; tries += 1) {
    given = (given + 1) % portsEach;
    const port = lowestPort + slice * portsEach + given;
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${portsEach} ports is free`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** A temporary folder, and the way to be rid of it. */
export async function temporaryFolder(prefix: string): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `${prefix}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Whether a GET is answered with 200. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.status === 200;
}
