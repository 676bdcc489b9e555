/** Collections, page by page to their end. */
import type { Kind, KubeObject } from '../../kinds.ts';
import { isApiError, type ListQuery } from '../../ports.ts';
import { isRecord } from '../json.ts';
import { type Asked, notAnApi } from './answers.ts';
import { type Sized, shaped } from './calls.ts';
import { collectionPath, withQuery } from './paths.ts';

/** Objects of a first page: even ManifestWorks of 40 KB are less than what is taken of one answer then. */
const firstPage = 250;
/** Objects of a page after it. */
const smallestPage = 25;
const largestPage = 2_500;
/** Bytes a page may be expected to have: more, and reading one would keep everything else waiting for a tenth of a second. */
const pageBytes = 3 * 1024 * 1024;

/** Asks for objects without spec and status: of thousands, and of ManifestWorks, that is a fraction. */
export const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

interface ListPage {
  readonly metadata?: { readonly continue?: string };
  readonly items?: readonly unknown[] | null;
}

export interface Listing<T extends KubeObject, U> {
  readonly kind: Kind<T>;
  readonly query: ListQuery;
  /** Gets a page by its path. */
  ask(path: string): Promise<Sized<ListPage>>;
  readonly asked: Asked;
  /** What of an object is held. */
  keep(object: T): U;
}

/** The whole collection. @throws Problem `unreachable` where it holds anything else. */
export async function listWhole<T extends KubeObject, U>(listing: Listing<T, U>): Promise<U[]> {
  try {
    return await pages(listing);
  } catch (error) {
    // The snapshot a `continue` token points to was compacted away while we read: begin again, once.
    if (isApiError(error, 410)) return await pages(listing);
    throw error;
  }
}

/** How many objects the next page may have, going by the size of this one: small ones come by the thousand, large ones by few. */
function limitAfter({ items }: ListPage, length: number): number {
  const mean = Math.max(1, length / Math.max(1, items?.length ?? 0));
  return Math.min(largestPage, Math.max(smallestPage, Math.floor(pageBytes / mean)));
}

/**
 * Items of a list come without their type. Who set which field is left out: it is more than half of an object, there are
 * thousands, and whoever means to change one reads it by its name.
 */
function asListed({ apiVersion, kind }: Kind<KubeObject>, item: Record<string, unknown>): Record<string, unknown> {
  if (!isRecord(item.metadata)) return { ...item, apiVersion, kind };
  const { managedFields: _, ...metadata } = item.metadata;
  return { ...item, apiVersion, kind, metadata };
}

async function pages<T extends KubeObject, U>({ kind, query, ask, asked, keep }: Listing<T, U>): Promise<U[]> {
  const held: U[] = [];
  const { namespace, ...selectors } = query;
  const collection = collectionPath(kind, namespace);
  let next: string | undefined;
  let limit = firstPage;
  do {
    const { found: page, length } = await ask(withQuery(collection, { limit, ...selectors, continue: next }));
    if (!Array.isArray(page.items ?? [])) throw notAnApi(`the list of ${kind.plural} has no items`, asked);
    for (const item of page.items ?? []) {
      held.push(keep(shaped(asked, kind, isRecord(item) ? asListed(kind, item) : item)));
    }
    next = page.metadata?.continue || undefined;
    if (next !== undefined) limit = limitAfter(page, length);
  } while (next !== undefined);
  return held;
}
