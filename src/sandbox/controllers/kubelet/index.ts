/**
 * Stands in for kubelet and the workload controllers of one cluster: makes the Pods of Deployments and StatefulSets,
 * starts them after a while, restarts them when they crash, rolls them when their template changes. Environment
 * variables are read from Secrets when a container starts, and never again (acm.md §2.5).
 */
import {
  DeploymentKind,
  PersistentVolumeClaimKind,
  type Pod,
  PodKind,
  SecretKind,
  StatefulSetKind,
  StorageClassKind,
  type Workload,
} from '../../../kinds.ts';
import type { Clock } from '../../../ports.ts';
import type { ControllerClient } from '../client.ts';
import type { Delays } from '../delays.ts';
import type { Informers } from '../informer.ts';
import { ensure, secretText, timestamp } from '../objects.ts';
import { chance } from '../random.ts';
import { type Log, type Outcome, type Running, startController, watching } from '../runtime.ts';
import { isOutdated, isReady, podNames, podOf, podStatus, secretEnvOf, type Waiting } from './pods.ts';
import { createVeterans, type Veterans } from './veterans.ts';
import { createVolumes, type Volumes } from './volumes.ts';

/** Whether a Pod's program would start with this environment: the last line of its log when it would not. */
export type StartCheck = (pod: Pod, env: Readonly<Record<string, string>>) => Promise<string | undefined>;

export interface KubeletOptions {
  readonly informers: Informers;
  readonly clock: Clock;
  readonly delays: Delays;
  readonly seed: number;
  readonly startCheck?: StartCheck;
  /** Why the image of a Pod cannot be pulled. */
  readonly imageCheck?: (pod: Pod) => string | undefined;
  readonly log?: Log;
}

interface Context extends KubeletOptions {
  readonly client: ControllerClient;
  readonly volumes: Volumes;
  readonly veterans: Veterans;
  /** When each Pod was first seen, by uid; how often it crashed. */
  readonly seen: Map<string, { readonly at: number; crashes: number; retryAt: number }>;
}

/** Starts it; one for each cluster. */
export function startKubelet(options: KubeletOptions): Running {
  const { informers, clock, delays, log } = options;
  const client = informers.client.as('kubelet');
  const context: Context = {
    ...options,
    client,
    volumes: createVolumes(informers, clock, delays),
    seen: new Map(),

    veterans: createVeterans(informers, clock, delays),
  };
  const pods = informers.of(PodKind);
  return startController({
    name: 'kubelet',
    cluster: client.name,
    clock,
    delays,
    workers: 4,
    ...(log && { log }),
    watches: [
      watching(informers.of(PersistentVolumeClaimKind), () => []),
      watching(informers.of(StorageClassKind), () => []),
      watching(informers.of(DeploymentKind), ({ object }) => [keyOf(object)]),
      watching(informers.of(StatefulSetKind), ({ object }) => [keyOf(object)]),
      watching(pods, ({ object, type }) => [...ownersOf(object), ...(type === 'present' ? [keyOf(object)] : [])]),
    ],
    reconcile: (key) => reconcile(context, key),
  });
}

function keyOf({ kind, metadata }: { kind: string; metadata: { namespace?: string; name: string } }): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`;
}

function ownersOf({ metadata }: Pod): string[] {
  return (metadata.ownerReferences ?? [])
    .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
    .map(({ kind, name }) => `${kind} ${metadata.namespace}/${name}`);
}

async function reconcile(context: Context, key: string): Promise<Outcome | undefined> {
  const [kind = '', path = ''] = key.split(' ');
  const [namespace = '', name = ''] = path.split('/');
  const { informers } = context;
  if (kind === 'Pod') {
    const pod = informers.of(PodKind).get({ namespace, name });
    return pod === undefined ? undefined : await startPod(context, pod);
  }
  const workload = informers.of(kind === 'StatefulSet' ? StatefulSetKind : DeploymentKind).get({ namespace, name });
  const owned = informers
    .of(PodKind)
    .list(namespace)
    .filter((pod) => ownersOf(pod).includes(key));
  if (workload === undefined || workload.metadata.deletionTimestamp !== undefined) {
    for (const pod of owned) await remove(context.client, pod);
    return undefined;
  }
  if (await context.veterans.bring(workload, owned)) return undefined;
  await roll(context, workload, owned);
  await report(context, workload, owned);
  return undefined;
}

/** Makes the Pods that are missing and removes those that are too many or out of date, never all at once. */
async function roll({ client }: Context, workload: Workload, owned: readonly Pod[]): Promise<void> {
  const names = new Set(podNames(workload));
  const present = new Set(owned.map(({ metadata }) => metadata.name));
  for (const name of names) {
    if (!present.has(name)) await ensure(client, { kind: PodKind, object: podOf(workload, name), once: true });
  }
  const current = owned.filter((pod) => names.has(pod.metadata.name) && !isOutdated(pod, workload));
  const allReady = current.length === names.size && current.every(isReady);
  const surplus = owned.filter(({ metadata }) => !names.has(metadata.name));
  const scaledDown = workload.kind === 'StatefulSet' || names.size === 0;
  if (allReady || scaledDown) for (const pod of surplus) await remove(client, pod);
  if (workload.kind !== 'StatefulSet') return;
  const outdated = owned.filter((pod) => names.has(pod.metadata.name) && isOutdated(pod, workload));
  // From the highest ordinal down, one at a time; one that is not ready holds nothing up.
  const othersReady = owned.every((pod) => isReady(pod) || outdated.includes(pod));
  const last = outdated.find((pod) => !isReady(pod)) ?? outdated.toSorted(byOrdinal).at(-1);
  if (last !== undefined && othersReady && owned.length >= names.size) await remove(client, last);
}

/** The very Pod that was looked at, not one that took its name since. */
async function remove(client: ControllerClient, { metadata }: Pod): Promise<void> {
  await client.delete(PodKind, metadata, metadata.uid === undefined ? {} : { uid: metadata.uid });
}

function byOrdinal(one: Pod, other: Pod): number {
  const ordinal = ({ metadata }: Pod): number => Number(/\d+$/.exec(metadata.name)?.[0] ?? 0);
  return ordinal(one) - ordinal(other);
}

async function report({ client }: Context, workload: Workload, owned: readonly Pod[]): Promise<void> {
  const updated = owned.filter((pod) => !isOutdated(pod, workload));
  const readyReplicas = owned.filter(isReady).length;
  const { generation } = workload.metadata;
  const status = {
    ...(generation !== undefined && { observedGeneration: generation }),
    replicas: owned.length,
    readyReplicas,
    availableReplicas: readyReplicas,
    updatedReplicas: updated.length,
  };
  if (JSON.stringify(workload.status) === JSON.stringify(status)) return;
  const kind = workload.kind === 'StatefulSet' ? StatefulSetKind : DeploymentKind;
  await client.status(kind, { ...workload, status });
}

/** Starts a Pod when its time has come and what it needs is there. */
async function startPod(context: Context, pod: Pod): Promise<Outcome | undefined> {
  if (isReady(pod) || pod.metadata.deletionTimestamp !== undefined || context.veterans.bringing(pod)) return undefined;
  const { clock, delays, seed, seen } = context;
  const uid = pod.metadata.uid ?? pod.metadata.name;
  const begun = seen.get(uid) ?? { at: clock.now(), crashes: 0, retryAt: 0 };
  seen.set(uid, begun);
  const least = delays.ms('workloadReadyLeast');
  const span = delays.ms('workloadReadyMost') - least;
  const wait = begun.at + least + span * chance(seed, pod.metadata.namespace ?? '', pod.metadata.name) - clock.now();
  if (!(await volumesReady(context, pod))) {
    const unscheduled = isStuck(context, pod) ? unboundClaims : undefined;
    await setStatus(context, pod, { reason: 'ContainerCreating', ...(unscheduled && { unscheduled }) });
    return { againInMs: delays.ms('volumeBound') };
  }
  if (wait > 0) {
    await setStatus(context, pod, { reason: 'ContainerCreating' });
    return { againInMs: wait };
  }
  // Its own change of status brings the Pod back here: a container is tried at its pace all the same.
  if (clock.now() < begun.retryAt) return { againInMs: begun.retryAt - clock.now() };
  begun.retryAt = clock.now() + delays.ms('containerRetry');
  const waiting = await obstacle(context, pod);
  if (waiting?.reason === 'CrashLoopBackOff') begun.crashes += 1;
  await setStatus(context, pod, waiting && { ...waiting, restarts: begun.crashes });
  return waiting === undefined ? undefined : { againInMs: delays.ms('containerRetry') };
}

async function volumesReady({ informers, volumes }: Context, pod: Pod): Promise<boolean> {
  if (!(await volumes.claimed(pod))) return false;
  const owner = pod.metadata.ownerReferences?.find(({ kind }) => kind === 'StatefulSet');
  const { namespace } = pod.metadata;
  if (owner === undefined || namespace === undefined) return true;
  const workload = informers.of(StatefulSetKind).get({ namespace, name: owner.name });
  return workload === undefined || (await volumes.ready(workload, pod.metadata.name));
}

/** The scheduler's words. */
const unboundClaims = '0/6 nodes are available: pod has unbound immediate PersistentVolumeClaims.';

/** Whether one of its volumes can never be bound as things are: its class does not exist. */
function isStuck({ informers, volumes }: Context, { metadata }: Pod): boolean {
  const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'StatefulSet');
  const { namespace } = metadata;
  if (owner === undefined || namespace === undefined) return false;
  const workload = informers.of(StatefulSetKind).get({ namespace, name: owner.name });
  return workload !== undefined && volumes.stuck(workload);
}

async function obstacle({ client, startCheck, imageCheck }: Context, pod: Pod): Promise<Waiting | undefined> {
  const refused = imageCheck?.(pod);
  if (refused !== undefined) return { reason: 'ImagePullBackOff', message: refused };
  const env: Record<string, string> = {};
  for (const { variable, secret, key } of secretEnvOf(pod)) {
    const { namespace = '' } = pod.metadata;
    const live = await client.get(SecretKind, { name: secret, namespace });
    if (live === undefined) return { reason: 'CreateContainerConfigError', message: `secret "${secret}" not found` };
    const text = secretText(live, key);
    if (text === undefined)
      return {
        reason: 'CreateContainerConfigError',
        message: `couldn't find key ${key} in Secret ${namespace}/${secret}`,
      };
    env[variable] = text;
  }
  const message = await startCheck?.(pod, env);
  return message === undefined ? undefined : { reason: 'CrashLoopBackOff', message };
}

async function setStatus({ client, clock }: Context, pod: Pod, waiting: Waiting | undefined): Promise<void> {
  const now = timestamp(clock.now());
  const before = pod.status?.containerStatuses?.[0];
  const same =
    waiting !== undefined &&
    before?.state?.waiting?.reason === waiting.reason &&
    before.state.waiting.message === waiting.message &&
    (before.restartCount ?? 0) === (waiting.restarts ?? 0);
  if (!same) await client.status(PodKind, { ...pod, status: podStatus(pod, now, waiting) });
}
