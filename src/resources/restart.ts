/**
 * Thanos pods read the store's configuration once, at their start (acm.md §2.5). When the secret has changed since, the
 * StatefulSets that use it are rolled, one after the other, each in its own order.
 */
import type { Readiness, Resource } from '../engine/step.ts';
import { type Key, type Pod, PodKind, SecretKind, StatefulSetKind } from '../kinds.ts';
import { byCodeUnits } from '../order.ts';
import { type Clock, type Cluster, isApiError } from '../ports.ts';
import { isRecord } from './diff.ts';
import { on } from './rights.ts';
import { thanosKey } from './thanos-config.ts';
import { rolledOut } from './workloads.ts';

/** acm.md §2.5; the shards are found by their prefix. */
const users = [
  'observability-thanos-compact',
  'observability-thanos-store-shard-',
  'observability-thanos-rule',
  'observability-thanos-receive-default',
];

export interface RestartOptions {
  readonly cluster: Cluster;
  readonly secret: Key & { readonly namespace: string };
  readonly clock: Clock;
}

export function thanosRestart({ cluster, secret, clock }: RestartOptions): Resource {
  const { namespace } = secret;
  const stale = async () => (await olderThanSecret(cluster, secret, thanosKey)) ?? [];

  /** Whether anything was restarted: only then is there something to wait for. */
  let restarted = false;

  return {
    name: 'Thanos pods read the current store configuration',
    cluster: cluster.name,
    async plan() {
      const sets = await stale();
      if (sets.length === 0) return { kind: 'none' };
      return { kind: 'update', diff: sets.map((name) => `~ restart StatefulSet ${name}: older than the secret`) };
    },
    async apply() {
      restarted = true;
      const restartedAt = new Date(clock.now()).toISOString();
      const annotations = { 'kubectl.kubernetes.io/restartedAt': restartedAt };
      const patch = { spec: { template: { metadata: { annotations } } } };
      for (const name of await stale()) await restart(cluster, { namespace, name }, patch);
    },
    async ready(): Promise<Readiness> {
      if (!restarted) return { state: 'ready' };
      const sets = await stale();
      if (sets.length > 0) return { state: 'waiting', message: `restarting ${sets.join(', ')}` };
      const all = await cluster.list(StatefulSetKind, {
        namespace,
        labelSelector: 'app.kubernetes.io/part-of=observatorium',
      });
      const rolling = all.find((set) => users.some((user) => set.metadata.name.startsWith(user)) && !rolledOut(set));
      return rolling === undefined
        ? { state: 'ready' }
        : { state: 'waiting', message: `restarting ${rolling.metadata.name}` };
    },
    planRemoval: async () => ({ kind: 'none' }),
    remove: async () => {},
    gone: async () => ({ state: 'ready' }),
    rights(mode) {
      if (mode === 'uninstall') return [];
      const reads = [...on(cluster, SecretKind, secret, ['get']), ...on(cluster, PodKind, { namespace }, ['list'])];
      // Which StatefulSets there are depends on the number of shards: no names to limit it to.
      return mode === 'apply' ? [...reads, ...on(cluster, StatefulSetKind, { namespace }, ['list', 'patch'])] : reads;
    },
  };
}

/**
 * The StatefulSets with pods that started before that entry of the secret last changed, in the order they are to be restarted;
 * `undefined` where nothing tells when it changed.
 */
export async function olderThanSecret(
  cluster: Cluster,
  secret: Key & { readonly namespace: string },
  entry: string,
): Promise<string[] | undefined> {
  const changed = await changedAt(cluster, secret, entry);
  if (changed === undefined) return undefined;
  const { namespace } = secret;
  const pods = await cluster.list(PodKind, { namespace, labelSelector: 'app.kubernetes.io/part-of=observatorium' });
  const old = pods.filter((pod) => usesStore(pod) && Date.parse(pod.metadata.creationTimestamp ?? '') < changed);
  return [...new Set(old.map(statefulSetOf))].sort(byOrder);
}

/** A set that has gone since, with an installation that is being removed, takes its pods with it. */
async function restart(cluster: Cluster, key: Key, patch: object): Promise<void> {
  try {
    await cluster.mergePatch(StatefulSetKind, key, patch);
  } catch (error) {
    if (!isApiError(error, 404)) throw error;
  }
}

/**
 * When the configuration was last changed, by the server's clock; milliseconds. Managers that own it together agree on its
 * value, so it has not changed since the first of them set it.
 */
async function changedAt(cluster: Cluster, key: Key, entry: string): Promise<number | undefined> {
  const secret = await cluster.get(SecretKind, key);
  const owners = (secret?.metadata.managedFields ?? []).filter(({ fieldsV1 }) => {
    const data = fieldsV1?.['f:data'];
    return isRecord(data) && `f:${entry}` in data;
  });
  return owners.length === 0 ? undefined : Math.min(...owners.map(({ time = '' }) => Date.parse(time)));
}

function usesStore(pod: Pod): boolean {
  return users.some((user) => pod.metadata.name.startsWith(user));
}

/** `observability-thanos-rule-0` → `observability-thanos-rule` */
function statefulSetOf(pod: Pod): string {
  return pod.metadata.name.replace(/-\d+$/, '');
}

function byOrder(a: string, b: string): number {
  const place = (name: string) => users.findIndex((user) => name.startsWith(user));
  return place(a) - place(b) || byCodeUnits(a, b);
}
