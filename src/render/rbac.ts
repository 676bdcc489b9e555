/** Rights as the YAML that grants them: comments that say what is granted, then objects in an order that never varies. */
import { Document, isScalar, visit } from 'yaml';
import { describeRights, type Right, type Rule, rulesOf } from '../engine/rights.ts';

export interface RbacInput {
  /** `apply`, `grafana deploy` */
  readonly command: string;
  readonly hub: { readonly name: string; readonly api: string };
  readonly rights: readonly Right[];
  /** Made here when Roles live in it. */
  readonly namespace: string;
  /** The ServiceAccount to bind the roles to. */
  readonly account?: { readonly namespace: string; readonly name: string };
}

const rbacVersion = 'rbac.authorization.k8s.io/v1';

/** `kubectl apply -f -` takes it as it is. What clusters reached by a context must grant follows as comments. */
export function rbacText(input: RbacInput): string {
  const { rights } = input;
  const needed = rights.filter((right) => right.optional === undefined);
  const onHub = needed.filter((right) => right.cluster === undefined);
  const documents = objectsOf(onHub, input).map(yaml);
  const elsewhere = [...new Set(needed.flatMap(({ cluster }) => (cluster === undefined ? [] : [cluster])))].sort();
  const others = elsewhere.map((name) => {
    const objects = objectsOf(needed.filter((right) => right.cluster === name).map(local), {
      command: input.command,
      namespace: input.namespace,
    });
    const head = `On cluster ${name}, for the account its context uses. Apply it there, not on the hub:`;
    return [head, '---', ...objects.map(yaml).join('---\n').trimEnd().split('\n')].map(commented).join('\n');
  });
  return [`${opening(input, onHub)}\n`, ...documents, ...others.map((text) => `${text}\n`)].join('---\n');
}

function opening({ command, hub, rights }: RbacInput, onHub: readonly Right[]): string {
  const extras = rights.filter((right) => right.optional !== undefined);
  const purposes = [...new Set(extras.map((right) => right.optional))].sort();
  return [
    `What \`acm-observability ${command}\` needs on the hub ${hub.name} (${hub.api}), and nothing more.`,
    'Computed from the configuration, and from the hub and its clusters as they are now.',
    ...bewares(onHub),
    ...(purposes.length === 0 ? [] : ['', 'Not granted here, because nothing fails without it:']),
    ...purposes.map((purpose) => {
      const words = describeRights(extras.filter((right) => right.optional === purpose).map(local));
      return `- ${words} (${purpose})`;
    }),
  ]
    .map(commented)
    .join('\n');
}

/** What making Views and Actions amounts to: the agents that carry them out do so with rights of their own. */
function bewares(onHub: readonly Right[]): string[] {
  const made = new Set(onHub.filter(({ verb }) => verb === 'create').map(({ resource }) => resource));
  const agents = 'Their agents do what these ask for with rights of their own, whoever made them.';
  if (made.has('managedclusteractions')) {
    const sum = 'creating ManagedClusterViews and ManagedClusterActions amounts to administering the managed clusters.';
    return ['', `BEWARE: ${sum}`, agents];
  }
  if (!made.has('managedclusterviews')) return [];
  const sum = 'creating ManagedClusterViews amounts to reading all of the managed clusters but their Secrets.';
  return ['', `BEWARE: ${sum}`, agents];
}

/** Namespace, ClusterRole, Roles, bindings: each after what it needs. */
function objectsOf(
  rights: readonly Right[],
  { command, namespace, account }: Pick<RbacInput, 'command' | 'namespace' | 'account'>,
): object[] {
  const name = `acm-observability-${command.replaceAll(' ', '-')}`;
  const places = [...new Set(rights.map(scopeOf))].sort();
  const makesNamespace = places.includes(namespace);
  const roles = places.map((place) => {
    // The namespace is made here, so that Roles can live in it.
    const inPlace = rights.filter((right) => scopeOf(right) === place && !(makesNamespace && creates(right)));
    return role(name, place, rulesOf(inPlace));
  });
  const bindings = account === undefined ? [] : places.map((place) => binding(name, place, account));
  const made = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  return [...(makesNamespace ? [made] : []), ...roles, ...bindings];
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

/** Lists of words on one line each. */
function yaml(object: object): string {
  const document = new Document(object);
  visit(document, {
    Seq: (_, list) => {
      list.flow = list.items.every(isScalar);
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function commented(line: string): string {
  return line === '' ? '#' : `# ${line}`;
}
