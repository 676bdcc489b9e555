/** The bucket as a resource: created where it is missing, marked with the hub it belongs to, never silently shared. */
import { Problem } from '../engine/problem.ts';
import type { Change, Resource } from '../engine/step.ts';
import type { ObjectStore } from '../ports.ts';
import { noRights } from './rights.ts';

/** The object that names the hub whose metrics the bucket holds. Thanos ignores names that are no block ids. */
export const markerKey = 'acm-observability/hub.json';

export interface BucketOptions {
  /** The hub's name: the lane. */
  readonly hub: string;
  readonly clusterID: string;
  readonly bucket: string;
  readonly create: boolean;
  readonly adopt: boolean;
  readonly deleteData: boolean;
  store(): Promise<ObjectStore>;
}

interface Marker {
  readonly clusterID: string;
  readonly hub: string;
}

export function bucketResource(options: BucketOptions): Resource {
  const { bucket, hub } = options;
  return {
    name: `Bucket ${bucket}`,
    cluster: hub,
    plan: () => planBucket(options),
    async apply(change) {
      const store = await options.store();
      if (change.kind === 'create') await store.createBucket();
      const marker: Marker = { clusterID: options.clusterID, hub };
      await store.write(markerKey, `${JSON.stringify(marker)}\n`);
    },
    rights: noRights,
    async ready() {
      const found = await (await options.store()).bucket();
      return found.state === 'ours'
        ? { state: 'ready' }
        : { state: 'waiting', message: `bucket ${bucket} is not there yet` };
    },
    async planRemoval() {
      if (!options.deleteData) return { kind: 'skip', reason: 'the stored metrics stay: --delete-data removes them' };
      const found = await (await options.store()).bucket();
      if (found.state === 'absent') return { kind: 'none' };
      await refuseForeign(options);
      return { kind: 'remove', note: 'with every metric stored in it' };
    },
    async remove() {
      await (await options.store()).destroy();
    },
    async gone() {
      const found = await (await options.store()).bucket();
      return found.state === 'absent'
        ? { state: 'ready' }
        : { state: 'waiting', message: `bucket ${bucket} is still there` };
    },
  };
}

async function planBucket(options: BucketOptions): Promise<Change> {
  const found = await (await options.store()).bucket();
  if (found.state === 'absent') {
    if (!options.create)
      throw new Problem('bucket-missing', `${options.bucket} does not exist, and storage.create is false`);
    return { kind: 'create' };
  }
  const owner = await refuseForeign(options);
  if (owner?.clusterID === options.clusterID) return { kind: 'none' };
  const mark = `+ ${markerKey}: this bucket holds the metrics of hub ${options.clusterID}`;
  return { kind: 'update', diff: [mark], note: owner === undefined ? 'adopted: it was here before' : 'taken over' };
}

/** Whose marker is in it. @throws Problem `bucket-other-hub` unless it is to be adopted. */
async function refuseForeign(options: BucketOptions): Promise<Marker | undefined> {
  const marker = parseMarker(await (await options.store()).read(markerKey));
  if (marker === undefined || marker.clusterID === options.clusterID || options.adopt) return marker;
  throw new Problem('bucket-other-hub', `${options.bucket} holds the metrics of hub ${marker.clusterID}`, {
    proof: `object ${markerKey}`,
  });
}

function parseMarker(text: string | undefined): Marker | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'clusterID' in value && typeof value.clusterID === 'string') {
      return {
        clusterID: value.clusterID,
        hub: 'hub' in value && typeof value.hub === 'string' ? value.hub : 'unknown',
      };
    }
  } catch {
    // Falls through: a marker that cannot be read is somebody's, and not ours.
  }
  return { clusterID: 'unreadable marker', hub: 'unknown' };
}
