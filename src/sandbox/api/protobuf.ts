/**
 * Kubernetes' protobuf, read only: kubectl sends it for the few commands that make typed objects (`create configmap`, `create
 * secret`, `create role`, `auth can-i`, `certificate approve`). The messages are tables of field numbers; answers are always
 * JSON.
 */
import { type Fields, isFields, setField } from './objects.ts';
import { badRequest } from './status.ts';

/** What a field holds. A message is a table of fields by number. */
type Holds = 'text' | 'bytes' | 'flag' | 'time' | Message;
interface FieldOf {
  readonly name: string;
  readonly holds: Holds;
  readonly many?: 'list' | 'map';
}
interface Message {
  readonly [number: number]: FieldOf;
}

export const protobufType = 'application/vnd.kubernetes.protobuf';

const text = (name: string): FieldOf => ({ name, holds: 'text' });
const texts = (name: string): FieldOf => ({ name, holds: 'text', many: 'list' });
const flag = (name: string): FieldOf => ({ name, holds: 'flag' });
const mapped = (name: string, holds: Holds = 'text'): FieldOf => ({ name, holds, many: 'map' });
const one = (name: string, holds: Message): FieldOf => ({ name, holds });
const list = (name: string, holds: Message): FieldOf => ({ name, holds, many: 'list' });

const metadata = one('metadata', {
  1: text('name'),
  2: text('generateName'),
  3: text('namespace'),
  5: text('uid'),
  6: text('resourceVersion'),
  11: mapped('labels'),
  12: mapped('annotations'),
  14: texts('finalizers'),
});
const rules = list('rules', {
  1: texts('verbs'),
  2: texts('apiGroups'),
  3: texts('resources'),
  4: texts('resourceNames'),
  5: texts('nonResourceURLs'),
});
const role: Message = { 1: metadata, 2: rules };
const binding: Message = {
  1: metadata,
  2: list('subjects', { 1: text('kind'), 2: text('apiGroup'), 3: text('name'), 4: text('namespace') }),
  3: one('roleRef', { 1: text('apiGroup'), 2: text('kind'), 3: text('name') }),
};
const decision = list('conditions', {
  1: text('type'),
  2: text('reason'),
  3: text('message'),
  4: { name: 'lastUpdateTime', holds: 'time' },
  6: text('status'),
});
const resourceAttributes = ['namespace', 'verb', 'group', 'version', 'resource', 'subresource', 'name'];

const messages: Readonly<Record<string, Message>> = {
  ConfigMap: { 1: metadata, 2: mapped('data'), 3: mapped('binaryData', 'bytes'), 4: flag('immutable') },
  Secret: { 1: metadata, 2: mapped('data', 'bytes'), 3: text('type'), 4: mapped('stringData'), 5: flag('immutable') },
  Namespace: { 1: metadata },
  ServiceAccount: { 1: metadata },
  ClusterRole: role,
  Role: role,
  ClusterRoleBinding: binding,
  RoleBinding: binding,
  CertificateSigningRequest: {
    1: metadata,
    2: one('spec', { 1: { name: 'request', holds: 'bytes' }, 5: texts('usages'), 7: text('signerName') }),
    3: one('status', { 1: decision, 2: { name: 'certificate', holds: 'bytes' } }),
  },
  SelfSubjectReview: { 1: metadata },
  SelfSubjectRulesReview: { 1: metadata, 2: one('spec', { 1: text('namespace') }) },
  SelfSubjectAccessReview: {
    1: metadata,
    2: one('spec', {
      1: one('resourceAttributes', Object.fromEntries(resourceAttributes.map((name, at) => [at + 1, text(name)]))),
      2: one('nonResourceAttributes', { 1: text('path'), 2: text('verb') }),
    }),
  },
};

const envelope: Message = {
  1: one('type', { 1: text('apiVersion'), 2: text('kind') }),
  2: { name: 'raw', holds: 'bytes' },
};

/** The body of an HTTP request as a string: protobuf with one character a byte, all else as UTF-8. */
export function bodyText(contentType: string | undefined, body: Buffer): string {
  return body.toString(contentType?.startsWith(protobufType) ? 'latin1' : 'utf8');
}

/** An object from its envelope. `undefined` for a kind not in the table: 415. 400 for what is no such message. */
export function decodeProtobuf(body: string): Fields | undefined {
  const bytes = Buffer.from(body, 'latin1');
  if (bytes.subarray(0, 4).toString('latin1') !== 'k8s\0') throw badRequest('the body is not of the type it says');
  const { type, raw } = decodeMessage(bytes.subarray(4), envelope);
  const { apiVersion, kind } = isFields(type) ? type : {};
  const message = typeof kind === 'string' ? messages[kind] : undefined;
  if (message === undefined) return undefined;
  const content = Buffer.from(typeof raw === 'string' ? raw : '', 'base64');
  return { apiVersion, kind, metadata: {}, ...decodeMessage(content, message) };
}

function decodeMessage(bytes: Buffer, message: Message): Fields {
  const result: Fields = {};
  const reader = { bytes, at: 0 };
  while (reader.at < bytes.length) {
    const tag = varint(reader);
    const field = message[tag >>> 3];
    const value = readValue(reader, tag & 7);
    if (field === undefined) continue;
    const { name, holds, many } = field;
    if (many === 'map' && Buffer.isBuffer(value)) addEntry(result, name, value, holds);
    else if (many === 'list') addItem(result, name, convert(value, holds));
    else setField(result, name, convert(value, holds));
  }
  // What is empty is left out in JSON.
  return Object.fromEntries(Object.entries(result).filter(([, value]) => value !== ''));
}

function addItem(target: Fields, name: string, item: unknown): void {
  const items = target[name];
  setField(target, name, Array.isArray(items) ? [...items, item] : [item]);
}

function addEntry(target: Fields, name: string, bytes: Buffer, holds: Holds): void {
  const { key, value } = decodeEntry(bytes, holds);
  const before = target[name];
  const entries: Fields = isFields(before) ? { ...before } : {};
  setField(entries, key, value);
  setField(target, name, entries);
}

function decodeEntry(bytes: Buffer, holds: Holds): { readonly key: string; readonly value: unknown } {
  const reader = { bytes, at: 0 };
  let key = '';
  let value: unknown = '';
  while (reader.at < bytes.length) {
    const tag = varint(reader);
    const read = readValue(reader, tag & 7);
    if (tag >>> 3 === 1) key = String(convert(read, 'text'));
    else value = convert(read, holds);
  }
  return { key, value };
}

function convert(value: Buffer | number, holds: Holds): unknown {
  if (typeof value === 'number') return holds === 'flag' ? value === 1 : value;
  if (holds === 'text') return value.toString('utf8');
  if (holds === 'time') return timeOf(value);
  return typeof holds === 'object' ? decodeMessage(value, holds) : value.toString('base64');
}

/** Seconds since the epoch, in the first field. */
function timeOf(bytes: Buffer): string {
  const reader = { bytes, at: 0 };
  const [tag, seconds] = bytes.length === 0 ? [0, 0] : [varint(reader), varint(reader)];
  return tag === 8 ? `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z` : '';
}

interface Reader {
  readonly bytes: Buffer;
  at: number;
}

function readValue(reader: Reader, wireType: number): Buffer | number {
  if (wireType === 0) return varint(reader);
  const length = wireType === 2 ? varint(reader) : wireType === 1 ? 8 : 4;
  const value = reader.bytes.subarray(reader.at, reader.at + length);
  if (wireType === 3 || wireType === 4 || value.length < length)
    throw badRequest('the body ends in the middle of a field');
  reader.at += length;
  return value;
}

function varint(reader: Reader): number {
  let value = 0;
  for (let shift = 0; shift < 64; shift += 7) {
    const byte = reader.bytes[reader.at];
    if (byte === undefined) throw badRequest('the body ends in the middle of a field');
    reader.at += 1;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  throw badRequest('a number in the body has no end');
}
