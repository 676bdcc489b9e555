/** One request brought to an answer: counted, tried again where that is safe, and silence turned into a Problem. */
import type { HttpRequest, HttpResponse, Transport } from '../../http.ts';
import type { Clock, RequestCounts } from '../../ports.ts';
import { type Answer, type Asked, retryAfter } from './answers.ts';
import { networkError, silence, silenceProblem } from './network.ts';

export interface ExchangeOptions {
  readonly transport: Transport;
  readonly asked: Asked;
  readonly clock: Clock;
  readonly counts: RequestCounts | undefined;
  readonly tryTimeoutMs: number;
  readonly maxRetries: number;
  /** Ends what is under way when it aborts. What is asked afterwards is the tidying up, and may go on. */
  readonly signal: AbortSignal | undefined;
}

export interface Sending extends HttpRequest {
  /** Doing it twice has the same effect as doing it once, so a lost answer may be asked for again. */
  readonly repeatable: boolean;
  /** A failure may be the answer of what is behind a proxy: only silence is asked again. */
  readonly anyStatus?: boolean;
}

const firstPauseMs = 250;
const longestPauseMs = 8_000;
/** A server that asks for more patience than this has a problem people should hear of. */
const longestRetryAfterMs = 120_000;
/** A black hole costs a whole time-out each time: one more try, not five. */
const mostTimeouts = 2;
/**
 * Where nobody has ever answered, nothing listens: a wrong address, a cluster that is off. One more try, not five. A server
 * that has answered before is being restarted, and worth waiting for.
 */
const mostRefusals = 2;

export type Exchange = ReturnType<typeof createExchange>;

/** Sends and reads to the end (`ask`), or sends and leaves the body to be streamed (`open`). */
export function createExchange(options: ExchangeOptions) {
  const { transport, tryTimeoutMs, counts } = options;
  const server = { hasAnswered: false };
  return {
    ask: (asked: Sending): Promise<Answer> => {
      const request = interruptible(asked, options.signal);
      return persist(options, server, request, async () => {
        if (counts) counts.kubernetes += 1;
        const response = await transport.send({ timeoutMs: tryTimeoutMs, ...request });
        return { status: response.status, headers: response.headers, body: await response.text() };
      });
    },
    open: (asked: Sending): Promise<HttpResponse> => {
      const request = interruptible(asked, options.signal);
      return persist(options, server, request, () => {
        if (counts) counts.kubernetes += 1;
        return transport.send(request);
      });
    },
  };
}

function interruptible(request: Sending, signal: AbortSignal | undefined): Sending {
  if (signal === undefined || signal.aborted) return request;
  return { ...request, signal: request.signal === undefined ? signal : AbortSignal.any([request.signal, signal]) };
}

async function persist<A extends Pick<HttpResponse, 'status' | 'headers'>>(
  options: ExchangeOptions,
  server: { hasAnswered: boolean },
  request: Sending,
  send: () => Promise<A>,
): Promise<A> {
  let timeouts = 0;
  let refusals = 0;
  for (let attempt = 0; ; attempt += 1) {
    const last = attempt >= options.maxRetries;
    let pause = Math.min(firstPauseMs * 2 ** attempt, longestPauseMs);
    try {
      const answer = await send();
      server.hasAnswered = true;
      const asked = waitAsked(answer, request);
      if (last || asked === undefined) return answer;
      pause = Math.max(pause, asked);
    } catch (error) {
      const network = request.signal?.aborted ? undefined : networkError(error);
      if (!network) throw error;
      const kind = silence(network);
      if (kind === 'time-out') timeouts += 1;
      if (kind === 'never-sent') refusals += 1;
      const again =
        (kind === 'never-sent' && (server.hasAnswered || refusals < mostRefusals)) ||
        (request.repeatable && (kind === 'broken' || (kind === 'time-out' && timeouts < mostTimeouts)));
      if (last || !again) throw silenceProblem(network, options.asked, error, options.tryTimeoutMs);
    }
    await options.clock.sleep(pause, request.signal);
  }
}

/**
 * Milliseconds at least to wait before asking again; `undefined`: the answer stands. With 429, and with 503 that names
 * a time, the server says that it did nothing; after any other 5xx it may have.
 */
function waitAsked(answer: Pick<HttpResponse, 'status' | 'headers'>, request: Sending): number | undefined {
  const named = retryAfter(answer.headers);
  const refusedUnread = answer.status === 429 || (answer.status === 503 && named !== undefined);
  const mayRepeat = answer.status >= 500 && request.repeatable && request.anyStatus !== true;
  return refusedUnread || mayRepeat ? Math.min((named ?? 0) * 1000, longestRetryAfterMs) : undefined;
}
