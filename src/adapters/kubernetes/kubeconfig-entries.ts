/** The entries of a kubeconfig: only what we use, only in the form it must have, paths made absolute. */
import { resolve } from 'node:path';
import { isRecord } from '../json.ts';

export type ClusterEntry = Texts<(typeof clusterFields)[number]>;
export type ContextEntry = Texts<(typeof contextFields)[number]>;
export interface UserEntry extends Texts<(typeof userFields)[number]> {
  readonly 'as-groups'?: readonly string[];
  readonly exec?: ExecEntry;
  readonly 'auth-provider'?: { readonly name: string; readonly config: Readonly<Record<string, string>> };
}
export interface ExecEntry extends Texts<'apiVersion' | 'installHint'> {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

type Texts<K extends string> = { readonly [Name in K]?: string };
type Fields = Readonly<Record<string, unknown>>;

const contextFields = ['cluster', 'user'] as const;
const clusterFields = [
  'server',
  'certificate-authority',
  'certificate-authority-data',
  'insecure-skip-tls-verify',
  'tls-server-name',
  'proxy-url',
] as const;
const userFields = [
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'token',
  'tokenFile',
  'username',
  'password',
  'as',
  'as-uid',
] as const;

export function contextEntry(fields: Fields): ContextEntry {
  return texts(fields, contextFields);
}

/** `folder`: the kubeconfig's, where relative paths start. */
export function clusterEntry(fields: Fields, folder: string): ClusterEntry {
  return placed(texts(fields, clusterFields), ['certificate-authority'], folder);
}

export function userEntry(fields: Fields, folder: string): UserEntry {
  const exec = isRecord(fields.exec) ? execEntry(fields.exec, folder) : undefined;
  const provider = fields['auth-provider'];
  return {
    ...placed(texts(fields, userFields), ['client-certificate', 'client-key', 'tokenFile'], folder),
    'as-groups': textList(fields['as-groups']),
    ...(exec && { exec }),
    ...(isRecord(provider) &&
      typeof provider.name === 'string' && {
        'auth-provider': { name: provider.name, config: isRecord(provider.config) ? allTexts(provider.config) : {} },
      }),
  };
}

function execEntry(fields: Fields, folder: string): ExecEntry | undefined {
  const { command } = fields;
  if (typeof command !== 'string' || command === '') return undefined;
  const env = Array.isArray(fields.env) ? fields.env.filter(isRecord) : [];
  return {
    ...texts(fields, ['apiVersion', 'installHint']),
    // As kubectl: a bare name is looked up in PATH, anything with a slash belongs to the kubeconfig's folder.
    command: /[/\\]/.test(command) ? resolve(folder, command) : command,
    args: textList(fields.args),
    env: env.map(({ name, value }) => ({ name: String(name), value: String(value ?? '') })),
  };
}

function texts<K extends string>(fields: Fields, names: readonly K[]): Texts<K> {
  const found: { [Name in K]?: string } = {};
  for (const name of names) {
    const value = fields[name];
    if (typeof value === 'string' && value !== '') found[name] = value;
  }
  return found;
}

function allTexts(fields: Fields): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) if (typeof value === 'string') found[name] = value;
  return found;
}

function textList(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function placed<K extends string>(entry: Texts<K>, paths: readonly K[], folder: string): Texts<K> {
  const result: { [Name in K]?: string } = { ...entry };
  for (const name of paths) {
    const path = entry[name];
    if (path !== undefined) result[name] = resolve(folder, path);
  }
  return result;
}
