/** Toy steps over a plain map: enough to see what the engine does with declarations. */

import { createVirtualClock } from '../../src/adapters/virtual-clock.ts';
import type { RunEvent, RunResult } from '../../src/engine/events.ts';
import { Problem } from '../../src/engine/problem.ts';
import { type RunOptions, run, type Work } from '../../src/engine/run.ts';
import type { Change, Readiness, Resource } from '../../src/engine/step.ts';

export interface World {
  readonly things: Map<string, string>;
  readonly writes: string[];
}

export function createWorld(): World {
  return { things: new Map(), writes: [] };
}

/** A thing that is to have a value on a cluster. */
export function thing(world: World, name: string, value = 'on', more: Partial<Resource> = {}): Resource {
  const cluster = more.cluster ?? 'hub';
  const key = `${cluster}/${name}`;
  return {
    name,
    cluster,
    async plan(): Promise<Change> {
      const live = world.things.get(key);
      if (live === value) return { kind: 'none' };
      return live === undefined ? { kind: 'create' } : { kind: 'update', diff: [`~ ${live} → ${value}`] };
    },
    async apply() {
      world.writes.push(`apply ${key}`);
      world.things.set(key, value);
    },
    async ready(): Promise<Readiness> {
      return world.things.has(key) ? { state: 'ready' } : { state: 'waiting', message: `${name} is not there` };
    },
    async planRemoval(): Promise<Change> {
      return world.things.has(key) ? { kind: 'remove' } : { kind: 'none' };
    },
    async remove() {
      world.writes.push(`remove ${key}`);
      world.things.delete(key);
    },
    async gone(): Promise<Readiness> {
      return world.things.has(key) ? { state: 'waiting', message: `${name} is still there` } : { state: 'ready' };
    },
    rights: () => [],
    ...more,
  };
}

/** A resource that fails as a person could mend it. */
export function failing(name: string, cluster = 'hub'): Partial<Resource> {
  return {
    cluster,
    plan: () => Promise.reject(new Problem('api-refused', `${name} was refused`, { cluster })),
  };
}

export interface Ran {
  readonly events: readonly RunEvent[];
  readonly result: RunResult;
}

/** Runs to the end in virtual time. */
export async function runToys(
  work: Partial<Work<unknown>> & Pick<Work<unknown>, 'mode' | 'steps'>,
  options: Partial<RunOptions> = {},
): Promise<Ran> {
  const clock = createVirtualClock({ startMs: 0 });
  const iterator = run(
    { context: {}, hub: 'hub', ...work },
    {
      clock,
      signal: new AbortController().signal,
      parallel: 4,
      timeoutMs: 60_000,
      deadlineMs: 600_000,
      wait: true,
      failFast: false,
      evidence: false,
      ...options,
    },
  );
  const events: RunEvent[] = [];
  try {
    for (;;) {
      const next = await iterator.next();
      if (next.done) return { events, result: next.value };
      events.push(next.value);
    }
  } finally {
    clock.stop();
  }
}

export function outcomes(result: RunResult): Record<string, string> {
  return Object.fromEntries(result.steps.map(({ step, outcome }) => [step, outcome]));
}
