/** The object store of a run: its keys from the environment, its place from the configuration or from a live secret. */

import { profileKeys } from '../adapters/object-store/profile.ts';
import { createObjectStore, type ObjectStoreOptions } from '../adapters/object-store.ts';
import type { Shell } from '../cli/shell.ts';
import { type StorageKeys, storageKeys } from '../config/credentials.ts';
import type { LoadedConfig } from '../config/load.ts';
import { requireValues, storeNeeds } from '../config/require.ts';
import type { Context, StoreKeys } from '../context.ts';
import type { ObjectStore, RequestCounts } from '../ports.ts';
import { parseThanosYaml } from '../resources/thanos-config.ts';
import type { Doors } from './doors.ts';
import { once } from './session.ts';

export interface StoreAccessOptions {
  readonly loaded: LoadedConfig;
  readonly shell: Shell;
  readonly counts: RequestCounts;
  readonly doors: Doors;
  caBundle(): Promise<string | undefined>;
}

type StoreAccess = Pick<Context, 'store' | 'storeOf' | 'keys' | 'caBundle'>;

export function storeAccess({ loaded, shell, counts, doors, caBundle }: StoreAccessOptions): StoreAccess {
  const { storage } = loaded.config;
  const found = once(async () => {
    const keys = await storageKeys(shell.env, shell.cwd);
    requireValues(loaded, storeNeeds, keys);
    return keys.kind === 'profile' ? await profileKeys(keys) : keys;
  });
  const open = (place: Omit<ObjectStoreOptions, 'counts' | 'env' | 'signal'>) =>
    doors.store(createObjectStore({ ...place, counts, env: shell.env, signal: shell.signal }));

  const store = once(async (): Promise<ObjectStore> => {
    const keys = usable(await found());
    const ca = await caBundle();
    return open({
      bucket: storage.bucket ?? '',
      ...(storage.region === undefined ? {} : { region: storage.region }),
      ...(storage.endpoint === undefined ? {} : { endpoint: storage.endpoint }),
      ...(ca === undefined ? {} : { ca }),
      credentials: keys,
    });
  });

  return {
    store,
    caBundle,
    async keys(): Promise<StoreKeys> {
      const keys = usable(await found());
      return { accessKey: () => keys.accessKeyId, secretKey: () => keys.secretAccessKey, temporary: keys.temporary };
    },
    async storeOf(text) {
      const live = parseThanosYaml(text);
      if (live === undefined) return undefined;
      const ca = await caBundle();
      return open({ ...live, ...(ca === undefined ? {} : { ca }) });
    },
  };
}

interface Usable {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly temporary: boolean;
}

/** @throws Error, our bug, when `requireValues` let something through that is no pair. */
function usable(keys: StorageKeys): Usable {
  if (keys.kind === 'static') return { accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey, temporary: false };
  if (keys.kind !== 'temporary') throw new Error(`no keys for the store: ${keys.kind}`);
  const { accessKey, secretKey, sessionToken } = keys;
  const token = sessionToken === undefined ? {} : { sessionToken };
  return { accessKeyId: accessKey, secretAccessKey: secretKey, ...token, temporary: true };
}
