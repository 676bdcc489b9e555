/** `sandbox`: a hub with managed clusters in this process, for other processes to try things on. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SandboxFlags } from '../cli/commands.ts';
import type { CommandResult } from '../cli/output.ts';
import { Problem } from '../engine/problem.ts';
import type { Clock } from '../ports.ts';
import { type Fault, parseFault } from '../sandbox/faults/faults.ts';
import { isScenarioName, type SandboxOptions } from '../sandbox/options.ts';
import { createSandbox } from '../sandbox/sandbox.ts';
import { type ScenarioName, scenarioNames } from '../sandbox/scenarios/spec.ts';
import { serveSandbox } from '../sandbox/serve.ts';
import { isStateName } from '../sandbox/states/index.ts';

export interface SandboxSurroundings {
  /** One line on standard output. */
  readonly print: (line: string) => Promise<void> | void;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** What `--dir` is relative to. */
  readonly cwd: string;
}

/** Prints `ready: D` when it may be used, and serves until the signal aborts. @throws Problem `usage`. */
export async function sandboxCommand(flags: SandboxFlags, surroundings: SandboxSurroundings): Promise<CommandResult> {
  const { print, signal, clock, cwd } = surroundings;
  const sandbox = await create(flags, clock);
  try {
    const dir = flags.dir === undefined ? await mkdtemp(join(tmpdir(), 'acm-sandbox-')) : resolve(cwd, flags.dir);
    const served = await serveSandbox(sandbox, { dir });
    try {
      await print(`ready: ${dir}`);
      await aborted(signal);
    } finally {
      await served.close();
    }
  } finally {
    await sandbox.stop();
  }
  return { exitCode: 0 };
}

async function create(flags: SandboxFlags, clock: Clock) {
  const { size, acm, architecture, state, speed, seed } = flags;
  const scenario = scenarioOf(flags.scenario);
  const broken = flags.fault.filter(isStateName);
  if (broken.length > 0 && state !== 'installed') {
    throw new Problem('usage', `--fault ${broken[0]}: only an installed sandbox can be so; add --state installed`);
  }
  const faults = inWords('--fault', () =>
    flags.fault.filter((text) => !isStateName(text)).map((text): Fault => parseFault(text)),
  );
  const given = Object.entries({ scenario, size, acm, architecture, state, speed, seed });
  const options: SandboxOptions = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  try {
    const sandbox = await createSandbox({ ...options, faults, clock }, { served: true });
    for (const name of broken) await sandbox.bring(name);
    return sandbox;
  } catch (error) {
    throw asUsage(error, 'sandbox');
  }
}

function scenarioOf(name: string | undefined): ScenarioName | undefined {
  if (name === undefined || isScenarioName(name)) return name;
  throw new Problem('usage', `--scenario ${name}: there are ${scenarioNames.join(', ')}`);
}

function inWords<T>(flag: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw asUsage(error, flag);
  }
}

/** A value out of range is the asker's; anything else stays what it is. */
function asUsage(error: unknown, where: string): unknown {
  return error instanceof RangeError ? new Problem('usage', `${where}: ${error.message}`, { cause: error }) : error;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}
