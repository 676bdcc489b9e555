/** Answers the ManagedClusterViews of one cluster (measured.md §7, transport.md §4). */

import { type Condition, type Kind, type ManagedClusterView, ManagedClusterViewKind } from '../../../kinds.ts';
import { ApiError } from '../../../ports.ts';
import type { ControllerClient } from '../client.ts';
import { timestamp } from '../objects.ts';
import { type Outcome, type Running, startController, watching } from '../runtime.ts';
import { kindByResource, kindOf, qualified } from './known-kinds.ts';
import type { AgentOptions } from './work.ts';

type Answer =
  | { readonly status: 'True'; readonly result: NonNullable<ManagedClusterView['status']>['result'] }
  | { readonly status: 'False'; readonly reason: string; readonly message: string };

interface Context extends AgentOptions {
  readonly client: ControllerClient;
  /** When each View is to be answered next. */
  readonly dueAt: Map<string, number>;
}

/** Starts it. */
export function startViewAgent(options: AgentOptions): Running {
  const { hub, cluster, connection, clock, delays, log } = options;
  const views = hub.of(ManagedClusterViewKind);
  const context: Context = { ...options, client: hub.client.as('work-manager'), dueAt: new Map() };
  return startController({
    name: 'view',
    cluster,
    clock,
    delays,
    workers: 4,
    ...(log && { log }),
    watches: [
      watching(views, undefined, cluster),
      connection.watching(() => views.list(cluster).map(({ metadata }) => metadata.name)),
    ],
    reconcile: (name) => reconcile(context, name),
  });
}

async function reconcile(context: Context, name: string): Promise<Outcome | undefined> {
  const { hub, cluster, connection, clock, delays, client, dueAt } = context;
  const key = { name, namespace: cluster };
  const view = hub.of(ManagedClusterViewKind).get(key);
  if (view === undefined) dueAt.delete(name);
  if (view === undefined || !connection.online || view.metadata.deletionTimestamp !== undefined) return undefined;
  const due = dueAt.get(name) ?? clock.now() + delays.ms('view');
  dueAt.set(name, due);
  const wait = due - clock.now();
  if (wait > 0) return { againInMs: wait };
  const interval = delays.interval(view.spec?.scope.updateIntervalSeconds ?? 30);
  dueAt.set(name, clock.now() + interval);
  const answer = await read(context, view);
  const live = await client.get(ManagedClusterViewKind, key);
  const status = live && statusOf(live, answer, timestamp(clock.now()));
  if (live !== undefined && status !== undefined) await client.status(ManagedClusterViewKind, { ...live, status });
  return { againInMs: interval };
}

async function read(context: Context, { spec }: ManagedClusterView): Promise<Answer> {
  const scope = spec?.scope;
  if (scope === undefined || scope.name === '') return refused('ResourceNameInvalid', 'invalid resource name');
  const kind = kindOfScope(scope);
  const resource = 'resource' in scope ? String(scope.resource) : '';
  if (kind?.plural === 'secrets' || resource === 'secrets')
    return refused('ResourceTypeInvalid', 'viewing secrets is not allowed');
  if (kind !== undefined) return await get(context, kind, scope.name, scope.namespace);
  const version = apiVersionOf(scope);
  return refused('ResourceGVKInvalid', `no matches for kind "${scope.kind ?? resource}" in version "${version}"`);
}

async function get({ managed }: Context, kind: Kind, name: string, namespace: string | undefined): Promise<Answer> {
  const failed = (message: string): Answer =>
    refused('GetResourceFailed', `failed to get resource with err: ${message}`);
  if (kind.namespaced && !namespace)
    return failed('an empty namespace may not be set when a resource name is provided');
  try {
    const found = await managed.client.get(kind, { name, ...(namespace && { namespace }) });
    return found === undefined ? failed(`${qualified(kind)} "${name}" not found`) : { status: 'True', result: found };
  } catch (error) {
    if (error instanceof ApiError) return failed(error.message);
    throw error;
  }
}

type ViewStatus = NonNullable<ManagedClusterView['status']>;

function statusOf(live: ManagedClusterView, answer: Answer, now: string): ViewStatus {
  const before = live.status?.conditions?.find(({ type }) => type === 'Processing');
  // The time is that of the last change of the verdict; a repeated success does not move it.
  const since = before?.status === answer.status ? before.lastTransitionTime : undefined;
  const condition: Condition = {
    type: 'Processing',
    lastTransitionTime: since ?? now,
    ...(answer.status === 'True'
      ? { status: 'True', reason: 'GetResourceProcessing', message: 'Watching resources successfully' }
      : { status: 'False', reason: answer.reason, message: answer.message }),
  };
  // A failure does not clear an older result.
  const result = answer.status === 'True' ? answer.result : live.status?.result;
  return { conditions: [condition], ...(result && { result }) };
}

type Scope = NonNullable<ManagedClusterView['spec']>['scope'];

function apiVersionOf({ apiGroup, version = 'v1' }: Scope): string {
  return apiGroup ? `${apiGroup}/${version}` : version;
}

function kindOfScope(scope: Scope): Kind | undefined {
  if ('resource' in scope && typeof scope.resource === 'string' && scope.resource !== '')
    return kindByResource(scope.resource);
  return scope.kind === undefined ? undefined : kindOf(apiVersionOf(scope), scope.kind);
}

function refused(reason: string, message: string): Answer {
  return { status: 'False', reason, message };
}
