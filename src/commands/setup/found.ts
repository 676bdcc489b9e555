/** What the wizard is told about the hub, the environment and the account. Picks names and places; takes no secret along. */
import type { Config } from '../../config/config.ts';
import type { StorageKeys } from '../../config/credentials.ts';
import type { Hub } from '../../hub.ts';
import { condition } from '../../kinds.ts';
import type { Found } from './questions.ts';

export interface Look {
  readonly hub: Hub;
  /** The configuration as it is before the wizard: what variables and the shell already say about the store. */
  readonly config: Config;
  readonly keys: StorageKeys;
  readonly missingRights: readonly string[];
  readonly packs: Found['packs'];
}

export function foundBy({ hub, config, keys, missingRights, packs }: Look): Found {
  const { bucket, region, endpoint, caFile } = config.storage;
  const observability = hub.observabilities[0]?.metadata.name;
  const place = { bucket, region, endpoint, caFile, keysFrom: 'from' in keys ? keys.from : undefined };
  return {
    hub: {
      name: hub.name,
      api: hub.api,
      acmVersion: hub.acmVersion,
      ...(hub.clusterID === undefined ? {} : { clusterID: hub.clusterID }),
      ...(observability === undefined ? {} : { observability }),
    },
    clusters: hub.managedClusters
      .map((object) => ({
        name: object.metadata.name,
        available: condition(object, 'ManagedClusterConditionAvailable')?.status === 'True',
      }))
      .toSorted((left, right) => left.name.localeCompare(right.name)),
    missingRights,
    store: {
      keys: keys.kind,
      ...Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined)),
    },
    packs,
  };
}
