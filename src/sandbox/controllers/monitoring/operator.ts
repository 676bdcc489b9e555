/**
 * Stands in for the cluster monitoring operator of one cluster: reads the monitoring configuration, switches
 * user-workload monitoring, and tells on its ClusterOperator (acm.md §11, transport.md §10).
 */
import { type Condition, ConfigMapKind, DeploymentKind, Namespace, StatefulSetKind } from '../../../kinds.ts';
import type { Clock } from '../../../ports.ts';
import type { ControllerClient } from '../client.ts';
import type { Delays } from '../delays.ts';
import type { Informers } from '../informer.ts';
import { InfrastructureKind, MonitoringOperatorKind } from '../kinds.ts';
import { monitoringConfig, platformMonitoring, userWorkloadConfig, userWorkloadMonitoring } from '../names.ts';
import { ensure, ensureAll, isRecord, objectOf, timestamp, type Wanted } from '../objects.ts';
import { type Log, type Outcome, type Running, startController, watching } from '../runtime.ts';
import { deployment, statefulSet } from '../workload.ts';
import { ConfigError, parseConfig, type Read, readAsOperator, strictnessOf } from './config.ts';

export interface MonitoringOperatorOptions {
  readonly informers: Informers;
  readonly clock: Clock;
  readonly delays: Delays;
  /** `4.16.3` */
  readonly openshiftVersion: string;
  readonly log?: Log;
}

interface Context extends MonitoringOperatorOptions {
  readonly client: ControllerClient;
  readonly state: { failures: number; readAt: number | undefined; readVersion: string; said: readonly Condition[] };
}

export interface MonitoringOperator extends Running {
  /** What it says on its ClusterOperator. */
  said(): readonly Condition[];
}

/** Starts it on an OpenShift cluster. */
export function startMonitoringOperator(options: MonitoringOperatorOptions): MonitoringOperator {
  const { informers, clock, delays, log } = options;
  const client = informers.client.as('cluster-monitoring-operator');
  const state: Context['state'] = { failures: 0, readAt: undefined, readVersion: '', said: [] };
  const context: Context = { ...options, client, state };
  const configMaps = informers.of(ConfigMapKind);
  const one = (): readonly string[] => ['monitoring'];
  const named =
    (name: string) =>
    ({ object }: { readonly object: { metadata: { name: string } } }) =>
      object.metadata.name === name ? one() : [];
  const running = startController({
    name: 'cluster-monitoring-operator',
    cluster: client.name,
    clock,
    delays,
    keys: one(),
    ...(log && { log }),
    watches: [
      watching(configMaps, named(monitoringConfig), platformMonitoring),
      watching(configMaps, named(userWorkloadConfig), userWorkloadMonitoring),
      watching(informers.of(StatefulSetKind), one, userWorkloadMonitoring),
      watching(informers.of(DeploymentKind), one, userWorkloadMonitoring),
    ],
    reconcile: () => reconcile(context),
  });
  return { ...running, said: () => state.said };
}

/** A change is taken up after a while, as a reconcile of the whole stack takes its time. */
async function reconcile(context: Context): Promise<Outcome | undefined> {
  const { clock, delays, state } = context;
  const version = versionsOf(context);
  if (version !== state.readVersion) {
    state.readVersion = version;
    state.readAt = clock.now() + delays.ms('monitoringReconcile');
    state.failures = 0;
  }
  const wait = (state.readAt ?? 0) - clock.now();
  if (wait > 0) return { againInMs: wait };
  return await takeUp(context);
}

function versionsOf({ informers }: Context): string {
  const configMaps = informers.of(ConfigMapKind);
  return [
    configMaps.get({ name: monitoringConfig, namespace: platformMonitoring }),
    configMaps.get({ name: userWorkloadConfig, namespace: userWorkloadMonitoring }),
  ]
    .map((map) => map?.metadata.resourceVersion ?? '')
    .join();
}

async function takeUp(context: Context): Promise<Outcome | undefined> {
  const { client, delays, state, openshiftVersion } = context;
  const strictness = strictnessOf(openshiftVersion);
  let read: Read;
  try {
    read = readPlatform(context);
    readUserWorkload(context, read);
    state.failures = 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    state.failures += 1;
    context.log?.({
      controller: 'cluster-monitoring-operator',
      cluster: client.name,
      level: 'error',
      message: error.message,
    });
    // The running stack goes on as it is; for a few attempts nobody is told.
    if (state.failures >= strictness.attempts) await report(context, failed(error));
    return { againInMs: delays.ms('monitoringRetry') };
  }
  await ensure(client, { kind: Namespace, object: objectOf(Namespace, { name: userWorkloadMonitoring }) });
  const wanted = await userWorkloadStack(client);
  if (read.userWorkload) await ensureAll(client, wanted);
  else for (const { kind, object } of wanted) await client.delete(kind, object.metadata);
  await report(context, await rolledOut(context, wanted, read));
  return undefined;
}

/** Which of the two maps could not be read is part of the reason people see. */
class UserWorkloadConfigError extends ConfigError {}

function readPlatform({ informers, openshiftVersion }: Context): Read {
  const map = informers.of(ConfigMapKind).get({ name: monitoringConfig, namespace: platformMonitoring });
  if (map === undefined) return { userWorkload: false };
  const text = map.data?.['config.yaml'];
  if (text === undefined)
    throw new ConfigError('the Cluster Monitoring ConfigMap doesn\'t contain a "config.yaml" key');
  return readAsOperator(text, strictnessOf(openshiftVersion));
}

function readUserWorkload({ informers }: Context, { userWorkload }: Read): void {
  const map = informers.of(ConfigMapKind).get({ name: userWorkloadConfig, namespace: userWorkloadMonitoring });
  try {
    if (userWorkload) parseConfig(map?.data?.['config.yaml'] ?? '');
  } catch (error) {
    throw error instanceof ConfigError ? new UserWorkloadConfigError(error.message) : error;
  }
}

/** What runs for user workloads; one of each where the cluster has one node (acm.md §11). */
async function userWorkloadStack(client: ControllerClient): Promise<Wanted[]> {
  const infrastructure = await client.get(InfrastructureKind, { name: 'cluster' });
  const status = isRecord(infrastructure?.status) ? infrastructure.status : {};
  const replicas = status.infrastructureTopology === 'SingleReplica' ? 1 : 2;
  const words = (name: string, count: number) => ({
    name,
    namespace: userWorkloadMonitoring,
    replicas: count,
    podLabels: { 'app.kubernetes.io/name': name },
    containers: [{ name }],
  });
  return [
    { kind: DeploymentKind, object: deployment(words('prometheus-operator', 1)) },
    { kind: StatefulSetKind, object: statefulSet(words('prometheus-user-workload', replicas)) },
    { kind: StatefulSetKind, object: statefulSet(words('thanos-ruler-user-workload', replicas)) },
  ];
}

type Words = Readonly<Record<'Available' | 'Degraded' | 'Progressing' | 'Upgradeable', Omit<Condition, 'type'>>>;

function failed(error: ConfigError): Words {
  const reason = error instanceof UserWorkloadConfigError ? 'UserWorkloadInvalidConfiguration' : 'InvalidConfiguration';
  return {
    Available: { status: 'False', reason, message: error.message },
    Degraded: { status: 'True', reason, message: error.message },
    Progressing: { status: 'False', reason },
    Upgradeable: { status: 'True' },
  };
}

async function rolledOut({ client, informers }: Context, wanted: readonly Wanted[], read: Read): Promise<Words> {
  const waiting =
    read.userWorkload &&
    wanted.some(({ kind, object }) => !isUp(informers, kind === StatefulSetKind, object.metadata.name));
  const platform = informers.of(ConfigMapKind).get({ name: monitoringConfig, namespace: platformMonitoring });
  const persistent = platform?.data?.['config.yaml']?.includes('volumeClaimTemplate') === true;
  const before = await client.get(MonitoringOperatorKind, { name: 'monitoring' });
  const degraded = before?.status?.conditions?.find(({ type, status }) => type === 'Degraded' && status === 'False');
  return {
    Available: { status: 'True', reason: 'RollOutDone', message: 'Successfully rolled out the stack.' },
    Degraded: {
      status: 'False',
      reason: persistent ? (degraded?.reason ?? 'AsExpected') : 'PrometheusDataPersistenceNotConfigured',
    },
    Progressing: waiting
      ? { status: 'True', reason: 'RollOutInProgress', message: 'Rolling out the stack.' }
      : { status: 'False' },
    Upgradeable:
      read.warning === undefined
        ? { status: 'True' }
        : { status: 'False', reason: 'InvalidConfiguration', message: read.warning },
  };
}

function isUp(informers: Informers, stateful: boolean, name: string): boolean {
  const live = informers
    .of(stateful ? StatefulSetKind : DeploymentKind)
    .get({ name, namespace: userWorkloadMonitoring });
  return live !== undefined && (live.status?.readyReplicas ?? 0) >= (live.spec?.replicas ?? 1);
}

async function report({ client, clock, openshiftVersion, state }: Context, words: Words): Promise<void> {
  const key = { name: 'monitoring' };
  if ((await client.get(MonitoringOperatorKind, key)) === undefined)
    await ensure(client, { kind: MonitoringOperatorKind, object: objectOf(MonitoringOperatorKind, key, { spec: {} }) });
  const live = await client.get(MonitoringOperatorKind, key);
  if (live === undefined) return;
  const before = live.status?.conditions ?? [];
  const now = timestamp(clock.now());
  const conditions = Object.entries(words).map(([type, wanted]): Condition => {
    const old = before.find((one) => one.type === type);
    const since = old?.status === wanted.status ? (old.lastTransitionTime ?? now) : now;
    return { type, ...wanted, lastTransitionTime: since };
  });
  state.said = conditions;
  if (JSON.stringify(before) === JSON.stringify(conditions)) return;
  const versions = live.status?.versions ?? [{ name: 'operator', version: openshiftVersion }];
  await client.status(MonitoringOperatorKind, { ...live, status: { ...live.status, conditions, versions } });
}
