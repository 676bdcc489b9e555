/** Broken states of ACM itself and of what it installed on the hub. */
import {
  DeploymentKind,
  type MultiClusterHub,
  MultiClusterHubKind,
  type MultiClusterObservability,
  MultiClusterObservabilityKind,
  PodKind,
  type Route,
  RouteKind,
} from '../../kinds.ts';
import { hubNamespace } from '../controllers/names.ts';
import { objectOf } from '../controllers/objects.ts';
import { type BrokenState, type Site, setStatus } from './state.ts';

const multiClusterHub = { name: 'multiclusterhub', namespace: 'open-cluster-management' };
const observability = { name: 'observability' };

async function editObservability(
  { people, hub }: Site,
  change: (object: MultiClusterObservability) => MultiClusterObservability,
): Promise<void> {
  await people.edit(hub, MultiClusterObservabilityKind, observability, change);
}

async function setHub({ client, hub }: Site, status: NonNullable<MultiClusterHub['status']>): Promise<void> {
  await setStatus(client(hub), MultiClusterHubKind, multiClusterHub, (object) => ({
    ...object,
    status: { ...object.status, ...status },
  }));
}

/** Programs that end as soon as they start: Pods of the name are made anew. */
async function crashing({ ailments, client, hub }: Site, prefix: string, line: string): Promise<void> {
  ailments.crash(hub, prefix, line);
  const pods = await client(hub).list(PodKind, { namespace: hubNamespace });
  for (const { metadata } of pods) {
    if (metadata.name.startsWith(prefix)) await client(hub).delete(PodKind, metadata);
  }
}

/** A workload of the hub whose program ends at its start. */
function crash(prefix: string, line: string, meaning: string, source: string): BrokenState {
  return { meaning, source, settle: 120, cause: (site) => crashing(site, prefix, line) };
}

/** The router takes back that it admits a route. */
export function refuseRoute(name: string) {
  const message = 'a route in another namespace holds this host';
  const refused = { type: 'Admitted', status: 'False' as const, reason: 'HostAlreadyClaimed', message };
  return async ({ client, hub }: Site): Promise<void> => {
    await setStatus(client(hub), RouteKind, { name, namespace: hubNamespace }, (route: Route) => {
      const ingress = (route.status?.ingress ?? []).map((entry) => ({ ...entry, conditions: [refused] }));
      return { ...route, status: { ...route.status, ingress } };
    });
  };
}

export const hubStates = {
  'acm-upgrading': {
    meaning: 'ACM is being upgraded',
    source: 'acm.md §14 row 1',
    settle: 5,
    cause: (site) => setHub(site, { phase: 'Updating', desiredVersion: '9.9.9' }),
  },
  'acm-degraded': {
    meaning: 'the MultiClusterHub is not Running',
    source: 'acm.md §14 row 1',
    settle: 5,
    cause: (site) => setHub(site, { phase: 'Pending' }),
  },
  'acm-gone': {
    meaning: 'the MultiClusterHub was deleted',
    source: 'acm.md §14 row 1',
    settle: 5,
    cause: ({ people, hub }) => people.delete(hub, MultiClusterHubKind, multiClusterHub),
  },
  'observability-twice': {
    meaning: 'somebody made a second MultiClusterObservability object',
    source: 'acm.md §14 row 2',
    settle: 5,
    cause: async ({ client, hub }) => {
      const first = await client(hub).get(MultiClusterObservabilityKind, observability);
      const { spec } = first ?? {};
      await client(hub).create(
        MultiClusterObservabilityKind,
        objectOf(MultiClusterObservabilityKind, { name: 'second' }, { ...(spec && { spec }) }),
      );
    },
  },
  'observability-paused': {
    meaning: 'somebody paused the operator with mco-pause',
    source: 'acm.md §14 row 2',
    settle: 5,
    cause: (site) =>
      editObservability(site, (object) => ({
        ...object,
        metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, 'mco-pause': 'true' } },
      })),
  },
  'observability-gone': {
    meaning: 'somebody deleted the MultiClusterObservability object',
    source: 'acm.md §12.2',
    settle: 300,
    cause: ({ people, hub }) => people.delete(hub, MultiClusterObservabilityKind, observability),
  },
  'observability-terminating': {
    meaning: 'the MultiClusterObservability object is being deleted and a finalizer holds it',
    source: 'acm.md §14 row 52',
    settle: 60,
    cause: async (site) => {
      await editObservability(site, (object) => ({
        ...object,
        metadata: { ...object.metadata, finalizers: [...(object.metadata.finalizers ?? []), 'example.com/hold'] },
      }));
      await site.people.delete(site.hub, MultiClusterObservabilityKind, observability);
    },
  },
  'collection-off': {
    meaning: 'somebody set enableMetrics to false',
    source: 'acm.md §5.3, Disabled',
    settle: 300,
    cause: (site) =>
      editObservability(site, (object) => ({
        ...object,
        spec: {
          ...object.spec,
          observabilityAddonSpec: { ...object.spec?.observabilityAddonSpec, enableMetrics: false },
        },
      })),
  },
  'operator-down': {
    meaning: 'ACM’s observability operator was scaled to none',
    source: 'acm.md §14 row 4',
    settle: 30,
    cause: async ({ people, hub }) => {
      const key = { name: 'multicluster-observability-operator', namespace: multiClusterHub.namespace };
      await people.edit(hub, DeploymentKind, key, (object) => ({ ...object, spec: { ...object.spec, replicas: 0 } }));
    },
  },
  'route-refused': {
    meaning: 'the router does not admit the route that collectors send to',
    source: 'acm.md §14.1',
    settle: 5,
    cause: refuseRoute('observatorium-api'),
  },
  'query-crashing': crash(
    'observability-thanos-query-',
    'error: unknown long flag',
    'Thanos Query does not start',
    'acm.md §14.1',
  ),
  'gateway-crashing': crash(
    'observability-observatorium-api-',
    'tls: failed to load certificate',
    'the gateway that collectors send to does not start',
    'acm.md §14 row 13',
  ),
  'receive-crashing': crash(
    'observability-thanos-receive-default-',
    'no space left on device',
    'Thanos Receive does not start',
    'acm.md §14 row 12',
  ),
  'store-shard-crashing': crash(
    'observability-thanos-store-shard-2',
    'bucket store initial sync: context deadline exceeded',
    'a store shard that ACM never checks does not start',
    'acm.md §1.5',
  ),
  'cache-crashing': crash(
    'observability-thanos-query-frontend-memcached-',
    'failed to listen on TCP port 11211',
    'a cache that ACM never checks does not start',
    'acm.md §1.5',
  ),
  'compactor-crashing': crash(
    'observability-thanos-compact-',
    'critical error detected; halting',
    'the compactor ends with an error',
    'acm.md §14 row 14',
  ),
  'grafana-crashing': crash(
    'observability-grafana-',
    'Error: ✗ Datasource provisioning error',
    'Grafana does not start',
    'acm.md §14.1',
  ),
  'query-proxy-crashing': crash(
    'observability-rbac-query-proxy-',
    'failed to find cluster role binding',
    'the proxy Grafana asks does not start',
    'acm.md §4.5',
  ),
  'alertmanager-crashing': crash(
    'observability-alertmanager-',
    'Loading configuration file failed',
    'Alertmanager does not start',
    'acm.md §1.5',
  ),
} as const satisfies Record<string, BrokenState>;
