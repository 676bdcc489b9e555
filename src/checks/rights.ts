/** The rights of a whole run, gathered from what it declares: the session, its steps and its checks. */
import type { Context } from '../context.ts';
import { breath, flatMapInParts } from '../engine/breath.ts';
import { leaseRights } from '../engine/lease.ts';
import { NotYet } from '../engine/problem.ts';
import { type Right, type RightsMode, unique } from '../engine/rights.ts';
import type { Check, Resource, Step } from '../engine/step.ts';
import { observabilityNamespace } from '../hub.ts';
import {
  ClusterDeploymentKind,
  ClusterRoleBindingKind,
  ClusterRoleKind,
  ClusterVersionKind,
  type Kind,
  ManagedClusterActionKind,
  ManagedClusterKind,
  ManagedClusterViewKind,
  MultiClusterHubKind,
  MultiClusterObservabilityKind,
  Namespace,
  StorageVersionMigrationKind,
} from '../kinds.ts';
import { type Cluster, isApiError } from '../ports.ts';
import { foreignContentRights } from '../resources/namespace-content.ts';
import { on, optional, readsOnly } from '../resources/rights.ts';
import { monitorRights } from './exposed.ts';
import { hops } from './index.ts';
import { viewerRights } from './viewer.ts';

/** What a command does around its steps. */
export interface Frame {
  /** Neither the checks that follow an `apply` nor the farewell of an `uninstall`. */
  readonly bare?: boolean;
  /** What it does beside them. */
  readonly more?: readonly Right[];
}

/**
 * Everything a mode asks of the hub and, under their names, of clusters reached by a context. Reads the hub where a step's
 * set must be looked up. @throws Problem of a step whose resources cannot be named.
 */
export async function rightsFor(
  mode: RightsMode,
  context: Context,
  steps: readonly Step<Context>[],
  frame: Frame = {},
): Promise<Right[]> {
  return gather(mode, context, steps, frame, (members) => members);
}

/**
 * The same, to be asked of the hub as it is now: a namespace that is there needs not be made, and what may not be looked
 * up is left to the right to look, which is asked too.
 */
export async function rightsNow(
  mode: RightsMode,
  context: Context,
  steps: readonly Step<Context>[],
  frame: Frame = {},
): Promise<Right[]> {
  const rights = await gather(mode, context, steps, frame, (members) => members.catch(unlessForbidden));
  if (!rights.some(makesNamespace)) return rights;
  const namespace = context.cluster.get(Namespace, { name: observabilityNamespace });
  const absent = await namespace.then((found) => found === undefined, unlessForbidden);
  return absent ? rights : rights.filter((right) => !makesNamespace(right));
}

type LookUp = (members: Promise<readonly Resource[]>) => Promise<readonly Resource[] | undefined>;

async function gather(
  mode: RightsMode,
  context: Context,
  steps: readonly Step<Context>[],
  { bare = false, more = [] }: Frame,
  lookUp: LookUp,
) {
  const ofSteps = await Promise.all(steps.map((step) => rightsOfStep(mode, context, step, lookUp)));
  await breath();
  // Who applies verifies: the account of `rbac apply` is good for both.
  const checks: readonly Check<Context>[] = !bare && (mode === 'apply' || mode === 'verify') ? hops : [];
  const ofChecks = await Promise.all(checks.map((check) => check.rights(context)));
  const ofQuestions = checks.length > 0 ? [...viewerRights(context), ...monitorRights(context)] : [];
  const farewell = !bare && mode === 'uninstall' ? farewellRights(context.cluster) : [];
  const all = [
    ...(await sessionRights(mode, context)),
    ...farewell,
    ...ofSteps.flat(),
    ...ofChecks.flat(),
    ...ofQuestions,
    ...more,
  ];
  return unique(all.map((right) => onHub(right, context.hub.name)));
}

/** To make the namespace of observability, which `rbac` prints beside the Roles that live in it. */
function makesNamespace({ verb, group, resource }: Right): boolean {
  return verb === 'create' && group === '' && resource === 'namespaces';
}

/** Whether it is asked of the hub before the first write. */
export function isAsked({ cluster, optional: without }: Right): boolean {
  return cluster === undefined && without === undefined;
}

async function rightsOfStep(mode: RightsMode, context: Context, step: Step<Context>, lookUp: LookUp): Promise<Right[]> {
  if (mode !== 'uninstall' && step.skip?.(context) !== undefined) return [];
  const declared = (await lookUp(named(() => step.resources(context)))) ?? [];
  await breath();
  const ofDeclared = await flatMapInParts(declared, (resource) => resource.rights(mode));
  const own = [...(step.rights?.(context, mode) ?? []), ...ofDeclared];
  if (mode === 'verify' || step.owned === undefined) return own;
  const known = new Set(declared.map(({ cluster, name }) => `${cluster} ${name}`));
  const members = (await lookUp(named(() => step.owned?.(context) ?? []))) ?? [];
  const leftovers = members.filter(({ cluster, name }) => !known.has(`${cluster} ${name}`));
  return [...own, ...leftovers.flatMap((resource) => resource.rights(readsOnly(mode) ? mode : 'uninstall'))];
}

/** What cannot be named yet needs nothing yet. */
async function named(
  resources: () => Promise<readonly Resource[]> | readonly Resource[],
): Promise<readonly Resource[]> {
  try {
    return await resources();
  } catch (error) {
    if (error instanceof NotYet) return [];
    throw error;
  }
}

/** What every run asks before its steps, and what runs that write ask beside them. */
async function sessionRights(mode: RightsMode, context: Context): Promise<Right[]> {
  const { cluster, hub } = context;
  const list = (...kinds: Kind[]) => kinds.flatMap((kind) => on(cluster, kind, {}, ['list']));
  const looks = [
    ...list(MultiClusterHubKind, MultiClusterObservabilityKind, ManagedClusterKind),
    ...on(cluster, ClusterVersionKind, { name: 'version' }, ['get']),
    ...optional('which clusters hibernate', list(ClusterDeploymentKind)),
    ...(await identityRights(context)),
  ];
  if (readsOnly(mode)) return looks;
  const sweep = list(ManagedClusterViewKind, ManagedClusterActionKind);
  return [...looks, ...sweep, ...leaseRights(hub.multiClusterHub.metadata.namespace)];
}

/** Looking for what ACM and other people leave. */
function farewellRights(cluster: Cluster): Right[] {
  const kinds = [ClusterRoleKind, ClusterRoleBindingKind, StorageVersionMigrationKind];
  return [
    ...kinds.flatMap((kind) => on(cluster, kind, {}, ['list'])),
    ...on(cluster, Namespace, { name: observabilityNamespace }, ['get']),
    ...foreignContentRights(cluster, observabilityNamespace),
  ];
}

/** A context must prove which cluster it leads to. */
async function identityRights({ members, reach }: Context): Promise<Right[]> {
  const reached = members.filter(({ isHub, skip, offline }) => !isHub && skip === undefined && offline === undefined);
  const clusters = await Promise.all(reached.map(reach));
  const direct = clusters.filter(({ capabilities }) => capabilities.list);
  return direct.flatMap((cluster) => on(cluster, ClusterVersionKind, { name: 'version' }, ['get']));
}

function unlessForbidden(error: unknown): undefined {
  if (!isApiError(error, 403)) throw error;
}

function onHub(right: Right, hub: string): Right {
  const { cluster, ...rest } = right;
  return cluster === hub ? rest : right;
}
