/** Where kinds, objects and queries live below an API server's URL. */
import { describe, type Key, type Kind } from '../../kinds.ts';

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** `/api/v1/namespaces/N/configmaps`; without a namespace the collection over all of them. */
export function collectionPath(kind: Kind, namespace?: string): string {
  const root = kind.apiVersion.includes('/') ? '/apis' : '/api';
  const scope = kind.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}/${kind.apiVersion}${scope}/${kind.plural}`;
}

/** The path of one object. A namespaced kind without a namespace is a mistake in this program: plain `Error`. */
export function objectPath(kind: Kind, key: Key): string {
  if (key.name === '') throw new Error(`${kind.kind}: no name`);
  return `${creationPath(kind, key)}/${encodeURIComponent(key.name)}`;
}

/** The collection an object is created in: never the one over all namespaces. */
export function creationPath(kind: Kind, key: Key): string {
  if (kind.namespaced && !key.namespace) throw new Error(`${describe(kind, key)}: no namespace`);
  return collectionPath(kind, key.namespace);
}

/** Appends what is set; keeps the order given. */
export function withQuery(path: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.append(name, String(value));
  return parameters.size === 0 ? path : `${path}?${parameters}`;
}
