/** The program as it is shipped, in processes of its own: with pipes, in a pseudo-terminal, and as a sandbox for others. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { spawn as spawnInTerminal } from '@lydell/node-pty';
import type { RequestEntry } from '../../src/sandbox/requests.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Whether there is anything to run: `npm test` builds it. */
export const built = existsSync(main);

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface How {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Written to standard input; absent: it is closed. */
  readonly input?: string | Buffer;
}

/** Nothing of whoever runs the tests: only what a program needs to start. */
function bareEnvironment(env: How['env'] = {}): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: '/nowhere', ...env };
}

/** Starts a command of the program; `ended` resolves when it is over and all it said has arrived. */
export function start(argv: readonly string[], how: How = {}): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [main, ...argv], {
    env: bareEnvironment(how.env),
    ...(how.cwd === undefined ? {} : { cwd: how.cwd }),
    stdio: [how.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  // It may refuse before it has read everything.
  child.stdin?.on('error', () => {});
  child.stdin?.end(how.input);
  const ended = once(child, 'close').then(([code]) => ({ code, stdout, stderr }));
  return { child, ended };
}

export interface Terminal {
  /** Everything shown so far, without control sequences. */
  text(): string;
  /** Everything as it came. */
  raw(): string;
  /** Resolves when a text is shown that was not there when the last one was waited for. */
  shows(text: string): Promise<void>;
  type(keys: string): void;
  /** The exit code. */
  readonly ended: Promise<number>;
  kill(): void;
}

/** A shell script in a pseudo-terminal; `$PROGRAM` is how to call the program. */
export function startInTerminal(script: string, how: Pick<How, 'env' | 'cwd'> = {}): Terminal {
  const terminal = spawnInTerminal('/bin/sh', ['-c', script], {
    cols: 100,
    rows: 50,
    cwd: how.cwd ?? tmpdir(),
    env: { ...bareEnvironment(how.env), TERM: 'xterm', PROGRAM: `${process.execPath} ${main}` },
  });
  let raw = '';
  let from = 0;
  let over = false;
  let look = (): void => {};
  terminal.onData((data) => {
    raw += data;
    look();
  });
  const ended = new Promise<number>((done) => {
    terminal.onExit(({ exitCode }) => {
      over = true;
      look();
      done(exitCode);
    });
  });
  return {
    text: () => stripVTControlCharacters(raw),
    raw: () => raw,
    shows: (text) =>
      new Promise((found, missing) => {
        look = () => {
          const at = stripVTControlCharacters(raw).indexOf(text, from);
          if (at >= 0) {
            from = at + text.length;
            look = () => {};
            found();
          } else if (over) missing(new Error(`“${text}” was never shown:\n${stripVTControlCharacters(raw)}`));
        };
        look();
      }),
    type: (keys) => terminal.write(keys),
    ended,
    kill: () => {
      if (!over) terminal.kill('SIGKILL');
    },
  };
}

export interface ServedSandbox {
  readonly dir: string;
  /** What `env` sets. */
  readonly env: Readonly<Record<string, string>>;
  /** The requests it has served. */
  requests(): Promise<readonly RequestEntry[]>;
  stop(): Promise<void>;
}

/** `acm-observability sandbox` in a child, ready to be used. */
export async function startSandbox(...flags: readonly string[]): Promise<ServedSandbox> {
  const dir = await mkdtemp(join(tmpdir(), 'sandbox-'));
  const { child, ended } = start(['sandbox', '--dir', dir, ...flags]);
  const ready = child.stdout === null ? Promise.reject(new Error('no output')) : once(child.stdout, 'data');
  await Promise.race([
    ready,
    ended.then(({ stderr }) => Promise.reject(new Error(`the sandbox did not start: ${stderr}`))),
  ]);
  const env = await readFile(join(dir, 'env'), 'utf8');
  return {
    dir,
    env: Object.fromEntries(
      [...env.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name = '', value = '']) => [name, value]),
    ),
    async requests() {
      const text = await readFile(join(dir, 'requests.jsonl'), 'utf8');
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
