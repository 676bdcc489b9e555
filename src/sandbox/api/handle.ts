/** One request, from who asks to what is answered. */
import type { HttpRequest, HttpResponse } from '../../http.ts';
import { ApiError } from '../../ports.ts';
import { authenticate } from './authenticate.ts';
import { ensureDefinitions, isDefinitions } from './definitions.ts';
import {
  aggregated,
  coreVersions,
  groupList,
  groupOf,
  openApiDocument,
  openApiIndex,
  openApiV2,
  resourceList,
  versionInfo,
} from './discovery.ts';
import { doorsOf, type ResourceType } from './kinds.ts';
import { decodeBody, respond, respondError, respondJson, wantedForm } from './message.ts';
import { isKubeObject } from './objects.ts';
import { isProxied, proxyVerb, throughProxy } from './proxy.ts';
import { allowed, refusedTo } from './rbac.ts';
import { readList, readOne, readWatch } from './read.ts';
import { review, reviews } from './reviews.ts';
import { parseTarget, splitPath, type Target } from './route.ts';
import { answerScale, hasScale } from './scale.ts';
import type { Server, User } from './server.ts';
import { badRequest, methodNotAllowed, noSuchResource } from './status.ts';
import { deleteAny, writeAny } from './writes.ts';

/** Answers; rejects only for a broken connection (a fault) and for mistakes in this program. */
export async function handle(server: Server, request: HttpRequest, as?: User): Promise<HttpResponse> {
  const next = async (): Promise<HttpResponse> => {
    try {
      return await answer(server, request, as ?? authenticate(server, request));
    } catch (error) {
      if (error instanceof ApiError) return respondError(error);
      throw error;
    }
  };
  return server.options.faults === undefined ? next() : server.options.faults(request, next);
}

async function answer(server: Server, request: HttpRequest, user: User): Promise<HttpResponse> {
  const { pathname, query } = splitPath(request.path);
  const target = parseTarget(pathname);
  if (target === undefined) return selfDescription(server, request, pathname);
  if (isProxied(target)) {
    authorize(server, user, target, proxyVerb(request.method));
    return throughProxy(server, target, request);
  }
  if (reviews[target.plural]?.group === target.group) return answerReview(server, request, user, target);
  const type = server.kinds.find(target.group, target.plural);
  if (type === undefined || type.version !== target.version) throw noSuchResource();
  refuseMisplaced(type, target, request.method);
  if (isDefinitions(type)) ensureDefinitions(server);
  const verb = verbOf(request.method, target.name, query);
  authorize(server, user, target, verb);
  if (target.subresource === 'scale') return answerScale({ server, request, user, type, target, query });
  if (verb === 'get' || verb === 'list' || verb === 'watch') return answerRead(server, request, type, target, query);
  if (verb === 'delete' || verb === 'deletecollection')
    return deleteAny({ server, request, user, type, target, query });
  return writeAny({ server, request, user, type, target, query });
}

function answerRead(
  server: Server,
  request: HttpRequest,
  type: ResourceType,
  { namespace, name }: Target,
  query: URLSearchParams,
): HttpResponse {
  const read = { type, namespace, query, form: wantedForm(request) };
  if (isTrue(query.get('watch'))) return readWatch(server, read, name, request.signal);
  return name === undefined ? readList(server, read) : readOne(server, read, name);
}

/** The path must fit the kind's scope, and a subresource must be one it has. */
function refuseMisplaced(type: ResourceType, { namespace, name, subresource }: Target, method: string): void {
  if (!type.namespaced && namespace !== undefined) throw noSuchResource();
  const scaled = subresource === 'scale' && hasScale(type) && name !== undefined;
  if (subresource !== undefined && !scaled && !doorsOf(type).includes(subresource)) throw noSuchResource();
  const needsNamespace = type.namespaced && namespace === undefined;
  if (needsNamespace && name !== undefined) throw noSuchResource();
  if (needsNamespace && method !== 'GET') throw methodNotAllowed();
}

function verbOf(method: string, name: string | undefined, query: URLSearchParams): string {
  if (method === 'GET' && isTrue(query.get('watch'))) return 'watch';
  if (method === 'GET') return name === undefined ? 'list' : 'get';
  if (method === 'POST' && name === undefined) return 'create';
  if (method === 'PUT' && name !== undefined) return 'update';
  if (method === 'PATCH' && name !== undefined) return 'patch';
  if (method === 'DELETE') return name === undefined ? 'deletecollection' : 'delete';
  throw methodNotAllowed();
}

function authorize(server: Server, user: User, target: Target, verb: string): void {
  const { group, plural, subresource, namespace, name } = target;
  // A namespace is asked for in itself.
  const where = group === '' && plural === 'namespaces' ? name : namespace;
  const attributes = { verb, group, resource: plural, subresource, namespace: where, name };
  if (!allowed(server, user, attributes)) throw refusedTo(user, attributes);
}

function answerReview(server: Server, request: HttpRequest, user: User, target: Target): HttpResponse {
  if (request.method !== 'POST') throw methodNotAllowed();
  authorize(server, user, target, 'create');
  const question = decodeBody(request);
  const asked = typeof question === 'object' && question !== null ? { metadata: {}, ...question } : question;
  if (!isKubeObject(asked)) throw badRequest('the body is no review');
  return respondJson(201, review(server, user, target.plural, asked));
}

/** Discovery, OpenAPI, version and health. */
function selfDescription(server: Server, request: HttpRequest, pathname: string): HttpResponse {
  if (request.method !== 'GET') throw methodNotAllowed();
  if (/^\/(healthz|livez|readyz)$/.test(pathname)) return respond(200, 'ok', { 'content-type': 'text/plain' });
  const found = described(server, request, pathname);
  if (found === undefined) throw noSuchResource();
  return respondJson(200, found.body, found.headers);
}

interface Described {
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const aggregatedType = { 'content-type': 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };

function described(server: Server, request: HttpRequest, pathname: string): Described | undefined {
  const { kinds, options } = server;
  const [, root = '', first, second, ...more] = pathname.replace(/\/$/, '').split('/');
  if (more.length > 0 && root !== 'openapi') return undefined;
  const version = options.version ?? 'v1.34.4';
  if (root === 'version') return { body: versionInfo(version) };
  const form = wantedForm(request);
  if (form === 'aggregated' && first === undefined && (root === 'api' || root === 'apis')) {
    return { body: aggregated(kinds, root === 'api'), headers: aggregatedType };
  }
  if (root === 'api') return wrap(first === undefined ? coreVersions() : resourceList(kinds, '', first));
  if (root === 'apis') {
    if (first === undefined) return { body: groupList(kinds) };
    return wrap(second === undefined ? groupOf(kinds, first) : resourceList(kinds, first, second));
  }
  if (root !== 'openapi') return undefined;
  if (first === 'v2') return { body: openApiV2(kinds, version) };
  if (first !== 'v3') return undefined;
  if (second === undefined) return { body: openApiIndex(kinds) };
  const [group = '', api = ''] = second === 'api' ? ['', more[0]] : more;
  return wrap(openApiDocument(kinds, group, api));
}

function wrap(body: object | undefined): Described | undefined {
  return body && { body };
}

function isTrue(value: string | null): boolean {
  return value === 'true' || value === '1';
}
