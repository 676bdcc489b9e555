/**
 * Credentials that need a protocol: exec plugins, OIDC and the cloud providers of old. client-node knows them. Import
 * this file only where one is used: client-node is large.
 */
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { Problem } from '../../engine/problem.ts';
import type { ExecEntry, UserEntry } from './kubeconfig-entries.ts';

/** Milliseconds a plugin may take: it has nobody to ask, so a question would hang for ever. */
const pluginMs = 60_000;

export interface PluginAnswer {
  readonly authorization?: string;
  /** PEM */
  readonly cert?: string;
  readonly key?: string;
}

/** Asks the plugin of one user, again and again: it remembers what it got until that expires. */
export type Plugin = () => Promise<PluginAnswer>;

/**
 * A plugin, as client-node runs it.
 * @throws (when asked) Problem `not-logged-in`, naming the plugin; never what it printed, which may be a token.
 */
export function createPlugin(name: string, user: UserEntry): Plugin {
  const config = new KubeConfig();
  const cluster = { name: 'asked', server: 'https://asked.invalid', skipTLSVerify: false };
  config.loadFromClusterAndUser(cluster, {
    name,
    ...(user.exec && { exec: withExecInfo(user.exec) }),
    ...(user['auth-provider'] && { authProvider: structuredClone(user['auth-provider']) }),
  });
  return async () => {
    const options: RequestOptions = {};
    await withinTime(config.applyToHTTPSOptions(options), user);
    const answer = {
      ...textAs('authorization', header(options, 'authorization')),
      ...textAs('cert', options.cert),
      ...textAs('key', options.key),
    };
    if (answer.authorization === undefined && answer.cert === undefined) throw failed(user, 'It gave no token.');
    return answer;
  };
}

/** Plugins of the `client.authentication.k8s.io` protocol read the version wanted, and whether they may ask, from here. */
function withExecInfo(exec: ExecEntry) {
  const name = 'KUBERNETES_EXEC_INFO';
  const info = { apiVersion: exec.apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  const own = exec.env.filter((entry) => entry.name !== name);
  return { ...exec, env: [...own, { name, value: JSON.stringify(info) }] };
}

async function withinTime(asked: Promise<void>, user: UserEntry): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const problem = failed(user, `It did not answer within ${pluginMs / 1000} s.`);
    timer = setTimeout(() => reject(problem), pluginMs);
  });
  try {
    await Promise.race([asked, late]);
  } catch (error) {
    if (error instanceof Problem) throw error;
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw failed(user, missing ? 'It is not installed, or not in PATH.' : 'It failed.');
  } finally {
    clearTimeout(timer);
  }
}

function failed(user: UserEntry, how: string): Problem {
  const { exec } = user;
  const provider = user['auth-provider']?.name ?? 'unknown';
  const named = exec ? `The credentials plugin “${exec.command}”` : `The credentials provider “${provider}”`;
  return new Problem('not-logged-in', `${named} gave no credentials. ${how}`, {
    likely: 'Its own session has expired, or it needs an answer that nobody can give it here.',
    fix: exec
      ? (exec.installHint ?? `Run \`${exec.command}\` by hand to see why, then run again.`)
      : 'Log in again: `oc login`.',
  });
}

function header(options: RequestOptions, wanted: string): unknown {
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (name.toLowerCase() === wanted) return value;
  }
  return undefined;
}

function textAs<K extends string>(name: K, value: unknown): Partial<Record<K, string>> {
  const text = Buffer.isBuffer(value) ? value.toString('utf8') : value;
  const set: Partial<Record<K, string>> = {};
  if (typeof text === 'string' && text !== '') set[name] = text;
  return set;
}
