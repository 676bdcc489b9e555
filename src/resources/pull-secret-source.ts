/** Where the pull secret is copied from: MultiClusterHub's own first, else the cluster-wide one (acm.md §3). */
import { Problem } from '../engine/problem.ts';
import type { Hub } from '../hub.ts';
import { SecretKind } from '../kinds.ts';
import type { Cluster } from '../ports.ts';

const dataKey = '.dockerconfigjson';

/** The data of the copy. @throws Problem `pull-secret-missing`. */
export async function pullSecretData(cluster: Cluster, hub: Hub): Promise<Record<string, string>> {
  const named = hub.multiClusterHub.spec?.imagePullSecret;
  const sources = [
    ...(named === undefined || named === ''
      ? []
      : [{ namespace: hub.multiClusterHub.metadata.namespace, name: named }]),
    { namespace: 'openshift-config', name: 'pull-secret' },
  ];
  for (const source of sources) {
    const value = (await cluster.get(SecretKind, source))?.data?.[dataKey];
    if (value !== undefined && value !== '') return { [dataKey]: value };
  }
  const tried = sources.map((source) => `${source.namespace}/${source.name}`).join(' nor ');
  throw new Problem('pull-secret-missing', `neither ${tried} has ${dataKey}`);
}
