/** What user-workload monitoring would scrape in a namespace: its ServiceMonitors and PodMonitors, and whether each fits anything. */
import { matchesLabels, type Requirement } from '../fleet/selector.ts';
import {
  type LabelSelector,
  type Monitor,
  Namespace,
  type Pod,
  PodKind,
  PodMonitorKind,
  type Service,
  ServiceKind,
  ServiceMonitorKind,
} from '../kinds.ts';
import type { Cluster } from '../ports.ts';

export type Monitored =
  | { readonly fits: true; readonly by: string }
  /** Why nothing there is scraped: the first that does not fit, or that there is none. */
  | { readonly fits: false; readonly why: string };

/** The label of namespaces that the platform's Prometheus looks at. */
export const scrapedByPlatform = 'openshift.io/cluster-monitoring';
const optedOut = 'openshift.io/user-monitoring';

/** What is listed of a cluster for it. */
export const looked = [ServiceMonitorKind, PodMonitorKind, ServiceKind, PodKind] as const;

/** A monitor of a user selects in its own namespace only, whatever it says of others (acm.md §11). */
export async function monitored(cluster: Cluster, namespace: string): Promise<Monitored> {
  const query = { namespace };
  const [place, services, ofServices, ofPods, pods] = await Promise.all([
    cluster.get(Namespace, { name: namespace }),
    cluster.list(ServiceKind, query),
    cluster.list(ServiceMonitorKind, query),
    cluster.list(PodMonitorKind, query),
    cluster.list(PodKind, query),
  ]);
  if (place === undefined) return { fits: false, why: `there is no namespace ${namespace}` };
  const { labels = {} } = place.metadata;
  if (labels[scrapedByPlatform] === 'true')
    return {
      fits: false,
      why: `namespace ${namespace} is labelled ${scrapedByPlatform}=true: the platform looks there`,
    };
  if (labels[optedOut] === 'false') return { fits: false, why: `namespace ${namespace} is labelled ${optedOut}=false` };
  const judged = [
    ...ofServices.map((monitor) => judge(monitor, services.map(asTarget), monitor.spec?.endpoints ?? [])),
    ...ofPods.map((monitor) => judge(monitor, pods.map(podAsTarget), monitor.spec?.podMetricsEndpoints ?? [])),
  ];
  const fallback: Monitored = { fits: false, why: `there is no ServiceMonitor and no PodMonitor in ${namespace}` };
  return judged.find(({ fits }) => fits) ?? judged[0] ?? fallback;
}

interface Target {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly (string | number | undefined)[];
}

function asTarget({ metadata, spec }: Service): Target {
  const ports = (spec?.ports ?? []).flatMap(({ name, targetPort }) => [name, targetPort]);
  return { name: `Service ${metadata.name}`, labels: metadata.labels ?? {}, ports };
}

function podAsTarget({ metadata, spec }: Pod): Target {
  const all = (spec?.containers ?? []).flatMap(({ ports = [] }) => ports);
  const ports = all.flatMap(({ name, containerPort }) => [name, containerPort]);
  return { name: `Pod ${metadata.name}`, labels: metadata.labels ?? {}, ports };
}

type Endpoint = NonNullable<NonNullable<Monitor['spec']>['endpoints']>[number];

function judge(monitor: Monitor, targets: readonly Target[], endpoints: readonly Endpoint[]): Monitored {
  const { kind, metadata, spec } = monitor;
  const who = `${kind} ${metadata.namespace}/${metadata.name}`;
  if (metadata.labels?.[optedOut] === 'false') return { fits: false, why: `${who} is labelled ${optedOut}=false` };
  const selector = requirementsOf(spec?.selector ?? {});
  const chosen = targets.filter(({ labels }) => matchesLabels(labels, selector));
  const [first] = chosen;
  const what = kind === 'PodMonitor' ? 'Pod' : 'Service';
  if (first === undefined) return { fits: false, why: `${who} selects no ${what}` };
  const wanted = endpoints.map(({ port, targetPort }) => port ?? targetPort);
  const fitting = chosen.find(({ ports }) => wanted.some((port) => ports.includes(port)));
  if (fitting !== undefined) return { fits: true, by: `${who} selects ${fitting.name}` };
  const has = first.ports.filter((port) => port !== undefined).join(', ') || 'none';
  return { fits: false, why: `${who} wants port ${wanted.join(' or ') || 'none'}; ${first.name} has ${has}` };
}

const operators = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: 'absent' } as const;

function requirementsOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): Requirement[] {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key, operator: 'in' as const, values: [value] })),
    ...matchExpressions.map(({ key, operator, values = [] }) => ({ key, operator: operators[operator], values })),
  ];
}
