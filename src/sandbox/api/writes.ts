/** The requests that change something: taken apart, done, answered. */
import type { HttpRequest, HttpResponse } from '../../http.ts';
import type { KubeObject } from '../../kinds.ts';
import type { Strictness } from './conform.ts';
import { deletedStatus, deletionOf, remove, removeAll } from './delete.ts';
import { apiVersionOf, type ResourceType } from './kinds.ts';
import { decodeBody, mediaType, respondJson, unsupported, wantedForm } from './message.ts';
import { isFields, isKubeObject } from './objects.ts';
import { applyJsonPatch, applyMergePatch, applyStrategicPatch } from './patch.ts';
import { allowed, refusedTo } from './rbac.ts';
import { render } from './read.ts';
import type { Target } from './route.ts';
import { schemaOf } from './schemas/table.ts';
import { matcher } from './selectors.ts';
import type { Server, User } from './server.ts';
import { badRequest, invalid, noSuchResource } from './status.ts';
import { apply, create, patch, replace, type Write, type Written } from './write.ts';

/** A request about a resource there is, by somebody who may. */
export interface Demand {
  readonly server: Server;
  readonly request: HttpRequest;
  readonly user: User;
  readonly type: ResourceType;
  readonly target: Target;
  readonly query: URLSearchParams;
}

const applyType = 'application/apply-patch+yaml';

/** POST, PUT and PATCH. */
export async function writeAny(demand: Demand): Promise<HttpResponse> {
  const { server, request, target, type, query } = demand;
  const form = wantedForm(request);
  const write = writeOf(demand);
  const { object, created } = await written(demand, write);
  const warning = write.warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ');
  const body = render(server, { type, namespace: target.namespace, query, form }, object);
  return respondJson(created ? 201 : 200, body, warning === '' ? {} : { warning });
}

function written(demand: Demand, write: Write): Promise<Written> {
  const { server, request, target } = demand;
  const { name } = target;
  if (request.method === 'POST') return create(server, write, sentObject(demand, decodeBody(request)));
  if (name === undefined) throw noSuchResource();
  if (request.method === 'PUT') return replace(server, write, name, sentObject(demand, decodeBody(request)));
  return mediaType(request) === applyType ? applied(demand, write, name) : patched(demand, write, name);
}

function applied(demand: Demand, write: Write, name: string): Promise<Written> {
  const { server, request, query, type, user, target } = demand;
  if (!query.get('fieldManager')) {
    const message = 'Required value: is required for apply patch';
    throw invalid(optionsType, '', [{ reason: 'FieldValueRequired', message, field: 'fieldManager' }]);
  }
  const config = sentObject(demand, decodeBody(request, [applyType]));
  if ((config.metadata.managedFields ?? []).length > 0) throw badRequest('metadata.managedFields must be nil');
  // Whoever applies what is not there yet creates it.
  if (server.store.get(type, write.namespace, name) === undefined) {
    const { group, plural, namespace } = target;
    const attributes = { verb: 'create', group, resource: plural, subresource: undefined, namespace, name };
    if (!allowed(server, user, attributes)) throw refusedTo(user, attributes);
  }
  return apply(server, write, name, config, query.get('force') === 'true');
}

/** `PatchOptions` of the meta group: what a refusal of the query is about. */
const optionsType: ResourceType = {
  group: 'meta.k8s.io',
  version: 'v1',
  kind: 'PatchOptions',
  plural: 'patchoptions',
  singular: 'patchoptions',
  shortNames: [],
  namespaced: false,
  status: false,
  custom: false,
  generation: false,
};

const jsonType = 'application/json-patch+json';
const mergeType = 'application/merge-patch+json';
const strategicType = 'application/strategic-merge-patch+json';

function patched({ server, request, type }: Demand, write: Write, name: string): Promise<Written> {
  const media = mediaType(request);
  const accepted = [jsonType, mergeType, ...(type.custom ? [] : [strategicType]), applyType];
  if (!accepted.includes(media)) throw unsupported(accepted);
  const change = decodeBody(request, accepted);
  if (media === jsonType) return patch(server, write, name, (current) => applyJsonPatch(current, change));
  if (!isFields(change)) throw badRequest('a patch is an object');
  const merge = media === mergeType ? applyMergePatch : applyStrategicPatch.bind(undefined, schemaOf(type));
  return patch(server, write, name, (current) => merge(current, change));
}

/** DELETE of an object, or of all that is selected. */
export async function deleteAny(demand: Demand): Promise<HttpResponse> {
  const { server, request, user, type, target, query } = demand;
  const { namespace, name } = target;
  const deletion = deletionOf(decodeBody(request), query);
  if (name === undefined) {
    const matches = matcher(type, query.get('labelSelector'), query.get('fieldSelector'));
    await removeAll(server, { type, namespace, user }, server.store.list(type, namespace).filter(matches), deletion);
    return respondJson(200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
  }
  const { last, gone } = await remove(server, { type, namespace, user }, name, deletion);
  return respondJson(200, gone ? deletedStatus(type, last) : last);
}

/** As the request asks for it. */
export function writeOf({ request, user, type, target, query }: Demand): Write {
  const agent = (request.headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown';
  return {
    type,
    namespace: target.namespace,
    subresource: target.subresource === undefined ? undefined : 'status',
    manager: query.get('fieldManager') || agent,
    user,
    dryRun: query.getAll('dryRun').includes('All'),
    strictness: strictness(query.get('fieldValidation')),
    how: request.method === 'PATCH' ? 'patch' : 'object',
    warnings: [],
  };
}

function strictness(text: string | null): Strictness {
  if (text === 'Strict' || text === 'Ignore') return text;
  return 'Warn';
}

/** The object of a body, fitting the path it was sent to. 400 where they disagree. */
function sentObject({ type, target, request }: Demand, body: unknown): KubeObject {
  const object = isFields(body) && body.metadata === undefined ? { ...body, metadata: {} } : body;
  if (!isKubeObject(object))
    throw badRequest(
      "the object provided is unrecognized (must be of type and have metadata): Object 'Kind' is missing",
    );
  const expected = apiVersionOf(type);
  if (object.apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${object.apiVersion}) does not match the expected API version (${expected})`,
    );
  }
  if (object.kind !== type.kind) {
    throw badRequest(`the kind in the data (${object.kind}) does not match the expected kind (${type.kind})`);
  }
  const { name, namespace } = object.metadata;
  if (target.name !== undefined && name && name !== target.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${target.name})`);
  }
  if (namespace && namespace !== target.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (request.method === 'PUT' && !name) throw badRequest('name must be provided');
  return object;
}
