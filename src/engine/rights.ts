/**
 * Rights as data: what an account must be allowed, told by the resources and checks that need it. From the same declarations
 * come the roles that `rbac` prints and the questions asked before a first write, so that the two cannot disagree.
 */

import type { Access, Cluster } from '../ports.ts';
import { groupBy } from './groups.ts';
import { Problem } from './problem.ts';

export type RightsMode = 'plan' | 'apply' | 'verify' | 'uninstall';

/** One verb on one resource: a rule of RBAC at its smallest. Without a namespace it is needed in all of them. */
export interface Right extends Access {
  /** The cluster that is to allow it; absent: the hub. */
  readonly cluster?: string;
  /** The same is needed in the namespace of every cluster reached through the hub: granted once, for the fleet. */
  readonly fleet?: true;
  /** Nothing fails without it; what is told less well then. */
  readonly optional?: string;
}

/** A rule as a Role or ClusterRole holds it. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** The order verbs are told in. */
const verbOrder = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/** `statefulsets`, `services/proxy` */
function resourceOf({ resource, subresource }: Access): string {
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}

/** Rights that the hub refuses, of those that are needed on it. For the whole fleet is asked before cluster by cluster. */
export async function missingRights(hub: Pick<Cluster, 'access'>, rights: readonly Right[]): Promise<Right[]> {
  const needed = unique(rights.filter((right) => right.cluster === undefined && right.optional === undefined));
  const questions = unique(needed.map(fleetWide));
  const refused = await refusedOf(hub, questions);
  const missing = await Promise.all(
    refused.map(async (right) => {
      if (!right.fleet) return [right];
      const places = needed.filter((one) => same(fleetWide(one), right));
      const closed = await refusedOf(hub, places);
      return closed.length === places.length ? [right] : closed;
    }),
  );
  return missing.flat();
}

/** A right of the fleet, wherever a cluster may have its namespace; any other as it is. */
function fleetWide(right: Right): Right {
  const { namespace: _, ...everywhere } = right;
  return right.fleet ? everywhere : right;
}

async function refusedOf(hub: Pick<Cluster, 'access'>, rights: readonly Right[]): Promise<Right[]> {
  if (rights.length === 0) return [];
  const answers = await hub.access(rights.map(({ cluster: _c, fleet: _f, optional: _o, ...question }) => question));
  return rights.filter((_, index) => answers[index] !== true);
}

/** @throws Problem `not-permitted` naming every right that is missing. */
export async function requireRights(
  hub: Pick<Cluster, 'access'>,
  rights: readonly Right[],
  fix?: string,
): Promise<void> {
  const missing = await missingRights(hub, rights);
  if (missing.length === 0) return;
  throw new Problem('not-permitted', `missing: ${describeRights(missing)}`, fix === undefined ? {} : { fix });
}

/** `get, patch secrets thanos-object-storage in open-cluster-management-observability; list pods in …` */
export function describeRights(rights: readonly Right[]): string {
  const verbsOf = (together: readonly Right[]) => together.map(({ verb }) => verb).sort(byVerb);
  const groups = groupBy(unique(rights), objectOf);
  return [...groups].map(([what, together]) => `${verbsOf(together).join(', ')} ${what}`).join('; ');
}

/** `secrets thanos-object-storage in open-cluster-management-observability` */
function objectOf(right: Right): string {
  const { group, name, namespace, fleet, cluster } = right;
  const what = `${resourceOf(right)}${group === '' ? '' : `.${group}`}${name === undefined ? '' : ` ${name}`}`;
  const where = namespace ?? (fleet ? 'the namespaces of the managed clusters' : undefined);
  return `${what}${where === undefined ? '' : ` in ${where}`}${cluster === undefined ? '' : ` on ${cluster}`}`;
}

/**
 * The fewest rules that grant exactly these rights in one scope (their namespaces are not looked at), in an order that
 * depends on nothing but them.
 */
export function rulesOf(rights: readonly Right[]): Rule[] {
  const targets = groupBy(rights, (right) => `${right.group} ${resourceOf(right)}`);
  const rules = [...targets.values()].flatMap(rulesOfTarget);
  const plain = groupBy(rules, (rule) =>
    rule.resourceNames === undefined ? `${rule.apiGroups} ${rule.verbs}` : JSON.stringify(rule),
  );
  return [...plain.values()]
    .flatMap(([first, ...others]) => {
      if (first === undefined) return [];
      return [{ ...first, resources: [...first.resources, ...others.flatMap((rule) => rule.resources)].sort() }];
    })
    .sort((a, b) => compare(sortKey(a), sortKey(b)));
}

/** Verbs on one resource that are limited to the same names share a rule; one that is not limited needs no names. */
function rulesOfTarget(rights: readonly Right[]): Rule[] {
  const [first] = rights;
  if (first === undefined) return [];
  const verbs = [...new Set(rights.map(({ verb }) => verb))].sort(byVerb);
  const namesOf = (verb: string): string[] | undefined => {
    const names = rights.filter((right) => right.verb === verb).map(({ name }) => name);
    const known = names.filter((name) => name !== undefined);
    return known.length < names.length ? undefined : [...new Set(known)].sort();
  };
  const alike = groupBy(verbs, (verb) => JSON.stringify(namesOf(verb) ?? null));
  return [...alike.values()].map((together) => {
    const resourceNames = namesOf(together[0] ?? '');
    return {
      apiGroups: [first.group],
      resources: [resourceOf(first)],
      ...(resourceNames === undefined ? {} : { resourceNames }),
      verbs: together,
    };
  });
}

function sortKey({ apiGroups, resources, resourceNames = [], verbs }: Rule): string {
  return [...apiGroups, resources[0], resourceNames.join(), verbs.join()].join('\0');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function byVerb(a: string, b: string): number {
  return verbOrder.indexOf(a) - verbOrder.indexOf(b) || compare(a, b);
}

/** Each right once, in the order of their first telling; one that is needed is not optional. */
export function unique(rights: readonly Right[]): Right[] {
  const known = new Map<string, Right>();
  for (const right of rights) {
    const id = identity(right);
    const before = known.get(id);
    if (before === undefined || before.optional !== undefined) known.set(id, right);
  }
  return [...known.values()];
}

function same(a: Right, b: Right): boolean {
  return identity(a) === identity(b);
}

function identity(right: Right): string {
  const { cluster, verb, group, namespace, name, fleet } = right;
  // No name of Kubernetes holds a blank; a fleet has tens of thousands of rights, and JSON would take three times as long.
  return [cluster, verb, group, resourceOf(right), namespace, name, fleet].join(' ');
}
