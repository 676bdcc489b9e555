/**
 * One HTTP exchange with an API server, as a value: the seam between the `Cluster` adapter and what carries it (sockets, or
 * the sandbox in the same process).
 */

export interface HttpRequest {
  readonly method: string;
  /** Path and query, below the server's URL. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** Milliseconds for this try, from sending to the last byte; absent for streams. */
  readonly timeoutMs?: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body. */
  text(): Promise<string>;
  /** The body as it arrives; for watches. Ends or throws; returning early closes the stream. */
  chunks(): AsyncIterable<string>;
}

/** Carries requests to one server. Rejects with the network's error; never retries. */
export interface Transport {
  /** Base URL, fit to be shown. */
  readonly server: string;
  send(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}
