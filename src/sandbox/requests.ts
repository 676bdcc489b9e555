/** What the sandbox has served: one line a request, for tests and for `requests.jsonl` (cli.md "The sandbox"). */
import type { HttpRequest, Transport } from '../http.ts';
import type { Clock } from '../ports.ts';

export interface RequestEntry {
  /** RFC 3339 with milliseconds: when it was answered. */
  readonly time: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** 0: no answer was given. */
  readonly status: number;
  readonly userAgent: string;
  /** The ManagedCluster asked; `s3` for the object store. */
  readonly cluster: string;
}

export interface RequestLog {
  add(entry: Omit<RequestEntry, 'time'>): void;
  /** The newest entries, oldest first. */
  entries(): readonly RequestEntry[];
  subscribe(hear: (entry: RequestEntry) => void): () => void;
  /** Forgets what has been. */
  clear(): void;
}

/** Keeps the newest `kept` to twice as many entries. */
export function createRequestLog(clock: Pick<Clock, 'now'>, kept = 50_000): RequestLog {
  let entries: RequestEntry[] = [];
  const hearers = new Set<(entry: RequestEntry) => void>();
  return {
    add(words) {
      const entry = { time: new Date(clock.now()).toISOString(), ...words };
      entries.push(entry);
      if (entries.length > kept * 2) entries = entries.slice(-kept);
      for (const hear of hearers) hear(entry);
    },
    entries: () => entries,
    subscribe(hear) {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    clear: () => {
      entries = [];
    },
  };
}

/** A transport that notes what it carries, as soon as the answer begins. */
export function logged(transport: Transport, cluster: string, log: RequestLog): Transport {
  const note = ({ method, path, headers }: HttpRequest, status: number): void =>
    log.add({ method, path, status, userAgent: headers['user-agent'] ?? '', cluster });
  return {
    server: transport.server,
    send: async (request) => {
      try {
        const response = await transport.send(request);
        note(request, response.status);
        return response;
      } catch (error) {
        note(request, 0);
        throw error;
      }
    },
    close: () => transport.close(),
  };
}
