/**
 * A Kubernetes object as a resource: made by server-side apply of only the fields we mean, planned by the server's own dry
 * run, removed only when it carries our mark. An object that was there before us is adopted: it keeps its label, gets a
 * note, and `uninstall` gives back only our fields.
 */
import { Problem } from '../engine/problem.ts';
import type { Right, RightsMode } from '../engine/rights.ts';
import type { Change, Readiness, Resource } from '../engine/step.ts';
import { describe, type Key, type Kind, type KubeObject } from '../kinds.ts';
import { ApiError, admissionOf, type Cluster, isApiError } from '../ports.ts';
import { diffObjects, droppedFields, isRecord, pathText } from './diff.ts';
import { marks } from './marks.ts';
import { conflictsOf, driftOf, isOurs, teamOf, wasAdopted } from './ownership.ts';
import { on, type Verb } from './rights.ts';

export interface ObjectOptions<T extends KubeObject> {
  readonly cluster: Cluster;
  readonly kind: Kind<T>;
  readonly key: Key;
  /** The step it belongs to; its mark. */
  readonly step: string;
  /** Whose configuration it is in: what another's run made is neither changed nor removed. */
  readonly team?: string | undefined;
  /**
   * Only the fields we mean, without marks. Gets what is there now. May throw `NotYet`; called by `plan` and `apply`
   * only, never for a removal.
   */
  desired(live: T | undefined): Promise<T> | T;
  ready?(live: T): Promise<Readiness> | Readiness;
  /**
   * Admission refuses the dry run for want of what an earlier step of the same plan makes: says what. `undefined`: the
   * refusal stands.
   */
  refusedUntil?(refusal: ApiError): string | undefined;
  /** A reason not to remove it: then only our fields and marks are taken off. */
  keep?(live: T): Promise<string | undefined> | string | undefined;
  /** Waiting for it to go: what is still holding it. */
  going?(live: T): Promise<Readiness> | Readiness;
  /** What `desired`, `ready`, `keep` and `going` read. */
  reads?(mode: RightsMode): readonly Right[];
  readonly forceConflicts: boolean;
  readonly warnings?: readonly string[];
}

export function objectResource<T extends KubeObject>(options: ObjectOptions<T>): Resource {
  const { cluster, kind, key } = options;
  const read = () => cluster.get(kind, key);
  const name = describe(kind, key);
  /** What the last plan or apply saw: good for the one look at readiness that follows it. */
  let justSeen: T | undefined;
  const recent = async () => {
    const live = justSeen ?? (await read());
    justSeen = undefined;
    return live;
  };

  return {
    name,
    cluster: cluster.name,
    ...(options.warnings === undefined ? {} : { warnings: options.warnings }),
    async plan() {
      const live = await read();
      justSeen = live;
      const desired = await options.desired(live);
      if (live !== undefined && isOthers(options, live)) return besideOthers(live, desired);
      return planObject(options, live, marked(options, desired, live));
    },
    async apply(change) {
      const live = await read();
      const wanted = marked(options, await options.desired(live), live);
      const force = options.forceConflicts || (change.kind === 'update' && (change.drift?.length ?? 0) > 0);
      justSeen = await cluster.apply(kind, wanted, { force });
    },
    async ready() {
      const live = await recent();
      if (live === undefined) return { state: 'waiting', message: `${name} is not there yet` };
      return (await options.ready?.(live)) ?? { state: 'ready' };
    },
    async planRemoval() {
      const live = await read();
      if (live === undefined || !isOurs(live, options.step) || isOthers(options, live)) return { kind: 'none' };
      const reason = await options.keep?.(live);
      if (wasAdopted(live)) return { kind: 'update', diff: givenBack(live), note: 'it was here before: given back' };
      if (reason !== undefined) return { kind: 'update', diff: givenBack(live), note: `kept: ${reason}` };
      return { kind: 'remove' };
    },
    async remove(change) {
      const live = await read();
      if (live === undefined) return;
      if (change.kind === 'update') await giveBack(options);
      else {
        const { uid } = live.metadata;
        await cluster.delete(kind, key, { propagation: 'Background', ...(uid === undefined ? {} : { uid }) });
      }
    },
    async gone() {
      const live = await read();
      if (live === undefined || !isOurs(live, options.step) || isOthers(options, live)) return { state: 'ready' };
      return (await options.going?.(live)) ?? { state: 'waiting', message: `${name} is still there${holders(live)}` };
    },
    rights: (mode) => [...on(cluster, kind, key, verbs[mode]), ...(options.reads?.(mode) ?? [])],
    async manifests() {
      return [await options.desired(undefined)];
    },
  };
}

/** A plan compares by reading where it has no right to ask for a dry run; an uninstall gives back what was adopted. */
const verbs: Readonly<Record<RightsMode, readonly Verb[]>> = {
  plan: ['get'],
  verify: ['get'],
  apply: ['get', 'create', 'patch'],
  uninstall: ['get', 'patch', 'delete'],
};

/** `, held by finalizers a, b` */
function holders(live: KubeObject): string {
  const finalizers = live.metadata.finalizers ?? [];
  return finalizers.length === 0 ? '' : `, held by ${finalizers.join(', ')}`;
}

/** Made or adopted by a run of this program, for another team's configuration. */
function isOthers<T extends KubeObject>({ step, team }: ObjectOptions<T>, live: T): boolean {
  return isOurs(live, step) && teamOf(live) !== team;
}

/** The same thing may be in two configurations: who made it keeps it. Another thing under one name is a conflict. */
function besideOthers<T extends KubeObject>(live: T, desired: T): Change {
  const other = teamOf(live);
  const owner = other === undefined ? 'the configuration of the installation' : `team ${other}`;
  const change = comparedByReading(live, desired, '');
  if (change.kind !== 'update') return { kind: 'skip', reason: `${owner} keeps the same` };
  // `~ data["board.json"]: … → …`: the field is enough.
  const fields = change.diff.map((line) => line.slice(2).split(': ', 1).join());
  return { kind: 'conflict', owner, fields, told: underOneName };
}

/** Not for `--force-conflicts`: the next run of the other would take it back. */
const underOneName = {
  likely: 'Two configurations of this program declare different things under one name.',
  fix: 'Give one of the two another name, or declare it in one configuration only.',
};

/** What we want, with our mark: a label on what we make, an annotation on what we adopt. */
function marked<T extends KubeObject>(options: ObjectOptions<T>, desired: T, live: T | undefined): T {
  const { key, kind, step, team } = options;
  const adopted = live !== undefined && (wasAdopted(live) || !isOurs(live, step));
  const ofTeam = team === undefined ? {} : { [marks.team]: team };
  const [name, us] = marks.managedBy;
  const mark = adopted
    ? { annotations: { ...desired.metadata.annotations, [marks.adopted]: step, ...ofTeam } }
    : { labels: { ...desired.metadata.labels, [name]: us, [marks.step]: step, ...ofTeam } };
  return {
    ...desired,
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: { ...desired.metadata, ...key, ...mark },
  };
}

async function planObject<T extends KubeObject>(
  options: ObjectOptions<T>,
  live: T | undefined,
  wanted: T,
): Promise<Change> {
  const { cluster, kind } = options;
  if (live?.metadata.deletionTimestamp !== undefined) {
    return { kind: 'unknown', because: `${describe(kind, options.key)} is being deleted` };
  }
  try {
    const dry = await cluster.apply(kind, wanted, { dryRun: true });
    return changeOf(options, live, wanted, dry);
  } catch (error) {
    if (live === undefined && isMissingNamespace(error)) {
      return { kind: 'create', note: 'not validated: its namespace does not exist yet' };
    }
    if (live !== undefined && isApiError(error, 409)) return settle(options, live, wanted, error);
    return planWithout(options, live, wanted, error);
  }
}

/** The server did not say what would come of it: compare what is there with what we mean, and say why. */
function planWithout<T extends KubeObject>(
  options: ObjectOptions<T>,
  live: T | undefined,
  wanted: T,
  error: unknown,
): Change {
  if (!(error instanceof ApiError)) throw error;
  if (admissionOf(error) !== undefined) {
    const until = options.refusedUntil?.(error);
    if (until === undefined) throw error;
    return comparedByReading(live, wanted, `not validated: ${until}`);
  }
  if (error.status !== 403 || !/cannot (patch|create) resource/.test(error.message)) throw error;
  return comparedByReading(live, wanted, 'compared by reading: no right to ask the server for a dry run');
}

function isMissingNamespace(error: unknown): boolean {
  return isApiError(error, 404) && (error.details.kind === 'namespaces' || error.message.startsWith('namespaces '));
}

function changeOf<T extends KubeObject>(options: ObjectOptions<T>, live: T | undefined, wanted: T, dry: T): Change {
  const dropped = droppedFields(wanted, dry);
  if (dropped.length > 0) {
    throw new Problem('field-dropped', `${describe(options.kind, options.key)}: ${dropped.join(', ')}`);
  }
  if (live === undefined) return { kind: 'create' };
  const diff = diffObjects(live, dry);
  if (diff.length === 0) return { kind: 'none' };
  const adopts = !isOurs(live, options.step);
  return { kind: 'update', diff, ...(adopts ? { note: 'adopted: it was here before' } : {}) };
}

/** Somebody else owns fields we mean: a person who changed what is ours is drift; anybody else is a conflict. */
async function settle<T extends KubeObject>(
  options: ObjectOptions<T>,
  live: T,
  wanted: T,
  error: ApiError,
): Promise<Change> {
  const conflicts = conflictsOf(error);
  if (conflicts.length === 0) throw error;
  const drift = isOurs(live, options.step) ? driftOf(conflicts, live) : undefined;
  if (drift === undefined && !options.forceConflicts) {
    const owner = [...new Set(conflicts.map((conflict) => conflict.manager))].join(', ');
    return { kind: 'conflict', owner, fields: conflicts.map((conflict) => conflict.field) };
  }
  const dry = await options.cluster.apply(options.kind, wanted, { dryRun: true, force: true });
  const change = changeOf(options, live, wanted, dry);
  return change.kind === 'update' && drift !== undefined ? { ...change, drift } : change;
}

function comparedByReading<T extends KubeObject>(live: T | undefined, wanted: T, note: string): Change {
  if (live === undefined) return { kind: 'create', note };
  const merged: T = { ...live, ...(overlay(live, wanted) as Partial<T>) };
  const diff = diffObjects(live, merged);
  return diff.length === 0 ? { kind: 'none' } : { kind: 'update', diff, note };
}

function overlay(live: unknown, wanted: unknown): unknown {
  if (!isRecord(live) || !isRecord(wanted)) return wanted;
  const merged = Object.entries(wanted).map(([name, value]) => [name, overlay(live[name], value)] as const);
  return { ...live, ...Object.fromEntries(merged) };
}

/** Applies nothing as us: the server takes back the fields that only we own. */
async function giveBack<T extends KubeObject>({ cluster, kind, key }: ObjectOptions<T>): Promise<void> {
  const nothing: KubeObject = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { ...key } };
  await cluster.apply<KubeObject>(kind, nothing);
}

function givenBack(live: KubeObject): string[] {
  const applied = (live.metadata.managedFields ?? []).filter((entry) => entry.manager === marks.managedBy[1]);
  return applied.flatMap((entry) => ownedPaths(entry.fieldsV1 ?? {}, [])).map((path) => `- ${path}`);
}

/** The leaves of a `fieldsV1` set as paths. */
function ownedPaths(fields: Record<string, unknown>, path: readonly string[]): string[] {
  return Object.entries(fields).flatMap(([name, below]) => {
    if (name === '.' || !name.startsWith('f:')) return [];
    const here = [...path, name.slice(2)];
    const leaves = isRecord(below) ? ownedPaths(below, here) : [];
    return leaves.length > 0 ? leaves : [pathText(here)];
  });
}
