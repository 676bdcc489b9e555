/**
 * The keys of the object store, read at the moment they are needed. They are no part of the configuration, and nothing
 * here is ever shown but the names of variables.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../engine/problem.ts';
import { accessKeyVariable, secretKeyVariable } from './environment.ts';
import { type Environment, readVariable } from './layers.ts';
import { type Issue, issueLine } from './origin.ts';

export type StorageKeys =
  /** Fit for Thanos. `from` names the variables. */
  | { readonly kind: 'static'; readonly accessKey: string; readonly secretKey: string; readonly from: string }
  /** They expire: they may create the bucket, Thanos must not get them. */
  | {
      readonly kind: 'temporary';
      readonly accessKey: string;
      readonly secretKey: string;
      readonly sessionToken?: string;
      readonly from: string;
    }
  /** Left to the AWS configuration files; whether what they give is temporary is known only once it is read. */
  | { readonly kind: 'profile'; readonly profile?: string }
  /** Half of a pair. */
  | { readonly kind: 'incomplete'; readonly missing: string }
  | { readonly kind: 'none' };

/**
 * `ACM_OBSERVABILITY_STORAGE_ACCESS_KEY` and `_SECRET_KEY` (or their `_FILE` forms), else the `AWS_*` pair, else an AWS
 * profile.
 * @throws Problem `configuration-invalid` when a variable and its `_FILE` form are both set, or the file cannot be read.
 */
export async function storageKeys(env: Environment, cwd: string): Promise<StorageKeys> {
  const issues: Issue[] = [];
  const read = (name: string) => readVariable({ name, fileForm: true }, env, cwd, issues);
  const accessKey = await read(accessKeyVariable);
  const secretKey = await read(secretKeyVariable);
  if (issues.length > 0) throw new Problem('configuration-invalid', issues.map(issueLine).join('\n'));
  if (accessKey !== undefined && secretKey !== undefined) {
    const from = `${accessKey.name} and ${secretKey.name}`;
    return pair(accessKey.text, secretKey.text, undefined, from);
  }
  if (accessKey !== undefined) return { kind: 'incomplete', missing: secretKeyVariable };
  if (secretKey !== undefined) return { kind: 'incomplete', missing: accessKeyVariable };
  return awsKeys(env);
}

async function awsKeys(env: Environment): Promise<StorageKeys> {
  const accessKey = env.AWS_ACCESS_KEY_ID ?? '';
  const secretKey = env.AWS_SECRET_ACCESS_KEY ?? '';
  if (accessKey !== '' && secretKey !== '') {
    return pair(accessKey, secretKey, env.AWS_SESSION_TOKEN, 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
  }
  if (accessKey !== '') return { kind: 'incomplete', missing: 'AWS_SECRET_ACCESS_KEY' };
  if (secretKey !== '') return { kind: 'incomplete', missing: 'AWS_ACCESS_KEY_ID' };
  const profile = env.AWS_PROFILE ?? '';
  if (profile !== '') return { kind: 'profile', profile };
  return (await hasSharedFile(env)) ? { kind: 'profile' } : { kind: 'none' };
}

/** Key IDs of temporary credentials begin with ASIA, whether or not the token came along. */
function pair(accessKey: string, secretKey: string, token: string | undefined, from: string): StorageKeys {
  const sessionToken = token === undefined || token === '' ? {} : { sessionToken: token };
  const temporary = 'sessionToken' in sessionToken || accessKey.startsWith('ASIA');
  return temporary
    ? { kind: 'temporary', accessKey, secretKey, ...sessionToken, from }
    : { kind: 'static', accessKey, secretKey, from };
}

async function hasSharedFile(env: Environment): Promise<boolean> {
  const home = env.HOME ?? '';
  const file = env.AWS_SHARED_CREDENTIALS_FILE ?? (home === '' ? '' : join(home, '.aws', 'credentials'));
  if (file === '') return false;
  return access(file).then(
    () => true,
    () => false,
  );
}
