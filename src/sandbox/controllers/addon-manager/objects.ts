/**
 * What the addon architecture (MCOA) brings to one cluster (acm.md §9.2). The agents' configuration stands in their
 * arguments here; names of Pods and namespace are those of the sources, not measured.
 */
import { type KubeObject, ManagedClusterAddOnKind, type MultiClusterObservability, Namespace } from '../../../kinds.ts';
import { emptyList } from '../allowlist/list.ts';
import { collectorArguments } from '../collector/arguments.ts';
import { WorkKind } from '../kinds.ts';
import { addonNameLabel, agentNamespace, newAddonName } from '../names.ts';
import { isRecord, objectOf, type Wanted } from '../objects.ts';
import { field } from '../observability-operator/objects/context.ts';
import { statefulSet } from '../workload.ts';

type Side = 'platform' | 'userWorkloads';

/** The agents, by what they collect. */
export const agentNames = {
  platform: 'prom-agent-platform-metrics-collector',
  userWorkloads: 'prom-agent-user-workload-metrics-collector',
} as const;

const components: Readonly<Record<Side, string>> = {
  platform: 'platform-metrics-collector',
  userWorkloads: 'user-workload-metrics-collector',
};

/** Which sides a CR switches on. */
export function sidesOf(cr: MultiClusterObservability): Side[] {
  return (['platform', 'userWorkloads'] as const).filter(
    (side) => field(cr, 'capabilities', side, 'metrics', 'default', 'enabled') === true,
  );
}

/** What the ScrapeConfigs in force for a side select: their `match[]` without braces. */
function selectionsOf(side: Side, configs: readonly KubeObject[]): string[] {
  return configs
    .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === components[side])
    .flatMap(({ spec }) => {
      const matches = isRecord(spec) && isRecord(spec.params) ? spec.params['match[]'] : [];
      return Array.isArray(matches) ? matches.map((match) => String(match).replace(/^\{|\}$/g, '')) : [];
    });
}

const intervalSeconds = 300;

function agent(side: Side, matches: readonly string[]): KubeObject {
  const podLabels = { 'app.kubernetes.io/name': 'prometheus-agent', 'app.kubernetes.io/instance': components[side] };
  return statefulSet({
    name: agentNames[side],
    namespace: agentNamespace,
    replicas: 1,
    podLabels,
    containers: [
      { name: 'prometheus', args: collectorArguments({ ...emptyList, matches }, intervalSeconds) },
      { name: 'config-reloader' },
    ],
  });
}

/** The add-on and the ManifestWork of one cluster. */
export function clusterObjects(cluster: string, sides: readonly Side[], configs: readonly KubeObject[]): Wanted[] {
  const addon = objectOf(ManagedClusterAddOnKind, { name: newAddonName, namespace: cluster }, { spec: {} });
  const manifests = [
    objectOf(Namespace, { name: agentNamespace }),
    ...sides.map((side) => agent(side, selectionsOf(side, configs))),
  ];
  const metadata = {
    name: `addon-${newAddonName}-deploy-0`,
    namespace: cluster,
    labels: { [addonNameLabel]: newAddonName },
  };
  return [
    { kind: ManagedClusterAddOnKind, object: addon },
    { kind: WorkKind, object: objectOf(WorkKind, metadata, { spec: { workload: { manifests } } }) },
  ];
}
