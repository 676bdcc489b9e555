/** Managed clusters through the hub: read by ManagedClusterViews, changed by ManagedClusterActions (measured.md §7). */
import { Problem } from '../../engine/problem.ts';
import {
  type Condition,
  condition,
  describe,
  type Key,
  type Kind,
  type KubeObject,
  type ManagedClusterAction,
  ManagedClusterActionKind,
  type ManagedClusterView,
  ManagedClusterViewKind,
} from '../../kinds.ts';
import { ApiError, type Clock, type Cluster } from '../../ports.ts';
import { misshapen } from '../wellformed.ts';
import { createErrands } from './errands.ts';
import { ourSelector, runLabel } from './labels.ts';

export interface ViewPoolOptions {
  readonly hub: Cluster;
  readonly clock: Clock;
  /** Fit for a label value. */
  readonly runId: string;
  /** Views, and as many Actions, at once; 32 unless told. */
  readonly maxAlive?: number;
  /** Milliseconds a cluster may take to answer, from the moment it is asked. */
  readonly timeoutMs: number;
}

export type ActionSpec = NonNullable<ManagedClusterAction['spec']>;

export interface ViewPool {
  /**
   * The object as it is now on the cluster; `undefined` when there is none.
   * @throws Problem `cluster-unreachable` (no answer in time), `view-failed` (the agent could not look), `not-seen` (a
   * Secret), `not-permitted`; `ApiError` when the hub refuses the View for another reason.
   */
  read<T extends KubeObject>(cluster: string, kind: Kind<T>, key: Key): Promise<T | undefined>;
  /**
   * Has the agent do one thing. `vanished`: the Action was deleted before its end was seen; it may have been done.
   * @throws Problem `cluster-unreachable` (deleted: it will not fire later), `action-failed`; `ApiError` 404 and 409 as
   * the cluster's API answered the agent.
   */
  act(cluster: string, spec: ActionSpec): Promise<'done' | 'vanished'>;
  /** Deletes Views and Actions that runs which are no more left on the hub; tells how many. */
  sweep(isAlive: (runId: string) => boolean | Promise<boolean>): Promise<number>;
  /** Ends what is under way and deletes what is left. */
  close(): Promise<void>;
}

/** So long that no View is ever read twice. */
const updateIntervalSeconds = 86_400;
/** A View that a sweeping run took for a dead run's is made again. */
const viewTries = 3;

export function createViewPool(options: ViewPoolOptions): ViewPool {
  const { hub, clock, runId, timeoutMs, maxAlive = 32 } = options;
  const shared = { hub, clock, runId, timeoutMs, maxAlive };
  const views = createErrands<ManagedClusterView>({
    ...shared,
    kind: ManagedClusterViewKind,
    build: (metadata, spec) => ({ ...typeOf(ManagedClusterViewKind), metadata, spec }),
    answered: (view) => condition(view, 'Processing') !== undefined,
  });
  const actions = createErrands<ManagedClusterAction>({
    ...shared,
    kind: ManagedClusterActionKind,
    build: (metadata, spec) => ({ ...typeOf(ManagedClusterActionKind), metadata, spec }),
    answered: (action) => condition(action, 'Completed') !== undefined,
  });

  return {
    async read<T extends KubeObject>(cluster: string, kind: Kind<T>, key: Key) {
      const spec = { scope: scopeOf(kind, key) };
      if (kind.kind === 'Secret') throw notSeen(cluster, `${describe(kind, key)}: Views never show Secrets.`);
      for (let tries = 0; tries < viewTries; tries += 1) {
        const outcome = await views.run(cluster, spec);
        if (outcome.state === 'silent') throw silent(cluster, timeoutMs);
        if (outcome.state === 'answered') return seen(cluster, outcome.object, kind, key);
      }
      throw viewFailed(cluster, describe(kind, key), 'somebody deletes our ManagedClusterViews');
    },
    async act(cluster, spec) {
      const outcome = await actions.run(cluster, spec);
      if (outcome.state === 'silent') throw silent(cluster, timeoutMs);
      if (outcome.state === 'vanished') return 'vanished';
      const completed = condition(outcome.object, 'Completed');
      if (completed?.status === 'True') return 'done';
      throw refusal(cluster, completed);
    },
    sweep: async (isAlive) => {
      const removed = [ManagedClusterViewKind, ManagedClusterActionKind].map((kind) =>
        sweep(hub, kind, runId, isAlive),
      );
      return (await Promise.all(removed)).reduce((sum, count) => sum + count, 0);
    },
    close: async () => {
      await Promise.all([views.close(), actions.close()]);
    },
  };
}

/** What cannot be asked of a cluster that is reached through the hub. */
export function notSeen(cluster: string, detail: string): Problem {
  return new Problem('not-seen', detail, {
    cluster,
    likely: `${cluster} is reached through the hub, which shows single objects only, and no Secrets.`,
    fix: `Give a kubeconfig context for it: userWorkloadMonitoring.contexts.${cluster}.`,
  });
}

function typeOf(kind: Kind) {
  return { apiVersion: kind.apiVersion, kind: kind.kind };
}

function scopeOf(kind: Kind, key: Key) {
  const [version = '', apiGroup] = kind.apiVersion.split('/').toReversed();
  const where = key.namespace === undefined ? {} : { namespace: key.namespace };
  return { ...(apiGroup && { apiGroup }), version, kind: kind.kind, name: key.name, ...where, updateIntervalSeconds };
}

/** The condition decides: a failed View may hold an older result (transport.md §4). */
function seen<T extends KubeObject>(cluster: string, view: ManagedClusterView, kind: Kind<T>, key: Key): T | undefined {
  const what = describe(kind, key);
  const processing = condition(view, 'Processing');
  const { result } = view.status ?? {};
  if (processing?.status === 'True' && isResult<T>(result)) {
    const wrong = misshapen(kind.kind, result);
    if (wrong === undefined) return result;
    throw viewFailed(cluster, what, `it shows what no such object is: ${wrong}`);
  }
  const message = processing?.message ?? 'no message';
  // The only sign of a missing object is the text of the API's answer.
  if (processing?.reason === 'GetResourceFailed' && /\bnot found\b/.test(message)) return undefined;
  throw viewFailed(cluster, what, `${processing?.reason}: ${message}`);
}

/** What a View of a kind shows is of that kind. */
function isResult<T extends KubeObject>(result: KubeObject | undefined): result is T {
  return result !== undefined;
}

function viewFailed(cluster: string, what: string, proof: string): Problem {
  return new Problem('view-failed', `The agent on ${cluster} could not read ${what}.`, {
    cluster,
    proof,
    fix: `Check the add-on: \`oc -n ${cluster} get managedclusteraddon work-manager\`.`,
  });
}

function silent(cluster: string, timeoutMs: number): Problem {
  const seconds = Math.round(timeoutMs / 1000);
  return new Problem('cluster-unreachable', `The agent on ${cluster} has not answered for ${seconds} s.`, { cluster });
}

/** The agent's message holds the answer of the cluster's API as text. */
function refusal(cluster: string, completed: Condition | undefined): ApiError | Problem {
  const message = completed?.message ?? 'no message';
  const said = `${cluster}: ${message}`;
  if (/the object has been modified/.test(message)) return new ApiError(409, 'Conflict', said);
  if (/already exists/.test(message)) return new ApiError(409, 'AlreadyExists', said);
  if (/\bnot found\b/.test(message)) return new ApiError(404, 'NotFound', said);
  return new Problem('action-failed', `The agent on ${cluster} refused: ${message}`, {
    cluster,
    proof: `${completed?.reason ?? 'no reason'}: ${message}`,
  });
}

async function sweep(
  hub: Cluster,
  kind: Kind,
  runId: string,
  isAlive: (runId: string) => boolean | Promise<boolean>,
): Promise<number> {
  const objects = await hub.list(kind, { labelSelector: ourSelector });
  let removed = 0;
  for (const { metadata } of objects) {
    const run = metadata.labels?.[runLabel] ?? '';
    if (run === runId || (await isAlive(run))) continue;
    const { name, namespace, uid } = metadata;
    const key = namespace === undefined ? { name } : { name, namespace };
    const outcome = await hub.delete(kind, key, uid === undefined ? {} : { uid });
    if (outcome === 'deleted') removed += 1;
  }
  return removed;
}
