/** Rights as the YAML that grants them: comments that say what is granted, then objects in an order that never varies. */
import { stringify } from 'yaml';
import { describeRights, type Right, type RightsMode, type Rule, rulesOf } from '../engine/rights.ts';
import { observabilityNamespace } from '../hub.ts';

export interface RbacInput {
  readonly mode: RightsMode;
  readonly hub: { readonly name: string; readonly api: string };
  readonly rights: readonly Right[];
  /** The ServiceAccount to bind the roles to. */
  readonly account?: { readonly namespace: string; readonly name: string };
}

const rbacVersion = 'rbac.authorization.k8s.io/v1';
const throughAgents = new Set(['managedclusterviews', 'managedclusteractions']);

/** `kubectl apply -f -` takes it as it is. What clusters reached by a context must grant follows as comments. */
export function rbacText(input: RbacInput): string {
  const { rights } = input;
  const needed = rights.filter((right) => right.optional === undefined);
  const onHub = needed.filter((right) => right.cluster === undefined);
  const documents = objectsOf(onHub, input).map(yaml);
  const elsewhere = [...new Set(needed.flatMap(({ cluster }) => (cluster === undefined ? [] : [cluster])))].sort();
  const others = elsewhere.map((name) => {
    const objects = objectsOf(needed.filter((right) => right.cluster === name).map(local), { mode: input.mode });
    const head = `On cluster ${name}, for the account its context uses. Apply it there, not on the hub:`;
    return [head, '---', ...objects.map(yaml).join('---\n').trimEnd().split('\n')].map(commented).join('\n');
  });
  return [`${opening(input, onHub)}\n`, ...documents, ...others.map((text) => `${text}\n`)].join('---\n');
}

function opening({ mode, hub, rights }: RbacInput, onHub: readonly Right[]): string {
  const viaAgents = onHub.some(({ resource, verb }) => verb === 'create' && throughAgents.has(resource));
  const extras = rights.filter((right) => right.optional !== undefined);
  const purposes = [...new Set(extras.map((right) => right.optional))].sort();
  return [
    `What \`acm-observability ${mode}\` needs on the hub ${hub.name} (${hub.api}), and nothing more.`,
    'Computed from the configuration, and from the hub and its clusters as they are now.',
    ...(viaAgents
      ? [
          '',
          'BEWARE: creating ManagedClusterViews and ManagedClusterActions amounts to administering the managed clusters.',
          'Their agents do what these say with rights of their own, whoever made them.',
        ]
      : []),
    ...(purposes.length === 0 ? [] : ['', 'Not granted here, because nothing fails without it:']),
    ...purposes.map((purpose) => {
      const words = describeRights(extras.filter((right) => right.optional === purpose).map(local));
      return `- ${words} (${purpose})`;
    }),
  ]
    .map(commented)
    .join('\n');
}

/** Namespace, ClusterRole, Roles, bindings: each after what it needs. */
function objectsOf(rights: readonly Right[], { mode, account }: Pick<RbacInput, 'mode' | 'account'>): object[] {
  const name = `acm-observability-${mode}`;
  const places = [...new Set(rights.map(scopeOf))].sort();
  const namespaces = places.filter((place) => place !== '');
  const makesNamespace = namespaces.includes(observabilityNamespace);
  const roles = places.map((place) => {
    // The namespace is made here, so that Roles can live in it.
    const inPlace = rights.filter((right) => scopeOf(right) === place && !(makesNamespace && creates(right)));
    return role(name, place, rulesOf(inPlace));
  });
  const bindings = account === undefined ? [] : places.map((place) => binding(name, place, account));
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: observabilityNamespace } };
  return [...(makesNamespace ? [namespace] : []), ...roles, ...bindings];
}

/** The namespace of the Role it belongs in; empty for the ClusterRole. */
function scopeOf({ namespace, fleet }: Right): string {
  return fleet ? '' : (namespace ?? '');
}

function creates({ verb, group, resource }: Right): boolean {
  return verb === 'create' && group === '' && resource === 'namespaces';
}

function role(name: string, namespace: string, rules: readonly Rule[]): object {
  const kind = namespace === '' ? 'ClusterRole' : 'Role';
  return { apiVersion: rbacVersion, kind, metadata: { name, ...(namespace && { namespace }) }, rules };
}

function binding(name: string, namespace: string, account: { namespace: string; name: string }): object {
  const kind = namespace === '' ? 'ClusterRole' : 'Role';
  return {
    apiVersion: rbacVersion,
    kind: `${kind}Binding`,
    metadata: { name, ...(namespace && { namespace }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  };
}

function local({ cluster: _, ...right }: Right): Right {
  return right;
}

function yaml(object: object): string {
  return stringify(object, { lineWidth: 0 });
}

function commented(line: string): string {
  return line === '' ? '#' : `# ${line}`;
}
