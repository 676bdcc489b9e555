/**
 * The four doors to the world. Steps, resources and checks see only these; adapters implement them.
 * They are as narrow as the steps need.
 */

import type { Key, Kind, KubeObject, ObjectMeta } from './kinds.ts';

/** What a way of reaching a cluster can do. A ManagedClusterView can get one object and nothing else. */
export interface Capabilities {
  readonly list: boolean;
  readonly watch: boolean;
  readonly secrets: boolean;
  /** Server-side apply with and without dry run. */
  readonly apply: boolean;
}

export interface ListQuery {
  /** Absent: all namespaces (or a cluster-scoped kind). */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ApplyOptions {
  readonly dryRun?: boolean;
  /** Take fields other managers own. */
  readonly force?: boolean;
}

export interface DeleteOptions {
  /** Preconditions: the object must still be the one that was looked at. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagation?: 'Foreground' | 'Background' | 'Orphan';
}

/** One question of a SelfSubjectAccessReview. */
export interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Somebody else than who asks. */
export interface Subject {
  readonly user: string;
  readonly groups: readonly string[];
}

/** What a cluster's authorizers say to one question. */
export interface Review {
  readonly allowed: boolean;
  /** In their own words, as by which binding; they need not give one. */
  readonly reason?: string;
}

export interface WatchEvent<T extends KubeObject = KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
}

/** An answer that is not one of the API's objects, as from a service or pod proxy. */
export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What is sent through a proxy. */
export interface RawRequest {
  /** GET unless told. Only a GET is asked again when its answer is lost. */
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
}

/**
 * One cluster's API. Every method throws {@link ApiError} for an answer that is not a success, and a `Problem`
 * (`unreachable`, `not-logged-in`, …) when there was no answer. Unknown fields of objects are kept.
 */
export interface Cluster {
  /** The ManagedCluster's name; for the hub the one that carries `local-cluster=true`. */
  readonly name: string;
  /** The API server's URL, fit to be shown. */
  readonly server: string;
  readonly capabilities: Capabilities;
  /** `undefined` for "no such object" only; every other failure throws. */
  get<T extends KubeObject>(kind: Kind<T>, key: Key): Promise<T | undefined>;
  /**
   * Complete: follows `continue` to the end; without `metadata.managedFields`. A kind the server does not know throws
   * `ApiError` 404. `keep`: what of each object is held, taken as its page is read: of thousands only what is looked at.
   */
  list<T extends KubeObject, U = T>(kind: Kind<T>, query?: ListQuery, keep?: (object: T) => U): Promise<U[]>;
  /** The same without spec and status, which the server leaves out: cheap where objects are large or many. */
  listMetadata(kind: Kind, query?: ListQuery): Promise<ObjectMeta[]>;
  /** Server-side apply as our field manager. */
  apply<T extends KubeObject>(kind: Kind<T>, object: T, options?: ApplyOptions): Promise<T>;
  create<T extends KubeObject>(kind: Kind<T>, object: T): Promise<T>;
  /** PUT; `metadata.resourceVersion` is mandatory: 409 when somebody wrote in between. */
  replace<T extends KubeObject>(kind: Kind<T>, object: T): Promise<T>;
  /** JSON merge patch, as our field manager; include `metadata.resourceVersion` to make it conditional. */
  mergePatch<T extends KubeObject>(kind: Kind<T>, key: Key, patch: object): Promise<T>;
  /** `absent` when there was nothing to delete. */
  delete(kind: Kind, key: Key, options?: DeleteOptions): Promise<'deleted' | 'absent'>;
  /** Ends when the signal aborts or the server closes the stream; `ApiError` 410 when the version is too old. */
  watch<T extends KubeObject>(
    kind: Kind<T>,
    query: ListQuery & { readonly resourceVersion?: string },
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>>;
  /** One answer per question, in order. */
  access(questions: readonly Access[]): Promise<boolean[]>;
  /** The same about somebody else; takes the right to create subjectaccessreviews. */
  review(subject: Subject, questions: readonly Access[]): Promise<Review[]>;
  /** A path below the API server, for service and pod proxies. Any status comes back as an answer. */
  raw(path: string, request?: RawRequest): Promise<RawAnswer>;
  /** Lets go of sockets and of whatever this way of reaching the cluster left on the hub. */
  close(): Promise<void>;
}

/** An answer of a Kubernetes API server that is not a success: its `Status` object. */
export class ApiError extends Error {
  readonly status: number;
  /** `NotFound`, `Conflict`, `Invalid`, `Forbidden`, … */
  readonly reason: string;
  readonly details: StatusDetails;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    reason: string,
    message: string,
    details: StatusDetails = {},
    retryAfterSeconds?: number,
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.reason = reason;
    this.details = details;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
}

/** Whether an error is the API's answer with this status (and reason). */
export function isApiError(error: unknown, status: number, reason?: string): error is ApiError {
  return error instanceof ApiError && error.status === status && (reason === undefined || error.reason === reason);
}

/**
 * What admission, and not a missing right, did to a write: `refused` by a webhook or policy (often with 403, as a missing
 * right is), or `unanswered` because the webhook could not be asked. `undefined`: neither.
 */
export function admissionOf(error: unknown): 'refused' | 'unanswered' | undefined {
  if (!(error instanceof ApiError)) return undefined;
  if (/^admission webhook "[^"]*" denied|^ValidatingAdmissionPolicy .* denied request/.test(error.message))
    return 'refused';
  return /failed calling webhook "/.test(error.message) ? 'unanswered' : undefined;
}

/** Where Thanos keeps its blocks. Every method throws a `Problem` (`bucket-…`, `store-…`) when refused. */
export interface ObjectStore {
  /** `host[:port]` and scheme, as Thanos will get it. */
  readonly endpoint: string;
  /** What is there. Never concluded from a HEAD alone (measured.md §10). */
  bucket(): Promise<{ readonly state: 'absent' } | { readonly state: 'ours'; readonly region?: string }>;
  createBucket(): Promise<void>;
  /** `undefined` when there is no such object. */
  read(key: string): Promise<string | undefined>;
  write(key: string, body: string): Promise<void>;
  remove(key: string): Promise<void>;
  /** Keys below a prefix, at most 1,000. */
  list(prefix: string): Promise<string[]>;
  /** Deletes every object, then the bucket. Only ever called for `--delete-data`. */
  destroy(): Promise<void>;
}

/** One series of an instant vector. `timestamp` in seconds. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly timestamp: number;
}

/** All in seconds; the times since the epoch. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** One series of a range query. */
export interface PointSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [timestamp: number, value: number])[];
}

/** How fresh the metrics of each cluster have been. */
export interface FreshnessHistory {
  readonly sinceSeconds: number;
  readonly stepSeconds: number;
  /** Up to this age metrics are fine. */
  readonly fineSeconds: number;
  /** By cluster: age of the newest sample at each moment, in seconds, the oldest first; `null`: none within the lookback. */
  readonly ages: ReadonlyMap<string, readonly (number | null)[]>;
}

export interface RuleGroup {
  readonly name: string;
  readonly file: string;
  readonly intervalSeconds: number;
  readonly rules: readonly {
    readonly name: string;
    readonly type: 'recording' | 'alerting';
    readonly health: 'ok' | 'err' | 'unknown';
    readonly lastError?: string;
  }[];
}

/** The Prometheus HTTP API of the hub's Thanos. Throws a `Problem` (`metrics-…`) when there is no answer. */
export interface Metrics {
  /** By which way the last answer came: `service proxy` or `route`. */
  readonly way: string;
  query(expression: string, options?: { readonly timeSeconds?: number }): Promise<Sample[]>;
  /** The values at every step of a stretch of time; where a series had none, the point is missing. */
  range(expression: string, stretch: Stretch): Promise<PointSeries[]>;
  rules(): Promise<RuleGroup[]>;
}

/** Where a dashboard is in a Grafana. */
export interface DashboardPlace {
  readonly uid: string;
  readonly title: string;
  /** Title of its folder; absent: General. */
  readonly folder?: string;
  /** Tells folders of one title apart, which may be in others. */
  readonly folderUid?: string;
}

export interface DashboardInGrafana extends DashboardPlace {
  /** As Grafana keeps it. */
  readonly model: Readonly<Record<string, unknown>>;
}

interface GrafanaMember {
  readonly id: number;
  readonly login: string;
  /** `Viewer`, `Editor`, `Admin`, … */
  readonly role: string;
}

/** One Grafana's HTTP API, asked as its administrator. Throws a `Problem` (`grafana-…`, `not-permitted`) when refused. */
export interface Grafana {
  readonly pod: string;
  /** `undefined` for somebody who has never logged in. */
  user(login: string): Promise<{ readonly id: number; readonly login: string } | undefined>;
  members(): Promise<GrafanaMember[]>;
  makeAdmin(id: number): Promise<void>;
  /** All of them, however many. */
  dashboards(): Promise<DashboardPlace[]>;
  dashboard(uid: string): Promise<DashboardInGrafana | undefined>;
  /** Over what has the same uid. Makes the folder where there is none of that title, unless its uid is known. */
  save(
    model: Readonly<Record<string, unknown>>,
    folder: string | undefined,
    folderUid?: string,
  ): Promise<{ readonly uid: string }>;
}

/** The Grafanas of the hub that answer, one for each Pod: ACM's own keep nothing in common. */
export type FindGrafanas = (which: 'development' | 'production') => Promise<readonly Grafana[]>;

/** Time as a port, so that an hour of waiting is a moment in a test. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects with the signal's reason when it aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Requests made so far, as the report tells them. */
export interface RequestCounts {
  kubernetes: number;
  objectStore: number;
  metrics: number;
}
