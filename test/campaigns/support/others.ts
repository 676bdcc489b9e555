/** What other people have in the documents we share with them, before and while we write. */
import { observabilityNamespace } from '../../../src/hub.ts';
import { type ConfigMap, ConfigMapKind, Namespace } from '../../../src/kinds.ts';
import type { Harness } from '../../helpers/harness.ts';

export const monitoringConfig = { namespace: 'openshift-monitoring', name: 'cluster-monitoring-config' };
export const allowlist = { namespace: observabilityNamespace, name: 'observability-metrics-custom-allowlist' };
export const rulerRules = { namespace: observabilityNamespace, name: 'thanos-ruler-custom-rules' };

const theirAllowlist = `# ours since 2023: ask before you touch it
names:
  - node_memory_theirs # for the invoice
`;
const theirRules = `groups:
  # night shift
  - name: theirs
    rules:
      - { record: "theirs:up:sum", expr: "sum(up)" }
`;

/** An allowlist and rules that were there before us. */
export async function settleOthers({ admin }: Harness): Promise<void> {
  await admin.create(Namespace, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: observabilityNamespace },
  });
  await admin.create(ConfigMapKind, map(allowlist, { 'metrics_list.yaml': theirAllowlist, 'other.yaml': 'a: 1\n' }));
  await admin.create(ConfigMapKind, map(rulerRules, { 'custom_rules.yaml': theirRules }));
}

function map(key: { readonly namespace: string; readonly name: string }, data: Record<string, string>): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...key, labels: { team: 'theirs' } }, data };
}
