/** Everything a sandbox holds in the end, without what a server sets by itself: two runs to the same goal leave the same. */
import { parse } from 'yaml';
import type { ConfigMap, KubeObject, ObjectMeta } from '../../../src/kinds.ts';
import { marks } from '../../../src/resources/marks.ts';
import { resourceTypes } from '../../../src/sandbox/api/index.ts';
import { apiVersionOf, type ResourceType } from '../../../src/sandbox/api/kinds.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import { furtherKinds } from '../../../src/sandbox/scenarios/served-kinds.ts';

/** Made anew, under new names or by the minute, by what runs on a cluster; none of ours. */
const restless = new Set(['pods', 'events', 'replicasets', 'leases']);
const types: readonly ResourceType[] = [...resourceTypes, ...furtherKinds(false)];

/** One line an object: `cluster kind namespace/name` → its meaning as text. */
export type State = Readonly<Record<string, string>>;

/** What is there on the hub, on every managed cluster, and in the bucket. */
export function stateOf(sandbox: Sandbox): State {
  const clusters = [sandbox.hub.name, ...sandbox.clusters];
  const objects = clusters.flatMap((cluster) =>
    types
      .filter(({ plural }) => !restless.has(plural))
      .flatMap((type) => objectsOf(sandbox, cluster, type))
      .map((object) => [`${cluster} ${nameOf(object)}`, meaningOf(readable(object, sandbox))] as const),
  );
  const stored = [...(sandbox.s3.objects(sandbox.store.bucket) ?? [])].map(
    ([key, body]) => [`s3 ${key}`, body.toString('utf8')] as const,
  );
  return Object.fromEntries([...objects, ...stored]);
}

/** Names of what a run may leave for a moment only: Views, Actions, the Lease, the object of the store's proof. */
export function orphansIn(sandbox: Sandbox): string[] {
  const passing = types.filter(({ plural }) => /^(managedclusterviews|managedclusteractions|leases)$/.test(plural));
  const objects = passing.flatMap((type) => objectsOf(sandbox, sandbox.hub.name, type)).map(nameOf);
  const ours = objects.filter((name) => name.includes('acm-observability'));
  const probes = [...(sandbox.s3.objects(sandbox.store.bucket)?.keys() ?? [])].filter((key) => key.includes('/probe/'));
  return [...ours, ...probes];
}

function objectsOf(sandbox: Sandbox, cluster: string, type: ResourceType): KubeObject[] {
  const { kind, plural, namespaced } = type;
  return sandbox.managed(cluster).list({ apiVersion: apiVersionOf(type), kind, plural, namespaced });
}

function nameOf({ kind, metadata: { namespace, name } }: KubeObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

function meaningOf(object: KubeObject): string {
  const settled = object.metadata.name === 'cluster-monitoring-config' ? whoeverWasFirst(object) : object;
  return JSON.stringify(sorted(withoutServerFields(settled)), undefined, 1)
    .replaceAll(uid, 'UID')
    .replaceAll(mintedToken, '"token": "TOKEN"')
    .replaceAll(signed, '"$1"');
}

/**
 * ACM's operator on a cluster makes this document too. Who comes first is a matter of time: the later one adopts it, and
 * the order of its keys follows. What it says must be the same.
 */
function whoeverWasFirst(object: KubeObject): KubeObject {
  const { labels: _labels, annotations, managedFields: _fields, ...metadata } = object.metadata;
  const previous = annotations?.[marks.previous];
  const data = Object.entries((object as ConfigMap).data ?? {}).map(([key, text]) => [key, parse(text)]);
  return {
    ...object,
    data: Object.fromEntries(data),
    metadata: { ...metadata, ...(previous !== undefined && { annotations: { [marks.previous]: previous } }) },
  };
}

/** The texts of a Secret; the address and the key of the store are each sandbox's own. */
function readable(object: KubeObject, { store }: Sandbox): KubeObject {
  if (object.kind !== 'Secret' || typeof object.data !== 'object') return object;
  const own = [new URL(store.endpoint).host, store.accessKeyId, store.secretAccessKey];
  const entries = Object.entries(object.data ?? {}).map(([key, value]) => {
    const text = Buffer.from(String(value), 'base64').toString('utf8');
    return [key, own.reduce((left, word) => left.replaceAll(word, 'OWN'), text)];
  });
  return { ...object, data: Object.fromEntries(entries) };
}

/** Owners are named by it in managed fields too. */
const uid = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}/g;
/** What the API server mints for a service account. */
const mintedToken = /"token": "[^"]*"/g;
/** What ACM's operator signs anew on every hub. */
const signed = /"-----BEGIN (CERTIFICATE|PRIVATE KEY)-----[^"]*"/g;

function withoutServerFields({ status: _, ...object }: KubeObject & { status?: unknown }): object {
  const {
    uid: _uid,
    resourceVersion: _version,
    generation: _generation,
    creationTimestamp: _created,
    ...metadata
  } = object.metadata;
  const { managedFields, ownerReferences, ...rest } = metadata;
  const meta = {
    ...rest,
    ...(ownerReferences && { ownerReferences }),
    ...(managedFields && { managedFields: managers(managedFields) }),
  };
  return { ...object, metadata: meta };
}

/** Who owns what, whenever it was and in whatever order. */
function managers(fields: NonNullable<ObjectMeta['managedFields']>): unknown[] {
  const timeless = fields.map(({ time: _, ...entry }) => entry);
  return timeless.map((entry) => JSON.stringify(sorted(entry))).sort();
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}

/** What differs, in words short enough for a failing test. */
export function differences(wanted: State, found: State): string[] {
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(found)])].sort();
  return names.flatMap((name) => {
    if (wanted[name] === found[name]) return [];
    if (wanted[name] === undefined) return [`+ ${name}`];
    if (found[name] === undefined) return [`- ${name}`];
    return [`~ ${name}`, ...lines(wanted[name], found[name])];
  });
}

function lines(wanted: string, found: string): string[] {
  const [before, after] = [wanted.split('\n'), found.split('\n')];
  const gone = before.filter((line) => !after.includes(line)).map((line) => `    - ${line.slice(0, 200)}`);
  const come = after.filter((line) => !before.includes(line)).map((line) => `    + ${line.slice(0, 200)}`);
  return [...gone.slice(0, 6), ...come.slice(0, 6)];
}
