/** A way for an installed sandbox to be broken, as the failure catalogue of the field has it. */
import type { Key, Kind, KubeObject } from '../../kinds.ts';
import { isApiError } from '../../ports.ts';
import type { Ailments } from '../ailments.ts';
import type { ControllerClient } from '../controllers/client.ts';
import type { MetricsStore } from '../metrics/store.ts';
import type { People } from '../people.ts';
import type { RunningS3 } from '../s3/server.ts';
import type { ServedFiles } from '../serve/files.ts';

/** What a state is brought about with. */
export interface Site {
  /** The hub's name as a managed cluster. */
  readonly hub: string;
  /** The managed cluster that a state of one cluster strikes. */
  readonly victim: string;
  readonly people: People;
  readonly ailments: Ailments;
  readonly s3: RunningS3;
  readonly store: ServedFiles['store'];
  readonly metrics: MetricsStore;
  /** A cluster as its own controllers see it: may write status. */
  client(cluster: string): ControllerClient;
  setOffline(cluster: string, offline: boolean): void;
  /** Milliseconds since the epoch, by the sandbox's clock. */
  now(): number;
  /** Lets seconds pass by the sandbox's clock. */
  pass(seconds: number): Promise<void>;
}

export interface BrokenState {
  /** What has happened, as a sentence about the cluster or the hub. */
  readonly meaning: string;
  /** Where the field met it: rows of the failure catalogue (acm.md §14), user stories (peers.md). */
  readonly source: string;
  /** It happens to what a configuration brings: there must be a pack with a rule and a query of its own, and a dashboard. */
  readonly configured?: true;
  /** Seconds until it shows. */
  readonly settle: number;
  cause(site: Site): Promise<void>;
}

/** Writes of others that a change of an object is begun again for. */
const mostContended = 10;

/** Changes an object of a cluster as its controller would, status included: read again when somebody was faster. */
export async function setStatus<T extends KubeObject>(
  client: ControllerClient,
  kind: Kind<T>,
  key: Key,
  change: (object: T) => T,
): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    const live = await client.get(kind, key);
    if (live === undefined) throw new Error(`${client.name} has no ${kind.kind} ${key.name}`);
    try {
      await client.status(kind, change(live));
      return;
    } catch (error) {
      if (!isApiError(error, 409) || tried === mostContended) throw error;
    }
  }
}
