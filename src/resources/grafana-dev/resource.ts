/**
 * One object of the development Grafana. Under its name there may be one that another tool left: it lacks what we mean and
 * holds what we do not, so it is made anew; a volume is kept, because somebody's dashboards are on it.
 */
import type { Change, Resource } from '../../engine/step.ts';
import type { KubeObject } from '../../kinds.ts';
import { type ObjectOptions, objectResource } from '../object.ts';
import { isOurs } from '../ownership.ts';
import { on, optional } from '../rights.ts';

export interface DevObjectOptions<T extends KubeObject> extends Omit<ObjectOptions<T>, 'step' | 'keep'> {
  /** What another tool left is kept and taken over instead of being made anew. */
  readonly keepsContent?: boolean;
  /** What another tool left is removed too. */
  readonly removesLeftovers: boolean;
}

export const step = 'grafana-dev';
const leftover = 'left by another tool';

export function devObject<T extends KubeObject>(options: DevObjectOptions<T>): Resource {
  const { cluster, kind, key, keepsContent = false, removesLeftovers } = options;
  const base = objectResource<T>({ ...options, step });
  const read = () => cluster.get(kind, key);
  const isForeign = (live: T): boolean => !isOurs(live, step) && !keepsContent;
  const owned = (live: T | undefined): boolean => (live?.metadata.ownerReferences ?? []).length > 0;

  return {
    ...base,
    async plan(): Promise<Change> {
      const live = await read();
      if (live !== undefined && isForeign(live)) {
        // Says what is missing for it before anything is taken away.
        await options.desired(undefined);
        return { kind: 'update', diff: [`- ${base.name}, ${leftover}`, `+ ${base.name}`], note: 'made anew' };
      }
      const change = await base.plan();
      if (!owned(live) || (change.kind !== 'none' && change.kind !== 'update')) return change;
      const diff = [...(change.kind === 'update' ? change.diff : []), '- metadata.ownerReferences'];
      return { ...(change.kind === 'update' ? change : {}), kind: 'update', diff };
    },
    async apply(change) {
      const live = await read();
      if (live !== undefined && isForeign(live)) await remove(live);
      await base.apply(change);
      // It would go with its owner.
      if (live !== undefined && !isForeign(live) && owned(live)) {
        await cluster.mergePatch(kind, key, { metadata: { ownerReferences: null } });
      }
    },
    async planRemoval(): Promise<Change> {
      const live = await read();
      if (live === undefined) return { kind: 'none' };
      if (isOurs(live, step)) return { kind: 'remove' };
      return removesLeftovers ? { kind: 'remove', note: leftover } : { kind: 'none' };
    },
    async remove() {
      const live = await read();
      if (live !== undefined) await remove(live);
    },
    async gone() {
      const live = await read();
      if (live === undefined || (!isOurs(live, step) && !removesLeftovers)) return { state: 'ready' };
      return { state: 'waiting', message: `${base.name} is still there` };
    },
    rights(mode) {
      if (mode === 'uninstall') return on(cluster, kind, key, ['get', 'delete']);
      if (mode !== 'apply' || keepsContent) return base.rights(mode);
      return [...base.rights(mode), ...optional(`replacing what is ${leftover}`, on(cluster, kind, key, ['delete']))];
    },
  };

  async function remove({ metadata: { uid } }: T): Promise<void> {
    await cluster.delete(kind, key, { propagation: 'Background', ...(uid === undefined ? {} : { uid }) });
  }
}
