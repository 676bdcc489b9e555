/** The program as people get it: the published files away from the sources, as child processes, beside a served sandbox. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Report } from '../../src/render/report.ts';
import type { RequestEntry } from '../../src/sandbox/requests.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Only what a program needs to start; nothing of whoever runs the tests. */
const bare = { PATH: process.env.PATH ?? '', HOME: tmpdir(), USER: 'anna' };

interface Ended {
  /** `null`: ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Resolves with what matches as soon as standard output holds it; rejects when it ends without. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
}

/** A folder with a copy of the published files; builds them where nobody has yet. */
export async function installProgram(): Promise<{ readonly main: string; remove(): Promise<void> }> {
  if (!existsSync(join(root, 'dist/main.js'))) execFileSync('npm', ['run', '--silent', 'build'], { cwd: root });
  const folder = await mkdtemp(join(tmpdir(), 'acm-observability-installed-'));
  const published = ['dist', 'manifests', 'package.json', 'docs/problems.md', 'steps/README.md'];
  for (const name of published) await cp(join(root, name), join(folder, name), { recursive: true });
  return { main: join(folder, 'dist/main.js'), remove: () => rm(folder, { recursive: true, force: true }) };
}

function start(command: string, argv: readonly string[], cwd: string): Started {
  const child = spawn(command, argv, { cwd, env: bare, stdio: ['ignore', 'pipe', 'pipe'] });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} did not start`);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const ended = new Promise<Ended>((done) => {
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
  const says = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((found, failed) => {
      const look = () => {
        const match = pattern.exec(stdout);
        if (match !== null) found(match);
      };
      child.stdout.on('data', look);
      void ended.then(() => failed(new Error(`ended without saying ${pattern}: ${stderr}`)));
      look();
    });
  return { pid, ended, says, kill: (signal) => void child.kill(signal) };
}

interface Ran extends Ended {
  /** What the sandbox served meanwhile. */
  readonly requests: readonly RequestEntry[];
  /** Throws when standard output is no report. */
  report(): Report;
}

/** A sandbox served by the installed program, and the program run beside it with nothing but the sandbox's `env`. */
export interface ServedSandbox {
  readonly dir: string;
  requests(): Promise<RequestEntry[]>;
  /** One run of the program, to its end. */
  run(line: string): Promise<Ran>;
  /** The same, still going. */
  begin(line: string): Started;
  /** Changes an object as `kubectl edit` does: its field manager, its kind of patch, the kubeconfig's credentials. */
  edit(context: string, path: string, patch: object): Promise<void>;
  /** An answer of the API, as JSON; `undefined` for 404. */
  get(context: string, path: string): Promise<unknown>;
  stop(): Promise<Ended>;
}

export async function serveInstalled(main: string, flags: readonly string[] = []): Promise<ServedSandbox> {
  const dir = await mkdtemp(join(tmpdir(), 'acm-observability-sandbox-'));
  const sandbox = start(process.execPath, [main, 'sandbox', '--dir', dir, ...flags], dir);
  await sandbox.says(/^ready: .*$/m);
  const kubeconfig: unknown = parse(await readFile(join(dir, 'kubeconfig'), 'utf8'));

  const begin = (line: string) => {
    const argv = ['-c', '. "$0"; exec "$@"', join(dir, 'env'), process.execPath, main, ...line.split(' ')];
    return start('sh', argv, dir);
  };
  const requests = async (): Promise<RequestEntry[]> => {
    const text = await readFile(join(dir, 'requests.jsonl'), 'utf8');
    // What is behind the last end of a line is being written.
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  };
  return {
    dir,
    requests,
    begin,
    async run(line) {
      const before = (await requests()).length;
      const ended = await begin(line).ended;
      return { ...ended, requests: (await requests()).slice(before), report: () => JSON.parse(ended.stdout) };
    },
    async edit(context, path, patch) {
      const builtIn = /^\/api\/|^\/apis\/apps\//.test(path);
      const type = `application/${builtIn ? 'strategic-merge' : 'merge'}-patch+json`;
      const { status, body } = await ask(
        kubeconfig,
        context,
        'PATCH',
        `${path}?fieldManager=kubectl-edit`,
        JSON.stringify(patch),
        type,
      );
      if (status !== 200) throw new Error(`PATCH ${path}: ${status} ${body}`);
    },
    async get(context, path) {
      const { status, body } = await ask(kubeconfig, context, 'GET', path);
      return status === 404 ? undefined : JSON.parse(body);
    },
    async stop() {
      sandbox.kill('SIGTERM');
      const ended = await sandbox.ended;
      await rm(dir, { recursive: true, force: true });
      return ended;
    },
  };
}

interface Kubeconfig {
  readonly clusters: readonly { name: string; cluster: { server: string; 'certificate-authority-data': string } }[];
  readonly users: readonly { user: { token: string } }[];
}

/** One request to a cluster of the kubeconfig the sandbox wrote, whose contexts and clusters have the same names. */
function ask(
  kubeconfig: unknown,
  context: string,
  method: string,
  path: string,
  body?: string,
  type = 'application/json',
): Promise<{ status: number; body: string }> {
  const { clusters, users } = kubeconfig as Kubeconfig;
  const cluster = clusters.find(({ name }) => name === context)?.cluster;
  if (cluster === undefined) throw new Error(`the kubeconfig has no cluster ${context}`);
  const headers = { authorization: `Bearer ${users[0]?.user.token}`, accept: 'application/json', 'content-type': type };
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64');
  return new Promise((done, failed) => {
    const sent = request(`${cluster.server}${path}`, { method, headers, ca, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(Buffer.from(chunk));
      done({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
    });
    sent.on('error', failed);
    sent.end(body);
  });
}
