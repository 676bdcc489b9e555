/** `…/services/NAME:PORT/proxy/…` and `…/pods/NAME:PORT/proxy/…`: through the server to what runs on the cluster. */
import type { HttpRequest, HttpResponse } from '../../http.ts';
import { ApiError } from '../../ports.ts';
import { respond } from './message.ts';
import { splitPath, type Target } from './route.ts';
import type { ProxyRequest, Server } from './server.ts';
import { methodNotAllowed, noSuchResource } from './status.ts';

/** Whether a path goes through a Service or Pod. */
export function isProxied({ group, plural, subresource }: Target): boolean {
  return group === '' && subresource === 'proxy' && (plural === 'services' || plural === 'pods');
}

/** What the API server wants somebody to be allowed for each method, whatever is behind makes of it. */
const verbs: ReadonlyMap<string, string> = new Map([
  ['GET', 'get'],
  ['POST', 'create'],
  ['PUT', 'update'],
  ['PATCH', 'patch'],
  ['DELETE', 'delete'],
]);

export function proxyVerb(method: string): string {
  return verbs.get(method) ?? 'create';
}

/** What is behind answers as it likes; 503 when nobody is there. */
export async function throughProxy(server: Server, target: Target, request: HttpRequest): Promise<HttpResponse> {
  const { plural, namespace, name, rest } = target;
  if (namespace === undefined || name === undefined || (plural !== 'services' && plural !== 'pods'))
    throw noSuchResource();
  if (!verbs.has(request.method)) throw methodNotAllowed();
  const { authorization: _, ...headers } = request.headers;
  const { query } = splitPath(request.path);
  const asked: ProxyRequest = {
    through: plural,
    ...address(name),
    namespace,
    method: request.method,
    path: rest,
    query: query.toString(),
    body: request.body ?? '',
    headers,
  };
  const answer = await server.options.proxies?.(asked);
  if (answer !== undefined) return respond(answer.status, answer.body, { 'content-type': answer.contentType });
  const what = plural === 'services' ? 'no endpoints available for service' : 'no address available for pod';
  throw new ApiError(503, 'ServiceUnavailable', `${what} ${JSON.stringify(asked.name)}`);
}

/** `name`, `name:port` or `scheme:name:port`. */
function address(text: string): Pick<ProxyRequest, 'scheme' | 'name' | 'port'> {
  const parts = text.split(':');
  if (parts.length === 3) {
    const [scheme, name = '', port = ''] = parts;
    return { scheme: scheme === 'https' ? 'https' : 'http', name, port };
  }
  const [name = '', port = ''] = parts;
  return { scheme: 'http', name, port };
}
