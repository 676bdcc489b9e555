/** A kubeconfig context is a name somebody chose: before the first write it must prove which cluster it leads to. */
import { Problem } from '../engine/problem.ts';
import { ClusterVersionKind } from '../kinds.ts';
import type { Cluster } from '../ports.ts';
import { claim, type Member } from './members.ts';

/** @throws Problem `wrong-cluster` when the context leads elsewhere, or the hub does not know the cluster's ID. */
export async function requireIdentity(direct: Cluster, member: Member, context: string): Promise<void> {
  const expected = member.object.metadata.labels?.clusterID ?? claim(member.object, 'id.openshift.io');
  const version = await direct.get(ClusterVersionKind, { name: 'version' });
  const found = version?.spec?.clusterID;
  if (expected !== undefined && expected === found) return;
  const detail = `context ${context} leads to ${found ?? 'a cluster without an ID'}, ${member.name} is ${expected ?? 'without an ID on the hub'}`;
  throw new Problem('wrong-cluster', detail, { cluster: member.name });
}
