/**
 * Stands in for the work agent of one cluster: applies what its ManifestWorks hold, deletes what they no longer hold, and
 * says so on them (transport.md §2). It does not watch what it applied.
 */
import type { KubeObject } from '../../../kinds.ts';
import { type Clock, isApiError } from '../../../ports.ts';
import type { ControllerClient } from '../client.ts';
import type { Delays } from '../delays.ts';
import type { Informers } from '../informer.ts';
import { type ManifestWork, WorkKind } from '../kinds.ts';
import { ensure, setFinalizer, timestamp } from '../objects.ts';
import { type Log, type Outcome, type Running, startController, watching } from '../runtime.ts';
import type { Connection } from './connection.ts';
import { kindOf } from './known-kinds.ts';

export interface AgentOptions {
  readonly hub: Informers;
  readonly managed: Informers;
  /** The cluster's name, and its namespace on the hub. */
  readonly cluster: string;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly delays: Delays;
  readonly log?: Log;
}

const finalizer = 'cluster.open-cluster-management.io/manifest-work-cleanup';

interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

interface Context extends AgentOptions {
  readonly onHub: ControllerClient;
  readonly onCluster: ControllerClient;
  /** Per ManifestWork: which generation was seen when, and what is applied. */
  readonly seen: Map<string, { readonly generation: number; readonly at: number }>;
  readonly applied: Map<string, { readonly generation: number; readonly objects: readonly Identity[] }>;
}

/** Starts it. */
export function startWorkAgent(options: AgentOptions): Running {
  const { hub, managed, cluster, connection, clock, delays, log } = options;
  const manager = 'work-agent';
  const context: Context = {
    ...options,
    onHub: hub.client.as(manager),
    onCluster: managed.client.as(manager),
    seen: new Map(),
    applied: new Map(),
  };
  const works = hub.of(WorkKind);
  return startController({
    name: manager,
    cluster,
    clock,
    delays,
    ...(log && { log }),
    watches: [
      watching(works, undefined, cluster),
      connection.watching(() => works.list(cluster).map(({ metadata }) => metadata.name)),
    ],
    reconcile: async (name) => {
      const work = works.get({ name, namespace: cluster });
      if (work === undefined || !connection.online) return undefined;
      return work.metadata.deletionTimestamp === undefined ? await bring(context, work) : await remove(context, work);
    },
  });
}

async function bring(context: Context, work: ManifestWork): Promise<Outcome | undefined> {
  const { clock, delays, onHub, seen, applied } = context;
  const { name, generation = 0, finalizers = [] } = work.metadata;
  if (!finalizers.includes(finalizer)) {
    await setFinalizer(onHub, WorkKind, work, finalizer, true);
    return undefined;
  }
  if (applied.get(name)?.generation === generation) return undefined;
  const first = seen.get(name);
  const at = first?.generation === generation ? first.at : clock.now();
  seen.set(name, { generation, at });
  const wait = at + delays.ms('workAgent') - clock.now();
  if (wait > 0) return { againInMs: wait };
  const manifests = work.spec?.workload?.manifests ?? [];
  for (const manifest of ordered(manifests)) await applyOne(context, manifest);
  const objects = manifests.map(identityOf);
  const before = applied.get(name)?.objects ?? recorded(work);
  const kept = new Set(objects.map((one) => JSON.stringify(one)));
  for (const one of before) if (!kept.has(JSON.stringify(one))) await deleteOne(context, one);
  applied.set(name, { generation, objects });
  await report(context, work, objects);
  return undefined;
}

/** Definitions and namespaces before what needs them. */
function ordered(manifests: readonly KubeObject[]): KubeObject[] {
  const rank = ({ kind }: KubeObject): number =>
    kind === 'CustomResourceDefinition' ? 0 : kind === 'Namespace' ? 1 : 2;
  return manifests.toSorted((one, other) => rank(one) - rank(other));
}

async function applyOne({ onCluster }: Context, manifest: KubeObject): Promise<void> {
  const kind = kindOf(manifest.apiVersion, manifest.kind);
  if (kind === undefined) throw new Error(`no matches for kind "${manifest.kind}" in version "${manifest.apiVersion}"`);
  await ensure(onCluster, { kind, object: manifest });
}

async function deleteOne({ onCluster }: Context, { apiVersion, kind: name, ...key }: Identity): Promise<boolean> {
  const kind = kindOf(apiVersion, name);
  if (kind === undefined) return true;
  return (await onCluster.delete(kind, key)) === 'absent';
}

function identityOf({ apiVersion, kind, metadata }: KubeObject): Identity {
  const { namespace, name } = metadata;
  return { apiVersion, kind, ...(namespace !== undefined && { namespace }), name };
}

/** What an earlier run of the agent wrote down. */
function recorded({ status }: ManifestWork): Identity[] {
  return (status?.resourceStatus?.manifests ?? []).flatMap(({ resourceMeta }) => {
    if (resourceMeta === undefined) return [];
    const { ordinal: _ordinal, ...identity } = resourceMeta;
    return [identity];
  });
}

async function report({ onHub, clock }: Context, work: ManifestWork, objects: readonly Identity[]): Promise<void> {
  const live = await onHub.get(WorkKind, work.metadata);
  if (live === undefined) return;
  const now = timestamp(clock.now());
  const { generation } = work.metadata;
  const condition = (type: string, reason: string) => ({
    type,
    status: 'True' as const,
    reason,
    message: '',
    lastTransitionTime: now,
    ...(generation !== undefined && { observedGeneration: generation }),
  });
  const status = {
    conditions: [condition('Applied', 'AppliedManifestWorkComplete'), condition('Available', 'ResourcesAvailable')],
    resourceStatus: {
      manifests: objects.map((resourceMeta, ordinal) => ({
        resourceMeta: { ordinal, ...resourceMeta },
        conditions: [condition('Applied', 'AppliedManifestComplete'), condition('Available', 'ResourceAvailable')],
      })),
    },
  };
  await onHub.status(WorkKind, { ...live, status });
}

/** Deletes what was applied, waits until it is gone, and lets go of the ManifestWork. */
async function remove(context: Context, work: ManifestWork): Promise<Outcome | undefined> {
  const { onHub, delays, applied } = context;
  const { name } = work.metadata;
  const objects = applied.get(name)?.objects ?? recorded(work);
  // Namespaces and definitions last: what is in them goes with them.
  for (const one of objects.toReversed()) {
    if (one.kind === 'Namespace' || one.kind === 'CustomResourceDefinition') continue;
    await deleteOne(context, one);
  }
  const rest = objects.filter(({ kind }) => kind === 'Namespace' || kind === 'CustomResourceDefinition');
  let gone = true;
  for (const one of rest) gone = (await deleteOne(context, one)) && gone;
  if (!gone) return { againInMs: delays.ms('workAgent') };
  applied.delete(name);
  try {
    await setFinalizer(onHub, WorkKind, work, finalizer, false);
  } catch (error) {
    if (!isApiError(error, 404)) throw error;
  }
  return undefined;
}
