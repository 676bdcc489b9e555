/** `sandbox`: a hub with managed clusters in this process, for other processes to try things on. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SandboxFlags } from '../cli/commands.ts';
import { Problem } from '../engine/problem.ts';
import type { Clock } from '../ports.ts';
import { parseFault } from '../sandbox/faults/faults.ts';
import { isScenarioName, type SandboxOptions } from '../sandbox/options.ts';
import { createSandbox } from '../sandbox/sandbox.ts';
import { scenarioNames } from '../sandbox/scenarios/spec.ts';
import { serveSandbox } from '../sandbox/serve.ts';

export interface SandboxSurroundings {
  /** One line on standard output. */
  readonly print: (line: string) => Promise<void> | void;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly cwd: string;
}

/** Prints `ready: D` when it may be used, and serves until the signal aborts. @throws Problem `usage`. */
export async function serveUntilAborted(flags: SandboxFlags, surroundings: SandboxSurroundings): Promise<void> {
  const { print, signal, clock, cwd } = surroundings;
  const options = readFlags(flags, clock);
  const dir = flags.dir === undefined ? await mkdtemp(join(tmpdir(), 'acm-sandbox-')) : resolve(cwd, flags.dir);
  const sandbox = await createSandbox(options);
  try {
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
}

function readFlags(flags: SandboxFlags, clock: Clock): SandboxOptions {
  const { dir: _, fault, scenario, ...rest } = flags;
  if (scenario !== undefined && !isScenarioName(scenario)) {
    throw new Problem('usage', `--scenario ${scenario}: there are ${scenarioNames.join(', ')}`);
  }
  try {
    return { ...rest, ...(scenario !== undefined && { scenario }), faults: fault.map(parseFault), clock };
  } catch (error) {
    if (error instanceof RangeError) throw new Problem('usage', `--fault: ${error.message}`, { cause: error });
    throw error;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}
