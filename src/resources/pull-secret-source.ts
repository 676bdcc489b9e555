/** Where the pull secret is copied from: MultiClusterHub's own first, else the cluster-wide one (acm.md §3). */
import { Problem } from '../engine/problem.ts';
import type { Right } from '../engine/rights.ts';
import type { Hub } from '../hub.ts';
import { SecretKind } from '../kinds.ts';
import type { Cluster } from '../ports.ts';
import { on } from './rights.ts';

const dataKey = '.dockerconfigjson';

/** The data of the copy. @throws Problem `pull-secret-missing`. */
export async function pullSecretData(cluster: Cluster, hub: Hub): Promise<Record<string, string>> {
  const sources = sourcesOf(hub);
  for (const source of sources) {
    const value = (await cluster.get(SecretKind, source))?.data?.[dataKey];
    if (value !== undefined && value !== '') return { [dataKey]: value };
  }
  const tried = sources.map((source) => `${source.namespace}/${source.name}`).join(' nor ');
  throw new Problem('pull-secret-missing', `neither ${tried} has ${dataKey}`);
}

/** What reading it takes: MultiClusterHub's own is there when it is named, and then the other is not looked at. */
export function pullSecretRights(cluster: Cluster, hub: Hub): Right[] {
  const [first] = sourcesOf(hub);
  return first === undefined ? [] : on(cluster, SecretKind, first, ['get']);
}

function sourcesOf({ multiClusterHub: { metadata, spec } }: Hub): { namespace: string; name: string }[] {
  const named = spec?.imagePullSecret;
  const own = named === undefined || named === '' ? [] : [{ namespace: metadata.namespace, name: named }];
  return [...own, { namespace: 'openshift-config', name: 'pull-secret' }];
}
