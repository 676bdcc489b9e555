/** Whom a hub's authorizer is asked about, and what roles say of them that no review can tell. */
import {
  type ClusterRole,
  type ClusterRoleBinding,
  ClusterRoleBindingKind,
  ClusterRoleKind,
  UserGroupKind,
} from '../kinds.ts';
import { ifAllowed } from '../looks.ts';
import type { Cluster, Subject } from '../ports.ts';

export interface Viewer {
  /** As RBAC names them: `anna`, `system:serviceaccount:NAMESPACE:NAME`. */
  readonly user: string;
  /** Groups of theirs that OpenShift has no object of, as those of an identity provider. */
  readonly groups: readonly string[];
}

/** Clusters that a role gives metrics of, by verbs `metrics/NAMESPACE` on managedclusters. */
export interface Scope {
  readonly role: string;
  readonly clusters: readonly string[] | 'all';
  readonly namespaces: readonly string[] | 'all';
}

export interface Asked {
  readonly subject: Subject;
  /** Absent: the roles may not be read. */
  readonly scopes?: readonly Scope[];
  /** Everything was looked at that could let them see a cluster. */
  readonly complete: boolean;
}

/** Their groups, as a login gives them: their own, those of everybody, those named. */
export async function subjectOf(hub: Cluster, { user, groups }: Viewer): Promise<Asked> {
  const [own, roles, bindings] = await Promise.all([
    accountOf(user) === undefined ? ifAllowed(hub.list(UserGroupKind)) : [],
    ifAllowed(hub.list(ClusterRoleKind)),
    ifAllowed(hub.list(ClusterRoleBindingKind)),
  ]);
  const mine = (own ?? []).filter(({ users }) => users?.includes(user)).map(({ metadata }) => metadata.name);
  const subject = { user, groups: [...new Set([...groups, ...mine, ...groupsOfEverybody(user)])] };
  const scopes = roles && bindings && scopesOf(subject, roles, bindings);
  return { subject, ...(scopes && { scopes }), complete: scopes !== undefined && own !== undefined };
}

function groupsOfEverybody(user: string): string[] {
  const account = accountOf(user);
  if (account === undefined) return ['system:authenticated', 'system:authenticated:oauth'];
  return ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`, 'system:authenticated'];
}

export function accountOf(user: string): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** What the role that counts for a cluster gives; several are taken together. */
export function scopeOn(cluster: string, scopes: readonly Scope[]): Scope | undefined {
  const here = scopes.filter(({ clusters }) => clusters === 'all' || clusters.includes(cluster));
  const [first] = here;
  if (first === undefined) return undefined;
  const namespaces = here.map((scope) => scope.namespaces);
  const every = namespaces.includes('all');
  return { ...first, namespaces: every ? 'all' : [...new Set(namespaces.flat())].sort() };
}

const metricsVerb = 'metrics/';

/** Such verbs are read off the roles, as ACM's proxy does: a review would have to name each namespace (acm.md §4.5). */
function scopesOf(subject: Subject, roles: readonly ClusterRole[], bindings: readonly ClusterRoleBinding[]): Scope[] {
  const theirs = new Set(
    bindings
      .filter(({ subjects = [] }) => subjects.some((one) => isSubject(one, subject)))
      .map(({ roleRef }) => roleRef?.name),
  );
  return roles.filter(({ metadata }) => theirs.has(metadata.name)).flatMap(scopesIn);
}

function isSubject(
  { kind, name, namespace }: { kind: string; name: string; namespace?: string },
  { user, groups }: Subject,
) {
  if (kind === 'Group') return groups.includes(name);
  return user === (kind === 'ServiceAccount' ? `system:serviceaccount:${namespace}:${name}` : name);
}

function scopesIn({ metadata, rules = [] }: ClusterRole): Scope[] {
  return rules.flatMap(({ verbs, apiGroups = [], resources = [], resourceNames = [] }) => {
    const onClusters = has(apiGroups, 'cluster.open-cluster-management.io') && has(resources, 'managedclusters');
    const named = verbs.filter((verb) => verb.startsWith(metricsVerb)).map((verb) => verb.slice(metricsVerb.length));
    if (!onClusters || named.length === 0) return [];
    const clusters = resourceNames.length === 0 ? ('all' as const) : resourceNames;
    return { role: metadata.name, clusters, namespaces: named.includes('*') ? ('all' as const) : named };
  });
}

function has(list: readonly string[], wanted: string): boolean {
  return list.includes('*') || list.includes(wanted);
}
