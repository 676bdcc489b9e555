/** Values a run cannot do without: all that are missing are told at once, each with every way to give it. */
import { Problem } from '../engine/problem.ts';
import type { Config } from './config.ts';
import type { StorageKeys } from './credentials.ts';
import { accessKeyVariable, ambientKeys, secretKeyVariable, variableOf } from './environment.ts';
import { flagOf } from './flags.ts';
import type { LoadedConfig } from './load.ts';
import { valueAt } from './rules.ts';

/** A key of the configuration, or the keys of the store. */
export type Need = 'storage.bucket' | 'storage.region' | 'storage.existingSecret' | 'storage.credentials';

/** What `plan`, `apply` and `check` need to know about the store, whatever the provider: the rest does not apply. */
export const storeNeeds: readonly Need[] = [
  'storage.bucket',
  'storage.region',
  'storage.existingSecret',
  'storage.credentials',
];

/** One missing value and the ways to give it. */
interface Missing {
  readonly key: string;
  /** With an example. */
  readonly flag?: string;
  readonly variables: readonly string[];
}

/**
 * Nothing, when every need that applies is met. `keys` is what `storageKeys` found.
 * @throws Problem `missing-values`, a line for each.
 */
export function requireValues(loaded: Pick<LoadedConfig, 'config'>, needs: readonly Need[], keys?: StorageKeys): void {
  const missing = needs.flatMap((need) => missingOf(need, loaded.config, keys));
  if (missing.length === 0) return;
  throw new Problem('missing-values', missing.map(line).join('\n'));
}

/** For which stores a value is needed, and what one looks like. */
const values: Readonly<
  Record<
    Exclude<Need, 'storage.credentials'>,
    { readonly applies: (storage: Config['storage']) => boolean; readonly key: string; readonly example: string }
  >
> = {
  'storage.bucket': {
    applies: ({ provider }) => provider === 's3' || provider === 'gcs' || provider === 'azure',
    key: 'storage.bucket',
    example: 'acm-metrics',
  },
  'storage.region': {
    applies: ({ provider, endpoint }) => provider === 's3' && isAws(endpoint),
    key: 'storage.region',
    example: 'eu-west-3',
  },
  'storage.existingSecret': {
    applies: ({ provider }) => provider === 'existing',
    key: 'storage.existingSecret.name',
    example: 'thanos-object-storage',
  },
};

function missingOf(need: Need, { storage }: Config, keys: StorageKeys | undefined): Missing[] {
  if (need === 'storage.credentials') return storage.provider === 's3' ? missingKeys(keys) : [];
  const { applies, key, example } = values[need];
  return applies(storage) && valueAt({ storage }, key) === undefined ? [missingKey(key, example)] : [];
}

/** AWS is where no endpoint is named, or one of AWS’s own. */
function isAws(endpoint: string | undefined): boolean {
  return endpoint === undefined || /\.amazonaws\.com(?:\.cn)?$/.test(new URL(endpoint).hostname);
}

function missingKey(path: string, example: string): Missing {
  const ambient = ambientKeys.find((entry) => entry.path === path)?.names ?? [];
  return { key: path, flag: `${flagOf(path)}=${example}`, variables: [variableOf(path), ...ambient] };
}

function missingKeys(keys: StorageKeys | undefined): Missing[] {
  if (keys?.kind === 'incomplete') return [{ key: 'the other half of the store’s keys', variables: [keys.missing] }];
  if (keys?.kind !== 'none') return [];
  const row = (what: string, ours: string, aws: string): Missing => ({
    key: `${what} key of the store`,
    variables: [ours, `${ours}_FILE=/run/secrets/${what}-key`, aws],
  });
  return [
    row('access', accessKeyVariable, 'AWS_ACCESS_KEY_ID'),
    row('secret', secretKeyVariable, 'AWS_SECRET_ACCESS_KEY'),
  ];
}

function line({ key, flag, variables }: Missing): string {
  return `${key}: ${[flag, ...variables].filter((way) => way !== undefined).join(', or ')}`;
}
