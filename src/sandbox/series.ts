/** What the Prometheus of a cluster knows: a few platform series, and in the quest the participants' progress. */
import type { LocalSeries, SeriesSource } from './controllers/collector/samples.ts';
import { chance } from './controllers/random.ts';
import type { ClusterSpec } from './scenarios/spec.ts';

export interface SeriesOptions {
  readonly spec: ClusterSpec;
  readonly seed: number;
  /** When the contest began, in milliseconds since the epoch. */
  readonly begin: number;
  /** Contests play this many times faster. */
  readonly speed: number;
}

type Labels = Readonly<Record<string, string>>;

const exercises: readonly string[] = ['hero', 'villain', 'fight'];
const environments: readonly string[] = ['dev', 'preprod', 'prod'];
/** Minutes within which everybody finishes everything. */
const contestMinutes = 150;
const participantsEach = 3;

/** The series of one cluster at a moment. */
export function seriesOf(options: SeriesOptions): SeriesSource {
  const platform = platformSeries(options.spec);
  const people = participants(options.spec);
  return (now) => [
    ...platform,
    ...people.flatMap((user) => progress(user, options, now)),
    ...people.map((user) => requests(user, options, now)),
  ];
}

function platformSeries({ name, workers = 1, version }: ClusterSpec): LocalSeries[] {
  const prometheus = { prometheus: 'openshift-monitoring/k8s', prometheus_replica: 'prometheus-k8s-0' };
  const series = (metric: string, labels: Labels, value: number): LocalSeries => ({
    name: metric,
    labels: { ...labels, ...prometheus },
    value,
  });
  const nodes = Array.from({ length: workers }, (_, at) => `${name}-worker-${at}`);
  return [
    ...nodes.flatMap((node) => [
      series('machine_cpu_cores', { node, instance: node }, 16),
      series('machine_memory_bytes', { node, instance: node }, 64 * 2 ** 30),
      series('up', { job: 'kubelet', instance: node }, 1),
      series('kube_node_status_allocatable', { node, resource: 'cpu' }, 15),
    ]),
    series('up', { job: 'apiserver', instance: `${name}-master-0` }, 1),
    series('etcd_server_has_leader', { pod: `etcd-${name}-master-0` }, 1),
    series('cluster_version', { type: 'current', version }, 1),
    series('kube_pod_info', { namespace: 'openshift-monitoring', pod: 'prometheus-k8s-0' }, 1),
    series('kube_namespace_status_phase', { namespace: 'openshift-monitoring', phase: 'Active' }, 1),
  ];
}

/** The teams' clusters have participants: `quest-3` has `u31`, `u32`, `u33`. */
function participants({ name }: ClusterSpec): string[] {
  const [, team] = /^quest-(\d+)$/.exec(name) ?? [];
  return team === undefined ? [] : Array.from({ length: participantsEach }, (_, at) => `u${team}${at + 1}`);
}

function progress(user: string, options: SeriesOptions, now: number): LocalSeries[] {
  const minutes = ((now - options.begin) / 60_000) * options.speed;
  return environments.flatMap((environment) => {
    const namespace = `${user}-workshop-${environment}`;
    const done = exercises.filter((exercise) => minutes >= finishedAt(user, exercise, environment, options.seed));
    return [
      { name: 'kube_namespace_status_phase', labels: { namespace, phase: 'Active' }, value: 1 },
      ...done.flatMap((exercise) => achievements(user, namespace, environment, exercise)),
    ];
  });
}

/** Minutes from the beginning: an exercise after the other, each environment after the one before. */
function finishedAt(user: string, exercise: string, environment: string, seed: number): number {
  const at = exercises.indexOf(exercise) * environments.length;
  const step = at + environments.indexOf(environment);
  const each = contestMinutes / (exercises.length * environments.length);
  return (step + chance(seed, user, exercise, environment)) * each;
}

function achievements(user: string, namespace: string, environment: string, exercise: string): LocalSeries[] {
  const available = { condition: 'Available', status: 'true' };
  const pods = [
    ...(exercise === 'fight' ? [] : [{ pod: `${exercise}-database-1`, phase: 'Running' }]),
    ...(environment === 'dev' ? [{ pod: `${user}-${exercise}-run-1-resync-pod`, phase: 'Succeeded' }] : []),
  ];
  return [
    {
      name: 'kube_deployment_status_condition',
      labels: { namespace, deployment: exercise, ...available },
      value: 1,
    },
    ...pods.map((labels) => ({ name: 'kube_pod_status_phase', labels: { namespace, ...labels }, value: 1 })),
  ];
}

/** A counter of the participant's own program, which only user-workload monitoring scrapes. */
function requests(user: string, { begin, speed, seed }: SeriesOptions, now: number): LocalSeries {
  const perSecond = 1 + Math.floor(chance(seed, user, 'requests') * 9);
  return {
    name: 'http_server_requests_seconds_count',
    labels: { namespace: `${user}-workshop-dev`, pod: 'hero-0', uri: '/api/heroes', status: '200' },
    value: Math.floor(((now - begin) / 1000) * speed * perSecond),
    userWorkload: true,
  };
}
