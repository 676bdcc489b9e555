/** The conditions of a MultiClusterObservability, as they came (measured.md §2, acm.md §1.5). Pure. */
import type { Condition, Workload } from '../../../kinds.ts';
import type { Features } from '../versions.ts';
import type { StorageProblem } from './storage.ts';

const deployments = [
  'grafana',
  'observatorium-api',
  'thanos-query',
  'thanos-query-frontend',
  'thanos-receive-controller',
  'observatorium-operator',
  'rbac-query-proxy',
] as const;

/** Not all there are: the other shards and the front end's cache are never looked at. */
const statefulSets = [
  'alertmanager',
  'thanos-compact',
  'thanos-receive-default',
  'thanos-rule',
  'thanos-store-memcached',
  'thanos-store-shard-0',
] as const;

export interface World {
  readonly storage: StorageProblem | undefined;
  readonly deployment: (name: string) => Workload | undefined;
  readonly statefulSet: (name: string) => Workload | undefined;
  readonly metricsEnabled: boolean;
  /** CRDs the addon architecture lacks; empty when it is not wanted. */
  readonly missingCrds: readonly string[];
}

interface Failure {
  readonly reason: string;
  readonly message: string;
}

/** The conditions that should stand now, given those that stand. Times are the caller's. */
export function conditionsOf(before: readonly Condition[], world: World, features: Features): Condition[] {
  return features.conditions === 'exact' ? exact(world) : sticky(before, world);
}

const installing: Condition = {
  type: 'Installing',
  status: 'True',
  reason: 'Installing',
  message: 'Installation is in progress',
};
const ready: Condition = {
  type: 'Ready',
  status: 'True',
  reason: 'Ready',
  message: 'Observability components are deployed and running',
};

/** From 2.17: what is. */
function exact(world: World): Condition[] {
  const failure = world.storage ?? workloadFailure(world, wordsOf217);
  const main: Condition[] =
    failure === undefined ? [ready] : [{ type: 'Failed', status: 'True', ...failure }, installing];
  return [...main, ...metricsDisabled(world), ...crdsMissing(world, 'CRDMissing')];
}

/** To 2.16: `Installing` for ever, `Failed` with status False, and nothing moves once `Ready` was set. */
function sticky(before: readonly Condition[], world: World): Condition[] {
  const rest = [...metricsDisabled(world), ...crdsMissing(world, 'MultiClusterObservabilityAddonDegraded')];
  if (before.some(({ type }) => type === 'Ready')) return [installing, ready, ...rest];
  const failure = world.storage ?? workloadFailure(world, wordsOf216);
  if (failure === undefined) return [installing, ready, ...rest];
  return [installing, { type: 'Failed', status: 'False', ...failure }, ...rest];
}

interface Words {
  readonly notFound: (kind: 'Deployment' | 'StatefulSet', name: string) => string;
  readonly notReady: (kind: 'Deployment' | 'StatefulSet', name: string) => string;
}

const wordsOf217: Words = {
  notFound: (kind, name) => `${kind.toLowerCase()} ${name} not found`,
  notReady: (kind, name) => `${kind.toLowerCase()} ${name} is not ready`,
};
const wordsOf216: Words = {
  notFound: (kind, name) => `Failed to found expected ${kind.toLowerCase()} ${name}`,
  notReady: (kind, name) => `${kind} ${name} is not ready`,
};

/** The first workload that is missing or not ready; none of none counts as ready. */
function workloadFailure(world: World, words: Words): Failure | undefined {
  const look = (kind: 'Deployment' | 'StatefulSet', short: string): Failure | undefined => {
    const name = `observability-${short}`;
    const workload = kind === 'Deployment' ? world.deployment(name) : world.statefulSet(name);
    if (workload === undefined) return { reason: `${kind}NotFound`, message: words.notFound(kind, name) };
    const isReady = (workload.status?.readyReplicas ?? 0) === (workload.spec?.replicas ?? 1);
    return isReady ? undefined : { reason: `${kind}NotReady`, message: words.notReady(kind, name) };
  };
  for (const name of deployments) {
    const failure = look('Deployment', name);
    if (failure !== undefined) return failure;
  }
  for (const name of statefulSets) {
    const failure = look('StatefulSet', name);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function metricsDisabled({ metricsEnabled }: World): Condition[] {
  if (metricsEnabled) return [];
  const message = 'Collect metrics from the managed clusters is disabled';
  return [{ type: 'MetricsDisabled', status: 'True', reason: 'MetricsDisabled', message }];
}

function crdsMissing({ missingCrds }: World, reason: string): Condition[] {
  if (missingCrds.length === 0) return [];
  const message = `MultiClusterObservabilityAddon degraded because the following CRDs are not installed on the hub: ${missingCrds.join(', ')}`;
  return [{ type: 'MultiClusterObservabilityAddonDegraded', status: 'True', reason, message }];
}

/** The same conditions, with the time of the last change of each; `undefined` when nothing differs. */
export function stamped(
  before: readonly Condition[],
  wanted: readonly Condition[],
  now: string,
): Condition[] | undefined {
  const known = new Map(before.map((condition) => [condition.type, condition]));
  const result = wanted.map((condition) => {
    const old = known.get(condition.type);
    const same =
      old?.status === condition.status && old.reason === condition.reason && old.message === condition.message;
    return same ? old : { ...condition, lastTransitionTime: now };
  });
  const unchanged = result.length === before.length && result.every((condition) => before.includes(condition));
  return unchanged ? undefined : result;
}
