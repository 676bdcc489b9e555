/** A hub in memory with agents behind it that answer Views and Actions after a while, as measured.md §7 says they do. */

import type { VirtualClock } from '../../../src/adapters/virtual-clock.ts';
import type { Kind, KubeObject, ManagedClusterAction, ManagedClusterView } from '../../../src/kinds.ts';
import { ApiError, type Cluster, type ListQuery } from '../../../src/ports.ts';

export interface FakeAgent {
  readonly objects: Map<string, KubeObject>;
  /** Milliseconds until it answers; `undefined`: never. */
  delayMs: number | undefined;
  /** Messages of Actions refused, by name of the object. */
  readonly refuse: Map<string, string>;
  readonly done: string[];
}

export interface FakeHub {
  readonly cluster: Cluster;
  readonly objects: Map<string, KubeObject>;
  readonly created: KubeObject[];
  readonly requests: { creates: number; lists: number; deletes: number };
  readonly fail: { create?: unknown; list?: unknown; delete?: unknown };
  /** Views and Actions alive at the same time, at most. */
  mostAlive: number;
  agent(name: string): FakeAgent;
}

export function fakeHub(clock: VirtualClock): FakeHub {
  const objects = new Map<string, KubeObject>();
  const agents = new Map<string, FakeAgent>();
  const requests = { creates: 0, lists: 0, deletes: 0 };
  const never = () => Promise.reject(new Error('not expected'));
  const hub: FakeHub = {
    objects,
    created: [],
    requests,
    fail: {},
    mostAlive: 0,
    agent: (name) => {
      const known = agents.get(name) ?? { objects: new Map(), delayMs: 60, refuse: new Map(), done: [] };
      agents.set(name, known);
      return known;
    },
    cluster: {
      name: 'local-cluster',
      server: 'https://hub.test:6443',
      capabilities: { list: true, watch: true, secrets: true, apply: true },
      get: never,
      listMetadata: never,
      apply: never,
      replace: never,
      mergePatch: never,
      // Whoever asks here may do everything.
      access: async (questions) => questions.map(() => true),
      review: never,
      raw: never,
      close: never,
      watch: () => {
        throw new Error('not expected');
      },
      async create(kind, object) {
        requests.creates += 1;
        const path = pathOf(kind, object);
        if (hub.fail.create instanceof ApiError) throw hub.fail.create;
        objects.set(path, structuredClone(object));
        hub.created.push(object);
        hub.mostAlive = Math.max(hub.mostAlive, objects.size);
        void answer(path, hub.agent(object.metadata.namespace ?? ''));
        if (hub.fail.create !== undefined) throw hub.fail.create;
        return object;
      },
      async list<T extends KubeObject, U>(kind: Kind<T>, query: ListQuery = {}) {
        requests.lists += 1;
        if (hub.fail.list !== undefined) throw hub.fail.list;
        const [label = '', value] = (query.labelSelector ?? '').split('=');
        const matching = [...objects.values()].filter(
          (object) => object.kind === kind.kind && object.metadata.labels?.[label] === value,
        );
        return structuredClone(matching) as U[];
      },
      async delete(kind, key) {
        requests.deletes += 1;
        if (hub.fail.delete !== undefined) throw hub.fail.delete;
        return objects.delete(`${kind.kind}/${key.namespace}/${key.name}`) ? 'deleted' : 'absent';
      },
    },
  };

  async function answer(path: string, agent: FakeAgent): Promise<void> {
    if (agent.delayMs === undefined) return;
    await clock.sleep(agent.delayMs);
    const object = objects.get(path);
    if (object === undefined) return;
    object.status =
      object.kind === 'ManagedClusterView'
        ? view(agent, object as ManagedClusterView)
        : action(agent, object as ManagedClusterAction);
  }
  return hub;
}

function view(agent: FakeAgent, { spec }: ManagedClusterView): KubeObject['status'] {
  const scope = spec?.scope;
  if (scope?.kind === 'Unknown')
    return { conditions: [failed('Processing', 'ResourceGVKInvalid', 'no matches for kind')] };
  const result = agent.objects.get(scope?.name ?? '');
  if (result) return { conditions: [{ type: 'Processing', status: 'True', reason: 'GetResourceProcessing' }], result };
  const message = `failed to get resource with err: configmaps "${scope?.name}" not found`;
  return { conditions: [failed('Processing', 'GetResourceFailed', message)], result: { stale: true } };
}

function action(agent: FakeAgent, { spec }: ManagedClusterAction): KubeObject['status'] {
  const { name = '', template } = spec?.kube ?? {};
  const verb = spec?.actionType ?? 'Create';
  const refusal = agent.refuse.get(name) ?? objection(agent, verb, name, template);
  if (refusal !== undefined) return { conditions: [failed('Completed', `${verb}ResourceFailed`, refusal)] };
  agent.done.push(`${verb} ${name}`);
  if (template) {
    const resourceVersion = String(Number(agent.objects.get(name)?.metadata.resourceVersion ?? '0') + 1);
    agent.objects.set(name, { ...template, metadata: { ...template.metadata, resourceVersion } });
  } else agent.objects.delete(name);
  return { conditions: [{ type: 'Completed', status: 'True', reason: 'ActionDone' }] };
}

function objection(agent: FakeAgent, verb: string, name: string, template?: KubeObject): string | undefined {
  const live = agent.objects.get(name);
  if (verb === 'Create') return live && `configmaps "${name}" already exists`;
  if (live === undefined) return `configmaps "${name}" not found`;
  const version = template?.metadata.resourceVersion;
  if (version === undefined || version === live.metadata.resourceVersion) return undefined;
  return `Operation cannot be fulfilled on configmaps "${name}": the object has been modified; please apply your changes`;
}

function failed(type: string, reason: string, message: string) {
  return { type, status: 'False', reason, message };
}

function pathOf(kind: Kind, { metadata }: KubeObject): string {
  return `${kind.kind}/${metadata.namespace}/${metadata.name}`;
}

export function configMap(name: string, data: Record<string, string>, resourceVersion = '7'): KubeObject {
  const managedFields = [{ manager: 'kubectl', operation: 'Update' as const }];
  const metadata = { name, namespace: 'openshift-monitoring', resourceVersion, uid: `uid-${name}`, managedFields };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
}
