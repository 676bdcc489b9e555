/** Workloads that ran before the sandbox looked: their Pods are made as they would be, running. */
import { type Pod, PodKind, type Workload } from '../../../kinds.ts';
import type { Clock } from '../../../ports.ts';
import type { Delays } from '../delays.ts';
import type { Informers } from '../informer.ts';
import { timestamp } from '../objects.ts';
import { isReady, podNames, podOf, podStatus, replicasOf } from './pods.ts';

export interface Veterans {
  /** Makes the Pods of a workload met as running, and says whether it was one. */
  bring(workload: Workload, owned: readonly Pod[]): Promise<boolean>;
  /** Whether this Pod is just being made, and nobody else's business. */
  bringing(pod: Pod): boolean;
}

/** For one cluster. */
export function createVeterans(informers: Informers, clock: Clock, delays: Delays): Veterans {
  const client = informers.client.as('kubelet');
  const pods = informers.of(PodKind);
  const known = new Set<string>();
  const making = new Set<string>();
  const id = (namespace: string | undefined, name: string): string => `${namespace}/${name}`;

  return {
    bringing: ({ metadata }) => making.has(id(metadata.namespace, metadata.name)),
    bring: async (workload, owned) => {
      const { uid = '', namespace } = workload.metadata;
      const first = !known.has(uid);
      known.add(uid);
      const runs = replicasOf(workload) > 0 && (workload.status?.readyReplicas ?? 0) >= replicasOf(workload);
      if (!first || !runs || owned.length > 0) return false;
      const names = podNames(workload);
      for (const name of names) making.add(id(namespace, name));
      for (const name of names) {
        const pod = await client.create(PodKind, podOf(workload, name));
        await client.status(PodKind, { ...pod, status: podStatus(pod, timestamp(clock.now())) });
      }
      // Whoever looks next must find them ready in the watch, or would count none.
      const shown = (name: string): boolean => {
        const pod = pods.get({ name, ...(namespace !== undefined && { namespace }) });
        return pod !== undefined && isReady(pod);
      };
      for (let tries = 0; tries < 100 && !names.every(shown); tries += 1) await clock.sleep(delays.ms('gather'));
      for (const name of names) making.delete(id(namespace, name));
      return true;
    },
  };
}
