/** What the operator waits for in silence, and what it lacks for the addon architecture (acm.md §1.5, measured.md §1). */
import {
  ConfigMapKind,
  DeploymentKind,
  type KubeObject,
  type MultiClusterHub,
  MultiClusterHubKind,
} from '../../../kinds.ts';
import type { ControllerClient } from '../client.ts';
import type { Informers } from '../informer.ts';
import { CustomResourceDefinitionKind, ImageStreamKind } from '../kinds.ts';
import { operatorName } from '../names.ts';
import { isRecord } from '../objects.ts';
import { type Watching, watching } from '../runtime.ts';

/** What is looked at here; controllers that ask must watch it. */
export function watchPrerequisites(informers: Informers, keys: () => readonly string[]): Watching[] {
  return [
    watching(informers.of(MultiClusterHubKind), keys),
    watching(informers.of(CustomResourceDefinitionKind), keys),
    watching(informers.of(DeploymentKind), ({ object }) => (object.metadata.name === operatorName ? keys() : [])),
    watching(informers.of(ConfigMapKind), ({ object }) => (isManifest(object) ? keys() : [])),
  ];
}

const manifestLabel = 'ocm-configmap-type';

function isManifest({ metadata }: KubeObject): boolean {
  return metadata.labels?.[manifestLabel] === 'image-manifest';
}

/** Whether MultiClusterHub is settled and its images are known. While not, nothing at all is said on the CR. */
export function hubIsSettled(informers: Informers): boolean {
  const settled = informers.of(MultiClusterHubKind).list().find(isSettled);
  if (settled === undefined) return false;
  const manifests = informers.of(ConfigMapKind).list(settled.metadata.namespace).filter(isManifest);
  const version = settled.status?.currentVersion;
  return manifests.filter(({ metadata }) => metadata.labels?.['ocm-release-version'] === version).length === 1;
}

function isSettled({ status }: MultiClusterHub): boolean {
  const { phase, currentVersion, desiredVersion } = status ?? {};
  return phase === 'Running' && currentVersion !== undefined && currentVersion === desiredVersion;
}

/** Whether the operator's own Pod runs; where nobody installed its Deployment it is taken to. */
export function operatorRuns(informers: Informers): boolean {
  const itself = informers
    .of(DeploymentKind)
    .list()
    .filter(({ metadata }) => metadata.name === operatorName);
  return itself.length === 0 || itself.some(({ status }) => (status?.readyReplicas ?? 0) > 0);
}

/** On versions it silences: whether a global hub is installed here (measured.md §1.5). */
export function globalHubInstalled(informers: Informers): boolean {
  return hasCrd(informers, 'multiclusterglobalhubs.operator.open-cluster-management.io');
}

function hasCrd(informers: Informers, name: string): boolean {
  return informers.of(CustomResourceDefinitionKind).get({ name }) !== undefined;
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
export function missingAddonCrds(informers: Informers): string[] {
  return addonCrds.filter(([name]) => !hasCrd(informers, name)).map(([name, version]) => `${name}/${version}`);
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
