/**
 * Which objects the add-on hands out to the clusters. Up to 2.17 its ClusterManagementAddOn lists them for each placement, a list
 * other people write too: ours are added and taken out, nothing else is touched. From 5.0 each object says it itself
 * (acm.md §9.3).
 */
import { isDeepStrictEqual } from 'node:util';
import { Problem } from '../engine/problem.ts';
import type { Change, Resource } from '../engine/step.ts';
import { atLeast, observabilityNamespace, type Version } from '../hub.ts';
import {
  type AddOnConfigReference,
  type AddOnPlacement,
  type ClusterManagementAddOn,
  ClusterManagementAddOnKind,
  describe,
  type KubeObject,
} from '../kinds.ts';
import { type Cluster, isApiError } from '../ports.ts';
import { marks } from './marks.ts';
import { on, readsOnly } from './rights.ts';

const addonName = 'multicluster-observability-addon';
const key = { name: addonName };

/** What runs of this program made for the add-on, to be listed. */
export const ofAddon = {
  namespace: observabilityNamespace,
  labelSelector: `${marks.managedBy.join('=')},${marks.step}=addon-metrics`,
};

/** What a version from 5.0 on needs on each object; `undefined` for those that list them elsewhere. */
export function placedByAnnotation(version: Version): (<T extends KubeObject>(object: T) => T) | undefined {
  if (!atLeast(version, 5, 0)) return undefined;
  return (object) => {
    const { labels, annotations } = object.metadata;
    const metadata = {
      ...object.metadata,
      labels: { ...labels, 'app.kubernetes.io/part-of': addonName },
      annotations: {
        ...annotations,
        'observability.open-cluster-management.io/placements': 'open-cluster-management-global-set/global',
      },
    };
    return { ...object, metadata };
  };
}

export interface RegistrationOptions {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** Those to be handed out; they exist before they are listed. */
  readonly objects: readonly KubeObject[];
  /** What the names of ours begin with. */
  readonly prefix: string;
}

/** How often it is read again after somebody else's write. */
const tries = 5;

export function registrationResource({ cluster, namespace, objects, prefix }: RegistrationOptions): Resource {
  const wanted = objects.map((object) => referenceTo(object, namespace));
  const name = `${describe(ClusterManagementAddOnKind, key)} (placements)`;
  const read = () => cluster.get(ClusterManagementAddOnKind, key);
  const plan = async (references: readonly AddOnConfigReference[]): Promise<Change> => {
    const live = await read();
    if (live === undefined) return { kind: 'unknown', because: `${name} is not there yet` };
    const diff = placementsOf(live).flatMap((placement) => diffOf(placement, merged(placement, references, prefix)));
    return diff.length === 0 ? { kind: 'none' } : { kind: 'update', diff };
  };
  const write = async (references: readonly AddOnConfigReference[]) => {
    for (let attempt = 1; attempt <= tries; attempt++) {
      const live = await read();
      if (live === undefined) return;
      const placements = placementsOf(live).map((placement) => merged(placement, references, prefix));
      if (isDeepStrictEqual(placements, placementsOf(live))) return;
      try {
        // With the version that was read: a list cannot be merged by a server, so nobody may have written in between.
        const { resourceVersion } = live.metadata;
        const patch = { metadata: { resourceVersion }, spec: { installStrategy: { placements } } };
        await cluster.mergePatch(ClusterManagementAddOnKind, key, patch);
        return;
      } catch (error) {
        if (!isApiError(error, 409)) throw error;
      }
    }
    throw new Problem('document-contended', `${name}: somebody else wrote it ${tries} times while it was changed`);
  };

  return {
    name,
    cluster: cluster.name,
    plan: () => (wanted.length === 0 ? planNothing(plan) : plan(wanted)),
    apply: () => write(wanted),
    ready: async () => ({ state: 'ready' }),
    planRemoval: () => planNothing(plan),
    remove: () => write([]),
    async gone() {
      const left = await planNothing(plan);
      return left.kind === 'none' ? { state: 'ready' } : { state: 'waiting', message: `${name} still lists ours` };
    },
    rights: (mode) => on(cluster, ClusterManagementAddOnKind, key, readsOnly(mode) ? ['get'] : ['get', 'patch']),
  };
}

/** Without an add-on nothing of ours is listed. */
async function planNothing(plan: (references: readonly AddOnConfigReference[]) => Promise<Change>): Promise<Change> {
  const change = await plan([]);
  return change.kind === 'unknown' ? { kind: 'none' } : change;
}

function referenceTo({ apiVersion = '', kind = '', metadata }: KubeObject, namespace: string): AddOnConfigReference {
  const resource = `${kind.toLowerCase()}s`;
  return { group: apiVersion.split('/')[0] ?? '', resource, name: metadata.name, namespace };
}

function placementsOf({ spec }: ClusterManagementAddOn): readonly AddOnPlacement[] {
  return spec?.installStrategy?.placements ?? [];
}

/** Other people's entries where they are, ours that stay where they are, new ones at the end. */
function merged(placement: AddOnPlacement, wanted: readonly AddOnConfigReference[], prefix: string): AddOnPlacement {
  const live = placement.configs ?? [];
  const is = (one: AddOnConfigReference) => (other: AddOnConfigReference) =>
    one.resource === other.resource && one.name === other.name && one.group === other.group;
  const kept = live.filter((one) => !one.name.startsWith(prefix) || wanted.some(is(one)));
  const added = wanted.filter((one) => !live.some(is(one)));
  if (kept.length === live.length && added.length === 0) return placement;
  return { ...placement, configs: [...kept, ...added] };
}

function diffOf(before: AddOnPlacement, after: AddOnPlacement): string[] {
  const text = ({ resource, name }: AddOnConfigReference) => `${before.namespace}/${before.name}: ${resource} ${name}`;
  const [was, is] = [before, after].map(({ configs = [] }) => configs.map(text));
  const gone = (was ?? []).filter((line) => !is?.includes(line)).map((line) => `- ${line}`);
  const come = (is ?? []).filter((line) => !was?.includes(line)).map((line) => `+ ${line}`);
  return [...gone, ...come];
}
