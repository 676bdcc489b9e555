/** The body of a watch: one JSON document a line, as they come. */
import type { HttpResponse } from '../../http.ts';
import type { KubeObject } from '../../kinds.ts';
import type { WatchEvent } from '../../ports.ts';
import { isRecord } from '../json.ts';
import { statusError } from './answers.ts';
import { networkError } from './network.ts';

/** The events of an open watch, until it ends or the signal aborts. */
export async function* watchEvents<T extends KubeObject>(
  response: HttpResponse,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>> {
  try {
    for await (const line of lines(response.chunks())) {
      if (signal.aborted) return;
      yield watchEvent<T>(line);
    }
  } catch (error) {
    // A stream that breaks has ended, as one the server closes: the caller reads again, and meets the reason if it stays.
    if (!signal.aborted && !networkError(error)) throw error;
  }
}

/** `undefined` when it failed because the signal aborted. */
export async function unlessAborted<A>(work: Promise<A>, signal: AbortSignal): Promise<A | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** Whole lines of a body that arrives in pieces. A line the server never finished is dropped. */
async function* lines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) if (line.trim() !== '') yield line;
  }
}

/** One event of a watch. An ERROR event throws the `ApiError` it carries (410 when the version is too old). */
function watchEvent<T extends KubeObject>(line: string): WatchEvent<T> {
  const event: unknown = JSON.parse(line);
  if (!isRecord(event) || !isRecord(event.object)) throw new Error(`not a watch event: ${line.slice(0, 200)}`);
  if (event.type === 'ERROR') throw statusError(event.object);
  if (!isWatchEvent<T>(event)) throw new Error(`unknown type of watch event: ${String(event.type)}`);
  return event;
}

function isWatchEvent<T extends KubeObject>(
  event: Record<string, unknown>,
): event is Record<string, unknown> & WatchEvent<T> {
  return ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'].includes(String(event.type));
}
