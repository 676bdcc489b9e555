/**
 * `npm run bench [-- NAME…]`: measures what was promised, on real processes, and writes docs/benchmarks.md. Alternatives
 * are measured in the same run. The names: help, plan, apply, simulate, size; fleet and policy serve thousands of clusters, take
 * long, and are only run by their names.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startRelay } from '../test/helpers/relay.ts';
import { type Figure, record } from './bench/document.ts';
import { fleetFigures, policyFigures } from './bench/fleet.ts';
import { answerOf, bareEnvironment, medianOf, peakMemory, program, root, timed } from './bench/process.ts';
import { type BenchSandbox, isWrite, sandboxCommand, startSandbox } from './bench/sandbox.ts';
import { findKubectl, seedProcesses, seedSteps } from './bench/seed.ts';
import { simulateFigures } from './bench/simulate.ts';

/** Connections the transport opens at most to one API server. */
const pool = 16;

type Bench = (sandbox: () => Promise<BenchSandbox>) => Promise<Figure[]>;

const benches: Readonly<Record<string, Bench>> = {
  async help() {
    const env = bareEnvironment();
    const empty = await medianOf(15, () => timed(process.execPath, ['-e', '0'], env));
    const help = await medianOf(15, () => timed(process.execPath, [program, '--help'], env));
    return [
      {
        name: '`--help`, median of 15',
        measured: ms(help),
        target: '≤ 2 × an empty `node -e 0`',
        met: help <= 2 * empty,
        alternative: `\`node -e 0\`: ${ms(empty)}`,
        ratio: `${(help / empty).toFixed(2)} ×`,
        command: 'acm-observability --help',
      },
    ];
  },

  async plan(sandbox) {
    const { env } = await sandbox();
    const wall = await medianOf(5, () => timed(process.execPath, [program, 'plan'], env));
    const peak = await peakMemory(['plan'], env);
    const command = 'acm-observability plan';
    return [
      { name: '`plan`, 8 clusters, median of 5', measured: ms(wall), target: '≤ 1 s', met: wall <= 1000, command },
      { name: '`plan`, peak memory', measured: mb(peak), target: '≤ 120 MB', met: peak <= 120e6, command },
    ];
  },

  async apply(sandbox) {
    const it8 = await sandbox();
    const argv = [program, 'apply', '--yes'];
    const wall = await medianOf(5, () => timed(process.execPath, argv, it8.env));
    const figures = await countedApply(it8);
    const kubectl = findKubectl();
    const seed = kubectl === undefined ? undefined : await medianOf(3, () => seedSteps(kubectl, it8));
    const compared: Figure = {
      name: 'second `apply`, 8 clusters, median of 5',
      measured: ms(wall),
      target: '≥ 10 × faster than the steps by hand',
      met: seed !== undefined && seed >= 10 * wall,
      alternative:
        seed === undefined
          ? 'not measured: no kubectl (`KUBECTL`, or `.cache/bin/kubectl`)'
          : `${seedProcesses} kubectl processes, median of 3: ${ms(seed)}`,
      ...(seed === undefined ? {} : { ratio: `${(seed / wall).toFixed(1)} × faster` }),
      command: 'acm-observability apply --yes',
    };
    return [...figures, compared];
  },

  simulate: simulateFigures,

  fleet: fleetFigures,

  policy: policyFigures,

  async size() {
    const pack = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const { stdout } = await promisify(execFile)('npm', pack, { cwd: root, maxBuffer: 2 ** 24 });
    const [packed]: { size: number }[] = JSON.parse(stdout);
    const size = packed?.size ?? Number.NaN;
    const met = size <= 1_500_000;
    return [{ name: 'published tarball', measured: mb(size), target: '≤ 1.5 MB', met, command: 'npm pack --dry-run' }];
  },
};

/** What a run with nothing to do asks, writes and opens. Through a door that counts: not for timing. */
async function countedApply(it8: BenchSandbox): Promise<Figure[]> {
  const relay = await startRelay(it8.url);
  try {
    const before = (await it8.requests()).length;
    const KUBECONFIG = await it8.kubeconfigFor(relay.url);
    const answer: { verdict?: string } = JSON.parse(
      await answerOf(['apply', '--yes', '-o', 'json'], { ...it8.env, KUBECONFIG }),
    );
    if (answer.verdict !== 'unchanged') throw new Error(`the second apply was ${answer.verdict}`);
    const asked = (await it8.requests()).slice(before).filter(({ cluster }) => cluster !== 's3');
    const writes = asked.filter(isWrite).length;
    const counted = (name: string, count: number, target: string, met: boolean): Figure => ({
      name: `second \`apply\`: ${name}`,
      measured: String(count),
      target,
      met,
      command: 'acm-observability apply --yes',
    });
    return [
      counted('requests to API servers', asked.length, '≤ 60', asked.length <= 60),
      counted('writes beyond the Lease', writes, '0', writes === 0),
      counted('TLS connections', relay.opened, `≤ ${pool}`, relay.opened <= pool),
      counted('TLS connections opened again', relay.reopened, '0', relay.reopened === 0),
    ];
  } finally {
    await relay.close();
  }
}

function ms(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => benches[name] === undefined);
if (unknown.length > 0) {
  throw new Error(`no bench called ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
}

let served: Promise<BenchSandbox> | undefined;
/** One for all, with an installation: made when the first bench asks. */
const sandbox = (): Promise<BenchSandbox> => {
  served ??= install();
  return served;
};

async function install(): Promise<BenchSandbox> {
  const started = await startSandbox();
  console.log(`${sandboxCommand}: installing`);
  try {
    await timed(process.execPath, [program, 'apply', '--yes'], started.env);
  } catch (error) {
    await started.stop();
    throw error;
  }
  return started;
}

/** Only run when they are asked for. */
const long = new Set(['fleet', 'policy']);

try {
  for (const [name, bench] of Object.entries(benches)) {
    const asked = names.length === 0 ? !long.has(name) : names.includes(name);
    if (!asked) continue;
    const figures = await bench(sandbox);
    for (const figure of figures) {
      const { measured, target, met, ratio = '', alternative = '' } = figure;
      console.log(
        `${met ? 'met   ' : 'MISSED'}  ${figure.name}: ${measured} (${target})  ${ratio} ${alternative}`.trimEnd(),
      );
    }
    await record(figures, new Date());
  }
} finally {
  await (await served?.catch(() => undefined))?.stop();
}
