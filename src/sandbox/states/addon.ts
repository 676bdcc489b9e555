/** Broken states of a cluster's add-on, and of the ManifestWork that brings it. */
import {
  type Condition,
  type KubeObject,
  ManagedClusterAddOnKind,
  ManifestWorkKind,
  type WithConditions,
} from '../../kinds.ts';
import { AddonKind } from '../controllers/kinds.ts';
import { type BrokenState, type Site, setStatus } from './state.ts';

/** The add-on of the cluster comes to say this, and its agent says no more. */
async function addonSays(site: Site, conditions: readonly Condition[]): Promise<void> {
  const { client, hub, victim } = site;
  const key = { name: 'observability-controller', namespace: victim };
  await setStatus(client(hub), ManagedClusterAddOnKind, key, (addon: WithConditions) => ({
    ...addon,
    status: { ...addon.status, conditions: withConditions(addon.status?.conditions, conditions) },
  }));
}

async function reports(site: Site, conditions: readonly Condition[]): Promise<void> {
  const { client, hub, victim } = site;
  for (const where of [victim, hub]) {
    const namespace = where === hub ? victim : 'open-cluster-management-addon-observability';
    const key = { name: 'observability-addon', namespace };
    await setStatus(client(where), AddonKind, key, (addon: WithConditions) => ({
      ...addon,
      status: { ...addon.status, conditions: withConditions(addon.status?.conditions, conditions) },
    }));
  }
}

function withConditions(before: readonly Condition[] = [], news: readonly Condition[]): Condition[] {
  return [...before.filter(({ type }) => !news.some((one) => one.type === type)), ...news];
}

const condition = (type: string, status: Condition['status'], reason: string, message: string): Condition => ({
  type,
  status,
  reason,
  message,
});

function worksSay(type: string, reason: string, message: string) {
  return async ({ client, hub, victim }: Site): Promise<void> => {
    const works = await client(hub).list(ManifestWorkKind, { namespace: victim });
    for (const work of works.filter(({ metadata }) => metadata.name.startsWith(`${victim}-observability`))) {
      await client(hub).status(ManifestWorkKind, {
        ...work,
        status: {
          ...work.status,
          conditions: withConditions(work.status?.conditions, [condition(type, 'False', reason, message)]),
        },
      } as KubeObject);
    }
  };
}

export const addonStates = {
  'addon-installing': {
    meaning: 'the add-on of a cluster is being installed for ever',
    source: 'acm.md §14 row 16',
    settle: 5,
    cause: async (site) => {
      await worksSay(
        'Applied',
        'AppliedManifestWorkFailed',
        'Failed to apply manifest work: request is too large',
      )(site);
      await addonSays(site, [
        condition('Available', 'False', 'ManifestWorkCreated', 'Addon Installing'),
        condition('Progressing', 'True', 'ManifestWorkCreated', 'Addon Installing'),
        condition('Degraded', 'False', 'ManifestWorkCreated', 'Addon Installing'),
      ]);
    },
  },
  'addon-unsupported': {
    meaning: 'the add-on finds no Prometheus on the cluster',
    source: 'acm.md §14 row 17',
    settle: 10,
    cause: (site) =>
      reports(site, [
        condition('MetricsCollector', 'True', 'NotSupported', 'Prometheus service not found'),
        condition('Available', 'False', 'NotSupported', 'Prometheus service not found'),
        condition('Progressing', 'False', 'NotSupported', 'Prometheus service not found'),
        condition('Degraded', 'True', 'NotSupported', 'Prometheus service not found'),
      ]),
  },
  'addon-update-failed': {
    meaning: 'the add-on could not apply its collector',
    source: 'acm.md §5.3, UpdateFailed',
    settle: 10,
    cause: (site) =>
      reports(site, [
        condition('MetricsCollector', 'True', 'UpdateFailed', 'Failed to update metrics collector'),
        condition('Available', 'False', 'UpdateFailed', 'Failed to update metrics collector'),
        condition('Degraded', 'True', 'UpdateFailed', 'Failed to update metrics collector'),
      ]),
  },
  'work-behind': {
    meaning: 'the work agent of a cluster has not taken up what ACM sent last',
    source: 'acm.md §14 row 16, transport.md §2.2',
    settle: 5,
    cause: async ({ client, hub, victim }) => {
      for (const work of await client(hub).list(ManifestWorkKind, { namespace: victim })) {
        const { generation = 1 } = work.metadata;
        const conditions = (work.status?.conditions ?? []).map((one) => ({
          ...one,
          observedGeneration: generation - 1,
        }));
        await client(hub).status(ManifestWorkKind, { ...work, status: { ...work.status, conditions } });
      }
    },
  },
  'work-not-applied': {
    meaning: 'the work agent of a cluster could not apply what ACM sent',
    source: 'acm.md §14 row 16',
    settle: 5,
    cause: worksSay('Applied', 'AppliedManifestWorkFailed', 'Failed to apply manifest work: forbidden'),
  },
  'addon-silent': {
    meaning: 'the add-on of a cluster no longer renews its lease',
    source: 'acm.md §5.3',
    settle: 5,
    cause: async (site) => {
      site.ailments.silence(site.victim);
      // The hub's registration controller looks at the lease when the add-on changes.
      await site.people.edit(
        site.hub,
        ManagedClusterAddOnKind,
        { name: 'observability-controller', namespace: site.victim },
        (addon: WithConditions) => ({
          ...addon,
          metadata: { ...addon.metadata, labels: { ...addon.metadata.labels, looked: 'at' } },
        }),
      );
    },
  },
  'addon-degraded': {
    meaning: 'the add-on of a cluster is not well, for a reason nobody has written down',
    source: 'acm.md §5.1',
    settle: 2,
    cause: (site) =>
      addonSays(site, [
        condition('Available', 'False', 'ProbeUnavailable', 'Probe addon unavailable'),
        condition('Degraded', 'True', 'ProbeUnavailable', 'Probe addon unavailable'),
        condition('Progressing', 'False', 'ProbeUnavailable', 'Probe addon unavailable'),
      ]),
  },
  'addon-terminating': {
    meaning: 'the add-on of a cluster is being deleted and a finalizer holds it',
    source: 'peers.md U54',
    settle: 10,
    cause: async ({ people, hub, victim }) => {
      const key = { name: 'observability-controller', namespace: victim };
      await people.edit(hub, ManagedClusterAddOnKind, key, (addon: WithConditions) => ({
        ...addon,
        metadata: { ...addon.metadata, finalizers: [...(addon.metadata.finalizers ?? []), 'example.com/hold'] },
      }));
      await people.delete(hub, ManagedClusterAddOnKind, key);
    },
  },
  'cluster-collection-off': {
    meaning: 'somebody switched collecting off on one cluster',
    source: 'acm.md §5.5',
    settle: 600,
    cause: async ({ people, hub, victim }) => {
      const key = { name: 'observability-addon', namespace: victim };
      await people.edit(hub, AddonKind, key, (addon) => ({
        ...addon,
        metadata: {
          ...addon.metadata,
          annotations: {
            ...addon.metadata.annotations,
            'observability.open-cluster-management.io/addon-source': 'override',
          },
        },
        spec: { ...addon.spec, enableMetrics: false },
      }));
    },
  },
} as const satisfies Record<string, BrokenState>;
