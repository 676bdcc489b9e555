/** Signals, to real processes: an answer at once, what is in place, the right exit code, and nothing left on the hub. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RequestEntry } from '../../src/sandbox/requests.ts';
import { built, startInTerminal } from '../helpers/child.ts';
import { installProgram, type ServedSandbox, serveInstalled } from '../helpers/installed.ts';
import { often, patience, upTo } from './support/sample.ts';
import { type Row, tell } from './support/tally.ts';

/** Until the second signal has ended it: far less than what a stopped run is given to tidy up. */
const patientMs = 2_000;
/** What had been sent when it was stopped may be served so much later. */
const onTheWayMs = 500;
const rows: Row[] = [];
const answers: number[] = [];

let program: Awaited<ReturnType<typeof installProgram>>;
let sandbox: ServedSandbox;

beforeAll(async () => {
  program = await installProgram();
});

beforeEach(async () => {
  // So slow that an apply is still waiting when it is interrupted.
  sandbox = await serveInstalled(program.main, ['--size', '2']);
  return async () => {
    await sandbox.stop();
  };
});

afterAll(async () => {
  const slowest = `slowest answer ${Math.round(Math.max(...answers))} ms`;
  rows.push({ what: 'signals to processes', tried: answers.length, bad: { stuck: 0 }, note: slowest });
  process.stderr.write(`signals: ${answers.length} answered, ${slowest}\n`);
  await tell('signals', rows);
  await program?.remove();
});

describe('an apply that waits', () => {
  const rounds = upTo(often(1, 5)).flatMap((round) => [
    ['SIGINT', 130, round] as const,
    ['SIGTERM', 143, round] as const,
  ]);

  it.each(rounds)(
    'answers %s at once, says what is in place, gives the lock back and ends with %i (round %i)',
    { timeout: patience },
    async (signal, code) => {
      const run = await waiting();

      const answered = await run.interrupted(signal);
      const begun = Date.now() + onTheWayMs;
      const ended = await run.ended;
      const after = (await sandbox.requests()).filter(({ time }) => Date.parse(time) > begun);

      // In that order, whatever the machine does besides: the answer, and after it nothing but the tidying up.
      expect(answered.said).toMatch(/Stopping\.[^\n]*Running again is safe/);
      expect(ended.stderr.slice(ended.stderr.indexOf('Stopping.'))).not.toMatch(/^(done|wait|ok) /m);
      expect(after.filter(isWrite)).toEqual([]);
      expect(ended.stderr).toMatch(/Stopping\. .*changes were made and stay.*Running again is safe/s);
      expect(ended.code).toBe(code);
      expect(ended.stderr).not.toMatch(/\bBUG\b|^\s+at /m);
      expect(await orphans()).toEqual([]);
      answers.push(answered.afterMs);
    },
  );

  it('stops at once when it is told twice', { timeout: patience }, async () => {
    const run = await waiting();

    await run.interrupted('SIGINT');
    const at = performance.now();
    run.kill('SIGINT');
    const { code } = await run.ended;

    expect(performance.now() - at).toBeLessThan(patientMs);
    expect(code).toBe(130);
  });
});

describe.skipIf(!built)('an apply at a terminal that is interrupted by its keys (needs npm run build)', () => {
  it('leaves the terminal as it found it', { timeout: patience }, async () => {
    const env = `. '${join(sandbox.dir, 'env')}'`;
    const shown = 'echo "code $?"; stty -a | tr " ;" "\\n" | grep -x -e -echo -e echo -e icanon';
    const terminal = startInTerminal(`trap : INT; ${env}; $PROGRAM apply --yes; ${shown}; echo over`, {
      cwd: sandbox.dir,
    });
    const made = /"method":"PATCH","path":"[^"]*multiclusterobservabilities\/observability\?(?!.*dryRun)/;
    await until(async () => made.test(await readFile(join(sandbox.dir, 'requests.jsonl'), 'utf8')));

    terminal.type('\u0003');
    await terminal.ended;

    expect(terminal.text()).toMatch(/Stopping\.[\s\S]*code 130[\s\S]*icanon\s+echo\s+over/);
    // Whatever hid the cursor has shown it again.
    expect(terminal.raw().lastIndexOf('\u001b[?25l')).toBeLessThanOrEqual(terminal.raw().lastIndexOf('\u001b[?25h'));
    rows.push({ what: 'Ctrl-C at a terminal', tried: 1, bad: { stuck: 0 } });
  });
});

describe('a reader that goes away', () => {
  it('ends nothing with an error', { timeout: patience }, async () => {
    const line = `${process.execPath} ${program.main} help environment | head -1; echo "$?"`;
    const { stdout, stderr } = await shell(line);

    expect(stderr).toBe('');
    expect(stdout.split('\n').at(-2)).toBe('0');
  });

  it('changes no verdict', { timeout: patience }, async () => {
    const code = join(sandbox.dir, 'code');
    const plan = `${process.execPath} ${program.main} plan -o json`;

    const { stderr } = await shell(`. '${join(sandbox.dir, 'env')}'; { ${plan}; echo "$?" > '${code}'; } | head -1`);

    expect(stderr).not.toMatch(/EPIPE|BUG/);
    expect(await readFile(code, 'utf8')).toBe('0\n');
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((done) => setTimeout(done, 20));
}

/** An apply that has begun to write and waits for what it made. */
async function waiting() {
  const child = spawn(
    'sh',
    ['-c', `. '${join(sandbox.dir, 'env')}'; exec "$0" "$@"`, process.execPath, program.main, 'apply', '--yes'],
    {
      cwd: sandbox.dir,
      env: { PATH: process.env.PATH ?? '', HOME: sandbox.dir, USER: 'anna' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let stderr = '';
  const hearers = new Set<() => void>();
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
    for (const hear of hearers) hear();
  });
  child.stdout.resume();
  const ended = new Promise<{ code: number | null; stderr: string }>((done) => {
    child.on('close', (code) => done({ code, stderr }));
  });
  const made = /"method":"PATCH","path":"[^"]*multiclusterobservabilities\/observability\?(?!.*dryRun)/;
  await until(async () => made.test(await readFile(join(sandbox.dir, 'requests.jsonl'), 'utf8')));
  return {
    ended,
    kill: (signal: NodeJS.Signals) => void child.kill(signal),
    /** Milliseconds from the signal to the first byte of the answer. */
    async interrupted(signal: NodeJS.Signals): Promise<{ afterMs: number; said: string }> {
      const from = stderr.length;
      const at = performance.now();
      const answered = new Promise<void>((done) => {
        hearers.add(() => {
          if (stderr.slice(from).includes('Stopping.')) done();
        });
      });
      child.kill(signal);
      await Promise.race([answered, ended]);
      return { afterMs: performance.now() - at, said: stderr.slice(from) };
    },
  };
}

/** Something that stays, and is no giving back of the lock. */
function isWrite({ method, path }: RequestEntry): boolean {
  return !['GET', 'DELETE'].includes(method) && !/dryRun=All|selfsubject|\/leases\//.test(path);
}

async function orphans(): Promise<string[]> {
  const paths = [
    '/apis/view.open-cluster-management.io/v1beta1/managedclusterviews',
    '/apis/action.open-cluster-management.io/v1beta1/managedclusteractions',
    '/apis/coordination.k8s.io/v1/namespaces/open-cluster-management/leases',
  ];
  const lists = await Promise.all(paths.map((path) => sandbox.get('hub', path)));
  return lists.flatMap((list) =>
    (list as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name),
  );
}

function shell(line: string): Promise<{ stdout: string; stderr: string }> {
  const child = spawn('sh', ['-c', line], { stdio: ['ignore', 'pipe', 'pipe'] });
  const told = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    told.stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    told.stderr += String(chunk);
  });
  return new Promise((done) => child.on('close', () => done(told)));
}
