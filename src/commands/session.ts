/** Puts a run together: configuration, kubeconfig, hub, clusters, store and metrics. The one place that knows all adapters. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { keepHeapSmall } from '../adapters/heap.ts';
import { loadStoreClient } from '../adapters/object-store.ts';
import { sharingBucket, sharingReads } from '../adapters/shared-reads.ts';
import type { GlobalOptions } from '../cli/options.ts';
import { newRun } from '../cli/run.ts';
import type { Shell } from '../cli/shell.ts';
import type { Config } from '../config/config.ts';
import { storageKeys } from '../config/credentials.ts';
import { parseAssignments } from '../config/flags.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { requireValues, storeNeeds } from '../config/require.ts';
import type { Context, Settings } from '../context.ts';
import { Problem } from '../engine/problem.ts';
import { chooseMembers } from '../fleet/members.ts';
import { visitsUpTo } from '../fleet/visits.ts';
import { type Hub, lookAround } from '../hub.ts';
import { createLooks } from '../looks.ts';
import { loadPacks } from '../packs/load.ts';
import type { Cluster, RequestCounts } from '../ports.ts';
import { refuseUnavailable } from './available.ts';
import { kubeconfigDoors } from './doors.ts';
import { findGrafanas } from './grafana/find.ts';
import { hubMetrics } from './metrics.ts';
import { createReach } from './reach.ts';
import { storeAccess } from './store.ts';

export interface Session {
  readonly loaded: LoadedConfig;
  readonly context: Context;
  readonly counts: RequestCounts;
  readonly startedAt: number;
  /** Deletes what killed runs left on the hub. Only for who holds the lease. */
  sweep(): Promise<void>;
  /** Lets go of connections and deletes what this run left on the hub for a moment. */
  close(): Promise<void>;
}

/** Milliseconds within which one look at everything is over, on a fleet of thousands too. */
const aRound = 60_000;

const noSettings: Settings = { forceConflicts: false, adoptBucket: false, deleteData: false };

export interface SessionNeeds {
  readonly settings?: Partial<Settings>;
  /** The store's values must all be there before anything is asked of a cluster. */
  readonly needsStore?: boolean;
  /** The run looks once and writes nothing: what several steps and checks read is read once. */
  readonly looksOnce?: boolean;
}

/** The configuration of a run. @throws Problem `configuration-…`. */
export function loadFor(options: GlobalOptions, shell: Shell): Promise<LoadedConfig> {
  return loadConfig({
    file: options.file,
    flags: { ...parseAssignments(options.set), 'hub.context': options.context },
    env: shell.env,
    cwd: shell.cwd,
    stdin: shell.stdin,
  });
}

/** Opens everything a command needs. Reads only. @throws Problem of the configuration, the kubeconfig or the hub. */
export async function openSession(options: GlobalOptions, shell: Shell, needs: SessionNeeds = {}): Promise<Session> {
  const startedAt = shell.clock.now();
  const loaded = await loadFor(options, shell);
  const { id: runId, counts } = shell.run ?? newRun();
  const { config } = loaded;
  refuseUnavailable(config);
  if (needs.needsStore === true && config.team === undefined)
    requireValues(loaded, storeNeeds, await storageKeys(shell.env, shell.cwd));
  const doors = await (shell.doors?.(counts) ?? kubeconfigDoors(options, config.hub.context, shell, counts));
  const anonymous = await doors.hub();
  try {
    const [hub] = await Promise.all([lookAround(anonymous), ...(needs.needsStore === true ? [loadStoreClient()] : [])]);
    refuseOtherHub(hub, config);
    if (hub.managedClusters.length > visitsUpTo) keepHeapSmall();
    const named: Cluster = { ...anonymous, name: hub.name };
    const cluster = needs.looksOnce === true ? sharingReads(named, shell.clock, aRound) : named;
    const members = await chooseMembers(hub, cluster, config, options);
    const shared = { cluster, config, shell, runId, doors };
    const reach = createReach({ ...shared, options });
    const metrics = hubMetrics({ cluster, counts, doors, env: shell.env, signal: shell.signal });
    const access = storeAccess({ loaded, shell, counts, doors, caBundle: once(() => readCaBundle(config)) });
    const context: Context = {
      runId,
      config,
      cluster,
      hub,
      members,
      reach: reach.reach,
      ...access,
      ...(needs.looksOnce === true && {
        store: once(async () => sharingBucket(await access.store(), shell.clock, aRound)),
      }),
      packs: once(() => loadPacks(config.packs, config.baseFolder)),
      metrics,
      looks: createLooks({
        cluster,
        metrics,
        clock: shell.clock,
        clusters: hub.managedClusters,
        ...(needs.looksOnce === true && { goodFor: aRound }),
      }),
      grafanas: findGrafanas(cluster),
      clock: shell.clock,
      signal: shell.signal,
      settings: { ...noSettings, forceConflicts: options.forceConflicts, ...needs.settings },
    };
    const close = async () => {
      await reach.close();
      await cluster.close();
    };
    return { loaded, context, counts, startedAt, sweep: reach.sweep, close };
  } catch (error) {
    await anonymous.close();
    throw error;
  }
}

function refuseOtherHub(hub: Hub, config: Config): void {
  const pinned = config.hub.clusterID;
  if (pinned === undefined || pinned === hub.clusterID) return;
  throw new Problem(
    'hub-mismatch',
    `the configuration is for ${pinned}; ${hub.api} is ${hub.clusterID ?? 'without an ID'}`,
  );
}

async function readCaBundle(config: Config): Promise<string | undefined> {
  const { caFile } = config.storage;
  if (caFile === undefined) return undefined;
  const path = resolve(config.baseFolder, caFile);
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Problem('configuration-invalid', `storage.caFile: ${path} cannot be read`, { cause });
  }
}

/** Asked at most once; a failed try is asked again. */
export function once<T>(look: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= look().catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
    return asked;
  };
}
