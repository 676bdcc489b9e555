/** The questions somebody may ask about rights: answered at once, never stored. */
import type { KubeObject } from '../../kinds.ts';
import { ApiError } from '../../ports.ts';
import { isFields } from './objects.ts';
import { type Attributes, grantFor, rulesFor } from './rbac.ts';
import type { Server, User } from './server.ts';

/** The kinds of `authorization.k8s.io/v1` and `authentication.k8s.io/v1` there are, by plural. */
export const reviews: Readonly<Record<string, { readonly group: string; readonly kind: string }>> = {
  selfsubjectaccessreviews: { group: 'authorization.k8s.io', kind: 'SelfSubjectAccessReview' },
  subjectaccessreviews: { group: 'authorization.k8s.io', kind: 'SubjectAccessReview' },
  selfsubjectrulesreviews: { group: 'authorization.k8s.io', kind: 'SelfSubjectRulesReview' },
  selfsubjectreviews: { group: 'authentication.k8s.io', kind: 'SelfSubjectReview' },
};

/** The question with its answer in `status`. */
export function review(server: Server, user: User, plural: string, question: KubeObject): KubeObject {
  if (plural === 'selfsubjectreviews') {
    return { ...question, status: { userInfo: { username: user.name, groups: user.groups } } };
  }
  const spec = isFields(question.spec) ? question.spec : {};
  if (plural === 'selfsubjectrulesreviews') {
    const resourceRules = rulesFor(server, user, text(spec.namespace));
    return { ...question, status: { resourceRules, nonResourceRules: [], incomplete: false } };
  }
  const who = plural === 'subjectaccessreviews' ? subjectOf(spec) : user;
  const grant = isFields(spec.resourceAttributes)
    ? grantFor(server, who, attributesOf(spec.resourceAttributes))
    : everything(who);
  return {
    ...question,
    status: grant === undefined ? { allowed: false } : { allowed: true, ...(grant && { reason: grant }) },
  };
}

function everything({ groups }: User): '' | undefined {
  return groups.includes('system:masters') ? '' : undefined;
}

function subjectOf(spec: Record<string, unknown>): User {
  const groups = Array.isArray(spec.groups) ? spec.groups.filter((group) => typeof group === 'string') : [];
  const name = text(spec.user) ?? '';
  if (name === '' && groups.length === 0) {
    const nobody = 'at least one of user or group must be specified';
    throw new ApiError(422, 'Invalid', ` "" is invalid: spec.user: Invalid value: "": ${nobody}`);
  }
  return { name, groups };
}

function attributesOf(spec: Record<string, unknown>): Attributes {
  const [resource = '', inside] = (text(spec.resource) ?? '').split('/');
  return {
    verb: text(spec.verb) ?? '',
    group: text(spec.group) ?? '',
    resource,
    subresource: text(spec.subresource) ?? inside,
    namespace: text(spec.namespace),
    name: text(spec.name),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
