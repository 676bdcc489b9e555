/**
 * Whether what exposes a metric on a cluster is scraped there. A metric that arrives is. Of one that does not, other clusters
 * tell which job it is of; whether that job has a target is told by `up`, which ACM collects from the platform's Prometheus and
 * from the users' where it is asked for, and by the monitors themselves on the hub and clusters with a context. Through a View
 * nothing can be listed: there it is unknown, never a pass.
 */
import type { Context } from '../context.ts';
import { literally } from '../engine/literally.ts';
import { isProblem, Problem } from '../engine/problem.ts';
import type { Right } from '../engine/rights.ts';
import type { Finding } from '../engine/step.ts';
import type { Member } from '../fleet/members.ts';
import { Namespace, PodMonitorKind, ServiceMonitorKind } from '../kinds.ts';
import { ApiError, type Cluster, type Sample } from '../ports.ts';
import { on, optional } from '../resources/rights.ts';
import { clusterCheck } from './cluster.ts';
import { fail } from './hub.ts';
import { metricsRights } from './looking.ts';
import { listRights, type Origin, originOf } from './metric-origin.ts';
import { looked, monitored, scrapedByPlatform } from './monitors.ts';

/** A job of a namespace, as scraped series are labelled. */
interface Place {
  readonly namespace: string;
  readonly job: string;
}

/** What the hub has of a metric, by cluster. */
interface Known {
  readonly metric: string;
  readonly origin: Origin | undefined;
  readonly sent: readonly Sample[];
  /** Where it comes from on any cluster. */
  readonly places: readonly Place[];
  /** How many targets of those places are up. */
  readonly up: readonly Sample[];
}

export function monitorRights({ cluster }: Pick<Context, 'cluster'>): Right[] {
  const lists = looked.flatMap((kind) => on(cluster, kind, {}, ['list']));
  return optional('what a metric is exposed by: verify --metric', [
    ...lists,
    ...on(cluster, Namespace, {}, ['get', 'list']),
  ]);
}

export function exposed(metric: string) {
  const rights = (context: Context) => [...listRights(context), ...metricsRights(context), ...monitorRights(context)];
  return clusterCheck('exposed', `What exposes ${metric} is scraped`, ['listed', 'addon'], rights, async (context) => {
    const known = await lookUp(context, metric);
    return async (member) => {
      if (known.origin?.kind === 'rule') return { verdict: 'skip', reason: 'a rule of the hub makes it' };
      const sent = known.sent.filter(({ labels }) => labels.cluster === member.name);
      const [place] = placesIn(sent);
      const evidence = place === undefined ? 'it is sent' : `sent by ${told(place)}`;
      if (sent.length > 0) return { verdict: 'pass', evidence };
      return targetsOf(member, known) ?? (await onCluster(context, member, known)) ?? notTold(member, known);
    };
  });
}

async function lookUp(context: Context, metric: string): Promise<Known> {
  const { metrics } = context;
  const [origin, sent] = await Promise.all([
    originOf(context, metric),
    metrics.query(`count by (cluster, namespace, job) (${metric})`),
  ]);
  const places = placesIn(sent);
  const jobs = [...new Set(places.map(({ job }) => job))].map(literally).join('|');
  const up =
    places.length === 0
      ? []
      : await metrics.query(`sum by (cluster, namespace, job) (up{job=~${JSON.stringify(jobs)}})`);
  return { metric, origin, sent, places, up: up.filter((one) => placesIn([one]).some((at) => isOneOf(at, places))) };
}

/** What `up` tells of the job's targets there; nothing where it is not among what arrives. */
function targetsOf({ name }: Member, { metric, up }: Known): Finding | undefined {
  const here = up.filter(({ labels }) => labels.cluster === name);
  const [place] = placesIn(here);
  if (place === undefined) return undefined;
  const count = here.reduce((sum, { value }) => sum + value, 0);
  if (count > 0) return { verdict: 'pass', evidence: `${told(place)}: ${count} target${count === 1 ? '' : 's'} up` };
  const detail = `${name}: ${told(place)}, which has ${metric}, has no target that is up`;
  return fail(new Problem('target-down', detail, { cluster: name }));
}

/** What its monitors tell, where they can be listed: on the hub and clusters with a context. */
async function onCluster(context: Context, member: Member, { origin, places }: Known): Promise<Finding | undefined> {
  if (origin?.kind !== 'list' || origin.source !== 'userWorkload') return undefined;
  const { name } = member;
  try {
    const live = await context.reach(member);
    if (!live.capabilities.list) return undefined;
    const known = [...new Set(places.map(({ namespace }) => namespace))];
    const namespaces = known.length > 0 ? known : await namespacesMonitored(live);
    const judged = await Promise.all(namespaces.slice(0, namespacesAsked).map((one) => monitored(live, one)));
    const misfits = judged.flatMap((one) => (one.fits ? [] : [one.why]));
    const fitting = judged.find((one) => one.fits);
    if (known.length > 0 && fitting?.fits) return { verdict: 'pass', evidence: fitting.by };
    if (known.length > 0 || namespaces.length === 0) {
      const why = misfits[0] ?? 'there is no ServiceMonitor and no PodMonitor at all';
      return fail(new Problem('metric-not-scraped', `${name}: ${why}`, { cluster: name }));
    }
    const suspects = misfits.length === 0 ? 'every monitor there fits something' : misfits.join('; ');
    return unseen(name, `no cluster sends it, so which of its programs has it is not known: ${suspects}`);
  } catch (error) {
    if (!isProblem(error) && !(error instanceof ApiError)) throw error;
    return unseen(name, error.message, error);
  }
}

/** Namespaces looked into on a cluster. */
const namespacesAsked = 20;

/** Those with a monitor that the platform's Prometheus leaves to the users'. */
async function namespacesMonitored(live: Cluster): Promise<string[]> {
  const labelSelector = `${scrapedByPlatform}!=true`;
  const [users, ...found] = await Promise.all([
    live.listMetadata(Namespace, { labelSelector }),
    ...[ServiceMonitorKind, PodMonitorKind].map((kind) => live.listMetadata(kind)),
  ]);
  const monitors = new Set(found.flat().map(({ namespace }) => namespace));
  return users.map(({ name }) => name).filter((name) => monitors.has(name));
}

function notTold({ name }: Member, { metric, places, up }: Known): Finding {
  const [first] = places;
  if (first === undefined)
    return unseen(name, `no cluster sends ${metric}, so which of its programs has it is not known`);
  if (up.length > 0) {
    const detail = `${name}: there is no target of ${told(first)}, from which other clusters send ${metric}`;
    return fail(new Problem('metric-not-scraped', detail, { cluster: name }));
  }
  return unseen(name, `whether ${told(first)} is scraped there needs a context`);
}

function unseen(cluster: string, detail: string, cause?: unknown): Finding {
  const fix =
    'Give the cluster a context (userWorkloadMonitoring.contexts), or let `up` be collected: `metrics: { userWorkload: [up] }`, then `acm-observability apply`.';
  return { verdict: 'unknown', problem: new Problem('not-seen', `${cluster}: ${detail}`, { cluster, fix, cause }) };
}

function placesIn(samples: readonly Sample[]): Place[] {
  return samples.flatMap(({ labels: { namespace, job } }) => (namespace && job ? [{ namespace, job }] : []));
}

function isOneOf({ namespace, job }: Place, places: readonly Place[]): boolean {
  return places.some((place) => place.namespace === namespace && place.job === job);
}

function told({ namespace, job }: Place): string {
  return `job ${job} in namespace ${namespace}`;
}
