/** The API server's refusals, in its own words. Thrown as `ApiError`; a `Status` object on the wire. */
import { ApiError, type StatusDetails } from '../../ports.ts';
import { qualified, type ResourceType } from './kinds.ts';

export type Cause = NonNullable<StatusDetails['causes']>[number];

/** The body of an answer that is not a success. */
export function statusBody(error: ApiError): object {
  const { status, reason, message, details, retryAfterSeconds } = error;
  const all = { ...details, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(Object.keys(all).length > 0 && { details: all }),
    code: status,
  };
}

function detailsOf(type: ResourceType, name: string, causes?: readonly Cause[]): StatusDetails {
  const { group, plural } = type;
  return { ...(name && { name }), ...(group && { group }), kind: plural, ...(causes && { causes }) };
}

export function notFound(type: ResourceType, name: string): ApiError {
  return new ApiError(404, 'NotFound', `${qualified(type)} "${name}" not found`, detailsOf(type, name));
}

/** No such path: an unknown kind, or a kind whose CRD is missing. */
export function noSuchResource(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource');
}

export function methodNotAllowed(): ApiError {
  return new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
}

export function alreadyExists(type: ResourceType, name: string): ApiError {
  return new ApiError(409, 'AlreadyExists', `${qualified(type)} "${name}" already exists`, detailsOf(type, name));
}

export function conflict(type: ResourceType, name: string, because: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualified(type)} "${name}": ${because}`;
  return new ApiError(409, 'Conflict', message, detailsOf(type, name));
}

export function staleVersion(type: ResourceType, name: string): ApiError {
  const because = 'the object has been modified; please apply your changes to the latest version and try again';
  return conflict(type, name, because);
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message);
}

export function forbidden(type: ResourceType, name: string, because: string, causes?: readonly Cause[]): ApiError {
  const what = name === '' ? qualified(type) : `${qualified(type)} "${name}"`;
  return new ApiError(403, 'Forbidden', `${what} is forbidden: ${because}`, detailsOf(type, name, causes));
}

/** 422 with one cause a field, joined as `field.ErrorList` does. */
export function invalid(type: ResourceType, name: string, causes: readonly Cause[]): ApiError {
  const said = causes.map(({ field, message }) => `${field}: ${message}`);
  const all = said.length === 1 ? said[0] : `[${said.join(', ')}]`;
  const named = type.group === '' ? type.kind : `${type.kind}.${type.group}`;
  const details = { ...detailsOf(type, name, causes), kind: type.kind };
  return new ApiError(422, 'Invalid', `${named} "${name}" is invalid: ${all}`, details);
}

export function expired(message: string): ApiError {
  return new ApiError(410, 'Expired', message);
}
