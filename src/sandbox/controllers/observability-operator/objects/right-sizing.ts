/** Right-sizing objects, made from 2.17 on even when it is off; nobody owns them (measured.md §1.8). */
import { ConfigMapKind, PlacementBindingKind, PolicyKind } from '../../../../kinds.ts';
import { domain, globalSetNamespace } from '../../names.ts';
import { objectOf, type Wanted } from '../../objects.ts';
import { local } from './context.ts';

const labels = { [`${domain}/managed-by`]: 'analytics-rightsizing' };

const rows = [
  { config: 'rs-namespace-config', policy: 'rs-prom-rules-policy', binding: 'rs-policyset-binding' },
  { config: 'rs-virt-config', policy: 'rs-virt-prom-rules-policy', binding: 'rs-virt-policyset-binding' },
] as const;

/** Two ConfigMaps, two Policies, two bindings. */
export function rightSizing(): Wanted[] {
  return rows.flatMap(({ config, policy, binding }) => [
    {
      kind: ConfigMapKind,
      once: true,
      object: objectOf(ConfigMapKind, local(config, { labels }), {
        data: { placementConfiguration: '{}', prometheusRuleConfig: '{}' },
      }),
    },
    {
      kind: PolicyKind,
      object: objectOf(
        PolicyKind,
        { name: policy, namespace: globalSetNamespace, labels },
        { spec: { disabled: true, remediationAction: 'enforce', 'policy-templates': [] } },
      ),
    },
    {
      kind: PlacementBindingKind,
      object: objectOf(
        PlacementBindingKind,
        { name: binding, namespace: globalSetNamespace, labels },
        {
          placementRef: { apiGroup: 'cluster.open-cluster-management.io', kind: 'Placement', name: 'rs-placement' },
          subjects: [{ apiGroup: 'policy.open-cluster-management.io', kind: 'Policy', name: policy }],
        },
      ),
    },
  ]);
}
