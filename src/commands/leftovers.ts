/** What ACM and other people leave on the hub after an uninstall: listed, never touched (measured.md §3, acm.md §12.3). */
import type { Context } from '../context.ts';
import { observabilityNamespace } from '../hub.ts';
import {
  ClusterRoleBindingKind,
  ClusterRoleKind,
  type KubeObject,
  Namespace,
  StorageVersionMigrationKind,
} from '../kinds.ts';
import { ifAllowed } from '../looks.ts';
import type { Cluster } from '../ports.ts';
import { foreignContent } from '../resources/namespace-content.ts';

export async function whatAcmLeaves({ cluster }: Pick<Context, 'cluster'>): Promise<string[]> {
  const labelSelector = 'owner=multicluster-observability-operator';
  const [roles, bindings, migrations, namespace] = await Promise.all([
    names(cluster.list(ClusterRoleKind, { labelSelector })),
    names(cluster.list(ClusterRoleBindingKind, { labelSelector })),
    names(cluster.list(StorageVersionMigrationKind)),
    namespaceLeft(cluster),
  ]);
  const lists = [
    ['ClusterRole', roles],
    ['ClusterRoleBinding', bindings],
    ['StorageVersionMigration', migrations?.filter((name) => name.includes('observability'))],
  ] as const;
  const objects = lists.flatMap(([kind, found]) =>
    found === undefined
      ? [`Whether ACM leaves a ${kind} could not be seen: not permitted.`]
      : found.map((name) => `ACM leaves ${kind} ${name}.`),
  );
  return [...objects, ...namespace];
}

async function namespaceLeft(cluster: Cluster): Promise<string[]> {
  const left = await cluster.get(Namespace, { name: observabilityNamespace });
  if (left === undefined) return [];
  const content = await foreignContent(cluster, observabilityNamespace);
  return [`Namespace ${observabilityNamespace} stays${content === undefined ? '' : `: ${content}`}.`];
}

async function names(listing: Promise<readonly KubeObject[]>): Promise<string[] | undefined> {
  return (await ifAllowed(listing))?.map(({ metadata }) => metadata.name);
}
