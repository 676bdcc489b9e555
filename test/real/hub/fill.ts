/** What is on a hub before anybody installs observability. */
import type { Kind, KubeObject } from '../../../src/kinds.ts';
import { isApiError } from '../../../src/ports.ts';
import { apiVersionOf, resourceTypes } from '../../../src/sandbox/api/kinds.ts';
import type { ControllerClient } from '../../../src/sandbox/controllers/client.ts';
import { parseVersion } from '../../../src/sandbox/controllers/versions.ts';
import { clusterObjects } from '../../../src/sandbox/scenarios/cluster-objects.ts';
import { hubObjects } from '../../../src/sandbox/scenarios/hub-objects.ts';
import { hubSideObjects } from '../../../src/sandbox/scenarios/managed-cluster.ts';
import type { ClusterSpec } from '../../../src/sandbox/scenarios/spec.ts';

export const acm = parseVersion('2.14.0');
export const seed = 1;

/** Makes it all as an administrator makes it, status included. The first cluster is the hub. */
export async function fill(client: ControllerClient, clusters: readonly ClusterSpec[], now: number): Promise<void> {
  const since = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  const made = { seed, since };
  const [own] = clusters;
  const objects = [
    ...(own === undefined ? [] : clusterObjects(own, made)),
    ...hubObjects({ name: 'quest', clusters }, { ...made, acmVersion: acm.text }),
    ...clusters.flatMap((spec) => hubSideObjects(spec, spec === own, made)),
  ];
  const refused: string[] = [];
  for (const object of objects) {
    // All of them at once: each tells of another object that no real cluster could have.
    await place(client, object).catch((error: unknown) => refused.push(String(error)));
  }
  if (refused.length > 0) throw new Error(`refused:\n${refused.join('\n')}`);
}

async function place(client: ControllerClient, object: KubeObject): Promise<void> {
  const kind = kindOf(object);
  const { status, ...rest } = object;
  try {
    const made = await client.create(kind, rest);
    if (status !== undefined && kind.plural !== 'namespaces') await client.status(kind, { ...made, status });
  } catch (error) {
    // A real API server brings namespaces and a ConfigMap of its own.
    if (!isApiError(error, 409, 'AlreadyExists')) throw error;
  }
}

function kindOf({ apiVersion, kind }: KubeObject): Kind {
  const type = resourceTypes.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
  if (type === undefined) throw new Error(`no kind ${apiVersion} ${kind}`);
  return { apiVersion, kind, plural: type.plural, namespaced: type.namespaced };
}
