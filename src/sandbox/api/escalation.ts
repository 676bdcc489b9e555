/** Nobody hands out by a binding what they may not do themselves, unless they may `bind` that role. */
import type { KubeObject } from '../../kinds.ts';
import { ApiError } from '../../ports.ts';
import { isFields } from './objects.ts';
import { allowed, rulesBehind } from './rbac.ts';
import type { Server, User } from './server.ts';

const group = 'rbac.authorization.k8s.io';

/** @throws ApiError 403 in the words of the real one. */
export function refuseEscalation(server: Server, user: User, binding: KubeObject): void {
  if (binding.kind !== 'ClusterRoleBinding' && binding.kind !== 'RoleBinding') return;
  const { kind, name } = isFields(binding.roleRef) ? binding.roleRef : {};
  const { namespace } = binding.metadata;
  const resource = kind === 'Role' ? 'roles' : 'clusterroles';
  const bind = { verb: 'bind', group, resource, subresource: undefined, namespace, name: String(name) };
  if (allowed(server, user, bind)) return;
  const beyond = rulesBehind(server, binding).filter((rule) => {
    const questions = rule.verbs.flatMap((verb) =>
      rule.apiGroups.flatMap((one) => rule.resources.map((what) => ({ verb, group: one, resource: what }))),
    );
    return !questions.every((one) =>
      allowed(server, user, { ...one, subresource: undefined, namespace, name: undefined }),
    );
  });
  if (beyond.length === 0) return;
  const what = `${binding.kind.toLowerCase()}s`;
  const lacking = beyond.map(
    ({ apiGroups, resources, verbs }) =>
      `{APIGroups:${JSON.stringify(apiGroups)}, Resources:${JSON.stringify(resources)}, Verbs:${JSON.stringify(verbs)}}`,
  );
  const because = `user "${user.name}" is attempting to grant RBAC permissions not currently held:\n${lacking.join('\n')}`;
  throw new ApiError(403, 'Forbidden', `${what}.${group} "${binding.metadata.name}" is forbidden: ${because}`, {
    name: binding.metadata.name,
    group,
    kind: what,
  });
}
