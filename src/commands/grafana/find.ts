/** The Grafanas of the hub: which Pods they are, and as whom they are asked. */
import { createGrafana } from '../../adapters/grafana.ts';
import { observabilityNamespace as namespace } from '../../hub.ts';
import { type Pod, PodKind, SecretKind } from '../../kinds.ts';
import type { Cluster, FindGrafanas } from '../../ports.ts';
import { grafanaNames } from '../../resources/grafana-dev/names.ts';
import { administratorIn } from '../../resources/grafana-dev/settings.ts';

/** None where none of its Pods is ready. */
export function findGrafanas(cluster: Cluster): FindGrafanas {
  return async (which) => {
    const { app, configuration } = grafanaNames[which];
    const [pods, secret] = await Promise.all([
      cluster.list<Pod>(PodKind, { namespace, labelSelector: `app=${app}` }),
      cluster.get(SecretKind, { namespace, name: configuration }),
    ]);
    const asked = administratorIn(secret);
    if (asked === undefined) return [];
    const ready = pods.filter(isReady).map(({ metadata }) => metadata.name);
    return ready.sort().map((pod) => createGrafana({ hub: cluster, namespace, pod, ...asked }));
  };
}

function isReady({ metadata, status }: Pod): boolean {
  const ready = status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True');
  return ready === true && metadata.deletionTimestamp === undefined;
}
