/** CustomResourceDefinitions: made when somebody first looks; one that is added or deleted brings or takes its kind. */
import type { KubeObject } from '../../kinds.ts';
import { qualified, type ResourceType, resourceTypes } from './kinds.ts';
import { isFields, timestamp } from './objects.ts';
import type { Server } from './server.ts';
import type { Change } from './storage.ts';

const group = 'apiextensions.k8s.io';

/** Whether a resource is that of the definitions. */
export function isDefinitions(type: ResourceType): boolean {
  return type.group === group && type.plural === 'customresourcedefinitions';
}

/** Servers whose definitions are there. */
const made = new WeakSet<Server>();

/** To be called before they are read or written. Calling it again does nothing. */
export function ensureDefinitions(server: Server): void {
  const type = server.kinds.find(group, 'customresourcedefinitions');
  if (made.has(server) || type === undefined) return;
  made.add(server);
  for (const kind of server.kinds.all()) if (kind.custom) server.store.put(type, definition(server, kind));
  server.store.subscribe((change) => {
    if (isDefinitions(change.resource)) follow(server, change);
  });
}

function follow(server: Server, { type, object }: Change): void {
  const name = object.metadata.name;
  if (type !== 'DELETED') {
    const kind = kindOf(object);
    const known = kind && server.kinds.find(kind.group, kind.plural);
    if (kind !== undefined && known === undefined) server.kinds.add(kind);
    return;
  }
  const kind = server.kinds.all().find((known) => qualified(known) === name);
  if (kind === undefined || !kind.custom) return;
  for (const { metadata } of server.store.list(kind)) server.store.remove(kind, metadata.namespace, metadata.name);
  server.kinds.remove(name);
}

function definition(server: Server, kind: ResourceType): KubeObject {
  const { plural, singular, shortNames, version, namespaced, status } = kind;
  const lastTransitionTime = timestamp(server.clock.now());
  const names = {
    kind: kind.kind,
    listKind: `${kind.kind}List`,
    plural,
    singular,
    ...(shortNames.length && { shortNames }),
  };
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const served = {
    name: version,
    served: true,
    storage: true,
    schema,
    ...(status && { subresources: { status: {} } }),
  };
  const condition = (type: string, reason: string) => ({
    type,
    status: 'True',
    reason,
    message: '',
    lastTransitionTime,
  });
  return {
    apiVersion: `${group}/v1`,
    kind: 'CustomResourceDefinition',
    metadata: { name: qualified(kind), uid: server.uid(), creationTimestamp: lastTransitionTime, generation: 1 },
    spec: { group: kind.group, names, scope: namespaced ? 'Namespaced' : 'Cluster', versions: [served] },
    status: {
      acceptedNames: names,
      storedVersions: [version],
      conditions: [condition('NamesAccepted', 'NoConflicts'), condition('Established', 'InitialNamesAccepted')],
    },
  };
}

/** The kind a definition brings: the one of the common table where there is one, under its stored version. */
function kindOf({ spec }: KubeObject): ResourceType | undefined {
  if (!isFields(spec) || !isFields(spec.names) || !Array.isArray(spec.versions)) return undefined;
  const versions = spec.versions.filter(isFields);
  const stored = versions.find(({ storage }) => storage === true) ?? versions[0];
  const { kind, plural, singular, shortNames } = spec.names;
  if (
    typeof kind !== 'string' ||
    typeof plural !== 'string' ||
    typeof spec.group !== 'string' ||
    stored === undefined
  ) {
    return undefined;
  }
  const known = resourceTypes.find((type) => type.group === spec.group && type.plural === plural);
  return (
    known ?? {
      group: spec.group,
      version: String(stored.name),
      kind,
      plural,
      singular: typeof singular === 'string' ? singular : kind.toLowerCase(),
      shortNames: Array.isArray(shortNames) ? shortNames.map(String) : [],
      namespaced: spec.scope === 'Namespaced',
      status: isFields(stored.subresources) && stored.subresources.status !== undefined,
      custom: true,
      generation: true,
    }
  );
}
