/** What a hub is, looked at once per run: ACM and its version, the observability objects, the managed clusters. */
import type { Config } from './config/config.ts';
import { given } from './engine/given.ts';
import { Problem } from './engine/problem.ts';
import {
  ClusterVersionKind,
  type ManagedCluster,
  ManagedClusterKind,
  type MultiClusterHub,
  MultiClusterHubKind,
  type MultiClusterObservability,
  MultiClusterObservabilityKind,
} from './kinds.ts';
import { type Cluster, isApiError } from './ports.ts';

/** Where ACM keeps observability on the hub; fixed (acm.md §1.1). */
export const observabilityNamespace = 'open-cluster-management-observability';
/** Thanos Query there, as the API server's proxy names a service and its port. */
export const queryService = 'observability-thanos-query:9090';
/** Where its add-on lives on a managed cluster; fixed. */
export const addonNamespace = 'open-cluster-management-addon-observability';

/** (major, minor), to be compared as numbers: 5.0 follows 2.17. */
export type Version = readonly [major: number, minor: number];

export interface Hub {
  /** The ManagedCluster that carries `local-cluster=true`; `local-cluster` where the hub does not manage itself. */
  readonly name: string;
  readonly api: string;
  readonly clusterID: string | undefined;
  /** `2.14.1` */
  readonly acmVersion: string;
  readonly version: Version;
  /** `mcoa`: the addon architecture collects; the allowlist is dead. */
  readonly architecture: 'legacy' | 'mcoa';
  /** MultiClusterHub, in whatever namespace it is. */
  readonly multiClusterHub: MultiClusterHub & { readonly metadata: { readonly namespace: string } };
  readonly observabilities: readonly MultiClusterObservability[];
  readonly managedClusters: readonly ManagedCluster[];
}

/** @throws Problem `acm-missing` when this cluster is no hub; `not-permitted` when it cannot be told. */
export async function lookAround(cluster: Cluster): Promise<Hub> {
  const [hubs, observabilities, managedClusters, version] = await Promise.all([
    known(cluster.list(MultiClusterHubKind)),
    known(cluster.list(MultiClusterObservabilityKind)),
    known(cluster.list(ManagedClusterKind, {}, lookedAt)),
    cluster.get(ClusterVersionKind, { name: 'version' }),
  ]);
  const hub = hubs[0];
  const namespace = hub?.metadata.namespace;
  if (hub === undefined || namespace === undefined) {
    throw new Problem('acm-missing', `${cluster.server} has no MultiClusterHub`);
  }
  const acmVersion = hub.status?.currentVersion ?? hub.status?.desiredVersion ?? '';
  return {
    name: hubName(managedClusters),
    api: cluster.server,
    clusterID: version?.spec?.clusterID,
    acmVersion: acmVersion === '' ? 'unknown' : acmVersion,
    version: parseVersion(acmVersion),
    architecture: observabilities.some(collectsByAddon) ? 'mcoa' : 'legacy',
    multiClusterHub: { ...hub, metadata: { ...hub.metadata, namespace } },
    observabilities,
    managedClusters,
  };
}

/** Of thousands only what is asked of them: the certificates of their API servers would be most of it. */
function lookedAt({ apiVersion, kind, metadata, spec = {}, status = {} }: ManagedCluster): ManagedCluster {
  const { hubAcceptsClient, leaseDurationSeconds, taints, managedClusterClientConfigs } = spec;
  const { conditions, clusterClaims, version } = status;
  const urls = managedClusterClientConfigs?.map(({ url }) => given({ url }));
  return {
    apiVersion,
    kind,
    metadata,
    spec: given({ hubAcceptsClient, leaseDurationSeconds, taints, managedClusterClientConfigs: urls }),
    status: given({ conditions, clusterClaims, version }),
  };
}

/** @throws Problem `acm-not-running` while ACM is installed, upgraded or repaired: its operator idles then (acm.md §1.5). */
export function requireRunning(hub: Hub): void {
  const { phase, currentVersion, desiredVersion } = hub.multiClusterHub.status ?? {};
  if (currentVersion !== undefined && currentVersion === desiredVersion && phase === 'Running') return;
  const versions =
    currentVersion === desiredVersion ? '' : `, version ${currentVersion ?? 'none'} of ${desiredVersion}`;
  throw new Problem('acm-not-running', `MultiClusterHub is ${phase ?? 'without a phase'}${versions}`);
}

/** The one MultiClusterObservability object there may be. @throws Problem `observability-twice`. */
export function theObservability(hub: Hub): MultiClusterObservability | undefined {
  if (hub.observabilities.length > 1) {
    const names = hub.observabilities.map((object) => object.metadata.name).join(', ');
    throw new Problem('observability-twice', `found ${names}`);
  }
  return hub.observabilities[0];
}

/** @throws as `theObservability`, and Problem `observability-absent`: a team's packs need an installation made by others. */
export function theInstallation(hub: Hub, { team }: Pick<Config, 'team'>): MultiClusterObservability | undefined {
  const found = theObservability(hub);
  if (team === undefined || found !== undefined) return found;
  throw new Problem('observability-absent', `the configuration is team ${team}'s, and ${hub.api} has no installation`, {
    fix: 'Have the installation made first, by a configuration without `team`.',
  });
}

/** `[2, 14]` for `2.14.1`; `[0, 0]` where ACM does not say. */
function parseVersion(text: string): Version {
  const found = /^v?(\d+)\.(\d+)/.exec(text);
  return found ? [Number(found[1]), Number(found[2])] : [0, 0];
}

export function atLeast(version: Version, major: number, minor: number): boolean {
  return version[0] > major || (version[0] === major && version[1] >= minor);
}

/** acm.md §9.1: either flag switches the whole legacy collection off. */
function collectsByAddon(object: MultiClusterObservability): boolean {
  return ['platform', 'userWorkloads'].some(
    (part) => path(object.spec?.capabilities, [part, 'metrics', 'default', 'enabled']) === true,
  );
}

function path(value: unknown, names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined),
    value,
  );
}

function hubName(clusters: readonly ManagedCluster[]): string {
  return (
    clusters.find((cluster) => cluster.metadata.labels?.['local-cluster'] === 'true')?.metadata.name ?? 'local-cluster'
  );
}

/** A kind the server does not have is an empty list: there is no such object. Anything else is not. */
async function known<T>(listing: Promise<T[]>): Promise<T[]> {
  try {
    return await listing;
  } catch (error) {
    if (isApiError(error, 404)) return [];
    if (isApiError(error, 403)) throw new Problem('not-permitted', error.message, { cause: error });
    throw error;
  }
}
