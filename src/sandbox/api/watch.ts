/** Watches: changes after a version as a stream of events, cut to a selection. */
import type { KubeObject } from '../../kinds.ts';
import type { ApiError, Clock } from '../../ports.ts';
import { apiVersionOf, type ResourceType } from './kinds.ts';
import { jsonOf } from './message.ts';
import type { Matcher } from './selectors.ts';
import { statusBody } from './status.ts';
import type { Change, Store } from './storage.ts';

export interface WatchRequest {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly matches: Matcher;
  /** 0: from now on. */
  readonly since: number;
  /** What is there comes first, as ADDED; `marked`: and where that ends is told by a bookmark, as to informers since 1.35. */
  readonly initial: 'none' | 'plain' | 'marked';
  readonly bookmarks: boolean;
  readonly timeoutMs: number | undefined;
  /** The shape events carry: the object, or a table of one row. */
  readonly render: (object: KubeObject) => object;
  readonly signal: AbortSignal | undefined;
}

export interface WatchOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Milliseconds between bookmarks; 0: none but the last. */
  readonly bookmarkMs: number;
  /** Ends every watch. */
  readonly closed: AbortSignal;
}

interface Event {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

/** Lines of JSON, one an event. Throws 410 before the first when the version is too old. */
export function openWatch(options: WatchOptions, request: WatchRequest): AsyncIterable<string> {
  const { store } = options;
  const { type, namespace, matches, since, initial } = request;
  const queue: string[] = [];
  let wake = (): void => undefined;
  const push = (eventType: string, object: object): void => {
    queue.push(`{"type":${JSON.stringify(eventType)},"object":${jsonOf(object)}}\n`);
    wake();
  };
  const hear = (change: Change): void => {
    // Of every change every watch is told.
    if (change.resource.plural !== type.plural || change.resource.group !== type.group) return;
    if (namespace !== undefined && change.object.metadata.namespace !== namespace) return;
    const event = inSelection(change, matches);
    if (event) push(event.type, request.render(event.object));
  };
  const bookmark = (annotations?: Readonly<Record<string, string>>): void =>
    push('BOOKMARK', {
      kind: type.kind,
      apiVersion: apiVersionOf(type),
      metadata: { resourceVersion: String(store.version()), ...(annotations && { annotations }) },
    });
  if (initial !== 'none') {
    for (const object of store.list(type, namespace).filter(matches)) push('ADDED', request.render(object));
    if (initial === 'marked' && request.bookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' });
  } else if (since !== 0) for (const change of store.since(since)) hear(change);
  return stream(options, request, { queue, hear, bookmark, onPush: (notify) => (wake = notify) });
}

interface Source {
  readonly queue: string[];
  readonly hear: (change: Change) => void;
  readonly bookmark: (annotations?: Readonly<Record<string, string>>) => void;
  readonly onPush: (notify: () => void) => void;
}

/** Subscribed from the moment it is made, so that no change falls between the answer's head and its first line. */
function stream(options: WatchOptions, request: WatchRequest, source: Source): AsyncIterable<string> {
  const { store, clock, bookmarkMs, closed } = options;
  const unsubscribe = store.subscribe(source.hear);
  const ended = new AbortController();
  let open = true;
  let notify = (): void => undefined;
  source.onPush(() => notify());
  const end = (): void => {
    open = false;
    unsubscribe();
    ended.abort();
    closed.removeEventListener('abort', end);
    request.signal?.removeEventListener('abort', end);
    notify();
  };
  closed.addEventListener('abort', end);
  request.signal?.addEventListener('abort', end);
  if (closed.aborted || request.signal?.aborted) end();
  const after = (milliseconds: number, act: () => void): void => {
    // Rejects only when the watch has ended, and then there is nothing left to do.
    if (open) clock.sleep(milliseconds, ended.signal).then(act, () => undefined);
  };
  const mark = (): void => {
    source.bookmark();
    after(bookmarkMs, mark);
  };
  if (request.bookmarks && bookmarkMs > 0) after(bookmarkMs, mark);
  if (request.timeoutMs !== undefined) {
    after(request.timeoutMs, () => {
      if (request.bookmarks) source.bookmark();
      end();
    });
  }
  return {
    async *[Symbol.asyncIterator]() {
      try {
        while (true) {
          const line = source.queue.shift();
          if (line !== undefined) yield line;
          else if (!open) return;
          else await new Promise<void>((resolve) => (notify = resolve));
        }
      } finally {
        end();
      }
    },
  };
}

/** What a change is to someone who sees only the objects of a selection. */
function inSelection(change: Change, matches: Matcher): Event | undefined {
  const { object, before, type } = change;
  const was = before !== undefined && matches(before);
  const is = type !== 'DELETED' && matches(object);
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object };
  if (!was) return undefined;
  // It left the selection: the last state that was in it, under the version at which it left.
  const { resourceVersion = '' } = object.metadata;
  return { type: 'DELETED', object: { ...before, metadata: { ...before.metadata, resourceVersion } } };
}

/** An error as the one event of a watch that cannot begin: how the server tells 410 to a watcher. */
export function errorLine(error: ApiError): string {
  return `${JSON.stringify({ type: 'ERROR', object: statusBody(error) })}\n`;
}
