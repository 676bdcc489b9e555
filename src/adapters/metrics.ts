/**
 * The hub's metrics over the Prometheus HTTP API of Thanos Query: by the API server's service proxy, so that one kubeconfig
 * is enough; where that is not allowed or not there, by the route of the query proxy with a bearer token (acm.md §4.3).
 */
import { Problem } from '../engine/problem.ts';
import { queryService } from '../hub.ts';
import type { Cluster, Metrics, RawAnswer, RequestCounts } from '../ports.ts';
import { interruptible } from './interruptible.ts';
import { excerpt } from './json.ts';
import { networkError } from './kubernetes/network.ts';
import { createTransport } from './kubernetes/transport.ts';
import { dataOf, type Holding, ruleGroupsOf, samplesOf, seriesOf, unreachable } from './metrics-answers.ts';
import type { Environment } from './proxy.ts';

export interface QueryRoute {
  /** Host, and port where it is not 443. */
  readonly host: string;
  /** Absent where the kubeconfig has a client certificate only. */
  readonly token?: string;
  /** PEM of the router's authority; absent: the authorities of the machine. */
  readonly ca?: string;
}

export interface MetricsOptions {
  readonly hub: Pick<Cluster, 'raw'>;
  /** Where observability lives on the hub. */
  readonly namespace: string;
  readonly counts: RequestCounts;
  /** Looked up only when the service proxy does not do; `undefined` when there is no route. */
  readonly route?: () => Promise<QueryRoute | undefined>;
  /** For HTTPS_PROXY and NO_PROXY on the way to the route. */
  readonly env?: Environment;
  /** Ends what is under way when it aborts. */
  readonly signal?: AbortSignal;
}

type Ask = (path: string) => Promise<RawAnswer>;

const proxyWay = 'service proxy';
const routeWay = 'route';
/** Not permitted, no such service, nobody behind it: the route may still lead there. */
const tryElsewhere = new Set([403, 404, 502, 503, 504]);
const routeTimeoutMs = 30_000;

/** @throws (its methods) Problem `metrics-unreachable`, `metrics-denied`, and what the hub's API throws. */
export function createMetrics(options: MetricsOptions): Metrics {
  const { hub, namespace, counts } = options;
  const base = `/api/v1/namespaces/${namespace}/services/${queryService}/proxy`;
  let way = proxyWay;
  let route: Promise<Ask | Problem> | undefined;

  async function ask(path: string, holding: Holding) {
    if (way === routeWay && route) {
      const known = await route;
      if (!(known instanceof Problem)) return dataOf(await askRoute(known, path), routeWay, holding);
    }
    counts.metrics += 1;
    const answer = await hub.raw(base + path);
    // An error of Thanos itself is JSON of its own and has nothing to do with the way.
    if (!tryElsewhere.has(answer.status) || isThanos(answer)) return dataOf(answer, proxyWay, holding);
    route ??= openRoute(options);
    const other = await route;
    if (other instanceof Problem) {
      route = undefined;
      throw refused(answer, other);
    }
    const data = dataOf(await askRoute(other, path), routeWay, holding);
    way = routeWay;
    return data;
  }

  async function askRoute(send: Ask, path: string): Promise<RawAnswer> {
    counts.metrics += 1;
    const answer = await send(path);
    // Without a valid token the login page answers, or a redirect to it.
    if (![301, 302, 401, 403].includes(answer.status)) return answer;
    throw new Problem('metrics-denied', 'The route of the query proxy does not accept the token of the kubeconfig.', {
      proof: `HTTP ${answer.status}: ${excerpt(answer.body)}`,
    });
  }

  return {
    get way() {
      return way;
    },
    async query(expression, { timeSeconds } = {}) {
      const query = new URLSearchParams({ query: expression });
      if (timeSeconds !== undefined) query.set('time', String(timeSeconds));
      return samplesOf(await ask(`/api/v1/query?${query}`, 'result'));
    },
    async range(expression, { start, end, step }) {
      const query = new URLSearchParams({ query: expression, start: `${start}`, end: `${end}`, step: `${step}` });
      return seriesOf(await ask(`/api/v1/query_range?${query}`, 'result'));
    },
    async rules() {
      return ruleGroupsOf(await ask('/api/v1/rules', 'groups'));
    },
  };
}

function isThanos(answer: RawAnswer): boolean {
  return /^\s*\{\s*"status"\s*:\s*"(error|success)"/.test(answer.body);
}

/** A way to ask by the route, or why there is none. */
async function openRoute({ route, env = {}, signal }: MetricsOptions): Promise<Ask | Problem> {
  const found = await route?.();
  if (found === undefined) {
    return new Problem('metrics-denied', 'There is no route of the query proxy to ask instead.', {
      likely: 'The route rbac-query-proxy is missing, or no router has admitted it yet.',
      fix: 'Ask for `get` on services/proxy in open-cluster-management-observability, or look at `oc -n open-cluster-management-observability get route rbac-query-proxy`.',
    });
  }
  if (found.token === undefined) {
    return new Problem('metrics-denied', 'The route of the query proxy wants a token, and the kubeconfig has none.', {
      likely: 'The kubeconfig has a client certificate only.',
      fix: 'Log in with a token (`oc login`), or ask for `get` on services/proxy in open-cluster-management-observability.',
    });
  }
  const { host, token, ca } = found;
  const headers = { authorization: `Bearer ${token}` };
  const transport = createTransport({
    server: `https://${host}`,
    credentials: async () => ({ headers, ...(ca !== undefined && { ca }) }),
    env,
  });
  return async (path) => {
    try {
      const request = { method: 'GET', path, headers: { accept: 'application/json' }, timeoutMs: routeTimeoutMs };
      const answer = await interruptible(transport.send(request), signal);
      const contentType = answer.headers['content-type'] ?? '';
      return { status: answer.status, contentType, body: await answer.text() };
    } catch (error) {
      const network = networkError(error);
      if (network === undefined) throw error;
      throw unreachable(routeWay, `${host} does not answer.`, `${network.code}: ${network.message}`);
    }
  };
}

/** What the service proxy said, and why the route is no way out. */
function refused(answer: RawAnswer, other: Problem): Problem {
  const proof = `HTTP ${answer.status}: ${messageOf(answer)}`;
  if (answer.status !== 403) return unreachable(proxyWay, `Thanos Query does not answer. ${other.message}`, proof);
  const detail = `The API server does not let you ask Thanos Query. ${other.message}`;
  return new Problem('metrics-denied', detail, { proof, likely: other.likely, fix: other.fix });
}

/** The message of the API server's Status, else the beginning of what came. */
function messageOf(answer: RawAnswer): string {
  return /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(answer.body)?.[1] ?? excerpt(answer.body);
}
