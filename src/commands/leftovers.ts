/** What ACM and other people leave on the hub after an uninstall: listed, never touched (measured.md §3, acm.md §12.3). */
import type { Context } from '../context.ts';
import { observabilityNamespace } from '../hub.ts';
import { ClusterRoleBindingKind, ClusterRoleKind, Namespace, StorageVersionMigrationKind } from '../kinds.ts';
import { type Cluster, isApiError } from '../ports.ts';
import { foreignContent } from '../resources/namespace-content.ts';

export async function whatAcmLeaves({ cluster }: Pick<Context, 'cluster'>): Promise<string[]> {
  const labelSelector = 'owner=multicluster-observability-operator';
  const [roles, bindings, migrations, namespace] = await Promise.all([
    names(() => cluster.list(ClusterRoleKind, { labelSelector })),
    names(() => cluster.list(ClusterRoleBindingKind, { labelSelector })),
    names(async () => {
      const all = await cluster.list(StorageVersionMigrationKind);
      return all.filter((object) => object.metadata.name.includes('observability'));
    }),
    namespaceLeft(cluster),
  ]);
  const lists = [
    ['ClusterRole', roles],
    ['ClusterRoleBinding', bindings],
    ['StorageVersionMigration', migrations],
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

/** Names; of a kind that is unknown here there are none. That we may not look is told. */
async function names(look: () => Promise<{ metadata: { name: string } }[]>): Promise<string[] | undefined> {
  try {
    return (await look()).map((object) => object.metadata.name);
  } catch (error) {
    if (isApiError(error, 404)) return [];
    if (isApiError(error, 403)) return undefined;
    throw error;
  }
}
