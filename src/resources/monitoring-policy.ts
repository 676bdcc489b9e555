/**
 * The policy that keeps user-workload monitoring on, as objects on the hub: Policy, ManagedClusterSetBinding, Placement and
 * PlacementBinding, in this order. Without the last the others do nothing, so a run that is killed leaves nothing half at
 * work; taken away in the reverse, the Policy is there until nothing of it is left, and a later run finds the rest by it.
 */
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { Problem } from '../engine/problem.ts';
import type { Right } from '../engine/rights.ts';
import type { Change, Resource } from '../engine/step.ts';
import { isSelected, serviceOwned } from '../fleet/members.ts';
import { copiesOf, policyKey } from '../fleet/policy.ts';
import { parseSelector, type Requirement } from '../fleet/selector.ts';
import { atLeast } from '../hub.ts';
import {
  type KubeObject,
  type LabelRequirement,
  ManagedClusterSetBindingKind,
  type Placement,
  PlacementBindingKind,
  PlacementKind,
  type Policy,
  PolicyKind,
} from '../kinds.ts';
import { manifest } from '../manifest.ts';
import { isApiError } from '../ports.ts';
import { objectResource } from './object.ts';
import { on } from './rights.ts';

const { namespace, name } = policyKey;

/** Who binds a cluster set to a namespace must be allowed to (transport.md §1). */
const bind: Right = {
  verb: 'create',
  group: 'cluster.open-cluster-management.io',
  resource: 'managedclustersets',
  subresource: 'bind',
  name: 'global',
};

/** The objects, first to last. Their Problems: `policy-unsupported`, `policy-covers-fleet`. */
export function monitoringPolicyResources(context: Context, step: string): Resource[] {
  const { cluster, looks, settings } = context;
  const shared = { cluster, step, forceConflicts: settings.forceConflicts };
  const file = (kind: string) => `user-workload-policy/${kind}.yaml`;
  const made = [
    objectResource<Policy>({
      ...shared,
      kind: PolicyKind,
      key: policyKey,
      desired() {
        requireTemplates(context);
        return placed(manifest<Policy>(file('policy')));
      },
    }),
    objectResource<KubeObject>({
      ...shared,
      kind: ManagedClusterSetBindingKind,
      key: { namespace, name: 'global' },
      desired: () => manifest<KubeObject>(file('cluster-set-binding')),
      reads: (mode) => (mode === 'apply' ? [bind] : []),
    }),
    objectResource<Placement>({
      ...shared,
      kind: PlacementKind,
      key: policyKey,
      desired(live) {
        const base = placed(manifest<Placement>(file('placement')));
        return { ...base, spec: { ...base.spec, predicates: predicatesIn(context, live) } };
      },
    }),
    objectResource<KubeObject>({
      ...shared,
      kind: PlacementBindingKind,
      key: policyKey,
      desired: () => placed(manifest<KubeObject>(file('placement-binding'))),
      async ready() {
        const { clusters } = await looks.policy();
        const missing = context.members.filter((member) => member.skip === undefined && !clusters.has(member.name));
        if (missing.length === 0) return { state: 'ready', note: `placed on ${clusters.size} clusters` };
        const first = missing[0]?.name ?? '';
        return { state: 'waiting', message: `the policy has not reached ${missing.length} clusters yet, as ${first}` };
      },
      reads: (mode) => (mode === 'apply' || mode === 'verify' ? policyRights(context) : []),
    }),
  ];
  return made.map((resource, at) => forWholeFleet(context, at === 0 ? untilWithdrawn(context, resource) : resource));
}

/** What reading the policy's standing takes. */
export function policyRights({ cluster }: Pick<Context, 'cluster'>) {
  return [...on(cluster, PolicyKind, policyKey, ['get']), ...on(cluster, PolicyKind, {}, ['list'])];
}

/** Whether an earlier run left it: told by the Policy, which is the last to go. */
export async function policyIsThere({ cluster }: Pick<Context, 'cluster'>): Promise<boolean> {
  try {
    return (await cluster.get(PolicyKind, policyKey)) !== undefined;
  } catch (error) {
    if (isApiError(error, 404)) return false;
    throw error;
  }
}

function placed<T extends KubeObject>(object: T): T {
  return { ...object, metadata: { ...object.metadata, name, namespace } };
}

/** @throws Problem `policy-unsupported` */
export function requireTemplates({ hub }: Pick<Context, 'hub'>): void {
  if (atLeast(hub.version, 2, 14)) return;
  throw new Problem('policy-unsupported', `this hub has ACM ${hub.acmVersion}; templates read YAML from 2.14 on`);
}

/** Gone is the Policy when its copies are too: until then a cluster may be turned on again. */
function untilWithdrawn({ cluster }: Context, resource: Resource): Resource {
  return {
    ...resource,
    async gone() {
      const answer = await resource.gone();
      if (answer.state !== 'ready') return answer;
      const copies = await copiesOf(cluster);
      if (copies.size === 0) return answer;
      return { state: 'waiting', message: `ACM is taking the policy back from ${copies.size} clusters` };
    },
    rights: (mode) => [
      ...resource.rights(mode),
      ...(mode === 'uninstall' ? on(cluster, PolicyKind, {}, ['list']) : []),
    ],
  };
}

/** A run about some clusters may look at it, and not change it for all; canaries may be the first to have it. */
function forWholeFleet(context: Context, resource: Resource): Resource {
  const checked = (change: Change): Change => {
    if (change.kind === 'none' || !isNarrowed(context)) return change;
    if (change.kind === 'create' && context.canary === true) return change;
    throw new Problem('policy-covers-fleet', `${resource.name} is for all clusters the configuration selects`);
  };
  return {
    ...resource,
    plan: async () => checked(await resource.plan()),
    planRemoval: async () => checked(await resource.planRemoval()),
  };
}

function isNarrowed({ hub, config, members }: Context): boolean {
  return members.length < hub.managedClusters.filter((object) => isSelected(object, config)).length;
}

type Predicates = NonNullable<NonNullable<Placement['spec']>['predicates']>;

/** Canaries are chosen by name until they are well; a choice that is in force is not made smaller for them. */
function predicatesIn({ config, canary, members }: Context, live: Placement | undefined): Predicates {
  if (canary !== true) return predicatesOf(config);
  return (
    live?.spec?.predicates ??
    predicatesOf(
      config,
      members.map((member) => member.name),
    )
  );
}

/** The same choice as the configuration's, for clusters that join later too: OpenShift, not run by a service. */
function predicatesOf({ clusters }: Pick<Config, 'clusters'>, only?: readonly string[]): Predicates {
  const { select, exclude } = clusters;
  const matchExpressions: LabelRequirement[] = [
    { key: 'vendor', operator: 'Exists' },
    { key: 'vendor', operator: 'NotIn', values: ['auto-detect'] },
    { key: 'microshiftVersion', operator: 'DoesNotExist' },
    ...(select.names === undefined ? [] : [{ key: 'name', operator: 'In' as const, values: [...select.names] }]),
    ...(select.selector === undefined ? [] : parseSelector(select.selector).map(expressionOf)),
    ...(only === undefined ? [] : [{ key: 'name', operator: 'In' as const, values: [...only] }]),
    ...(exclude.length === 0 ? [] : [{ key: 'name', operator: 'NotIn' as const, values: [...exclude] }]),
  ];
  const product: LabelRequirement = {
    key: 'product.open-cluster-management.io',
    operator: 'NotIn',
    values: [...serviceOwned, 'MicroShift'],
  };
  const chosenBy = (labels: LabelRequirement[], claims: LabelRequirement[]) => ({
    requiredClusterSelector: {
      labelSelector: { matchExpressions: [...labels, ...matchExpressions] },
      claimSelector: { matchExpressions: [...claims, product] },
    },
  });
  // The hub's label comes after the cluster's own claim; either tells the version (transport.md §1).
  return [
    chosenBy([{ key: 'openshiftVersion', operator: 'Exists' }], []),
    chosenBy([], [{ key: 'version.openshift.io', operator: 'Exists' }]),
  ];
}

const operators = { in: 'In', notin: 'NotIn', exists: 'Exists', absent: 'DoesNotExist' } as const;

function expressionOf({ key, operator, values }: Requirement): LabelRequirement {
  return { key, operator: operators[operator], ...(values.length > 0 ? { values: [...values] } : {}) };
}
