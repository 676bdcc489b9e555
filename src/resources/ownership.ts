/** Whose an object, and each of its fields, is: told by our marks and by `metadata.managedFields`. */
import type { Drift } from '../engine/step.ts';
import type { KubeObject } from '../kinds.ts';
import type { ApiError } from '../ports.ts';
import { marks } from './marks.ts';

/** One field another manager owns. */
export interface Conflict {
  readonly manager: string;
  /** `.data.config` */
  readonly field: string;
}

/** Field managers behind which a person sits: what they change by hand is drift, not a rival. */
const interactive = [
  /^kubectl(-|$)/,
  /^oc$/,
  /^oc-/,
  /^Mozilla/,
  /^console$/,
  /^openshift-console$/,
  /^k9s$/,
  /^node-fetch$/,
];

export function isInteractive(manager: string): boolean {
  return interactive.some((pattern) => pattern.test(manager));
}

/** Whether the object carries our mark: made by us, or adopted by us. */
export function isOurs(live: KubeObject, step: string): boolean {
  const { labels, annotations } = live.metadata;
  const made = labels?.[marks.managedBy[0]] === marks.managedBy[1] && labels[marks.step] === step;
  return made || annotations?.[marks.adopted] === step;
}

/** The team for which an object was made or adopted; `undefined`: for the installation's own configuration. */
export function teamOf({ metadata }: KubeObject): string | undefined {
  return metadata.labels?.[marks.team] ?? metadata.annotations?.[marks.team];
}

/** It was there before us: we own fields of it, never the object. */
export function wasAdopted(live: KubeObject): boolean {
  return live.metadata.annotations?.[marks.adopted] !== undefined;
}

/** The conflicts a refused server-side apply tells of, by owner and field: a real API server lists them in any order. */
export function conflictsOf(error: ApiError): Conflict[] {
  return (error.details.causes ?? [])
    .filter((cause) => cause.reason === 'FieldManagerConflict')
    .map((cause) => ({
      manager: /conflict with "([^"]+)"/.exec(cause.message ?? '')?.[1] ?? 'unknown',
      field: cause.field ?? '?',
    }))
    .toSorted((one, other) => compare(one.manager, other.manager) || compare(one.field, other.field));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** The drift, when every conflict is with a person; `undefined` as soon as one is with another tool. */
export function driftOf(conflicts: readonly Conflict[], live: KubeObject): Drift[] | undefined {
  if (!conflicts.every((conflict) => isInteractive(conflict.manager))) return undefined;
  return conflicts.map(({ manager, field }) => {
    const at = live.metadata.managedFields?.find((entry) => entry.manager === manager)?.time;
    return { field, by: manager, ...(at === undefined ? {} : { at }) };
  });
}
