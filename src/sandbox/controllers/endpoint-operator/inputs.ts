/** What the endpoint operator goes by: its settings, where alerts go, and what is to be collected. Only reads. */
import {
  ConfigMapKind,
  DeploymentKind,
  MultiClusterObservabilityKind,
  SecretKind,
  StatefulSetKind,
} from '../../../kinds.ts';
import { defaultLists, type Lists, mergedLists, parseLists } from '../allowlist/configmap.ts';
import { ListError } from '../allowlist/list.ts';
import { AddonKind } from '../kinds.ts';
import { type Forwarding, secretNames } from '../monitoring/forwarding.ts';
import { allowlist, customAllowlist, userWorkloadMonitoring } from '../names.ts';
import { secretText } from '../objects.ts';
import { environmentOf } from '../workload.ts';
import type { Context } from './index.ts';

export interface Settings {
  readonly enabled: boolean;
  readonly intervalSeconds: number;
}

/** What its add-on, or on the hub the CR, asks for; `undefined`: to go. */
export function settingsOf({ isHub, hub, managed, namespace }: Context): Settings | undefined {
  if (isHub) {
    const [cr, ...others] = hub
      .of(MultiClusterObservabilityKind)
      .list()
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (cr === undefined || others.length > 0) return undefined;
    const { enableMetrics = true, interval = 300 } = cr.spec?.observabilityAddonSpec ?? {};
    return { enabled: enableMetrics, intervalSeconds: interval };
  }
  const addon = managed.of(AddonKind).get({ name: 'observability-addon', namespace });
  if (addon === undefined || addon.metadata.deletionTimestamp !== undefined) return undefined;
  return { enabled: addon.spec?.enableMetrics !== false, intervalSeconds: addon.spec?.interval ?? 300 };
}

export function userWorkloadRuns({ managed }: Context): boolean {
  const key = { name: 'prometheus-user-workload', namespace: userWorkloadMonitoring };
  return managed.of(StatefulSetKind).get(key) !== undefined;
}

/** What it was told of a proxy: handed on to the collectors, and used for nothing else (acm.md §5.5). */
export function proxyOf({ managed, namespace }: Context): Record<string, string> {
  const itself = managed.of(DeploymentKind).get({ name: 'endpoint-observability-operator', namespace });
  const variables = Object.entries(itself === undefined ? {} : environmentOf(itself));
  return Object.fromEntries(variables.filter(([name]) => /^(HTTPS?|NO)_PROXY$/.test(name)));
}

/** Where alerts go, from what the hub sent along. */
export async function forwardingOf({
  client,
  namespace,
  clusterID,
  cluster,
  features,
}: Context): Promise<Forwarding | undefined> {
  const info = secretText(await client.get(SecretKind, { name: 'hub-info-secret', namespace }), 'hub-info.yaml');
  const value = (key: string): string | undefined => new RegExp(`^${key}: *(.*)$`, 'm').exec(info ?? '')?.[1];
  const endpoint = value('alertmanager-endpoint');
  if (!endpoint) return undefined;
  const secrets = secretNames(features.alertSecretSuffix, value('hub-cluster-id') ?? '', cluster);
  return { alertmanager: endpoint.replace(/^https:\/\//, ''), clusterID, secrets };
}

/** The list that came from the hub, and what is added on the cluster itself (acm.md §6.1). */
export async function listsOf({ client, namespace, features, log, cluster }: Context): Promise<Lists> {
  const sent = await client.get(ConfigMapKind, { name: allowlist, namespace });
  const own = await client.get(ConfigMapKind, { name: customAllowlist, namespace });
  const say = (message: string): void =>
    log?.({ controller: 'endpoint-observability-operator', cluster, level: 'error', message });
  return mergedLists(readable(sent?.data, say), own?.data, features, say);
}

function readable(data: Record<string, string> | undefined, refused: (message: string) => void): Lists {
  try {
    return data === undefined ? defaultLists : parseLists(data);
  } catch (error) {
    if (!(error instanceof ListError)) throw error;
    refused(error.message);
    return defaultLists;
  }
}
