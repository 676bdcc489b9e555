/** The program as it is shipped. Built by `npm test` before; skipped by name where nobody has built it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'dist/main.js');
const built = existsSync(main);

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Only what a program needs to start; nothing of whoever runs the tests. */
const bare = { PATH: process.env.PATH ?? '', HOME: tmpdir() };

function start(
  argv: readonly string[],
  env: Record<string, string> = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [main, ...argv], {
    env: { ...bare, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const ended = new Promise<Ended>((done) => {
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
  return { child, ended };
}

describe.skipIf(!built)('the bundle (needs npm run build)', () => {
  test('can be run as it is, under both names', async () => {
    const { bin } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

    expect(Object.values(bin)).toEqual(['dist/main.js', 'dist/main.js']);
    expect(await readFile(main, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(statSync(main).mode & 0o111).toBe(0o111);
  });

  test('is flat, so that manifests/ stands beside every chunk', async () => {
    const entries = await readdir(join(root, 'dist'), { withFileTypes: true });

    expect(entries.filter((entry) => entry.isDirectory())).toEqual([]);
  });

  test('starts from three files, however many the commands need', async () => {
    const dist = join(root, 'dist');
    const read = new Set<string>();
    const open = async (name: string): Promise<void> => {
      if (read.has(name)) return;
      read.add(name);
      const needed = (await readFile(join(dist, name), 'utf8')).matchAll(/\b(?:from|import)"\.\/([^"]+)"/g);
      for (const [, other = ''] of needed) await open(other);
    };

    await open('main.js');

    expect(read.size).toBeLessThanOrEqual(3);
    expect((await readdir(dist)).length).toBeGreaterThan(50);
  });

  test('says the version of the package', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

    const { code, stdout } = await start(['--version']).ended;

    expect({ code, stdout }).toEqual({ code: 0, stdout: `${version}\n` });
  });

  test('is packed into 1.5 MB at most', async () => {
    const pack = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const { stdout } = await promisify(execFile)('npm', pack, { cwd: root, maxBuffer: 2 ** 24 });

    const [{ size, files }] = JSON.parse(stdout) as [{ size: number; files: { path: string }[] }];
    expect(size).toBeLessThanOrEqual(1_500_000);
    expect(files.filter(({ path }) => /^(?:src|test|node_modules)\//.test(path))).toEqual([]);
  });

  test('exits 64 for a command that does not exist', async () => {
    const { code, stdout, stderr } = await start(['aply']).ended;

    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toContain('Did you mean apply?');
  });

  test('does not mind a reader that goes away', async () => {
    const { child, ended } = start(['--help']);
    child.stdout?.destroy();

    const { code, stderr } = await ended;

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe.skipIf(!built)('a signal (needs npm run build)', () => {
  let hole: Server;
  let folder: string;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    // Takes connections and never answers.
    hole = createServer((socket) => {
      sockets.add(socket.on('error', () => {}));
    });
    await new Promise<void>((ready) => hole.listen(0, '127.0.0.1', ready));
    const address = hole.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    folder = await mkdtemp(join(tmpdir(), 'acm-observability-'));
    await writeFile(
      join(folder, 'kubeconfig'),
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'hub',
        clusters: [{ name: 'hub', cluster: { server: `http://127.0.0.1:${address.port}` } }],
        users: [{ name: 'me', user: { token: 'none' } }],
        contexts: [{ name: 'hub', context: { cluster: 'hub', user: 'me' } }],
      }),
    );
  });

  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => hole.close(closed));
    await rm(folder, { recursive: true, force: true });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s is answered in words at once, and twice ends a run that hangs with %i', async (signal, expected) => {
    const arrived = once(hole, 'connection');
    const { child, ended } = start(['verify'], { KUBECONFIG: join(folder, 'kubeconfig') });
    await Promise.race([arrived, ended]);

    child.kill(signal);
    child.stderr?.once('data', () => child.kill(signal));
    const { code, stderr } = await ended;

    expect(code).toBe(expected);
    expect(stderr).toContain('Stopping.');
  });
});
