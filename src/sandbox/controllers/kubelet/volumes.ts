/** The volumes of a StatefulSet's Pods: claimed by name, bound when there is a storage class, kept for ever. */
import { type KubeObject, PersistentVolumeClaimKind, type StorageClass, StorageClassKind } from '../../../kinds.ts';
import type { Clock } from '../../../ports.ts';
import type { Delays } from '../delays.ts';
import type { Informers } from '../informer.ts';
import { ensure, isRecord, objectOf } from '../objects.ts';

interface Template {
  readonly name: string;
  readonly spec: Record<string, unknown>;
}

function templatesOf(workload: KubeObject): Template[] {
  const templates = isRecord(workload.spec) ? workload.spec.volumeClaimTemplates : undefined;
  if (!Array.isArray(templates)) return [];
  return templates.filter(isRecord).map(({ metadata, spec }) => ({
    name: isRecord(metadata) ? String(metadata.name) : '',
    spec: isRecord(spec) ? spec : {},
  }));
}

/** The claims a Pod's own volumes name. */
function claimsOf(pod: KubeObject): string[] {
  const volumes = isRecord(pod.spec) ? pod.spec.volumes : undefined;
  if (!Array.isArray(volumes)) return [];
  return volumes.flatMap((volume: unknown) => {
    const claim = isRecord(volume) ? volume.persistentVolumeClaim : undefined;
    return isRecord(claim) ? [String(claim.claimName)] : [];
  });
}

const defaultClass = 'storageclass.kubernetes.io/is-default-class';

export function isDefaultClass({ metadata }: StorageClass): boolean {
  return metadata.annotations?.[defaultClass] === 'true';
}

export interface Volumes {
  /** Claims what a Pod needs; says whether all of it is bound. */
  ready(workload: KubeObject, pod: string): Promise<boolean>;
  /** Whether a claim of its Pods names a storage class that is not there, or none where there is no default. */
  stuck(workload: KubeObject): boolean;
  /** Binds the claims a Pod names; says whether all of them are there and bound. */
  claimed(pod: KubeObject): Promise<boolean>;
}

/** Claims and binds volumes on one cluster. */
export function createVolumes(informers: Informers, clock: Clock, delays: Delays): Volumes {
  const client = informers.client.as('kubelet');
  const claims = informers.of(PersistentVolumeClaimKind);
  const storageClasses = informers.of(StorageClassKind);
  const firstSeen = new Map<string, number>();
  const classFor = (wanted: unknown): StorageClass | undefined =>
    storageClasses.list().find((one) => (wanted === undefined ? isDefaultClass(one) : one.metadata.name === wanted));
  const bind = async (workload: KubeObject, pod: string, { name, spec }: Template): Promise<boolean> => {
    const { namespace } = workload.metadata;
    const claim = `${name}-${pod}`;
    const key = { name: claim, ...(namespace !== undefined && { namespace }) };
    const live = claims.get(key);
    if (live?.status?.phase === 'Bound') return true;
    const storageClass = classFor(spec.storageClassName);
    const filled = { ...spec, ...(storageClass && { storageClassName: storageClass.metadata.name }) };
    const object = objectOf(PersistentVolumeClaimKind, key, { spec: filled });
    if (live === undefined) await ensure(client, { kind: PersistentVolumeClaimKind, object, once: true });
    const since = firstSeen.get(`${namespace}/${claim}`) ?? clock.now();
    firstSeen.set(`${namespace}/${claim}`, since);
    if (live === undefined || storageClass === undefined || clock.now() < since + delays.ms('volumeBound'))
      return false;
    const resources = isRecord(spec.resources) ? spec.resources.requests : undefined;
    await client.status(PersistentVolumeClaimKind, {
      ...live,
      status: { phase: 'Bound', ...(isRecord(resources) && { capacity: { storage: String(resources.storage) } }) },
    });
    return true;
  };
  const bindClaim = async (namespace: string, name: string): Promise<boolean> => {
    const live = claims.get({ namespace, name });
    if (live === undefined || live.status?.phase === 'Bound') return live !== undefined;
    if (classFor(live.spec?.storageClassName) === undefined) return false;
    const storage = live.spec?.resources?.requests?.storage;
    const status = { phase: 'Bound', ...(storage !== undefined && { capacity: { storage } }) };
    await client.status(PersistentVolumeClaimKind, { ...live, status });
    return true;
  };
  return {
    claimed: async (pod) => {
      const names = claimsOf(pod);
      const bound = await Promise.all(names.map((name) => bindClaim(pod.metadata.namespace ?? '', name)));
      return bound.every(Boolean);
    },
    stuck: (workload) => templatesOf(workload).some(({ spec }) => classFor(spec.storageClassName) === undefined),
    ready: async (workload, pod) => {
      const bound = await Promise.all(templatesOf(workload).map((template) => bind(workload, pod, template)));
      return bound.every(Boolean);
    },
  };
}
