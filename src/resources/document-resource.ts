/**
 * A part of a shared ConfigMap as a resource: read, merged, and written with the resourceVersion that was read, in one write
 * (the operator on a cluster counts writes: measured.md §9). It needs `get`, `create`, `replace` and `delete` only, so it
 * works through a ManagedClusterView and Action too. What is ours is noted on the ConfigMap in annotations, which ACM keeps.
 */
import { isDeepStrictEqual } from 'node:util';
import { Problem } from '../engine/problem.ts';
import type { Right, RightsMode } from '../engine/rights.ts';
import type { Change, Readiness, Resource } from '../engine/step.ts';
import { type ConfigMap, ConfigMapKind, describe, type Key } from '../kinds.ts';
import { type Cluster, isApiError } from '../ports.ts';
import { isBlankDocument } from './document.ts';
import { appliersOf, changedKeys, type DriftedPart, diffOf, driftOf } from './document-writers.ts';
import { marks } from './marks.ts';
import { isOurs, wasAdopted } from './ownership.ts';
import { on, readsOnly, type Verb } from './rights.ts';

/** What of a ConfigMap a merge reads and gives back. */
export interface SharedContent {
  readonly data: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Merged extends SharedContent {
  /** Parts recorded as ours that somebody changed or took out: data key and name. */
  readonly drifted: readonly DriftedPart[];
}

export interface DocumentOptions {
  readonly cluster: Cluster;
  readonly key: Key;
  /** The step it belongs to; its mark. */
  readonly step: string;
  /**
   * Our part put in. Pure, and a second time a no-op. Notes what is ours in `acm-observability/entries` or
   * `…/previous`; with neither left, nothing in the ConfigMap is ours. Throws `document-invalid` and the like.
   */
  merge(content: SharedContent): Merged;
  /** Our part taken out, and our notes. */
  unmerge(content: SharedContent): Merged;
  ready?(): Promise<Readiness>;
  /** There is always something of ours to put in; unless told, `merge` is asked. */
  readonly puts?: true;
  /** What `ready` and `evidence` read. */
  reads?(mode: RightsMode): readonly Right[];
  evidence?(): Promise<boolean>;
  /** Who else declares this document there, asked before a first change; and what could not be looked at. */
  rivals?(): Promise<{ readonly owners: readonly string[]; readonly unseen: readonly string[] }>;
  /** Write although another tool applies the same document; without it that is a conflict. */
  readonly forceConflicts?: boolean;
  readonly warnings?: readonly string[];
  /** `false`: applied as a file it would replace what other people wrote. */
  readonly renders: boolean;
}

type Transition =
  | { readonly kind: 'none' }
  | { readonly kind: 'create' | 'update'; readonly object: ConfigMap; readonly merged: Merged }
  | { readonly kind: 'delete'; readonly live: ConfigMap; readonly merged: Merged };

/** Reading again after somebody else's write: this often, then `document-contended`. */
const tries = 5;

export function documentResource(options: DocumentOptions): Resource {
  const { cluster, key } = options;
  const name = describe(ConfigMapKind, key);
  /** What was read last, until it is used: the write that follows a plan needs no reading of its own, its version guards it. */
  let seen: { readonly live: ConfigMap | undefined } | undefined;
  const forward = (live: ConfigMap | undefined) => transition(options, live, options.merge(contentOf(live)));
  const back = (live: ConfigMap | undefined): Transition =>
    live === undefined ? { kind: 'none' } : transition(options, live, options.unmerge(contentOf(live)));
  const change = async (compute: typeof forward) => {
    const live = await cluster.get(ConfigMapKind, key);
    seen = { live: live && withoutFieldOwners(live) };
    if (live?.metadata.deletionTimestamp !== undefined) {
      return { kind: 'unknown', because: `${name} is being deleted` } satisfies Change;
    }
    const next = compute(live);
    const change = changeOf(options, live, next);
    if (compute === back || next.kind === 'none') return change;
    return contested(options, live, next) ?? (await amongRivals(options, live, next, change));
  };
  const writeOnce = (compute: typeof forward) => {
    const first = seen;
    seen = undefined;
    return write(options, compute, first);
  };

  return {
    name,
    cluster: cluster.name,
    ...(options.warnings === undefined ? {} : { warnings: options.warnings }),
    ...(options.evidence === undefined ? {} : { evidence: options.evidence }),
    plan: () => change(forward),
    apply: () => writeOnce(forward),
    ready: options.ready ?? (async () => ({ state: 'ready' })),
    planRemoval: () => change(back),
    remove: () => writeOnce(back),
    async gone() {
      const left = await change(back);
      return left.kind === 'none' ? { state: 'ready' } : { state: 'waiting', message: `${name} still holds our part` };
    },
    rights(mode) {
      return [...on(cluster, ConfigMapKind, key, verbsFor(options, mode)), ...(options.reads?.(mode) ?? [])];
    },
    async manifests() {
      const made = forward(undefined);
      return options.renders && made.kind === 'create' ? [made.object] : [];
    },
  };
}

/** With something of ours to put in, an apply makes or edits it; with nothing, it may take out what an earlier one put in. */
function verbsFor(options: DocumentOptions, mode: RightsMode): readonly Verb[] {
  if (readsOnly(mode)) return ['get'];
  return mode === 'apply' && (options.puts ?? putsIn(options))
    ? ['get', 'create', 'update']
    : ['get', 'update', 'delete'];
}

function putsIn({ merge }: DocumentOptions): boolean {
  const { annotations } = merge(contentOf(undefined));
  return marks.entries in annotations || marks.previous in annotations;
}

function contentOf(live: ConfigMap | undefined): SharedContent {
  return { data: live?.data ?? {}, annotations: live?.metadata.annotations ?? {} };
}

function transition(options: DocumentOptions, live: ConfigMap | undefined, merged: Merged): Transition {
  const ours = marks.entries in merged.annotations || marks.previous in merged.annotations;
  if (live === undefined) return ours ? { kind: 'create', object: fresh(options, merged), merged } : { kind: 'none' };
  const before = contentOf(live);
  if (isDeepStrictEqual(before.data, merged.data) && isDeepStrictEqual(before.annotations, merged.annotations)) {
    return { kind: 'none' };
  }
  if (!ours) return released(live, merged);
  const adopts = wasAdopted(live) || !isOurs(live, options.step);
  const annotations = adopts ? { ...merged.annotations, [marks.adopted]: options.step } : merged.annotations;
  return { kind: 'update', object: withContent(live, { data: merged.data, annotations }), merged };
}

function fresh({ key, step }: DocumentOptions, { data, annotations }: Merged): ConfigMap {
  const labels = { [marks.managedBy[0]]: marks.managedBy[1], [marks.step]: step };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...key, labels, annotations: { ...annotations } }, data };
}

/** Nothing in it is ours any more: deleted when we made it and it is empty, else left without our marks. */
function released(live: ConfigMap, merged: Merged): Transition {
  const made = live.metadata.labels?.[marks.managedBy[0]] === marks.managedBy[1] && !wasAdopted(live);
  const empty = Object.values(merged.data).every(isBlankDocument) && live.binaryData === undefined;
  if (made && empty) return { kind: 'delete', live, merged };
  const { [marks.adopted]: _adopted, ...annotations } = merged.annotations;
  const filled = Object.entries(merged.data).filter(([, text]) => text !== '');
  // A ConfigMap without data makes operators panic (measured.md §9): rather empty texts than no data.
  const data = filled.length > 0 ? Object.fromEntries(filled) : merged.data;
  const object = withContent(live, { data, annotations });
  return { kind: 'update', object: withoutOurLabels(object), merged };
}

function withoutOurLabels(object: ConfigMap): ConfigMap {
  const { labels } = object.metadata;
  if (labels === undefined) return object;
  const [managedBy, us] = marks.managedBy;
  const kept = Object.entries(labels).filter(
    ([name, value]) => name !== marks.step && !(name === managedBy && value === us),
  );
  return { ...object, metadata: { ...object.metadata, labels: Object.fromEntries(kept) } };
}

function withContent(live: ConfigMap, { data, annotations }: SharedContent): ConfigMap {
  return { ...live, data: { ...data }, metadata: { ...live.metadata, annotations: { ...annotations } } };
}

/** Who set which field is asked of a plan only: half of what a document takes, and a fleet has thousands. */
function withoutFieldOwners(live: ConfigMap): ConfigMap {
  const { managedFields: _, ...metadata } = live.metadata;
  return { ...live, metadata };
}

/** `first`: what has just been read, where it has. */
async function write(
  options: DocumentOptions,
  compute: (live: ConfigMap | undefined) => Transition,
  first?: { readonly live: ConfigMap | undefined },
): Promise<void> {
  const { cluster, key } = options;
  for (let attempt = 0; attempt < tries; attempt++) {
    const next = compute(attempt === 0 && first ? first.live : await cluster.get(ConfigMapKind, key));
    if (next.kind === 'none') return;
    try {
      if (next.kind === 'create') await cluster.create(ConfigMapKind, next.object);
      else if (next.kind === 'update') await cluster.replace(ConfigMapKind, next.object);
      else if (next.kind === 'delete') await cluster.delete(ConfigMapKind, key, preconditions(next.live));
      return;
    } catch (error) {
      // 404: deleted since it was read. On a create it would mean the namespace, which reading again does not mend.
      const vanished = next.kind !== 'create' && isApiError(error, 404);
      if (!vanished && !isApiError(error, 409)) throw error;
    }
  }
  throw new Problem(
    'document-contended',
    `${describe(ConfigMapKind, key)} on ${cluster.name} changed ${tries} times while it was being merged.`,
    { cluster: cluster.name },
  );
}

function preconditions({ metadata: { uid, resourceVersion } }: ConfigMap): { uid?: string; resourceVersion?: string } {
  return { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion }) };
}

function changeOf(options: DocumentOptions, live: ConfigMap | undefined, next: Transition): Change {
  if (next.kind === 'none' || next.kind === 'create') return { kind: next.kind };
  if (next.kind === 'delete') return { kind: 'remove', note: 'nothing but our part is in it' };
  const adopts = live !== undefined && !isOurs(live, options.step);
  const drift = live === undefined ? [] : driftOf(live, next.merged.drifted);
  return {
    kind: 'update',
    diff: diffOf(live?.data ?? {}, next.object.data ?? {}),
    ...(adopts ? { note: 'it was here before: only our part changes' } : {}),
    ...(drift.length > 0 ? { drift } : {}),
  };
}

/** A conflict when another tool applies what this change would write; giving back is never one. */
function contested(options: DocumentOptions, live: ConfigMap | undefined, next: Transition): Change | undefined {
  if (options.forceConflicts === true || next.kind !== 'update') return undefined;
  const changed = changedKeys(live, next.object);
  const owners = appliersOf(live, changed);
  if (owners.length === 0) return undefined;
  const fields = changed.map((key) => `data[${JSON.stringify(key)}]`);
  return { kind: 'conflict', owner: owners.join(', '), fields };
}

/** A conflict where somebody else declares the whole document: what we write would be put back, again and again. */
async function amongRivals(
  { rivals, forceConflicts }: DocumentOptions,
  live: ConfigMap | undefined,
  next: Transition,
  change: Change,
): Promise<Change> {
  if (rivals === undefined || forceConflicts === true) return change;
  if (next.kind !== 'create' && next.kind !== 'update') return change;
  const { owners, unseen } = await rivals();
  if (owners.length > 0) {
    const fields = changedKeys(live, next.object).map((key) => `data[${JSON.stringify(key)}]`);
    return { kind: 'conflict', owner: owners.join(', '), fields };
  }
  if (unseen.length === 0 || (change.kind !== 'create' && change.kind !== 'update')) return change;
  const note = `not seen: whether ${unseen.join(', ')} declare it too`;
  return { ...change, note: change.note === undefined ? note : `${change.note}; ${note}` };
}
