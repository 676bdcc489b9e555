/** Differences between two objects as lines for people. Secrets are masked here, before a line exists. */
import type { KubeObject } from '../kinds.ts';

/** Fields the server keeps for itself: never a difference. */
const serverFields = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'uid',
  'selfLink',
]);

type Json = unknown;

/** `~ spec.replicas: 1 → 2`, `+ metadata.labels.a: "b"`, `- …`, in a stable order. */
export function diffObjects(live: KubeObject, wanted: KubeObject): string[] {
  const mask = masks[live.kind] ?? (() => false);
  return diffValues(withoutServerFields(live), withoutServerFields(wanted), [], mask);
}

function withoutServerFields(object: KubeObject): Json {
  const { status: _status, metadata, ...rest } = object;
  const kept = Object.fromEntries(Object.entries(metadata).filter(([name]) => !serverFields.has(name)));
  return { ...rest, metadata: kept };
}

/** What of a kind's objects is secret. */
const masks: Readonly<Record<string, (path: readonly string[]) => boolean>> = {
  Secret: ([field]) => field === 'data' || field === 'stringData',
  OAuthClient: ([field]) => field === 'secret' || field === 'additionalSecrets',
};

function diffValues(
  from: Json,
  to: Json,
  path: readonly string[],
  mask: (path: readonly string[]) => boolean,
): string[] {
  if (isRecord(from) && isRecord(to)) {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    return names.flatMap((name) => diffValues(from[name], to[name], [...path, name], mask));
  }
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  const where = pathText(path);
  const show = (value: Json) => (mask(path) ? '***' : shown(value));
  if (from === undefined) return [`+ ${where}: ${show(to)}`];
  if (to === undefined) return [`- ${where}: ${show(from)}`];
  return [mask(path) ? `~ ${where}: *** (changed)` : `~ ${where}: ${shown(from)} → ${shown(to)}`];
}

/** `metadata.labels["a.b/c"]` */
export function pathText(path: readonly string[]): string {
  return path
    .map((part, index) => (/^[\w-]+$/.test(part) ? `${index === 0 ? '' : '.'}${part}` : `[${JSON.stringify(part)}]`))
    .join('');
}

function shown(value: Json): string {
  // A proxy's arguments may hold the secret of its OAuth client (acm.md §10.6).
  const text = (JSON.stringify(value) ?? 'nothing').replace(/(-secret=)[^"\\]+/g, '$1***');
  return text.length > 200 ? `${text.slice(0, 197)}…` : text;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Paths of what was sent and did not come back: fields the server dropped without a word (measured.md §1.3). */
export function droppedFields(sent: unknown, received: unknown, path: readonly string[] = []): string[] {
  if (isRecord(sent)) {
    if (Object.keys(sent).length === 0) return received === undefined ? [pathText(path)] : [];
    if (!isRecord(received)) return [pathText(path)];
    return Object.keys(sent).flatMap((name) => droppedFields(sent[name], received[name], [...path, name]));
  }
  return received === undefined && sent !== undefined ? [pathText(path)] : [];
}
