/** An object somebody else provides: read, never written. */
import { Problem } from '../engine/problem.ts';
import type { Readiness, Resource } from '../engine/step.ts';
import { describe, type Key, type Kind, type KubeObject } from '../kinds.ts';
import type { Cluster } from '../ports.ts';
import { on } from './rights.ts';

export function existingObject<T extends KubeObject>(
  cluster: Cluster,
  kind: Kind<T>,
  key: Key,
  judge: (live: T) => Readiness,
): Resource {
  const name = describe(kind, key);
  return {
    name,
    cluster: cluster.name,
    async plan() {
      if ((await cluster.get(kind, key)) !== undefined) return { kind: 'none' };
      throw new Problem('existing-missing', `${name} is not there, and is not ours to make`);
    },
    apply: async () => {},
    async ready() {
      const live = await cluster.get(kind, key);
      return live === undefined ? { state: 'waiting', message: `${name} is not there` } : judge(live);
    },
    planRemoval: async () => ({ kind: 'none' }),
    remove: async () => {},
    gone: async () => ({ state: 'ready' }),
    rights: (mode) => (mode === 'uninstall' ? [] : on(cluster, kind, key, ['get'])),
  };
}
