/**
 * A front for a real API server: answers the proxy paths of the hub's metrics Services from a metrics server, and hands
 * everything else on. A real API server refuses to proxy to loopback addresses, where all of this runs.
 */
import type { HttpRequest, HttpResponse, Transport } from '../../../src/http.ts';
import type { Certificates } from '../../../src/sandbox/serve/certificate.ts';
import { type SocketServer, startSocketServer } from '../../../src/sandbox/serve/server.ts';

export interface FrontOptions {
  readonly certificates: Certificates;
  /** Without credentials: those of the caller are handed on. */
  readonly api: Transport;
  /** `http://127.0.0.1:PORT` of Prometheus or Thanos Query. */
  readonly metrics: string;
  /** Told of every request and the status it got. */
  readonly onRequest?: (request: HttpRequest, status: number) => void;
}

const metricsPath =
  /^\/api\/v1\/namespaces\/[^/]+\/services\/(?:https?:)?observability-thanos-query[^/]*\/proxy(\/.*)$/;

export function startFront(options: FrontOptions): Promise<SocketServer> {
  const { api, metrics, certificates, onRequest } = options;
  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    const [, path] = metricsPath.exec(request.path) ?? [];
    const own = await handOn(api, request);
    // Whether the caller may use the proxy is the API server's to say; what it cannot reach is asked here.
    const refused = own.status === 401 || own.status === 403;
    const answer = path === undefined || refused ? own : await ask(metrics + path);
    onRequest?.(request, answer.status);
    return answer;
  };
  const hub = { server: api.server, send, close: () => api.close() };
  return startSocketServer({ certificates, hub, managed: () => undefined });
}

/** What belongs to one connection stays with it. */
const ofTheConnection = ['host', 'connection', 'content-length', 'accept-encoding', 'transfer-encoding'];

async function handOn(api: Transport, request: HttpRequest): Promise<HttpResponse> {
  const kept = Object.entries(request.headers).filter(([name]) => !ofTheConnection.includes(name));
  const answer = await api.send({ ...request, headers: Object.fromEntries(kept) });
  const headers = Object.entries(answer.headers).filter(([name]) => !ofTheConnection.includes(name));
  return { ...answer, headers: Object.fromEntries(headers) };
}

async function ask(url: string): Promise<HttpResponse> {
  const response = await fetch(url);
  const body = await response.text();
  return {
    status: response.status,
    headers: { 'content-type': response.headers.get('content-type') ?? '' },
    text: async () => body,
    chunks: async function* () {
      yield body;
    },
  };
}
