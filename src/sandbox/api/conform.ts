/** What the server makes of an object it is sent: unknown fields dropped, defaults filled in, mistakes refused in its own words. */
import type { KubeObject } from '../../kinds.ts';
import { ApiError } from '../../ports.ts';
import type { ResourceType } from './kinds.ts';
import { isFields, omit, toObject, withoutNulls } from './objects.ts';
import { fillDefaults, prune, type Schema, validate } from './schema.ts';
import { schemaOf } from './schemas/table.ts';
import { badRequest, type Cause, invalid } from './status.ts';

/** `fieldValidation` of a request. */
export type Strictness = 'Strict' | 'Warn' | 'Ignore';

export interface Sent {
  readonly strictness: Strictness;
  readonly how: 'object' | 'patch';
  /** Warnings for the answer's header are added here. */
  readonly warnings: string[];
}

/** An object or the result of a patch, decoded: pruned, with defaults. Unknown fields are refused, warned of or ignored. */
export function decode(type: ResourceType, object: KubeObject, sent: Sent): KubeObject {
  const schema = schemaOf(type);
  const unknown: string[] = [];
  const known = prune(schema, withoutNulls(object), unknown);
  if (unknown.length > 0) refuseUnknown(type, unknown, sent);
  if (!type.custom) refuseMistyped(type, schema, known);
  return toObject(fillDefaults(schema, stringData(type, toObject(known))));
}

/** A configuration to apply. Custom kinds swallow unknown fields, even with strict validation (measured.md §1.3); others do not. */
export function decodeApplied(type: ResourceType, config: KubeObject): KubeObject {
  const schema = schemaOf(type);
  const unknown: string[] = [];
  const known = toObject(prune(schema, withoutNulls(config), unknown));
  const [first] = type.custom
    ? []
    : [...unknown.map((path) => `.${path}: field not declared in schema`), ...mistyped(schema, known)];
  if (first === undefined) return known;
  const { name, namespace = '' } = config.metadata;
  const what = `${namespace}/${name}; ${type.group}/${type.version}, Kind=${type.kind}`;
  throw new ApiError(500, 'InternalError', `failed to create typed patch object (${what}): ${first}`);
}

/** After an apply: what it left is completed like any other object. */
export function complete(type: ResourceType, object: KubeObject): KubeObject {
  return toObject(fillDefaults(schemaOf(type), stringData(type, object)));
}

/** 422 for what no schema or rule of the kind allows. */
export function check(type: ResourceType, object: KubeObject): void {
  const causes = [
    ...validate(schemaOf(type), object, ''),
    ...nameCauses(type, object),
    ...labelCauses(object),
    ...dataCauses(type, object),
  ];
  if (causes.length > 0) throw invalid(type, object.metadata.name, causes);
}

/** 422 for a change the kind does not allow. */
export function checkChange(type: ResourceType, before: KubeObject, after: KubeObject): void {
  const causes: Cause[] = [];
  if (type.kind === 'Secret' && before.type !== after.type) {
    const message = `Invalid value: ${JSON.stringify(after.type)}: field is immutable`;
    causes.push({ reason: 'FieldValueInvalid', message, field: 'type' });
  }
  const added = (after.metadata.finalizers ?? []).filter((item) => !before.metadata.finalizers?.includes(item));
  if (before.metadata.deletionTimestamp !== undefined && added.length > 0) {
    const list = added.map((item) => JSON.stringify(item)).join(', ');
    const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
    causes.push({ reason: 'FieldValueForbidden', message, field: 'metadata.finalizers' });
  }
  if (causes.length > 0) throw invalid(type, after.metadata.name, causes);
}

function refuseUnknown(type: ResourceType, unknown: readonly string[], { strictness, how, warnings }: Sent): void {
  const said = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (strictness === 'Warn') warnings.push(...said);
  if (strictness !== 'Strict') return;
  const error = `strict decoding error: ${said.join(', ')}`;
  if (how === 'patch') {
    const cause = { reason: 'FieldValueInvalid', message: `Invalid value: ${error}`, field: 'patch' };
    throw new ApiError(422, 'Invalid', ` "" is invalid: patch: Invalid value: ${error}`, { causes: [cause] });
  }
  const { kind, version } = type;
  throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${error}`);
}

/** Built-in kinds are decoded into types: a value of another type is no object of the kind at all. */
function refuseMistyped(type: ResourceType, schema: Schema, object: unknown): void {
  const [first] = mistyped(schema, object);
  const { kind, version } = type;
  if (first !== undefined)
    throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: json: ${first}`);
  const data = isFields(object) && type.kind === 'Secret' && isFields(object.data) ? object.data : {};
  for (const value of Object.values(data)) {
    if (
      typeof value === 'string' &&
      !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value.replace(/[\r\n]/g, ''))
    ) {
      throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: illegal base64 data`);
    }
  }
}

function mistyped(schema: Schema, object: unknown): string[] {
  const wrong = validate(schema, object, '').filter(({ reason }) => reason === 'FieldValueTypeInvalid');
  return wrong.map(({ field = '', message = '' }) => {
    const [, actual = '', wanted = ''] = /"(.*)": .* must be of type ([\w-]+)/.exec(message) ?? [];
    return `cannot unmarshal ${actual} into ${field} of type ${wanted}`;
  });
}

/** `stringData` is write-only: its values end up in `data`. */
function stringData(type: ResourceType, object: KubeObject): KubeObject {
  if (type.kind !== 'Secret' || type.group !== '' || !isFields(object.stringData)) return object;
  const encoded = Object.entries(object.stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  const data = { ...(isFields(object.data) ? object.data : {}), ...Object.fromEntries(encoded) };
  return toObject({ ...omit(object, 'stringData'), data });
}

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

function nameCauses(type: ResourceType, { metadata: { name } }: KubeObject): Cause[] {
  const field = 'metadata.name';
  if (!name)
    return [{ reason: 'FieldValueRequired', message: 'Required value: name or generateName is required', field }];
  const bad = (message: string): Cause[] => [
    { reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(name)}: ${message}`, field },
  ];
  if (type.group === 'rbac.authorization.k8s.io')
    return /[/%]|^\.\.?$/.test(name) ? bad("may not contain '/' or '%'") : [];
  if (type.kind === 'Namespace' && (!label.test(name) || name.length > 63)) {
    return bad(
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
    );
  }
  if (subdomain.test(name) && name.length <= 253) return [];
  return bad(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  );
}

const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const labelName = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

function labelCauses({ metadata }: KubeObject): Cause[] {
  const field = 'metadata.labels';
  const bad = (what: string, message: string): Cause => ({
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${JSON.stringify(what)}: ${message}`,
    field,
  });
  return Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    const name = key.slice(key.indexOf('/') + 1);
    const fit = labelName.test(name) && name.length <= 63;
    return [
      ...(fit ? [] : [bad(key, "name part must consist of alphanumeric characters, '-', '_' or '.'")]),
      ...(value.length > 63 ? [bad(value, 'must be no more than 63 characters')] : []),
      ...(labelValue.test(value)
        ? []
        : [bad(value, "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.'")]),
    ];
  });
}

/** The keys of ConfigMaps and Secrets, and what a type of Secret must hold. */
function dataCauses(type: ResourceType, object: KubeObject): Cause[] {
  if (type.group !== '' || (type.kind !== 'ConfigMap' && type.kind !== 'Secret')) return [];
  const data = isFields(object.data) ? object.data : {};
  const bad = Object.keys(data).filter((key) => !/^[-._a-zA-Z0-9]+$/.test(key) || key.length > 253);
  const causes: Cause[] = bad.map((key) => ({
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${JSON.stringify(key)}: a valid config key must consist of alphanumeric characters, '-', '_' or '.'`,
    field: `data[${key}]`,
  }));
  if (object.type === 'kubernetes.io/dockerconfigjson' && data['.dockerconfigjson'] === undefined) {
    causes.push({ reason: 'FieldValueRequired', message: 'Required value', field: 'data[.dockerconfigjson]' });
  }
  const size = Object.values(data).reduce<number>((sum, value) => sum + String(value).length, 0);
  if (size > 1_048_576) {
    causes.push({
      reason: 'FieldValueTooLong',
      message: 'Too long: may not be more than 1048576 bytes',
      field: 'data',
    });
  }
  return causes;
}
