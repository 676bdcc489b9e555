/** The kubeconfig a person means, and what it gives for talking to a cluster. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../engine/problem.ts';
import type { Environment } from '../proxy.ts';
import type { Credentials, CredentialsSource } from './credentials.ts';
import type { ClusterEntry, ContextEntry, UserEntry } from './kubeconfig-entries.ts';
import { kubeconfigPaths, type MergedConfig, readKubeconfigs } from './kubeconfig-files.ts';
import type { Plugin, PluginAnswer } from './plugins.ts';

export interface KubeconfigOptions {
  /** From `--kubeconfig`; absent: KUBECONFIG, else the home folder's, else the pod's own account. */
  readonly paths?: readonly string[] | undefined;
  /** Absent: the current context. */
  readonly context?: string | undefined;
  /** `--as`: the user to act as. */
  readonly as?: string | undefined;
  readonly env: Environment;
  /** Where a pod finds its account; for tests. */
  readonly accountFolder?: string;
}

export interface Kubeconfig {
  /** Names, in the order of the files. */
  readonly contexts: readonly string[];
  /** The context in use: the one asked for, else the files' own. */
  readonly currentContext: string;
  readonly server: string;
  readonly proxyUrl?: string;
  /** The files it came from; empty in a pod. */
  readonly paths: readonly string[];
  readonly credentials: CredentialsSource;
}

/**
 * Opens the kubeconfig; nothing is asked of a server, and no plugin runs before `credentials()`.
 * @throws Problem `kubeconfig-unreadable` naming the path; `context-unknown` naming those there are.
 */
export async function openKubeconfig(options: KubeconfigOptions): Promise<Kubeconfig> {
  const paths = kubeconfigPaths(options.paths, options.env);
  const config = (await readKubeconfigs(paths)) ?? (await podConfig(options));
  if (config === undefined) {
    throw new Problem('kubeconfig-unreadable', `There is no kubeconfig at ${paths.join(', ')}.`);
  }
  const { name, cluster, user } = choose(config, options.context);
  const identity = { ...user, ...(options.as !== undefined && { as: options.as, 'as-uid': '', 'as-groups': [] }) };
  return {
    contexts: [...config.contexts.keys()],
    currentContext: name,
    server: cluster.server,
    ...(cluster['proxy-url'] && { proxyUrl: cluster['proxy-url'] }),
    paths: config.paths,
    credentials: credentialsOf(cluster, identity, config.contexts.get(name)?.user ?? name),
  };
}

interface Choice {
  readonly name: string;
  readonly cluster: ClusterEntry & { readonly server: string };
  readonly user: UserEntry;
}

function choose(config: MergedConfig, wanted: string | undefined): Choice {
  const name = wanted ?? config.currentContext;
  const known = [...config.contexts.keys()];
  const context: ContextEntry | undefined = name === undefined ? undefined : config.contexts.get(name);
  if (name === undefined || context === undefined) {
    const what = name === undefined ? 'No current context is set' : `There is no context “${name}”`;
    const there = known.length === 0 ? 'there are none' : `there are: ${known.join(', ')}`;
    throw new Problem('context-unknown', `${what} in ${config.paths.join(', ')}; ${there}.`);
  }
  const cluster = config.clusters.get(context.cluster ?? '');
  const user = context.user === undefined || context.user === '' ? {} : config.users.get(context.user);
  if (cluster?.server === undefined || user === undefined) {
    const missing = user === undefined ? `user “${context.user}”` : `cluster “${context.cluster}” with a server`;
    throw new Problem('kubeconfig-unreadable', `The context “${name}” in ${config.paths.join(', ')} needs ${missing}.`);
  }
  return { name, cluster: { ...cluster, server: cluster.server }, user };
}

function credentialsOf(cluster: ClusterEntry, user: UserEntry, userName: string): CredentialsSource {
  const needsPlugin = user.exec !== undefined || user['auth-provider'] !== undefined;
  let plugin: Promise<Plugin> | undefined;
  const load = async () => (await import('./plugins.ts')).createPlugin(userName, user);
  return async ({ fresh = false } = {}) => {
    // A new instance of an exec plugin has forgotten the refused token; a provider keeps its refresh token in memory only.
    if (needsPlugin && (plugin === undefined || (fresh && user.exec))) plugin = load();
    const answer = plugin === undefined ? {} : await (await plugin)();
    return { ...(await trustOf(cluster)), ...sendable(await identityOf(user, answer), userName) };
  };
}

async function trustOf(cluster: ClusterEntry): Promise<Omit<Credentials, 'headers'>> {
  const ca = await pem(cluster['certificate-authority'], cluster['certificate-authority-data']);
  const servername = cluster['tls-server-name'];
  return {
    ...(ca !== undefined && { ca }),
    ...(servername && { servername }),
    ...(cluster['insecure-skip-tls-verify'] === 'true' && { rejectUnauthorized: false }),
  };
}

async function identityOf(user: UserEntry, plugin: PluginAnswer): Promise<Credentials> {
  const cert = (await pem(user['client-certificate'], user['client-certificate-data'])) ?? plugin.cert;
  const key = (await pem(user['client-key'], user['client-key-data'])) ?? plugin.key;
  const authorization = (await ownAuthorization(user)) ?? plugin.authorization;
  return {
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(user.as && { 'impersonate-user': user.as }),
      ...(user['as-uid'] && { 'impersonate-uid': user['as-uid'] }),
    },
    ...(user['as-groups']?.length && { groups: user['as-groups'] }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

/** A damaged token is told here: the request that carries it would fail as if by a mistake of ours. */
function sendable(identity: Credentials, userName: string): Credentials {
  const groups = (identity.groups ?? []).map((group) => ['impersonate-group', group] as const);
  for (const [name, value] of [...Object.entries(identity.headers), ...groups]) {
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      const what = name === 'authorization' ? 'the token or password' : `the ${name.replaceAll('-', ' ')}`;
      throw new Problem(
        'kubeconfig-unreadable',
        `User “${userName}”: ${what} holds a character that no request can carry.`,
        {
          fix: 'Log in again (`oc login`), or name another file with --kubeconfig.',
        },
      );
    }
  }
  return identity;
}

/** A file wins over the token beside it: it is replaced while we run. */
async function ownAuthorization(user: UserEntry): Promise<string | undefined> {
  const token = user.tokenFile ? (await fileOf(user.tokenFile)).trim() : user.token?.trim();
  if (token) return `Bearer ${token}`;
  if (!user.username) return undefined;
  return `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`;
}

/** As kubectl: the data inside the kubeconfig wins over the file it names. */
async function pem(path: string | undefined, data: string | undefined): Promise<string | undefined> {
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  return path ? fileOf(path) : undefined;
}

async function fileOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Problem('kubeconfig-unreadable', `The kubeconfig names ${path}, which cannot be read.`, { proof: code });
  }
}

/** In a pod without a kubeconfig: the account the pod runs as. */
async function podConfig(options: KubeconfigOptions): Promise<MergedConfig | undefined> {
  const { env, accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount' } = options;
  const host = env.KUBERNETES_SERVICE_HOST;
  const named = (options.paths?.length ?? 0) > 0 || (env.KUBECONFIG ?? '') !== '';
  if (named || host === undefined || host === '') return undefined;
  const name = 'in-cluster';
  const address = host.includes(':') ? `[${host}]` : host;
  const cluster = {
    server: `https://${address}:${env.KUBERNETES_SERVICE_PORT || '443'}`,
    'certificate-authority': join(accountFolder, 'ca.crt'),
  };
  return {
    currentContext: name,
    contexts: new Map([[name, { cluster: name, user: name }]]),
    clusters: new Map([[name, cluster]]),
    users: new Map([[name, { tokenFile: join(accountFolder, 'token') }]]),
    paths: [],
  };
}
