/** Makes the real programs that are not there: from pinned Go modules, or unpacked from a Debian package. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { builtPath, type Located, locate, pinsOf, pinsPath } from './locate.ts';
import { cacheRoot, type ProgramName, programs, projectRoot } from './programs.ts';

const run = promisify(execFile);

export type Outcome =
  | { readonly name: ProgramName; readonly found: Located }
  | { readonly name: ProgramName; readonly built: string; readonly seconds: number }
  | { readonly name: ProgramName; readonly missing: string };

/** Finds a program, or makes it. What cannot be made is `missing`, with the reason. */
export async function provide(name: ProgramName): Promise<Outcome> {
  const found = locate(name);
  if (found !== undefined) return { name, found };
  const source = programs[name];
  const tool = source.by === 'go' ? 'go' : 'dpkg';
  if (!(await has(tool))) return { name, missing: `${tool} is not installed` };
  const begun = Date.now();
  await mkdir(join(cacheRoot, 'bin'), { recursive: true });
  try {
    if (source.by === 'go') await goBuild(name, source.module, source.package);
    else await unpack(name, source.package, source.file);
  } catch (error) {
    return { name, missing: reasonOf(error) };
  }
  await writeFile(pinsPath(name), `${pinsOf(name)}\n`);
  return { name, built: builtPath(name), seconds: Math.round((Date.now() - begun) / 1000) };
}

/**
 * Made quickly rather than to run quickly: without debug information and without inlining (a quarter less to compile), and by
 * compilers that collect their garbage seldom (a sixth less again).
 */
const goFlags = ['-trimpath', '-buildvcs=false', '-gcflags=all=-dwarf=false -l', '-ldflags=-s -w'];
const seldomCollected = { GOGC: '800' };

async function goBuild(name: ProgramName, module: string, path: string): Promise<void> {
  const options = { cwd: join(projectRoot, 'test/real/modules', module), maxBuffer: 64 << 20, timeout: buildMs };
  const env = { ...process.env, ...seldomCollected };
  await patiently(() => run('go', ['build', ...goFlags, '-o', builtPath(name), path], { ...options, env }));
}

/** A build that hangs must end before a CI run does; what it has compiled until then is kept by Go. */
const buildMs = 40 * 60_000;
const attempts = 4;
/** What Go says when a module could not be fetched this time. A sum or a version that is wrong stays wrong. */
const fetchFailed =
  /dial tcp|i\/o timeout|TLS handshake|connection re(set|fused)|unexpected EOF|stream error|no such host|server misbehaving|(429|5\d\d) [A-Z]/;

/** Tries again where a download failed; what was fetched and compiled so far is kept by Go. */
async function patiently(build: () => Promise<unknown>): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await build();
      return;
    } catch (error) {
      if (tried === attempts || !fetchFailed.test(saidBy(error))) throw error;
      await sleep(tried * 5_000);
    }
  }
}

/** Needs no root: the package is fetched and its files taken out, nothing is installed. */
async function unpack(name: ProgramName, debian: string, file: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'debian-'));
  try {
    await download(debian, folder);
    const archive = (await readdir(folder)).find((entry) => entry.endsWith('.deb'));
    if (archive === undefined) throw new Error(`apt-get download ${debian} left no package`);
    await run('dpkg', ['-x', archive, 'files'], { cwd: folder });
    await copyFile(join(folder, 'files', file), builtPath(name));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function download(debian: string, cwd: string): Promise<void> {
  try {
    await run('apt-get', ['download', debian], { cwd });
  } catch {
    // A fresh machine has no package lists yet.
    await run('apt-get', ['update'], { cwd });
    await run('apt-get', ['download', debian], { cwd });
  }
}

async function has(tool: string): Promise<boolean> {
  try {
    await run(tool, [tool === 'go' ? 'version' : '--version']);
    return true;
  } catch {
    // Not installed; the caller says so.
    return false;
  }
}

/** The last lines of what the tool said: where compilers put the point. */
function reasonOf(error: unknown): string {
  const said = saidBy(error);
  const last = said === '' ? String(error) : said.split('\n').slice(-5).join('\n');
  if (error instanceof Error && 'killed' in error && error.killed === true) {
    return `not built within ${buildMs / 60_000} min (go build goes on where it was): ${last}`;
  }
  if (!fetchFailed.test(said)) return last;
  return `a module could not be fetched, ${attempts} times (GOPROXY, HTTPS_PROXY?): ${last}`;
}

function saidBy(error: unknown): string {
  return error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
}
