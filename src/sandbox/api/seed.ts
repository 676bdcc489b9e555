/** Objects put in place as if they had always been there. */
import type { KubeObject } from '../../kinds.ts';
import { trackUpdate } from './apply/managers.ts';
import { complete } from './conform.ts';
import { ensureDefinitions, isDefinitions } from './definitions.ts';
import { apiVersionOf, type ResourceType } from './kinds.ts';
import { timestamp, withMeta } from './objects.ts';
import { schemaOf } from './schemas/table.ts';
import type { Server } from './server.ts';

export interface SeedOptions {
  /** Who made them, in managedFields; `installer` unless told. */
  readonly manager?: string;
}

/** Stores each object, over what was there. Its namespace is made when missing. Throws for a kind the server lacks. */
export function seed(
  server: Server,
  objects: readonly KubeObject[],
  { manager = 'installer' }: SeedOptions,
): KubeObject[] {
  return objects.map((object) => {
    const type = server.kinds.byKind(object.apiVersion, object.kind);
    if (type === undefined) throw new Error(`${server.options.name} has no kind ${object.apiVersion} ${object.kind}`);
    if (isDefinitions(type)) ensureDefinitions(server);
    const { namespace } = object.metadata;
    if (type.namespaced && namespace === undefined)
      throw new Error(`${object.kind} ${object.metadata.name}: no namespace`);
    if (namespace !== undefined) ensureNamespace(server, namespace, manager);
    return place(server, type, object, manager);
  });
}

function ensureNamespace(server: Server, name: string, manager: string): void {
  const type = server.kinds.find('', 'namespaces');
  if (type === undefined || server.store.get(type, undefined, name) !== undefined) return;
  place(server, type, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, manager);
}

function place(server: Server, type: ResourceType, object: KubeObject, manager: string): KubeObject {
  const time = timestamp(server.clock.now());
  const { uid = server.uid(), creationTimestamp = time, generation = 1 } = object.metadata;
  const full = complete(type, type.kind === 'Namespace' ? asNamespace(object) : object);
  const before = server.store.get(type, object.metadata.namespace, object.metadata.name);
  const actor = { manager, operation: 'Update', apiVersion: apiVersionOf(type), door: 'whole', time } as const;
  const tracked = trackUpdate(schemaOf(type), before, full, actor);
  const metadata = { uid, creationTimestamp, ...(type.generation && { generation }) };
  return server.store.put(type, withMeta(tracked, metadata));
}

function asNamespace(namespace: KubeObject): KubeObject {
  const labels = { 'kubernetes.io/metadata.name': namespace.metadata.name, ...namespace.metadata.labels };
  const full = { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' }, ...namespace };
  return withMeta(full, { labels });
}
