/** What a bundle holds: each file with its title, read when it is gathered, so that what cannot be read is only missing. */
import { stringify } from 'yaml';
import type { Context } from '../context.ts';
import { addonNamespace, observabilityNamespace } from '../hub.ts';
import {
  ConfigMapKind,
  EventKind,
  type Kind,
  type KubeObject,
  ManagedClusterAddOnKind,
  ManagedClusterKind,
  MultiClusterHubKind,
  MultiClusterObservabilityKind,
  ObservabilityAddonKind,
  type Pod,
  PodKind,
  SecretKind,
  StatefulSetKind,
} from '../kinds.ts';
import type { ListQuery } from '../ports.ts';
import { marks } from '../resources/marks.ts';
import { version } from '../version.ts';
import { shownObject } from './redact.ts';

export interface BundledFile {
  readonly path: string;
  /** What it is, as it is listed before anything is gathered. */
  readonly title: string;
  /** Throws what reading throws. */
  read(): Promise<string>;
}

/** Lines of a log that are taken. */
const tail = 500;
const operator = 'multicluster-observability-operator';

/** Everything but the reports, which take a run. */
export function clusterFiles(context: Context): BundledFile[] {
  const inside = { namespace: observabilityNamespace };
  const ours = { ...inside, labelSelector: marks.managedBy.join('=') };
  return [
    {
      path: 'versions.yaml',
      title: 'versions of the program, of ACM and of the hub',
      read: async () => versions(context),
    },
    listed(context, 'observability.yaml', 'MultiClusterObservability', MultiClusterObservabilityKind),
    listed(context, 'hub.yaml', 'MultiClusterHub', MultiClusterHubKind),
    listed(context, 'clusters.yaml', 'the managed clusters', ManagedClusterKind),
    listed(context, 'addons.yaml', 'ObservabilityAddons of all clusters', ObservabilityAddonKind),
    listed(context, 'cluster-addons.yaml', 'ManagedClusterAddOns of all clusters', ManagedClusterAddOnKind),
    listed(context, 'configmaps.yaml', 'our ConfigMaps, the allowlist and the rules', ConfigMapKind, inside, isShown),
    listed(context, 'secrets.yaml', 'our Secrets: names of their keys and sizes, no values', SecretKind, ours),
    listed(context, 'statefulsets.yaml', `StatefulSets of ${observabilityNamespace}`, StatefulSetKind, inside),
    listed(context, 'pods.yaml', `Pods of ${observabilityNamespace}`, PodKind, inside),
    listed(context, 'events.yaml', `Events of ${observabilityNamespace}`, EventKind, inside),
    listed(context, 'addon-events.yaml', `Events of ${addonNamespace} on the hub`, EventKind, {
      namespace: addonNamespace,
    }),
    { path: 'operator.log', title: `the last ${tail} lines of the operator’s log`, read: () => operatorLog(context) },
  ];
}

function versions({ hub }: Context): string {
  const { name, api, clusterID, acmVersion, architecture } = hub;
  return stringify({
    program: version,
    node: process.version,
    hub: { name, api, clusterID, acmVersion, architecture },
  });
}

function listed<T extends KubeObject>(
  { cluster }: Context,
  path: string,
  title: string,
  kind: Kind<T>,
  query: ListQuery = {},
  wanted: (object: T) => boolean = () => true,
): BundledFile {
  return {
    path,
    title,
    async read() {
      const objects = await cluster.list(kind, query);
      return objects
        .filter(wanted)
        .map((object) => stringify(shownObject(object)))
        .join('---\n');
    },
  };
}

/** Ours, and the two that are shared; other people’s settings are no business of a bundle. */
function isShown({ metadata: { name, labels } }: KubeObject): boolean {
  const [label, value] = marks.managedBy;
  const shared = ['observability-metrics-custom-allowlist', 'thanos-ruler-custom-rules'];
  return labels?.[label] === value || shared.includes(name);
}

/** @throws Error with the server's words when the log of no Pod can be read. */
async function operatorLog({ cluster, hub }: Context): Promise<string> {
  const { namespace } = hub.multiClusterHub.metadata;
  const pods = (await cluster.list(PodKind, { namespace })).filter(({ metadata }) =>
    metadata.name.startsWith(operator),
  );
  if (pods.length === 0) throw new Error(`no Pod ${operator} in ${namespace}`);
  const logs = await Promise.all(pods.map((pod) => logOf(pod, namespace)));
  return logs.join('\n');

  async function logOf({ metadata: { name } }: Pod, where: string): Promise<string> {
    const { status, body } = await cluster.raw(`/api/v1/namespaces/${where}/pods/${name}/log?tailLines=${tail}`);
    if (status !== 200) throw new Error(`the log of Pod ${where}/${name}: HTTP ${status}`);
    return `# ${name}\n${body}`;
  }
}
