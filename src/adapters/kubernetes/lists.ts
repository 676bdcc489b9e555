/** Collections, page by page to their end. */
import type { Kind, KubeObject } from '../../kinds.ts';
import { isApiError, type ListQuery } from '../../ports.ts';
import { isRecord } from '../json.ts';
import { type Asked, notAnApi } from './answers.ts';
import { shaped } from './calls.ts';
import { collectionPath, withQuery } from './paths.ts';

const pageSize = 500;

/** Asks for objects without spec and status: of thousands, and of ManifestWorks, that is a fraction. */
export const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

interface ListPage {
  readonly metadata?: { readonly continue?: string };
  readonly items?: readonly unknown[] | null;
}

/** The whole collection. `ask` gets a page by its path. @throws Problem `unreachable` where it holds anything else. */
export async function listWhole<T extends KubeObject>(
  kind: Kind<T>,
  query: ListQuery,
  ask: (path: string) => Promise<ListPage>,
  asked: Asked,
): Promise<T[]> {
  try {
    return await pages(kind, query, ask, asked);
  } catch (error) {
    // The snapshot a `continue` token points to was compacted away while we read: begin again, once.
    if (isApiError(error, 410)) return await pages(kind, query, ask, asked);
    throw error;
  }
}

async function pages<T extends KubeObject>(
  kind: Kind<T>,
  { namespace, labelSelector, fieldSelector }: ListQuery,
  ask: (path: string) => Promise<ListPage>,
  asked: Asked,
): Promise<T[]> {
  const items: T[] = [];
  const collection = collectionPath(kind, namespace);
  let next: string | undefined;
  do {
    const page = await ask(withQuery(collection, { limit: pageSize, labelSelector, fieldSelector, continue: next }));
    if (!Array.isArray(page.items ?? [])) throw notAnApi(`the list of ${kind.plural} has no items`, asked);
    // Items of a list come without their type.
    const typed = { apiVersion: kind.apiVersion, kind: kind.kind };
    for (const item of page.items ?? []) items.push(shaped(asked, kind, isRecord(item) ? { ...item, ...typed } : item));
    next = page.metadata?.continue || undefined;
  } while (next !== undefined);
  return items;
}
