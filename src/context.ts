/** What steps and checks are built from: the ports, the configuration and what was found on the hub. Read only. */
import type { Config } from './config/config.ts';
import type { Member } from './fleet/members.ts';
import type { Hub } from './hub.ts';
import type { Looks } from './looks.ts';
import type { Pack } from './packs/pack.ts';
import type { Clock, Cluster, FindGrafanas, Metrics, ObjectStore } from './ports.ts';

/** The keys Thanos will live with. Functions, so that no dump of the context shows them. */
export interface StoreKeys {
  accessKey(): string;
  secretKey(): string;
  /** Came with a session token: may create the bucket, never reaches the Thanos secret. */
  readonly temporary: boolean;
}

export interface Settings {
  readonly forceConflicts: boolean;
  readonly adoptBucket: boolean;
  /** Uninstall: also the volumes, the bucket and what is in it. */
  readonly deleteData: boolean;
}

export interface Context {
  /** Four hex digits: names the run in what it leaves for a moment. */
  readonly runId: string;
  readonly config: Config;
  /** The hub's API. */
  readonly cluster: Cluster;
  readonly hub: Hub;
  /** The clusters this run is about, hub first. */
  readonly members: readonly Member[];
  /** The first of two runs: what serves the whole fleet is for these members only until the second. */
  readonly canary?: boolean;
  /** A managed cluster's API, by whichever way reaches it. */
  reach(member: Member): Promise<Cluster>;
  /** @throws Problem `missing-values` when the configuration names no store or there are no keys. */
  store(): Promise<ObjectStore>;
  /** The store a `thanos.yaml` describes, with the keys in it; `undefined` when it is not S3. */
  storeOf(thanosYaml: string): Promise<ObjectStore | undefined>;
  /** @throws Problem `missing-values`. */
  keys(): Promise<StoreKeys>;
  /** PEM of the store's private CA, where it has one. */
  caBundle(): Promise<string | undefined>;
  packs(): Promise<readonly Pack[]>;
  readonly metrics: Metrics;
  readonly looks: Looks;
  readonly grafanas: FindGrafanas;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly settings: Settings;
}
