/**
 * How the fleet's policy stands: which clusters it is placed on and which meet it, from the Policy itself; why not, from the
 * copies in the clusters' namespaces, asked for only while one is not well (transport.md §6.6).
 */
import { observabilityNamespace } from '../hub.ts';
import { type Compliance, type Policy, PolicyKind } from '../kinds.ts';
import { type Cluster, isApiError } from '../ports.ts';

export const policyKey = { namespace: observabilityNamespace, name: 'user-workload-monitoring' } as const;
/** The parts of the policy: the key is in the document, and what it turns on runs. */
export const policyParts = { on: 'user-workload-monitoring-on', runs: 'user-workload-monitoring-runs' } as const;

export interface Part {
  readonly compliance: Compliance | undefined;
  /** What the engine on the cluster says, without the verdict before it. */
  readonly message: string;
  /** It wrote, as far as its history goes back. */
  readonly wrote?: 'create' | 'update';
}

/** One cluster's answer. */
export interface Standing {
  readonly compliance: Compliance | undefined;
  readonly on: Part | undefined;
  readonly runs: Part | undefined;
}

export interface FleetPolicy {
  /** There is such a policy. */
  readonly exists: boolean;
  /** Every cluster it is placed on. */
  readonly clusters: ReadonlyMap<string, Standing>;
  /** Clusters that met it when this run looked first. */
  readonly metAtFirst: ReadonlySet<string>;
}

/** @param first the answer of the run's first look */
export async function fleetPolicy(hub: Cluster, first: FleetPolicy | undefined): Promise<FleetPolicy> {
  const policy = await known(hub.get(PolicyKind, policyKey));
  const reported = policy?.status?.status ?? [];
  const unsettled = reported.some(
    ({ clustername, compliant }) => compliant !== 'Compliant' || first?.metAtFirst.has(clustername) === false,
  );
  const copies = unsettled ? await copiesOf(hub) : new Map<string, Policy>();
  const clusters = new Map(
    reported.map(({ clustername, compliant }): [string, Standing] => {
      const copy = copies.get(clustername);
      return [clustername, { compliance: compliant, on: partOf(copy, 'on'), runs: partOf(copy, 'runs') }];
    }),
  );
  const met = [...clusters].filter(([, { compliance, on }]) => (on?.compliance ?? compliance) === 'Compliant');
  return {
    exists: policy !== undefined,
    clusters,
    metAtFirst: first?.metAtFirst ?? new Set(met.map(([name]) => name)),
  };
}

/** Copies of the policy by cluster. */
export async function copiesOf(hub: Cluster): Promise<ReadonlyMap<string, Policy>> {
  const labelSelector = `policy.open-cluster-management.io/root-policy=${policyKey.namespace}.${policyKey.name}`;
  const copies = (await known(hub.list(PolicyKind, { labelSelector }))) ?? [];
  return new Map(copies.map((copy) => [copy.metadata.namespace ?? '', copy]));
}

function partOf(copy: Policy | undefined, part: keyof typeof policyParts): Part | undefined {
  const detail = copy?.status?.details?.find(({ templateMeta }) => templateMeta?.name === policyParts[part]);
  if (detail === undefined) return undefined;
  const messages = (detail.history ?? []).map(({ message = '' }) => message);
  const wrote = messages.some((message) => message.includes('was created successfully'))
    ? 'create'
    : messages.some((message) => message.includes('was updated successfully'))
      ? 'update'
      : undefined;
  return {
    compliance: detail.compliant,
    message: (messages[0] ?? '').replace(/^\w+; \w+ - /, ''),
    ...(wrote === undefined ? {} : { wrote }),
  };
}

/** A hub without policies has none of ours. */
async function known<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}
