/** What the operator waits for in silence, and what it lacks for the addon architecture (acm.md §1.5, measured.md §1). */
import { ConfigMapKind, type MultiClusterHub, MultiClusterHubKind } from '../../../kinds.ts';
import type { ControllerClient } from '../client.ts';
import { CustomResourceDefinitionKind, ImageStreamKind } from '../kinds.ts';
import { isRecord } from '../objects.ts';

/** Whether MultiClusterHub is settled and its images are known. While not, nothing at all is said on the CR. */
export async function hubIsSettled(client: ControllerClient): Promise<boolean> {
  const hubs = await client.list(MultiClusterHubKind);
  const settled = hubs.find(isSettled);
  if (settled === undefined) return false;
  const { namespace = '' } = settled.metadata;
  const version = settled.status?.currentVersion ?? '';
  const manifests = await client.list(ConfigMapKind, {
    namespace,
    labelSelector: `ocm-configmap-type=image-manifest,ocm-release-version=${version}`,
  });
  return manifests.length === 1;
}

function isSettled({ status }: MultiClusterHub): boolean {
  const { phase, currentVersion, desiredVersion } = status ?? {};
  return phase === 'Running' && currentVersion !== undefined && currentVersion === desiredVersion;
}

/** On versions it silences: whether a global hub is installed here (measured.md §1.5). */
export async function globalHubInstalled(client: ControllerClient): Promise<boolean> {
  const name = 'multiclusterglobalhubs.operator.open-cluster-management.io';
  return (await client.get(CustomResourceDefinitionKind, { name })) !== undefined;
}

/** CRDs the addon architecture needs on the hub, logging and tracing ones too (measured.md §1.6). */
const addonCrds = [
  ['prometheusagents.monitoring.rhobs', 'v1alpha1'],
  ['scrapeconfigs.monitoring.rhobs', 'v1alpha1'],
  ['clusterlogforwarders.observability.openshift.io', 'v1'],
  ['instrumentations.opentelemetry.io', 'v1alpha1'],
  ['opentelemetrycollectors.opentelemetry.io', 'v1beta1'],
] as const;

/** `scrapeconfigs.monitoring.rhobs/v1alpha1` of those that are missing. */
export async function missingAddonCrds(client: ControllerClient): Promise<string[]> {
  const present = await Promise.all(
    addonCrds.map(async ([name]) => (await client.get(CustomResourceDefinitionKind, { name })) !== undefined),
  );
  return addonCrds.filter((_, at) => present[at] !== true).map(([name, version]) => `${name}/${version}`);
}

/** Why the addon architecture cannot be rendered: told in the operator's log only (measured.md §1.4). */
export async function addonObstacle(client: ControllerClient): Promise<string | undefined> {
  const stream = await client.get(ImageStreamKind, { name: 'oauth-proxy', namespace: 'openshift' });
  const tags = isRecord(stream?.spec) && Array.isArray(stream.spec.tags) ? stream.spec.tags.filter(isRecord) : [];
  if (!tags.some(({ from }) => isRecord(from) && from.kind === 'DockerImage'))
    return 'failed to get OAuth image for alertmanager';
  const authentication = { name: 'extension-apiserver-authentication', namespace: 'kube-system' };
  if ((await client.get(ConfigMapKind, authentication)) === undefined)
    return 'configmaps "extension-apiserver-authentication" not found';
  return undefined;
}
