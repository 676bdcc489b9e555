/** What it takes to ask a Grafana of the hub. Whoever has it is that Grafana's administrator (acm.md §10.6). */
import type { Right } from '../engine/rights.ts';
import { observabilityNamespace as namespace } from '../hub.ts';
import { PodKind, SecretKind } from '../kinds.ts';
import type { Cluster } from '../ports.ts';
import { grafanaNames } from './grafana-dev/names.ts';
import { on } from './rights.ts';

/** The API server asks for the verb of the HTTP method: `create` for a POST. No name: Pods have another one each time. */
export function grafanaRights(
  cluster: Cluster,
  which: keyof typeof grafanaNames,
  verbs: readonly ('get' | 'create' | 'patch')[] = ['get'],
): Right[] {
  const proxy = { cluster: cluster.name, group: '', resource: 'pods', subresource: 'proxy', namespace };
  return [
    ...on(cluster, PodKind, { namespace }, ['list']),
    ...on(cluster, SecretKind, { namespace, name: grafanaNames[which].configuration }, ['get']),
    ...verbs.map((verb) => ({ ...proxy, verb })),
  ];
}
