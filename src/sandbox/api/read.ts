/** Reads: one object, a page of a list, a watch. */
import type { HttpResponse } from '../../http.ts';
import type { KubeObject } from '../../kinds.ts';
import { ApiError } from '../../ports.ts';
import { apiVersionOf, type ResourceType } from './kinds.ts';
import { type Form, respondJson, respondStream } from './message.ts';
import { isFields, objectKey, omit } from './objects.ts';
import { type Matcher, matcher } from './selectors.ts';
import type { Server } from './server.ts';
import { badRequest, expired, invalid, notFound } from './status.ts';
import { table } from './table.ts';
import { errorLine, openWatch, type WatchRequest } from './watch.ts';

export interface Read {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly query: URLSearchParams;
  readonly form: Form;
}

const bookmarkMs = 60_000;

/** One object, or a table of one row. */
export function readOne(server: Server, read: Read, name: string): HttpResponse {
  const object = server.store.get(read.type, read.namespace, name);
  if (object === undefined) throw notFound(read.type, name);
  return respondJson(200, render(server, read, object));
}

export function render(server: Server, { type, query, form }: Read, object: KubeObject): object {
  if (form === 'metadata') return metadataOf(object);
  if (form !== 'table') return object;
  const listMeta = { resourceVersion: object.metadata.resourceVersion };
  return table(type, [object], { now: server.clock.now(), include: query.get('includeObject'), listMeta });
}

function metaType(kind: string) {
  return { kind, apiVersion: 'meta.k8s.io/v1' };
}

function metadataOf({ metadata }: KubeObject): object {
  return { ...metaType('PartialObjectMetadata'), metadata };
}

interface Continued {
  /** All pages show the moment of the first. */
  readonly version: number;
  /** The last key of the page before. */
  readonly after: string;
}

/** A page of a list. 410 when the moment its token points to is forgotten. */
export function readList(server: Server, read: Read): HttpResponse {
  const { type, namespace, query } = read;
  const selector = [query.get('labelSelector'), query.get('fieldSelector')] as const;
  const token = continued(query.get('continue'));
  refuseFuture(server, query.get('resourceVersion'));
  const version = token?.version ?? server.store.version();
  const all = snapshot(server, read, token).filter(matcher(type, ...selector));
  const rest = token === undefined ? all : all.filter((object) => keyOf(object) > token.after);
  const limit = Number(query.get('limit') ?? 0) || rest.length;
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const more = rest.length > page.length && last !== undefined;
  const next = more && { continue: encode({ version, after: keyOf(last) }) };
  const uncounted = selector.some((part) => part);
  const remaining = more && !uncounted && { remainingItemCount: rest.length - page.length };
  const metadata = { resourceVersion: String(version), ...next, ...remaining };
  if (read.form === 'table') {
    const options = { now: server.clock.now(), include: query.get('includeObject'), listMeta: metadata };
    return respondJson(200, table(type, page, options));
  }
  if (read.form === 'metadata') {
    return respondJson(200, { ...metaType('PartialObjectMetadataList'), metadata, items: page.map(metadataOf) });
  }
  // Items of built-in kinds come without their type, as the real ones do.
  const items = type.custom ? page : page.map((object) => omit(object, 'apiVersion', 'kind'));
  return respondJson(200, { kind: `${type.kind}List`, apiVersion: apiVersionOf(type), metadata, items });

  function keyOf({ metadata: { namespace: where, name } }: KubeObject): string {
    return objectKey(namespace ?? where, name);
  }
}

function snapshot(server: Server, { type, namespace }: Read, token: Continued | undefined): KubeObject[] {
  if (token === undefined) return server.store.list(type, namespace);
  try {
    return server.store.list(type, namespace, token.version);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.',
    );
  }
}

function refuseFuture(server: Server, asked: string | null): void {
  const version = Number(asked ?? 0);
  if (Number.isNaN(version)) throw badRequest(`invalid resource version: ${asked}`);
  const current = server.store.version();
  if (version <= current) return;
  const message = `Too large resource version: ${version}, current: ${current}`;
  throw new ApiError(504, 'Timeout', message, { causes: [{ reason: 'ResourceVersionTooLarge', message }] }, 1);
}

function encode(token: Continued): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function continued(text: string | null): Continued | undefined {
  if (!text) return undefined;
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (isFields(token) && typeof token.version === 'number' && typeof token.after === 'string') {
      return { version: token.version, after: token.after };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw badRequest('continue key is not valid');
}

/** A watch of a collection, or of one object of it. */
export function readWatch(
  server: Server,
  read: Read,
  name: string | undefined,
  signal: AbortSignal | undefined,
): HttpResponse {
  const { type, namespace, query } = read;
  const selected = matcher(type, query.get('labelSelector'), query.get('fieldSelector'));
  const matches: Matcher = (object) => (name === undefined || object.metadata.name === name) && selected(object);
  const asked = query.get('resourceVersion');
  const since = Number(asked || 0);
  if (Number.isNaN(since)) throw badRequest(`invalid resource version: ${asked}`);
  const timeout = Number(query.get('timeoutSeconds') ?? 0);
  const { store, clock, closed, options } = server;
  const request = {
    type,
    namespace,
    matches,
    since,
    initial: initialOf(type, query, since),
    bookmarks: query.get('allowWatchBookmarks') === 'true',
    timeoutMs: timeout > 0 ? timeout * 1000 : undefined,
    render: (object: KubeObject) => render(server, read, object),
    signal,
  };
  try {
    return respondStream(openWatch({ store, clock, closed, bookmarkMs: options.bookmarkMs ?? bookmarkMs }, request));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return respondStream(once(errorLine(error)));
  }
}

/** What a watch begins with. 422 for what the real one refuses (apimachinery, ListOptions). */
function initialOf(type: ResourceType, query: URLSearchParams, since: number): WatchRequest['initial'] {
  const [wanted, match] = [query.get('sendInitialEvents'), query.get('resourceVersionMatch')];
  if (wanted === null && match === null) return since === 0 ? 'plain' : 'none';
  const because =
    wanted === null
      ? 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'
      : 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
  if (wanted === null || match !== 'NotOlderThan') {
    const cause = { reason: 'FieldValueForbidden', message: `Forbidden: ${because}`, field: 'resourceVersionMatch' };
    throw invalid({ ...type, group: 'meta.k8s.io', kind: 'ListOptions' }, '', [cause]);
  }
  return wanted === 'true' ? 'marked' : 'none';
}

async function* once(line: string): AsyncGenerator<string> {
  yield line;
}
