/** Kubeconfig files: found, read, checked and merged as kubectl merges them (the first to name something wins). */

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import { Problem } from '../../engine/problem.ts';
import { isRecord } from '../json.ts';
import type { Environment } from '../proxy.ts';
import {
  type ClusterEntry,
  type ContextEntry,
  clusterEntry,
  contextEntry,
  type UserEntry,
  userEntry,
} from './kubeconfig-entries.ts';

/** Everything the files say, paths made absolute. */
export interface MergedConfig {
  currentContext: string | undefined;
  readonly contexts: Map<string, ContextEntry>;
  readonly clusters: Map<string, ClusterEntry>;
  readonly users: Map<string, UserEntry>;
  /** The files that were read, as people know them. */
  readonly paths: readonly string[];
}

/** Where to look: the flag, else KUBECONFIG, else the home folder's. */
export function kubeconfigPaths(paths: readonly string[] | undefined, env: Environment): string[] {
  if (paths !== undefined && paths.length > 0) return [...paths];
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length > 0 ? listed : [join(env.HOME || homedir(), '.kube', 'config')];
}

/**
 * Reads and merges. Of several files some may be missing, as with kubectl; not all.
 * @returns `undefined` when none of the files exists.
 * @throws Problem `kubeconfig-unreadable`, naming the path.
 */
export async function readKubeconfigs(paths: readonly string[]): Promise<MergedConfig | undefined> {
  const read: string[] = [];
  const merged: MergedConfig = {
    currentContext: undefined,
    contexts: new Map(),
    clusters: new Map(),
    users: new Map(),
    paths: read,
  };
  for (const path of paths) {
    const text = await textOf(path);
    if (text === undefined) continue;
    read.push(path);
    merge(merged, parseKubeconfig(path, text), dirname(resolve(path)));
  }
  return read.length === 0 ? undefined : merged;
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ENOENT') return undefined;
    throw unreadable(path, `The kubeconfig ${path} cannot be read.`, code);
  }
}

/** The parser's own words are not repeated: they quote lines, and a line may be a token. */
function parseKubeconfig(path: string, text: string): Record<string, unknown> {
  let document: unknown;
  try {
    // Every scalar as the text it is: a token of digits stays a token.
    document = parse(text, { logLevel: 'error', schema: 'failsafe' });
  } catch (error) {
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    throw unreadable(
      path,
      `${path} is not a kubeconfig: it is not YAML${line === undefined ? '' : ` (line ${line})`}.`,
    );
  }
  if (!isRecord(document) || !('clusters' in document || 'contexts' in document || 'users' in document)) {
    throw unreadable(path, `${path} is not a kubeconfig: it has neither clusters, contexts nor users.`);
  }
  return document;
}

function unreadable(path: string, detail: string, proof?: string): Problem {
  return new Problem('kubeconfig-unreadable', detail, {
    ...(proof !== undefined && { proof }),
    fix: `Check ${path}, or name another file with --kubeconfig; \`oc login\` writes one.`,
  });
}

function merge(merged: MergedConfig, document: Record<string, unknown>, folder: string): void {
  const current = document['current-context'];
  if (!merged.currentContext && typeof current === 'string' && current !== '') merged.currentContext = current;
  addMissing(merged.contexts, document.contexts, (item) => contextEntry(fieldsOf(item.context)));
  addMissing(merged.clusters, document.clusters, (item) => clusterEntry(fieldsOf(item.cluster), folder));
  addMissing(merged.users, document.users, (item) => userEntry(fieldsOf(item.user), folder));
}

/** Items without a name are left out, as if they were not there. */
function addMissing<T>(map: Map<string, T>, list: unknown, read: (item: Record<string, unknown>) => T): void {
  if (!Array.isArray(list)) return;
  for (const item of list) {
    if (isRecord(item) && typeof item.name === 'string' && !map.has(item.name)) map.set(item.name, read(item));
  }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
