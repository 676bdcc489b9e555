/** When user-workload monitoring really runs on a cluster, and what on the hub already proves it. */
import { isProblem, Problem } from '../engine/problem.ts';
import type { Right, RightsMode } from '../engine/rights.ts';
import type { Readiness } from '../engine/step.ts';
import {
  ApplicationKind,
  ClusterOperatorKind,
  ConfigMapKind,
  condition,
  ManifestWorkKind,
  ObservabilityAddonKind,
  PolicyKind,
  SelectorSyncSetKind,
  StatefulSetKind,
  SyncSetKind,
  type WithConditions,
  type Workload,
} from '../kinds.ts';
import type { Clock, Cluster } from '../ports.ts';
import { type Mapping, readDocument } from './document.ts';
import { isTurnedOn, monitoringConfigKey } from './monitoring-config.ts';
import { on, optional } from './rights.ts';
import { rolledOut } from './workloads.ts';

const statefulSet = { namespace: 'openshift-user-workload-monitoring', name: 'prometheus-user-workload' };

/** Settings of that Prometheus: there when somebody has made it theirs. */
const settings = { namespace: statefulSet.namespace, name: 'user-workload-monitoring-config' };
/** What ACM writes into them by itself, and takes away when it goes (transport.md §2.6). */
const ofAcm = new Set(['additionalAlertmanagerConfigs', 'externalLabels']);

/** Who has come to need it since we turned it on: somebody has configured it. `undefined` when nobody has. */
export async function userWorkloadMonitoringNeededBy(cluster: Cluster): Promise<string | undefined> {
  const map = await cluster.get(ConfigMapKind, settings);
  const where = `ConfigMap ${settings.namespace}/${settings.name}`;
  const document = readSettings(map?.data?.['config.yaml'], where);
  if (document === 'unreadable') return `somebody configures it in ${where}`;
  const { prometheus, ...others } = document;
  const own = typeof prometheus === 'object' && prometheus !== null ? Object.keys(prometheus) : [];
  const keys = [...Object.keys(others), ...own.filter((key) => !ofAcm.has(key)).map((key) => `prometheus.${key}`)];
  return keys.length === 0 ? undefined : `somebody configures ${keys.join(', ')} in ${where}`;
}

/** A text that does not parse is somebody's all the same. */
function readSettings(text: string | undefined, where: string): Mapping | 'unreadable' {
  try {
    return readDocument(text, where);
  } catch (error) {
    if (isProblem(error, 'document-invalid')) return 'unreadable';
    throw error;
  }
}

/** Milliseconds in which the monitoring operator has read again what was repaired; what it refuses then it refuses for good. */
const rereadMs = 3 * 60_000;

/**
 * Asks the cluster itself: the monitoring operator reports well, and its Prometheus for user workloads runs (acm.md §11).
 * @param waitedMs since the document was written, or first looked at
 */
export async function userWorkloadMonitoringReady(cluster: Cluster, waitedMs: number): Promise<Readiness> {
  const operator = await cluster.get(ClusterOperatorKind, { name: 'monitoring' });
  const complaint = operatorComplaint(operator);
  if (complaint !== undefined) {
    if (!complaint.includes('InvalidConfiguration')) return { state: 'waiting', message: complaint };
    await requireReadable(cluster);
    if (waitedMs < rereadMs) return { state: 'waiting', message: complaint };
    const problem = new Problem('monitoring-config-refused', `${cluster.name}: ${complaint}`, {
      cluster: cluster.name,
    });
    return { state: 'failed', problem };
  }
  const prometheus = await cluster.get(StatefulSetKind, statefulSet);
  if (prometheus === undefined)
    return { state: 'waiting', message: `StatefulSet ${statefulSet.name} is not there yet` };
  if (rolledOut(prometheus)) return { state: 'ready', note: `${statefulSet.name} runs${volumeText(prometheus)}` };
  const { readyReplicas = 0 } = prometheus.status ?? {};
  return {
    state: 'waiting',
    message: `${statefulSet.name}: ${readyReplicas} of ${prometheus.spec?.replicas ?? 1} ready`,
  };
}

export interface ReportOptions {
  /** Whether the hub has a report that it runs. */
  isProven(): Promise<boolean>;
  /** Asks the cluster itself, so many milliseconds after our own write, or the first visit. */
  visit(waitedMs: number): Promise<Readiness>;
  readonly clock: Clock;
  /** Milliseconds after our own write in which only the hub is asked: visiting thousands costs thousands of requests. */
  readonly patienceMs: number;
}

/** Ready by the hub's report, else by asking the cluster: at once, or after our own write once in a while only. */
export function readyByReports({ isProven, visit, clock, patienceMs }: ReportOptions) {
  let lastAsked = Number.NEGATIVE_INFINITY;
  let begun: number | undefined;
  return {
    /** Something was written: it takes a while to come true. */
    wrote: (): void => {
      begun = lastAsked = clock.now();
    },
    ready: async (): Promise<Readiness> => {
      if (await isProven()) return { state: 'ready', note: 'its collector for user workloads runs' };
      if (clock.now() - lastAsked < patienceMs) {
        return { state: 'waiting', message: 'its collector for user workloads has not reported yet' };
      }
      if (patienceMs > 0) lastAsked = clock.now();
      begun ??= clock.now();
      return visit(clock.now() - begun);
    },
  };
}

/** History and alert state of a Prometheus without a volume are lost with its Pod. */
function volumeText(prometheus: Workload): string {
  return (prometheus.spec?.volumeClaimTemplates ?? []).length > 0 ? '' : ', without a persistent volume';
}

/** What that takes, on the cluster itself; the hub's evidence is read beside it. */
export function userWorkloadMonitoringRights(hub: Cluster, cluster: Cluster, mode: RightsMode): Right[] {
  // Not by its namespace, as below.
  if (mode === 'uninstall') return on(cluster, ConfigMapKind, { name: settings.name }, ['get']);
  if (mode === 'plan') return rivalRights(hub);
  const evidence = cluster.name === hub.name ? [] : on(hub, ObservabilityAddonKind, {}, ['list']);
  return [
    ...(mode === 'apply' ? rivalRights(hub) : []),
    ...evidence,
    ...on(cluster, ClusterOperatorKind, { name: 'monitoring' }, ['get']),
    // Not by its namespace: that is made only when user-workload monitoring is turned on, and a Role needs it before.
    ...on(cluster, StatefulSetKind, { name: statefulSet.name }, ['get']),
  ];
}

/** Looking for who else declares the monitoring configuration of a cluster. */
function rivalRights(hub: Cluster): Right[] {
  const kinds = [PolicyKind, ManifestWorkKind, ApplicationKind, SelectorSyncSetKind, SyncSetKind];
  const rights = kinds.flatMap((kind) => on(hub, kind, {}, kind === ManifestWorkKind ? ['list', 'get'] : ['list']));
  return optional('seeing whether another tool declares the monitoring configuration of a cluster', rights);
}

/**
 * The operator may still speak of a text that has been repaired; one that does not parse is not worth waiting for.
 * @throws Problem `document-invalid`
 */
async function requireReadable(cluster: Cluster): Promise<void> {
  const map = await cluster.get(ConfigMapKind, monitoringConfigKey);
  isTurnedOn(map?.data?.['config.yaml']);
}

function operatorComplaint(operator: WithConditions | undefined): string | undefined {
  if (operator === undefined) return 'ClusterOperator monitoring is not there';
  const degraded = condition(operator, 'Degraded');
  if (degraded?.status === 'True')
    return `ClusterOperator monitoring is degraded: ${degraded.reason}: ${degraded.message}`;
  const available = condition(operator, 'Available');
  if (available?.status === 'True') return undefined;
  return `ClusterOperator monitoring is not available: ${available?.reason ?? 'no reason given'}`;
}

/**
 * Clusters where the add-on's collector for user workloads runs, told by the hub's own copy of each ObservabilityAddon: one
 * list for the fleet (measured.md §9). Stale when the cluster is offline; absent under the addon architecture.
 */
export function provenClusters(addons: readonly WithConditions[]): ReadonlySet<string> {
  const proven = addons.filter((object) => {
    const said = condition(object, 'UwlMetricsCollector');
    return said !== undefined && said.reason !== 'Disabled';
  });
  return new Set(proven.map((object) => object.metadata.namespace ?? ''));
}
