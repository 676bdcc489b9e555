/** How the program goes with the size of the fleet: requests, memory, stalls and time, at several sizes, drawn as a table and a plot. */
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Figure, today } from './document.ts';
import { type Environment, ended, program, root, textOf, timed } from './process.ts';
import { type BenchSandbox, isWrite, startSandbox } from './sandbox.ts';
import { findKubectl } from './seed.ts';

/** Clusters of each fleet; others with `BENCH_FLEET=8,100`. */
const sizes = (process.env.BENCH_FLEET ?? '8,100,1000,3500').split(',').map(Number);
const strainHook = new URL('./strain.mjs', import.meta.url).href;
/** Some of a fleet are offline, and some have a configuration nobody can read: those make exit 5. */
const allowed = [0, 5];
const kubectlCalls = 20;
/** Turns every cluster on, and takes over what somebody installed by hand. */
const firstApply = ['apply', '--yes', '--force-conflicts', '--parallel', '32'];

interface Ran {
  readonly milliseconds: number;
  readonly requests: number;
  readonly peakBytes: number;
  readonly stallMs: number;
}

interface Row {
  readonly size: number;
  readonly first: Ran;
  readonly again: Ran;
  readonly verify: Ran;
  /** Milliseconds of one kubectl call. */
  readonly kubectlMs: number | undefined;
}

/** Measures every size, the smallest first, writes the table, and returns the figures of the largest. */
export async function fleetFigures(): Promise<Figure[]> {
  const rows: Row[] = [];
  for (const size of sizes) {
    console.log(`fleet of ${size}`);
    const row = await measure(size);
    rows.push(row);
    console.log(cells(row).join('  '));
    await draw(rows);
  }
  const last = rows.at(-1);
  return last === undefined ? [] : figuresOf(last, rows);
}

/** The largest fleet turned on by one Policy: how many writes that takes. What follows them is waiting. */
export async function policyFigures(): Promise<Figure[]> {
  const size = Math.max(...sizes);
  const args = [...firstApply, '--no-wait'];
  const served = await startFleet(size);
  try {
    const more = {
      KUBECONFIG: await served.kubeconfigOfHub(),
      ACM_OBSERVABILITY_USER_WORKLOAD_MONITORING_MODE: 'policy',
    };
    const before = (await served.requests()).length;
    await run(served, args, more);
    const writes = (await served.requests())
      .slice(before)
      .filter(({ cluster }) => cluster !== 's3')
      .filter(isWrite);
    return [
      {
        name: `\`apply\` (policy): writes, ${size} clusters`,
        measured: String(writes.length),
        target: '≤ 20',
        met: writes.length <= 20,
        command: `acm-observability ${args.join(' ')}`,
      },
    ];
  } finally {
    await served.stop();
  }
}

function startFleet(size: number): Promise<BenchSandbox> {
  // One process plays them all: the more clusters, the less faster than in life time may run.
  const speed = size > 100 ? ['--speed', size > 1000 ? '4' : '8'] : [];
  return startSandbox(['--scenario', 'fleet', '--state', 'installed', '--size', String(size), ...speed], {
    NODE_OPTIONS: '--max-old-space-size=12000 --max-semi-space-size=128',
  });
}

async function measure(size: number): Promise<Row> {
  const served = await startFleet(size);
  try {
    const hub = { KUBECONFIG: await served.kubeconfigOfHub() };
    const action = { ...hub, ACM_OBSERVABILITY_USER_WORKLOAD_MONITORING_MODE: 'action' };
    const first = await run(served, firstApply, action);
    // Between the two ACM has rewritten some documents: the last change is made by a run that does not count.
    await run(served, ['apply', '--yes'], hub);
    const again = await run(served, ['apply', '--yes'], hub);
    const verify = await run(served, ['verify'], hub);
    return { size, first, again, verify, kubectlMs: await kubectl(served) };
  } finally {
    await served.stop();
  }
}

async function run(served: BenchSandbox, args: readonly string[], more: Environment): Promise<Ran> {
  const before = (await served.requests()).length;
  const begin = performance.now();
  const argv = ['--import', strainHook, program, ...args];
  const env = { ...served.env, ...more };
  const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const told = textOf(child.stdio[3]);
  await ended(child, args.join(' '), allowed);
  const milliseconds = performance.now() - begin;
  const strain: Pick<Ran, 'peakBytes' | 'stallMs'> = JSON.parse(await told);
  const asked = (await served.requests()).slice(before).filter(({ cluster }) => cluster !== 's3');
  return { milliseconds, requests: asked.length, ...strain };
}

/** What asking one cluster at a time costs: the mean of some calls. */
async function kubectl({ env }: BenchSandbox): Promise<number | undefined> {
  const command = findKubectl();
  if (command === undefined) return undefined;
  const ask = ['-n', 'cluster-0001', 'get', 'managedclusteraddon', 'observability-controller', '-o', 'json'];
  let sum = 0;
  for (let call = 0; call < kubectlCalls; call += 1) sum += await timed(command, ask, env);
  return sum / kubectlCalls;
}

function figuresOf({ size, first, again, verify, kubectlMs }: Row, rows: readonly Row[]): Figure[] {
  const of = `${size} clusters`;
  const [small] = rows.filter((row) => row.size >= 100);
  const growth = small === undefined ? 1 : first.requests / size / (small.first.requests / small.size);
  const each = first.requests / size;
  const byHand = kubectlMs === undefined ? undefined : kubectlMs * size;
  const figure = (name: string, measured: string, target: string, met: boolean, command: string): Figure => ({
    name: `${name}, ${of}`,
    measured,
    target,
    met,
    command: `acm-observability ${command}`,
  });
  return [
    figure('`apply` (action): requests per cluster', each.toFixed(1), '≤ 8', each <= 8, firstApply.join(' ')),
    figure(
      '`apply` (action): requests per cluster against 100 clusters',
      `${growth.toFixed(2)} ×`,
      '≤ 1.1 ×',
      growth <= 1.1,
      firstApply.join(' '),
    ),
    figure(
      '`apply` (action): peak memory',
      mb(first.peakBytes),
      '≤ 300 MB',
      first.peakBytes <= 300e6,
      firstApply.join(' '),
    ),
    figure(
      '`apply` (action): longest stall',
      ms(first.stallMs),
      '≤ 100 ms',
      first.stallMs <= 100,
      firstApply.join(' '),
    ),
    figure(
      'second `apply`: requests',
      String(again.requests),
      '≤ 60, and a View of each that the hub cannot vouch for',
      again.requests <= 60 + size / 25,
      'apply --yes',
    ),
    figure('`verify`: requests', String(verify.requests), '≤ 80', verify.requests <= 80, 'verify'),
    figure('`verify`: peak memory', mb(verify.peakBytes), '≤ 250 MB', verify.peakBytes <= 250e6, 'verify'),
    {
      ...figure(
        '`verify`: time',
        ms(verify.milliseconds),
        '≥ 20 × faster than asking one by one',
        byHand !== undefined && byHand >= 20 * verify.milliseconds,
        'verify',
      ),
      alternative:
        byHand === undefined
          ? 'not measured: no kubectl'
          : `${ms(byHand)}: one kubectl call for each, of ${kubectlCalls} measured`,
      ...(byHand === undefined ? {} : { ratio: `${(byHand / verify.milliseconds).toFixed(0)} × faster` }),
    },
  ];
}

const begin = '<!-- fleet: written by `npm run bench -- fleet` -->';
const end = '<!-- /fleet -->';
const head = [
  '| clusters | `apply`: requests | per cluster | peak | stall | time | again: requests | `verify`: requests | peak | time | kubectl, one call each |',
  '|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|',
];

function cells({ size, first, again, verify, kubectlMs }: Row): string[] {
  return [
    String(size),
    String(first.requests),
    (first.requests / size).toFixed(1),
    mb(first.peakBytes),
    ms(first.stallMs),
    ms(first.milliseconds),
    String(again.requests),
    String(verify.requests),
    mb(verify.peakBytes),
    ms(verify.milliseconds),
    kubectlMs === undefined ? '' : ms(kubectlMs * size),
  ];
}

/** @throws Error when the document has lost its marks. */
async function draw(rows: readonly Row[]): Promise<void> {
  const path = join(root, 'docs/fleet.md');
  const text = await readFile(path, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no place for the fleet: ${begin} … ${end}`);
  const table = rows.map((row) => `| ${cells(row).join(' | ')} |`);
  const plot = [
    '```text',
    ...bars('requests of the first apply', rows, ({ first }) => first.requests),
    '',
    ...bars('requests of verify', rows, ({ verify }) => verify.requests),
    '```',
  ];
  const body = [begin, '', ...head, ...table, '', ...plot, '', `Measured on ${today()}.`, '', end].join('\n');
  await writeFile(path, text.slice(0, from) + body + text.slice(to + end.length));
}

function bars(title: string, rows: readonly Row[], value: (row: Row) => number): string[] {
  const most = Math.max(...rows.map(value));
  const line = (row: Row) => {
    const length = Math.max(1, Math.round((value(row) / most) * 60));
    return `${String(row.size).padStart(5)} ${'█'.repeat(length)} ${value(row)}`;
  };
  return [title, ...rows.map(line)];
}

function ms(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
