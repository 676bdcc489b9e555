/** What one sandbox API server is made of: its options, and the state its parts share. */
import type { HttpRequest, HttpResponse } from '../../http.ts';
import type { KubeObject } from '../../kinds.ts';
import type { Clock } from '../../ports.ts';
import type { KindTable, ResourceType } from './kinds.ts';
import type { Store } from './storage.ts';

/** Who asks. The group `system:masters` may do everything. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

export const clusterAdmin: User = { name: 'system:admin', groups: ['system:masters', 'system:authenticated'] };

/** What an admission webhook is asked. */
export interface AdmissionReview {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly type: ResourceType;
  readonly subresource: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string;
  /** After defaulting; absent for DELETE. */
  readonly object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
  readonly dryRun: boolean;
  readonly user: User;
}

/** Called before every write that would be stored, dry runs included. Refuses by throwing an `ApiError`; may take its time. */
export type AdmissionHook = (review: AdmissionReview) => void | Promise<void>;

/** A request through a Service or Pod of the cluster. */
export interface ProxyRequest {
  readonly through: 'services' | 'pods';
  readonly scheme: 'http' | 'https';
  readonly namespace: string;
  readonly name: string;
  /** Name or number; empty when the path tells none. */
  readonly port: string;
  readonly method: string;
  /** Begins with `/`. */
  readonly path: string;
  /** Without `?`. */
  readonly query: string;
  /** Empty when there is none. */
  readonly body: string;
  /** Lower-case names; without what proves who asks the API server. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ProxyAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What is behind Services and Pods. `undefined`: nobody, which the server answers with 503. May throw an `ApiError`. */
export type ProxyHook = (request: ProxyRequest) => ProxyAnswer | undefined | Promise<ProxyAnswer | undefined>;

/**
 * Stands before every request: may answer instead, wait, break the connection (by throwing an error with a `code` such as
 * `ECONNRESET`, before or after `next`), or just hand on.
 */
type FaultHook = (request: HttpRequest, next: () => Promise<HttpResponse>) => Promise<HttpResponse>;

export interface ApiServerOptions {
  /** The cluster's name; object UIDs are made from it. */
  readonly name: string;
  readonly clock: Clock;
  /** Shown as `Transport.server`; `https://api.NAME.sandbox:6443` unless told. */
  readonly url?: string;
  /** Kinds beside the common table. */
  readonly kinds?: readonly ResourceType[];
  /** Kinds the cluster lacks, as `plural.group`: their CRD is missing. */
  readonly without?: readonly string[];
  readonly admission?: readonly AdmissionHook[];
  /** Bearer token → user. Without it (and without `authenticate`) every request is the cluster admin's. */
  readonly tokens?: ReadonlyMap<string, User>;
  /** Instead of `tokens`; `undefined` answers 401. */
  readonly authenticate?: (request: HttpRequest) => User | undefined;
  readonly proxies?: ProxyHook;
  readonly faults?: FaultHook;
  /** Changes remembered for watches and continued lists; 1,000 unless told. */
  readonly history?: number;
  /** Milliseconds between bookmarks of a watch; one minute unless told, 0 for none. */
  readonly bookmarkMs?: number;
  /** Milliseconds until the garbage and namespace collectors look; 200 unless told. */
  readonly collectMs?: number;
  /** Of `/version`; `v1.34.4` unless told. */
  readonly version?: string;
}

/** Shared by the parts of one server. */
export interface Server {
  readonly options: ApiServerOptions;
  readonly clock: Clock;
  readonly store: Store;
  readonly kinds: KindTable;
  /** Aborts when the server closes. */
  readonly closed: AbortSignal;
  /** A new object's uid: random to look at, the same in every run. */
  uid(): string;
  /** Five characters for `generateName`. */
  suffix(): string;
}
