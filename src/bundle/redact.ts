/** What keeps secrets out of a bundle: Secrets lose their values, and every text loses the values that are known. */
import { parse } from 'yaml';
import type { KubeObject, Secret } from '../kinds.ts';
import { isRecord } from '../resources/diff.ts';

/** Shorter ones would strike out common words. */
const shortest = 8;
/** Names under which configurations keep what must not be told: keys, passwords, the addresses of chat hooks. */
const telling = /key|secret|token|pass|auth|url|credential|webhook/i;
/** What logs print although they should not. */
const inLogs = /(\b(?:bearer|basic) |\b(?:access_key|secret_key|password|token)["']?\s*[:=]\s*["']?)[^\s"',]{4,}/gi;
const struck = '<redacted>';

/** Without its values, but with the name and the size of each; without what servers note about writers. */
export function shownObject<T extends KubeObject>(object: T): object {
  const { managedFields: _fields, annotations, ...metadata } = object.metadata;
  const { 'kubectl.kubernetes.io/last-applied-configuration': _applied, ...kept } = annotations ?? {};
  const shown = { ...object, metadata: { ...metadata, ...(annotations && { annotations: kept }) } };
  if (object.kind !== 'Secret') return shown;
  const { stringData: _text, ...secret } = { ...shown, stringData: undefined };
  return { ...secret, data: sizes((object as KubeObject as Secret).data ?? {}) };
}

function sizes(data: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(data).map(([key, value]) => [key, `<${Buffer.from(value, 'base64').length} bytes>`]);
  return Object.fromEntries(entries);
}

/** Everything in a Secret that gives something away: whole values, and inside configurations what has a telling name. */
export function secretsIn(secret: Secret): string[] {
  return Object.values(secret.data ?? {}).flatMap((value) => {
    const text = Buffer.from(value, 'base64').toString('utf8');
    return [text.trim(), ...tellingValues(parsed(text))];
  });
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    // No configuration: a key or a certificate, which counts as a whole.
    return undefined;
  }
}

function tellingValues(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return telling.test(name) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((entry) => tellingValues(entry, name));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => tellingValues(inner, key));
}

/** A text with every secret struck out: as it is, in base64, as a URL and as JSON write it; and what looks like one. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const known = [...new Set(secrets)].filter((secret) => secret.length >= shortest);
  const forms = [...new Set(known.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  return (text) => {
    const left = forms.reduce((rest, form) => rest.replaceAll(form, struck), text);
    return left.replace(inLogs, `$1${struck}`);
  };
}

function formsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64');
  const escaped = JSON.stringify(secret).slice(1, -1);
  return [secret, base64, base64.replace(/=+$/, ''), encodeURIComponent(secret), escaped];
}
