/** What a change of a shared ConfigMap shows: the lines that differ, the keys, and who else writes them. */
import type { Drift } from '../engine/step.ts';
import type { ConfigMap } from '../kinds.ts';
import { byCodeUnits } from '../order.ts';
import { marks } from './marks.ts';
import { isInteractive } from './ownership.ts';
import { diffLines } from './text-diff.ts';

/** A part recorded as ours that somebody changed or took out. */
export interface DriftedPart {
  readonly dataKey: string;
  readonly part: string;
}

export function changedKeys(live: ConfigMap | undefined, next: ConfigMap): string[] {
  return Object.keys({ ...live?.data, ...next.data }).filter((key) => live?.data?.[key] !== next.data?.[key]);
}

export function diffOf(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const lines = keys.flatMap((key) => diffLines(before[key] ?? '', after[key] ?? '').map((line) => shown(key, line)));
  return lines.length > 0 ? lines : ['~ note of what is ours'];
}

function shown(dataKey: string, line: string): string {
  const text = `${line.slice(0, 2)}${dataKey}: ${line.slice(2)}`;
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

/** Who last wrote the data key a part of ours was lost from: a person before a program. */
export function driftOf(live: ConfigMap, drifted: readonly DriftedPart[]): Drift[] {
  return drifted.flatMap(({ dataKey, part }) => {
    const writers = (live.metadata.managedFields ?? [])
      .filter((entry) => entry.manager !== marks.managedBy[1] && ownsKey(entry.fieldsV1, dataKey))
      .sort((a, b) => byCodeUnits(b.time ?? '', a.time ?? ''));
    const writer = writers.find((entry) => isInteractive(entry.manager)) ?? writers[0];
    if (writer === undefined) return [];
    const at = writer.time === undefined ? {} : { at: writer.time };
    return [{ field: `data[${JSON.stringify(dataKey)}] ${part}`, by: writer.manager, ...at }];
  });
}

/** Tools that apply a text we mean to change (server-side): they would set it back at their next run. */
export function appliersOf(live: ConfigMap | undefined, changed: readonly string[]): string[] {
  return (live?.metadata.managedFields ?? [])
    .filter((entry) => entry.operation === 'Apply' && entry.manager !== marks.managedBy[1])
    .filter((entry) => !isInteractive(entry.manager) && changed.some((key) => ownsKey(entry.fieldsV1, key)))
    .map((entry) => entry.manager);
}

function ownsKey(fields: Record<string, unknown> | undefined, dataKey: string): boolean {
  const data = fields?.['f:data'];
  return typeof data === 'object' && data !== null && `f:${dataKey}` in data;
}
