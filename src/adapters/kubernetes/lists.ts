/** Collections, page by page to their end. */
import type { Kind, KubeObject } from '../../kinds.ts';
import { isApiError, type ListQuery } from '../../ports.ts';
import { collectionPath, withQuery } from './paths.ts';

const pageSize = 500;

/** Asks for objects without spec and status: of thousands, and of ManifestWorks, that is a fraction. */
export const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

interface ListPage<T> {
  readonly metadata?: { readonly continue?: string };
  readonly items?: readonly T[] | null;
}

/** The whole collection. `ask` gets a page by its path. */
export async function listWhole<T extends KubeObject>(
  kind: Kind,
  query: ListQuery,
  ask: (path: string) => Promise<ListPage<T>>,
): Promise<T[]> {
  try {
    return await pages(kind, query, ask);
  } catch (error) {
    // The snapshot a `continue` token points to was compacted away while we read: begin again, once.
    if (isApiError(error, 410)) return await pages(kind, query, ask);
    throw error;
  }
}

async function pages<T extends KubeObject>(
  kind: Kind,
  { namespace, labelSelector, fieldSelector }: ListQuery,
  ask: (path: string) => Promise<ListPage<T>>,
): Promise<T[]> {
  const items: T[] = [];
  const collection = collectionPath(kind, namespace);
  let next: string | undefined;
  do {
    const page = await ask(withQuery(collection, { limit: pageSize, labelSelector, fieldSelector, continue: next }));
    // Items of a list come without their type.
    for (const item of page.items ?? []) items.push({ ...item, apiVersion: kind.apiVersion, kind: kind.kind });
    next = page.metadata?.continue || undefined;
  } while (next !== undefined);
  return items;
}
