/** Roles as a person who may grant them puts them on a hub: whole, or less one grant. */
import { parseAllDocuments } from 'yaml';
import { ClusterRoleBindingKind, ClusterRoleKind, type Kind, type KubeObject, Namespace } from '../../src/kinds.ts';
import type { RequestEntry } from '../../src/sandbox/requests.ts';
import type { Harness, RunHow } from './harness.ts';

/** One verb on one resource, and on one name where the rule is limited to names: nothing smaller can be granted. */
export interface Grant {
  readonly role: string;
  readonly namespace?: string;
  readonly group: string;
  readonly resource: string;
  readonly name?: string;
  readonly verb: string;
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

type Role = KubeObject & { readonly rules: readonly Rule[] };

const rbac = 'rbac.authorization.k8s.io/v1';
const RoleKind: Kind = { apiVersion: rbac, kind: 'Role', plural: 'roles', namespaced: true };
const RoleBindingKind: Kind = { apiVersion: rbac, kind: 'RoleBinding', plural: 'rolebindings', namespaced: true };
const kinds = new Map(
  [Namespace, ClusterRoleKind, RoleKind, ClusterRoleBindingKind, RoleBindingKind].map((kind) => [kind.kind, kind]),
);

/** The documents of a text as `kubectl apply -f -` reads them. */
function documentsIn(text: string): KubeObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    const object: KubeObject | null = document.toJS();
    return object === null ? [] : [object];
  });
}

export function grantsIn(text: string): Grant[] {
  return documentsIn(text).filter(isRole).flatMap(grantsOf);
}

/** Applies a text, every grant a rule of its own, without the one that is dropped. */
export async function grant({ admin }: Harness, text: string, dropped?: Grant): Promise<void> {
  for (const object of documentsIn(text)) {
    const kind = kinds.get(object.kind);
    if (kind === undefined) throw new Error(`nobody expects a ${object.kind}`);
    const given = isRole(object) ? { ...object, rules: rulesOf(object, dropped) } : object;
    await admin.apply(kind, given, { force: true });
  }
}

/** How a run goes that is made as this ServiceAccount (`NAMESPACE:NAME`). */
export function runsAs({ sandbox }: Harness, account: string): RunHow {
  const token = sandbox.addUser({ name: `system:serviceaccount:${account}`, groups: [] });
  return { wires: { transport: (_, cluster) => sandbox.transport(cluster, token) } };
}

/** Grants that none of these requests to the hub called for. */
export function unusedOf(text: string, requests: readonly RequestEntry[]): Grant[] {
  const asked = new Set(requests.flatMap(allowedBy));
  return grantsIn(text).filter((one) => !asked.has(keyOf(one)));
}

/** The grants that allow a request, each by itself: with its name and namespace, or without. */
function allowedBy({ cluster, method, path, status }: RequestEntry): string[] {
  const place = /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)(?:\/namespaces\/([^/]+)(?=\/[^?]))?\/(.+?)(?:\?.*)?$/.exec(path);
  if (cluster !== 'local-cluster' || place === null) return [];
  const [, group = '', namespace, rest = ''] = place;
  const [plural = '', name, subresource] = rest.split('/').map(decodeURIComponent);
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  // A POST to an object is one to its subresource: it creates too.
  const verbs = name === undefined ? collectionVerbs : objectVerbs;
  // Whoever applies what is not there creates it.
  const all = [verbs.get(method), ...(method === 'PATCH' && status === 201 ? ['create'] : [])];
  return all.flatMap((verb = '') =>
    [{}, { name }, { namespace }, { name, namespace }].map((limits) => keyOf({ verb, group, resource, ...limits })),
  );
}

const collectionVerbs: ReadonlyMap<string, string> = new Map([
  ['GET', 'list'],
  ['POST', 'create'],
]);
const objectVerbs: ReadonlyMap<string, string> = new Map([
  ['GET', 'get'],
  ['POST', 'create'],
  ['PUT', 'update'],
  ['PATCH', 'patch'],
  ['DELETE', 'delete'],
]);

function keyOf({ verb, group, resource, name, namespace }: { [K in keyof Omit<Grant, 'role'>]?: string | undefined }) {
  return [verb, group, resource, name ?? '*', namespace ?? '*'].join(' ');
}

function isRole(object: KubeObject): object is Role {
  return object.kind === 'Role' || object.kind === 'ClusterRole';
}

function grantsOf({ metadata: { name: role, namespace }, rules }: Role): Grant[] {
  const place = namespace === undefined ? { role } : { role, namespace };
  return rules.flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) => {
          const grant = { ...place, group, resource, verb };
          return resourceNames === undefined ? [grant] : resourceNames.map((name) => ({ ...grant, name }));
        }),
      ),
    ),
  );
}

function rulesOf(role: Role, dropped: Grant | undefined): Rule[] {
  const kept = grantsOf(role).filter((grant) => JSON.stringify(grant) !== JSON.stringify(dropped));
  return kept.map(({ group, resource, name, verb }) => ({
    apiGroups: [group],
    resources: [resource],
    ...(name === undefined ? {} : { resourceNames: [name] }),
    verbs: [verb],
  }));
}
