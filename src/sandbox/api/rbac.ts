/** Who may do what: roles and bindings as they are stored, read anew for every question. */
import type { KubeObject } from '../../kinds.ts';
import { ApiError } from '../../ports.ts';
import { type Fields, isFields } from './objects.ts';
import type { Server, User } from './server.ts';

/** One thing somebody wants to do. */
export interface Attributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
}

const everything: Rule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [] };
const rbac = 'rbac.authorization.k8s.io';

const toEverybody =
  'RBAC: allowed by ClusterRoleBinding "system:basic-user" of ClusterRole "system:basic-user" to Group "system:authenticated"';

/** What everybody who is known may ask (`system:basic-user`). */
const ownQuestions = new Set(['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'selfsubjectreviews']);

export function allowed(server: Server, user: User, attributes: Attributes): boolean {
  return grantFor(server, user, attributes) !== undefined;
}

/** By what somebody may, in the words of the real authorizer; empty for those it does not ask about; `undefined`: may not. */
export function grantFor(server: Server, user: User, attributes: Attributes): string | undefined {
  if (user.groups.includes('system:masters')) return '';
  if (attributes.verb === 'create' && ownQuestions.has(attributes.resource)) return toEverybody;
  const granting = bindingsFor(server, user, attributes.namespace).find(({ binding }) =>
    rulesBehind(server, binding).some((rule) => matches(rule, attributes)),
  );
  return granting && `RBAC: allowed by ${told(granting)}`;
}

/** 403 in the words of the real one. */
export function refusedTo(user: User, attributes: Attributes): ApiError {
  const { verb, group, resource, subresource, namespace, name } = attributes;
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const named = `${group === '' ? resource : `${resource}.${group}`}${name === undefined ? '' : ` "${name}"`}`;
  const because = `User "${user.name}" cannot ${verb} resource "${what}" in API group "${group}" ${where}`;
  const details = { ...(name !== undefined && { name }), ...(group && { group }), kind: resource };
  return new ApiError(403, 'Forbidden', `${named} is forbidden: ${because}`, details);
}

/** Rules that hold for a user: everywhere, and in one namespace. */
export function rulesFor(server: Server, user: User, namespace: string | undefined): Rule[] {
  if (user.groups.includes('system:masters')) return [everything];
  return bindingsFor(server, user, namespace).flatMap(({ binding }) => rulesBehind(server, binding));
}

/** A binding, and whom of those it names somebody is. */
interface Bound {
  readonly binding: KubeObject;
  readonly subject: Fields;
}

function bindingsFor(server: Server, user: User, namespace: string | undefined): Bound[] {
  const here = namespace === undefined ? [] : objectsOf(server, 'rolebindings', namespace);
  return [...objectsOf(server, 'clusterrolebindings'), ...here].flatMap((binding) => {
    const subject = subjectsOf(binding).find((one) => is(user, one));
    return subject === undefined ? [] : [{ binding, subject }];
  });
}

function objectsOf(server: Server, plural: string, namespace?: string): KubeObject[] {
  const type = server.kinds.find(rbac, plural);
  return type === undefined ? [] : server.store.list(type, namespace);
}

/** A ServiceAccount of no namespace is of the binding's own. */
function subjectsOf({ subjects, metadata }: KubeObject): Fields[] {
  if (!Array.isArray(subjects)) return [];
  return subjects.filter(isFields).map((subject) => ({ namespace: metadata.namespace, ...subject }));
}

function is(user: User, { kind, name, namespace }: Fields): boolean {
  if (kind === 'Group') return user.groups.includes(String(name));
  if (kind === 'ServiceAccount') return user.name === `system:serviceaccount:${namespace}:${name}`;
  return kind === 'User' && user.name === name;
}

/** `RoleBinding "viewers/paris" of ClusterRole "view" to User "anna"` */
function told({ binding: { kind, metadata, roleRef }, subject }: Bound): string {
  const role = isFields(roleRef) ? roleRef : {};
  const place = metadata.namespace === undefined ? '' : `/${metadata.namespace}`;
  const account = subject.kind === 'ServiceAccount' ? `/${subject.namespace}` : '';
  const whom = `${subject.kind} "${subject.name}${account}"`;
  return `${kind} "${metadata.name}${place}" of ${role.kind} "${role.name}" to ${whom}`;
}

export function rulesBehind(server: Server, binding: KubeObject): Rule[] {
  const { kind, name } = isFields(binding.roleRef) ? binding.roleRef : {};
  const isLocal = kind === 'Role';
  const type = server.kinds.find(rbac, isLocal ? 'roles' : 'clusterroles');
  if (type === undefined) return [];
  const role = server.store.get(type, isLocal ? binding.metadata.namespace : undefined, String(name));
  return role === undefined ? [] : [...rulesIn(role), ...aggregated(server, role)];
}

/** The roles a ClusterRole gathers by label. */
function aggregated(server: Server, role: KubeObject): Rule[] {
  const rule = isFields(role.aggregationRule) ? role.aggregationRule : {};
  const selectors = Array.isArray(rule.clusterRoleSelectors) ? rule.clusterRoleSelectors.filter(isFields) : [];
  const wanted = selectors.map(({ matchLabels }) => (isFields(matchLabels) ? Object.entries(matchLabels) : []));
  if (wanted.length === 0) return [];
  const gathered = objectsOf(server, 'clusterroles').filter(({ metadata }) =>
    wanted.some((labels) => labels.length > 0 && labels.every(([key, value]) => metadata.labels?.[key] === value)),
  );
  return gathered.flatMap(rulesIn);
}

function rulesIn(role: KubeObject): Rule[] {
  const rules = Array.isArray(role.rules) ? role.rules.filter(isFields) : [];
  return rules.map((rule) => ({
    verbs: strings(rule.verbs),
    apiGroups: strings(rule.apiGroups),
    resources: strings(rule.resources),
    resourceNames: strings(rule.resourceNames),
  }));
}

function matches(rule: Rule, { verb, group, resource, subresource, name }: Attributes): boolean {
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  return (
    has(rule.verbs, verb) &&
    has(rule.apiGroups, group) &&
    (has(rule.resources, what) || (subresource !== undefined && rule.resources.includes(`*/${subresource}`))) &&
    (rule.resourceNames.length === 0 || (name !== undefined && rule.resourceNames.includes(name)))
  );
}

function has(list: readonly string[], wanted: string): boolean {
  return list.includes('*') || list.includes(wanted);
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
