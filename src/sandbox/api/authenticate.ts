/** Who asks: a bearer token of the server's table, and whom that one may speak for. */
import type { HttpRequest } from '../../http.ts';
import { ApiError } from '../../ports.ts';
import { allowed, refusedTo } from './rbac.ts';
import { clusterAdmin, type Server, type User } from './server.ts';

/** The user of a request. 401 for a token nobody knows, 403 for speaking for somebody without the right to. */
export function authenticate(server: Server, request: HttpRequest): User {
  const user = known(server, request);
  if (user === undefined) throw new ApiError(401, 'Unauthorized', 'Unauthorized');
  const name = request.headers['impersonate-user'];
  if (name === undefined) return user;
  const groups = (request.headers['impersonate-group'] ?? '').split(',').map((group) => group.trim());
  refuse(server, user, 'users', name);
  const asked = groups.filter((group) => group !== '');
  for (const group of asked) refuse(server, user, 'groups', group);
  return { name, groups: [...asked, 'system:authenticated'] };
}

function known({ options }: Server, request: HttpRequest): User | undefined {
  if (options.authenticate !== undefined) return options.authenticate(request);
  if (options.tokens === undefined) return clusterAdmin;
  const [, token] = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  return token === undefined ? undefined : options.tokens.get(token);
}

function refuse(server: Server, user: User, resource: string, name: string): void {
  const attributes = { verb: 'impersonate', group: '', resource, subresource: undefined, namespace: undefined, name };
  if (!allowed(server, user, attributes)) throw refusedTo(user, attributes);
}
