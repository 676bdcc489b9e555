/** The proxy a cluster's add-on is configured with: an AddOnDeploymentConfig that its ManagedClusterAddOn names (acm.md §5.5). */
import { isDeepStrictEqual } from 'node:util';
import { type AddOnConfigReference, ManagedClusterAddOnKind, type WithConditions } from '../../../kinds.ts';
import type { Informers, News } from '../informer.ts';
import { AddOnDeploymentConfigKind } from '../kinds.ts';
import { addonName } from '../names.ts';
import { isRecord } from '../objects.ts';

const variables = { httpProxy: 'HTTP_PROXY', httpsProxy: 'HTTPS_PROXY', noProxy: 'NO_PROXY' } as const;

/** An add-on that is gone is to be made again; of the rest only what it is configured by counts here. */
export function isReconfigured({ type, object, before }: News<WithConditions>): boolean {
  return type === 'gone' || !isDeepStrictEqual(configsOf(object), configsOf(before));
}

function configsOf(addOn: WithConditions | undefined): readonly AddOnConfigReference[] {
  const { configs = [] } = (addOn?.spec ?? {}) as { readonly configs?: readonly AddOnConfigReference[] };
  return configs;
}

/** As environment variables of the programs on the cluster. */
export function proxyFor(informers: Informers, cluster: string): Record<string, string> {
  const addOn = informers.of(ManagedClusterAddOnKind).get({ name: addonName, namespace: cluster });
  const named = configsOf(addOn).find(({ resource }) => resource === AddOnDeploymentConfigKind.plural);
  if (named === undefined) return {};
  const { name, namespace = cluster } = named;
  const spec = informers.of(AddOnDeploymentConfigKind).get({ name, namespace })?.spec;
  const proxy = isRecord(spec) && isRecord(spec.proxyConfig) ? spec.proxyConfig : {};
  return Object.fromEntries(
    Object.entries(variables).flatMap(([field, variable]) => {
      const value = proxy[field];
      return typeof value === 'string' && value !== '' ? [[variable, value] as const] : [];
    }),
  );
}
