/** The subresource `scale` of workloads: how many there are to be, as an object of its own. `kubectl scale` writes it. */
import type { HttpResponse } from '../../http.ts';
import type { KubeObject } from '../../kinds.ts';
import type { ResourceType } from './kinds.ts';
import { decodeBody, respondJson } from './message.ts';
import { isFields } from './objects.ts';
import { applyMergePatch } from './patch.ts';
import { badRequest, notFound } from './status.ts';
import { patch } from './write.ts';
import { type Demand, writeOf } from './writes.ts';

/** Whether objects of a kind can be scaled. */
export function hasScale({ group, plural }: Pick<ResourceType, 'group' | 'plural'>): boolean {
  return group === 'apps' && ['deployments', 'statefulsets', 'replicasets'].includes(plural);
}

/** Reads it, or writes it: by a merge patch, or whole. */
export async function answerScale(demand: Demand): Promise<HttpResponse> {
  const { server, request, type, target } = demand;
  const { namespace, name = '' } = target;
  const live = server.store.get(type, namespace, name);
  if (live === undefined) throw notFound(type, name);
  if (request.method === 'GET') return respondJson(200, scaleOf(live));
  const sent = decodeBody(request, ['application/json', 'application/merge-patch+json']);
  const replicas = replicasIn(request.method === 'PATCH' ? applyMergePatch(scaleOf(live), sent) : sent);
  if (typeof replicas !== 'number') throw badRequest('spec.replicas is no number');
  const write = writeOf({ ...demand, target: { ...target, subresource: undefined } });
  const scaled = (current: KubeObject) => ({
    ...current,
    spec: { ...(isFields(current.spec) && current.spec), replicas },
  });
  return respondJson(200, scaleOf((await patch(server, write, name, scaled)).object));
}

function scaleOf(workload: KubeObject): object {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = workload.metadata;
  const { status } = workload;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: replicasIn(workload) ?? 1 },
    status: { replicas: isFields(status) ? (status.replicas ?? 0) : 0 },
  };
}

function replicasIn(object: unknown): unknown {
  return isFields(object) && isFields(object.spec) ? object.spec.replicas : undefined;
}
