/** The place of a cluster where nothing is done: it stays in the plan and the recap, with its reason. */
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
