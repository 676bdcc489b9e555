/**
 * Sets of fields, as `metadata.managedFields` holds them. A path is its elements (`f:data`, `k:{"name":"x"}`, `v:"x"`)
 * joined by NUL, so that a set of fields is a set of strings.
 */
import { type Fields, isFields } from '../objects.ts';

export type FieldSet = ReadonlySet<string>;

const separator = '\0';

export function join(parent: string, element: string): string {
  return parent === '' ? element : `${parent}${separator}${element}`;
}

export function elements(path: string): string[] {
  return path.split(separator);
}

/** The path of what holds this one; `''` at the top. */
export function parent(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf(separator)));
}

export function union(...sets: readonly FieldSet[]): Set<string> {
  const all = new Set<string>();
  for (const set of sets) for (const path of set) all.add(path);
  return all;
}

export function difference(set: FieldSet, without: FieldSet): Set<string> {
  return new Set([...set].filter((path) => !without.has(path)));
}

export function intersection(a: FieldSet, b: FieldSet): Set<string> {
  return new Set([...a].filter((path) => b.has(path)));
}

export function sameSet(a: FieldSet, b: FieldSet): boolean {
  return a.size === b.size && [...a].every((path) => b.has(path));
}

/** The set, and everything that holds a member of it. */
export function withParents(set: FieldSet): Set<string> {
  const all = new Set<string>();
  for (const path of set) for (let at = path; at !== '' && !all.has(at); at = parent(at)) all.add(at);
  return all;
}

/** Fields no manager owns: identity, and what the server sets itself. */
const unowned = new Set(
  [
    ['f:apiVersion'],
    ['f:kind'],
    ['f:metadata'],
    ...[
      'name',
      'namespace',
      'generateName',
      'creationTimestamp',
      'deletionTimestamp',
      'deletionGracePeriodSeconds',
      'selfLink',
      'uid',
      'generation',
      'managedFields',
      'resourceVersion',
    ].map((name) => ['f:metadata', `f:${name}`]),
  ].map((path) => path.join(separator)),
);

/**
 * What can be owned through a door: the status subresource owns the status only, the object itself everything but
 * (where there is such a subresource).
 */
export function ownable(set: FieldSet, door: 'whole' | 'main' | 'status'): Set<string> {
  const kept = [...set].filter((path) => {
    if (unowned.has(path)) return false;
    const inStatus = path === 'f:status' || path.startsWith(`f:status${separator}`);
    return door === 'whole' || inStatus === (door === 'status');
  });
  return new Set(kept);
}

/** The nested form of the wire; `.` marks a member that holds others. */
export function toFieldsV1(set: FieldSet): Fields {
  const root: Fields = {};
  const holders = withParents(new Set([...set].map(parent)));
  for (const path of [...set].sort()) {
    let node = root;
    for (const element of elements(path)) {
      const inner = node[element];
      const next = isFields(inner) ? inner : {};
      node[element] = next;
      node = next;
    }
    if (holders.has(path)) node['.'] = {};
  }
  return root;
}

export function fromFieldsV1(fields: unknown, at = '', into = new Set<string>()): Set<string> {
  if (!isFields(fields)) return into;
  const names = Object.keys(fields);
  if (at !== '' && (names.length === 0 || names.includes('.'))) into.add(at);
  for (const name of names) if (name !== '.') fromFieldsV1(fields[name], join(at, name), into);
  return into;
}

/** `.spec.containers[name="x"].image`: as conflicts name it. */
export function display(path: string): string {
  return elements(path).map(displayElement).join('');
}

function displayElement(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  const keys: unknown = JSON.parse(rest);
  const pairs = isFields(keys) ? Object.entries(keys) : [];
  return `[${pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
}
