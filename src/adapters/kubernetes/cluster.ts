/**
 * The `Cluster` port over HTTP: one cluster's API server, reached directly. It knows the Kubernetes REST conventions and
 * nothing about sockets, credentials or kubeconfigs (those are the transport's).
 */
import type { Transport } from '../../http.ts';
import type { Key, Kind, KubeObject, ObjectMeta } from '../../kinds.ts';
import {
  type Access,
  type ApplyOptions,
  type Clock,
  type Cluster,
  type DeleteOptions,
  isApiError,
  type ListQuery,
  type RawRequest,
  type RequestCounts,
  type Review,
  type Subject,
  type WatchEvent,
} from '../../ports.ts';
import { isRecord } from '../json.ts';
import { refusal } from './answers.ts';
import { type Context, object, one, request, sized, whole } from './calls.ts';
import { amidWrites } from './contention.ts';
import { createExchange } from './exchange.ts';
import { listWhole, metadataOnly } from './lists.ts';
import { collectionPath, creationPath, objectPath, withQuery } from './paths.ts';
import { unlessAborted, watchEvents } from './stream.ts';

export interface ClusterOptions {
  /** The ManagedCluster's name. */
  readonly name: string;
  readonly transport: Transport;
  /** Default `acm-observability`. */
  readonly fieldManager?: string;
  readonly clock: Clock;
  /** Every request sent counts, repeated ones too. */
  readonly counts?: RequestCounts;
  /** Milliseconds for one try of one request; 30 s unless told. Streams have none. */
  readonly tryTimeoutMs?: number;
  /** Tries after the first; 5 unless told. */
  readonly maxRetries?: number;
  readonly userAgent?: string;
  /** Ends what is under way when it aborts; requests begun after that, to tidy up, are sent. */
  readonly signal?: AbortSignal | undefined;
}

const accessAtOnce = 8;

/** The API of one cluster over a transport. */
export function createCluster(options: ClusterOptions): Cluster {
  const { name, transport, clock, counts } = options;
  const asked = { cluster: name, server: transport.server };
  const { tryTimeoutMs = 30_000, maxRetries = 5, signal } = options;
  const context: Context = {
    asked,
    exchange: createExchange({ transport, asked, clock, counts, tryTimeoutMs, maxRetries, signal }),
    fieldManager: options.fieldManager ?? 'acm-observability',
    userAgent: options.userAgent ?? 'acm-observability',
  };
  return {
    name,
    server: transport.server,
    capabilities: { list: true, watch: true, secrets: true, apply: true },
    get: (kind, key) => get(context, kind, key),
    list: (kind, query = {}, keep) => list(context, kind, query, keep),
    listMetadata: (kind, query = {}) => listMetadata(context, kind, query),
    apply: (kind, object, how = {}) => apply(context, kind, object, how),
    create: (kind, object) => create(context, kind, object),
    replace: (kind, object) => replace(context, kind, object),
    mergePatch: (kind, key, patch) => mergePatch(context, kind, key, patch),
    delete: (kind, key, how = {}) => remove(context, kind, key, how),
    watch: (kind, query, signal) => watch(context, kind, query, signal),
    access: (questions) => access(context, questions),
    review: ({ user, groups }, questions) =>
      inBatches(questions, (question) => ask(context, 'SubjectAccessReview', question, { user, groups })),
    raw: (path, how = {}) => raw(context, path, how),
    close: () => transport.close(),
  };
}

async function get<T extends KubeObject>(context: Context, kind: Kind<T>, key: Key): Promise<T | undefined> {
  try {
    return await one(context, kind, { method: 'GET', path: objectPath(kind, key), repeatable: true });
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}

function list<T extends KubeObject, U>(
  context: Context,
  kind: Kind<T>,
  query: ListQuery,
  keep?: (object: T) => U,
): Promise<U[]> {
  const ask = (path: string) => sized<object>(context, { method: 'GET', path, repeatable: true });
  // Without `keep`, U is T.
  const whole = (object: T) => object as unknown as U;
  return listWhole({ kind, query, ask, asked: context.asked, keep: keep ?? whole });
}

async function listMetadata(context: Context, kind: Kind, query: ListQuery): Promise<ObjectMeta[]> {
  const ask = (path: string) => sized<object>(context, { method: 'GET', path, repeatable: true, accept: metadataOnly });
  return listWhole({ kind, query, ask, asked: context.asked, keep: ({ metadata }) => metadata });
}

function apply<T extends KubeObject>(context: Context, kind: Kind<T>, desired: T, how: ApplyOptions): Promise<T> {
  const path = withQuery(objectPath(kind, desired.metadata), {
    fieldManager: context.fieldManager,
    force: how.force === true ? true : undefined,
    dryRun: how.dryRun === true ? 'All' : undefined,
    fieldValidation: 'Strict',
  });
  // JSON is YAML.
  const contentType = 'application/apply-patch+yaml';
  return amidWrites(() => one(context, kind, { method: 'PATCH', path, repeatable: true, body: desired, contentType }));
}

function create<T extends KubeObject>(context: Context, kind: Kind<T>, desired: T): Promise<T> {
  const path = withQuery(creationPath(kind, desired.metadata), { fieldManager: context.fieldManager });
  // We choose the names: what an unheard first try has made, the second meets as AlreadyExists, and the caller looks at it.
  return one(context, kind, { method: 'POST', path, repeatable: true, body: desired });
}

async function replace<T extends KubeObject>(context: Context, kind: Kind<T>, desired: T): Promise<T> {
  const { name, resourceVersion } = desired.metadata;
  if (!resourceVersion) throw new Error(`${kind.kind} ${name}: replaced without the resourceVersion it was read at`);
  const path = withQuery(objectPath(kind, desired.metadata), { fieldManager: context.fieldManager });
  return one(context, kind, { method: 'PUT', path, repeatable: true, body: desired });
}

function mergePatch<T extends KubeObject>(context: Context, kind: Kind<T>, key: Key, patch: object): Promise<T> {
  const path = withQuery(objectPath(kind, key), { fieldManager: context.fieldManager });
  const metadata: unknown = 'metadata' in patch ? patch.metadata : undefined;
  const conditional = isRecord(metadata) && typeof metadata.resourceVersion === 'string';
  const contentType = 'application/merge-patch+json';
  // It says what is to be, and not what is to be added: said twice, it is said once.
  const send = () => one(context, kind, { method: 'PATCH', path, repeatable: true, body: patch, contentType });
  return conditional ? send() : amidWrites(send);
}

async function remove(context: Context, kind: Kind, key: Key, how: DeleteOptions): Promise<'deleted' | 'absent'> {
  const { uid, resourceVersion, propagation } = how;
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...(propagation && { propagationPolicy: propagation }),
    ...((uid !== undefined || resourceVersion !== undefined) && { preconditions: { uid, resourceVersion } }),
  };
  try {
    await object(context, { method: 'DELETE', path: objectPath(kind, key), repeatable: true, body });
    return 'deleted';
  } catch (error) {
    if (isApiError(error, 404)) return 'absent';
    throw error;
  }
}

async function* watch<T extends KubeObject>(
  context: Context,
  kind: Kind<T>,
  query: ListQuery & { readonly resourceVersion?: string },
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>> {
  const { namespace, ...rest } = query;
  const path = withQuery(collectionPath(kind, namespace), { watch: true, allowWatchBookmarks: true, ...rest });
  const call = request(context, { method: 'GET', path, repeatable: true });
  const response = await unlessAborted(context.exchange.open({ ...call, signal }), signal);
  if (response === undefined) return;
  if (response.status !== 200) throw refusal(await whole(response), context.asked);
  yield* watchEvents<T>(response, signal);
}

async function access(context: Context, questions: readonly Access[]): Promise<boolean[]> {
  const answers = await inBatches(questions, (question) => ask(context, 'SelfSubjectAccessReview', question));
  return answers.map(({ allowed }) => allowed);
}

async function inBatches<Q, A>(questions: readonly Q[], answer: (question: Q) => Promise<A>): Promise<A[]> {
  const answers: A[] = [];
  for (let start = 0; start < questions.length; start += accessAtOnce) {
    answers.push(...(await Promise.all(questions.slice(start, start + accessAtOnce).map(answer))));
  }
  return answers;
}

async function ask(
  context: Context,
  kind: 'SelfSubjectAccessReview' | 'SubjectAccessReview',
  question: Access,
  subject: Partial<Subject> = {},
): Promise<Review> {
  const { status } = await object<{ readonly status?: { readonly allowed?: boolean; readonly reason?: string } }>(
    context,
    {
      method: 'POST',
      path: `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`,
      // It leaves nothing behind.
      repeatable: true,
      body: { apiVersion: 'authorization.k8s.io/v1', kind, spec: { ...subject, resourceAttributes: question } },
    },
  );
  const { allowed, reason } = status ?? {};
  return { allowed: allowed === true, ...(reason ? { reason } : {}) };
}

async function raw(context: Context, path: string, { method = 'GET', headers: own = {}, body: sent }: RawRequest) {
  const call = request(context, { method, path, repeatable: method === 'GET', body: sent });
  const { status, headers, body } = await context.exchange.ask({
    ...call,
    headers: { ...call.headers, accept: '*/*', ...own },
    anyStatus: true,
  });
  return { status, contentType: headers['content-type'] ?? '', body };
}
