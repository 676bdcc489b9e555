/** Live objects in the words of the recordings, so that the two can be compared. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { KubeObject } from '../../src/kinds.ts';
import { isRecord } from '../../src/sandbox/controllers/objects.ts';

/** One object of a recording; what is not compared is left out. */
export type Item = Readonly<Record<string, unknown>> & { readonly kind: string; readonly name: string };

const folder = new URL('../../../shared/reference/recordings/', import.meta.url);

/** A recording; `undefined` where the project stands alone. */
export function recording(name: string): Item[] | undefined {
  try {
    const items: unknown = JSON.parse(readFileSync(fileURLToPath(new URL(`${name}.json`, folder)), 'utf8'));
    if (!Array.isArray(items)) throw new Error(`not a list: ${name}`);
    return items.filter(isItem);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isItem(value: unknown): value is Item {
  return isRecord(value) && typeof value.kind === 'string' && typeof value.name === 'string';
}

/** `ConfigMap open-cluster-management-observability/images-list` */
export function idOf({ kind, namespace, name }: Item): string {
  return `${kind} ${typeof namespace === 'string' ? namespace : '-'}/${name}`;
}

/** What of a recorded item is compared. */
export function comparable(item: Item): Item {
  const { managers: _managers, conditions: _conditions, ...rest } = item;
  const group = String(rest.apiVersion).startsWith('addon.') ? 'addon.open-cluster-management.io' : rest.apiVersion;
  return { ...rest, kind: item.kind, name: item.name, apiVersion: group };
}

/** A live object as the recorder would have written it down. */
export function inventory(object: KubeObject): Item {
  const { metadata, apiVersion, kind } = object;
  const { namespace, name, labels, annotations, finalizers, ownerReferences } = metadata;
  const item: Record<string, unknown> = { apiVersion, kind, namespace, name, labels, annotations, finalizers };
  if (ownerReferences?.length) item.owners = ownerReferences.map((owner) => `${owner.kind}/${owner.name}`);
  Object.assign(item, detailsOf(object));
  const entries = Object.entries(item).filter(([, value]) => value !== undefined && !isEmpty(value));
  return comparable({ ...Object.fromEntries(entries), kind, name });
}

function isEmpty(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0;
}

function detailsOf(object: KubeObject): Record<string, unknown> {
  const spec = isRecord(object.spec) ? object.spec : {};
  switch (object.kind) {
    case 'ConfigMap':
    case 'Secret':
      return { keys: isRecord(object.data) ? Object.keys(object.data).toSorted() : undefined, type: object.type };
    case 'Deployment':
    case 'StatefulSet':
      return workload(spec);
    case 'Service':
      return {
        selector: spec.selector,
        ports: list(spec.ports).map(({ name, port, targetPort }) => ({ name, port, targetPort })),
      };
    case 'Route':
      return { to: spec.to, path: spec.path, tls: isRecord(spec.tls) ? spec.tls.termination : undefined };
    case 'ClusterRoleBinding':
    case 'RoleBinding':
      return {
        roleRef: isRecord(object.roleRef) ? object.roleRef.name : undefined,
        subjects: list(object.subjects).map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
      };
    case 'ManifestWork':
      return { manifests: manifests(spec) };
    default:
      return {};
  }
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function workload(spec: Record<string, unknown>): Record<string, unknown> {
  const template = isRecord(spec.template) ? spec.template : {};
  const pod = isRecord(template.spec) ? template.spec : {};
  return {
    replicas: spec.replicas,
    containers: list(pod.containers).map(({ name }) => name),
    podLabels: isRecord(template.metadata) ? template.metadata.labels : undefined,
  };
}

function manifests(spec: Record<string, unknown>): string[] {
  return list(isRecord(spec.workload) ? spec.workload.manifests : []).map(({ kind, metadata }) => {
    const { namespace = '-', name } = isRecord(metadata) ? metadata : {};
    return `${kind} ${namespace}/${name}`;
  });
}
