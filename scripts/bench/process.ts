/** Real processes, measured from the outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
/** The program as it is shipped. */
export const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const peakHook = new URL('./peak.mjs', import.meta.url).href;

export type Environment = Readonly<Record<string, string>>;

/** What every measured process gets and nothing more: no proxy, no extra authorities, nobody's cloud account. */
export function bareEnvironment(more: Environment = {}): Environment {
  return { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...more };
}

/**
 * Runs to the end, in milliseconds.
 * @throws Error with what it said on standard error, when it ends with another code than `allowed`.
 */
export async function timed(
  command: string,
  args: readonly string[],
  env: Environment,
  allowed: readonly number[] = [0],
): Promise<number> {
  const begin = performance.now();
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  await ended(child, [command, ...args].join(' '), allowed);
  return performance.now() - begin;
}

/** Peak resident memory of the program doing `args`, in bytes. */
export async function peakMemory(args: readonly string[], env: Environment): Promise<number> {
  const argv = ['--import', peakHook, program, ...args];
  const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const told = textOf(child.stdio[3]);
  await ended(child, args.join(' '), [0]);
  return Number(await told) * 1024;
}

/** What the program answers on standard output. */
export async function answerOf(args: readonly string[], env: Environment): Promise<string> {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const answer = textOf(child.stdout);
  await ended(child, args.join(' '), [0]);
  return answer;
}

export async function ended(child: ChildProcess, name: string, allowed: readonly number[]): Promise<void> {
  const said = textOf(child.stderr);
  const [code] = await once(child, 'close');
  if (!allowed.includes(code)) throw new Error(`${name} ended with ${code}: ${(await said).slice(-2000)}`);
}

export async function textOf(stream: unknown): Promise<string> {
  let text = '';
  if (stream === null || typeof stream !== 'object' || !(Symbol.asyncIterator in stream)) return text;
  for await (const chunk of stream as AsyncIterable<Buffer>) text += chunk.toString('utf8');
  return text;
}

/** The middle of `times` measurements, one after the other. */
export async function medianOf(times: number, measure: () => Promise<number>): Promise<number> {
  const measured: number[] = [];
  for (let n = 0; n < times; n += 1) measured.push(await measure());
  return measured.sort((a, b) => a - b)[Math.floor(times / 2)] ?? Number.NaN;
}
