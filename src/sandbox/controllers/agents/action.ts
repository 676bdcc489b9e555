/** Carries out the ManagedClusterActions of one cluster, each once (measured.md §7, transport.md §5). */

import {
  type Condition,
  type Kind,
  type KubeObject,
  type ManagedClusterAction,
  ManagedClusterActionKind,
} from '../../../kinds.ts';
import { ApiError, isApiError } from '../../../ports.ts';
import type { ControllerClient } from '../client.ts';
import { timestamp } from '../objects.ts';
import { type Outcome, type Running, startController, watching } from '../runtime.ts';
import { kindByResource, kindOf, qualified } from './known-kinds.ts';
import type { AgentOptions } from './work.ts';

/** Kept this long however fast the sandbox goes: real clients on a busy machine poll no faster. */
const leastKeptMs = 10_000;

type Verdict =
  | { readonly reason: 'ActionDone'; readonly result?: KubeObject }
  | { readonly reason: string; readonly message: string };

/** Starts it. An Action for a cluster that is away waits without limit, and runs when the cluster is back. */
export function startActionAgent(options: AgentOptions): Running {
  const { hub, managed, cluster, connection, clock, delays, log } = options;
  const actions = hub.of(ManagedClusterActionKind);
  const client = hub.client.as('work-manager');
  const agent = managed.client.as('agent');
  const dueAt = new Map<string, number>();
  const recent: number[] = [];

  const reconcile = async (name: string): Promise<Outcome | undefined> => {
    const key = { name, namespace: cluster };
    const action = actions.get(key);
    if (action === undefined) dueAt.delete(name);
    if (action === undefined || !connection.online || isDone(action)) return undefined;
    if (action.metadata.deletionTimestamp !== undefined) return undefined;
    const due = dueAt.get(name) ?? clock.now() + delays.ms('action') + throttle();
    dueAt.set(name, due);
    const wait = due - clock.now();
    if (wait > 0) return { againInMs: wait };
    // Read again: what the watch told may be older than what another worker of ours did.
    const live = await client.get(ManagedClusterActionKind, key);
    if (live === undefined || isDone(live)) return undefined;
    await client.status(ManagedClusterActionKind, { ...live, status: statusOf(await carryOut(agent, live), now()) });
    return undefined;
  };
  /** After a burst the agent's client slows down (measured.md §7). */
  const throttle = (): number => {
    const second = delays.interval(1);
    while (recent[0] !== undefined && recent[0] < clock.now() - second) recent.shift();
    recent.push(clock.now());
    return recent.length > 10 ? (recent.length - 10) * 0.2 * second : 0;
  };
  const now = (): string => timestamp(clock.now());

  return startController({
    name: 'action',
    cluster,
    clock,
    delays,
    ...(log && { log }),
    watches: [
      watching(actions, undefined, cluster),
      connection.watching(() => actions.list(cluster).map(({ metadata }) => metadata.name)),
    ],
    reconcile,
  });
}

function completed({ status }: ManagedClusterAction): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Completed');
}

function isDone(action: ManagedClusterAction): boolean {
  return completed(action) !== undefined;
}

function statusOf(verdict: Verdict, now: string): NonNullable<ManagedClusterAction['status']> {
  const done = !('message' in verdict);
  const condition: Condition = {
    type: 'Completed',
    status: done ? 'True' : 'False',
    reason: verdict.reason,
    message: done ? 'Resource action is done.' : verdict.message,
    lastTransitionTime: now,
  };
  // The result is the template, not what is there now.
  return { conditions: [condition], ...(done && verdict.result && { result: verdict.result }) };
}

async function carryOut(agent: ControllerClient, { spec }: ManagedClusterAction): Promise<Verdict> {
  const type = spec?.actionType;
  const failed = (reason: string, verb: string, message: string): Verdict => ({
    reason,
    message: `failed to ${verb} resource with err: ${message}`,
  });
  const ways = { Create: create, Update: update, Delete: remove } as const;
  if (spec === undefined || type === undefined || !(type in ways))
    return { reason: 'ActionTypeInvalid', message: `invalid action type ${type}` };
  try {
    return await ways[type](agent, spec.kube);
  } catch (error) {
    if (!(error instanceof ApiError) && !(error instanceof MappingError)) throw error;
    return failed(`${type}ResourceFailed`, type.toLowerCase(), error.message);
  }
}

type Kube = NonNullable<ManagedClusterAction['spec']>['kube'];

class MappingError extends Error {}

function templateOf({ template }: Kube): { readonly kind: Kind; readonly object: KubeObject } {
  const kind = template && kindOf(template.apiVersion, template.kind);
  if (template === undefined || kind === undefined)
    throw new MappingError(`no matches for kind "${template?.kind}" in version "${template?.apiVersion}"`);
  return { kind, object: template };
}

async function create(agent: ControllerClient, kube: Kube): Promise<Verdict> {
  const { kind, object } = templateOf(kube);
  const { resourceVersion: _version, uid: _uid, managedFields: _fields, ...metadata } = object.metadata;
  await agent.create(kind, { ...object, metadata });
  return { reason: 'ActionDone', result: object };
}

/**
 * Replaces: what the template lacks is removed. A resourceVersion in it is compared; without one the write is blind.
 */
async function update(agent: ControllerClient, kube: Kube): Promise<Verdict> {
  const { kind, object } = templateOf(kube);
  const live = await agent.get(kind, object.metadata);
  if (live === undefined) throw notFound(kind, object.metadata.name);
  const { uid, creationTimestamp, resourceVersion } = live.metadata;
  const { managedFields: _fields, ...metadata } = object.metadata;
  const kept = {
    ...(uid !== undefined && { uid }),
    ...(creationTimestamp !== undefined && { creationTimestamp }),
    resourceVersion: metadata.resourceVersion ?? resourceVersion ?? '',
  };
  await agent.replace(kind, { ...object, metadata: { ...metadata, ...kept } });
  return { reason: 'ActionDone', result: object };
}

async function remove(agent: ControllerClient, { resource = '', namespace, name = '' }: Kube): Promise<Verdict> {
  const kind = kindByResource(resource);
  if (kind === undefined) throw new MappingError(`no matches for resource "${resource}"`);
  const key = { name, ...(namespace !== undefined && { namespace }) };
  if ((await agent.delete(kind, key, { propagation: 'Foreground' })) === 'absent') throw notFound(kind, name);
  return { reason: 'ActionDone' };
}

function notFound(kind: Kind, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${qualified(kind)} "${name}" not found`);
}

/** The hub's garbage collector: an Action is deleted a while after it is done, well or not. One for the whole hub. */
export function startActionCollector({
  hub,
  clock,
  delays,
  log,
}: Omit<AgentOptions, 'managed' | 'cluster' | 'connection'>): Running {
  const actions = hub.of(ManagedClusterActionKind);
  const client = hub.client.as('multicluster-controllers');
  const doneAt = new Map<string, number>();
  return startController({
    name: 'action-gc',
    cluster: client.name,
    clock,
    delays,
    ...(log && { log }),
    watches: [watching(actions, ({ object }) => [`${object.metadata.namespace}/${object.metadata.name}`])],
    reconcile: async (path) => {
      const [namespace = '', name = ''] = path.split('/');
      const action = actions.get({ namespace, name });
      if (action === undefined) doneAt.delete(path);
      if (action === undefined || !isDone(action)) return undefined;
      const since = doneAt.get(path) ?? clock.now();
      doneAt.set(path, since);
      const wait = since + Math.max(delays.ms('actionKept'), leastKeptMs) - clock.now();
      if (wait > 0) return { againInMs: wait };
      await client.delete(ManagedClusterActionKind, { namespace, name }).catch(ignoreGone);
      return undefined;
    },
  });
}

function ignoreGone(error: unknown): void {
  if (!isApiError(error, 404)) throw error;
}
