/** The place of a cluster where nothing is done: it stays in the plan and the recap, with its reason. */
import type { Problem } from '../engine/problem.ts';
import type { Resource } from '../engine/step.ts';
import { noRights } from './rights.ts';

export function skipped(cluster: string, name: string, reason: string, offline: boolean): Resource {
  const change = { kind: 'skip', reason, ...(offline ? { offline: true } : {}) } as const;
  return {
    name,
    cluster,
    plan: async () => change,
    apply: async () => {},
    ready: async () => ({ state: 'ready' }),
    planRemoval: async () => change,
    remove: async () => {},
    gone: async () => ({ state: 'ready' }),
    rights: noRights,
  };
}

/** The place of a cluster that the way given to it does not reach: its lane fails with the reason, and no other. */
export function unreached(cluster: string, name: string, problem: Problem): Resource {
  const fail = () => Promise.reject(problem);
  return {
    name,
    cluster,
    plan: fail,
    apply: fail,
    ready: fail,
    planRemoval: fail,
    remove: fail,
    gone: fail,
    rights: noRights,
  };
}
