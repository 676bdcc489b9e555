/** RBAC the operator makes on the hub. */
import type { KubeObject } from '../../../../kinds.ts';
import { ClusterRoleBindingKind, ClusterRoleKind, RoleBindingKind, RoleKind } from '../../kinds.ts';
import { addonName, domain, hubNamespace, newAddonName, ownerLabel, platformMonitoring } from '../../names.ts';
import { objectOf, type Wanted } from '../../objects.ts';
import { type Context, local } from './context.ts';
import { hubEndpointAccount } from './network.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface RoleRow {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly rules: readonly Rule[];
  /** Who gets it, in a binding of this name. */
  readonly binding?: { readonly name: string; readonly account: string };
}

const rule = (apiGroups: string[], resources: string[], verbs: string[]): Rule => ({ apiGroups, resources, verbs });
const reviews = [
  rule(['authentication.k8s.io'], ['tokenreviews'], ['create']),
  rule(['authorization.k8s.io'], ['subjectaccessreviews'], ['create']),
];
const readers = ['get', 'list', 'watch'];

/** Labels of what is deleted with the CR by label. */
function ofCr(context: Context): Record<string, string> {
  return { [`${domain}/name`]: context.cr.metadata.name, ...ownerLabel };
}

function ownedRoles(context: Context): RoleRow[] {
  const labels = ofCr(context);
  const alertmanager = { alertmanager: 'observability', ...labels };
  const row = (name: string, account: string, rules: readonly Rule[], more = labels, binding = name): RoleRow => ({
    name: `open-cluster-management:${name}`,
    labels: more,
    rules,
    binding: { name: `open-cluster-management:${binding}`, account },
  });
  const observatorium = {
    'app.kubernetes.io/component': 'controller',
    'app.kubernetes.io/name': 'observatorium-operator',
    'app.kubernetes.io/version': 'v0.1',
    ...labels,
  };
  const edit = { ...ownerLabel, 'rbac.authorization.k8s.io/aggregate-to-admin': 'true' };
  return [
    {
      name: 'aggregate-observabilityaddons-edit',
      labels: edit,
      rules: [rule([domain], ['observabilityaddons'], ['*'])],
    },
    row('alertmanager', 'alertmanager', reviews, alertmanager),
    row(
      'alertmanager-accessor',
      'observability-alertmanager-accessor',
      [rule(['monitoring.coreos.com'], ['alertmanagers/api'], ['*'])],
      alertmanager,
    ),
    endpointRole(context),
    row('grafana', 'grafana', reviews, labels, 'grafana-crb'),
    row('observatorium-operator', 'observatorium', [rule(['core.observatorium.io'], ['*'], ['*'])], observatorium),
    row('rbac-query-proxy', 'rbac-query-proxy', [
      rule(['cluster.open-cluster-management.io'], ['managedclusters'], readers),
      ...reviews,
    ]),
    row('thanos-rule', 'observability-thanos-rule', reviews),
  ];
}

function endpointRole(context: Context): RoleRow {
  const account = hubEndpointAccount(context);
  return {
    name: 'open-cluster-management:endpoint-observability-operator',
    labels: ownerLabel,
    rules: [rule([''], ['configmaps', 'secrets', 'pods'], ['*']), rule(['apps'], ['deployments'], ['*'])],
    binding: { name: `open-cluster-management:${account.replace(/-sa$/, '-rb')}`, account },
  };
}

function addonManagerRole(context: Context): RoleRow {
  return {
    name: `${newAddonName}-manager`,
    labels: addonManagerLabels(context.cr),
    rules: [
      rule(['addon.open-cluster-management.io'], ['*'], ['*']),
      rule(['work.open-cluster-management.io'], ['*'], ['*']),
    ],
    binding: { name: `${newAddonName}-manager`, account: `${newAddonName}-manager` },
  };
}

/** Labels of what belongs to the addon architecture's manager. */
export function addonManagerLabels(cr: KubeObject): Record<string, string> {
  return {
    'app.kubernetes.io/component': `${newAddonName}-manager`,
    'app.kubernetes.io/name': `${newAddonName}-manager`,
    'app.kubernetes.io/part-of': newAddonName,
    [`${domain}/name`]: cr.metadata.name,
  };
}

/** ClusterRoles, a Role, and their bindings, owned by the CR. */
export function access(context: Context): Wanted[] {
  const rows = [...ownedRoles(context), ...(context.addonArchitecture ? [addonManagerRole(context)] : [])];
  const scraping = `${hubNamespace}:observatorium-monitoring`;
  const scraper = { kind: 'ServiceAccount', name: 'prometheus-k8s', namespace: platformMonitoring };
  return [
    ...rows.flatMap(roleAndBinding),
    {
      kind: RoleKind,
      object: objectOf(RoleKind, local(scraping), {
        rules: [rule([''], ['services', 'endpoints', 'pods'], readers)],
      }),
    },
    binding('Role', local(scraping), scraping, [scraper]),
  ];
}

function roleAndBinding({ name, labels, rules, binding: bound }: RoleRow): Wanted[] {
  const role = { kind: ClusterRoleKind, object: objectOf(ClusterRoleKind, { name, labels }, { rules: [...rules] }) };
  if (bound === undefined) return [role];
  const subject = { kind: 'ServiceAccount', name: bound.account, namespace: hubNamespace };
  return [role, binding('ClusterRole', { name: bound.name, labels }, name, [subject])];
}

function binding(
  roleKind: 'Role' | 'ClusterRole',
  metadata: KubeObject['metadata'],
  role: string,
  subjects: readonly object[],
): Wanted {
  const kind = metadata.namespace === undefined ? ClusterRoleBindingKind : RoleBindingKind;
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: roleKind, name: role };
  return { kind, object: objectOf(kind, metadata, { roleRef, subjects: [...subjects] }) };
}

/** What an add-on may do on the hub, shared by all clusters; nobody owns it. */
export function addonRoles(): Wanted[] {
  return [
    addonRole('endpoint-observability-mco-role', [rule([domain], ['multiclusterobservabilities'], readers)]),
    addonRole('endpoint-observability-res-role', [
      rule([domain], ['observabilityaddons', 'observabilityaddons/status'], ['*']),
      rule(['coordination.k8s.io'], ['leases'], ['*']),
    ]),
  ];
}

function addonRole(name: string, rules: readonly Rule[]): Wanted {
  const object = objectOf(ClusterRoleKind, { name, labels: ownerLabel }, { rules: [...rules] });
  return { kind: ClusterRoleKind, object };
}

/** What one cluster's add-on may do: bindings in its namespace and beyond it. */
export function addonBindings(cluster: string, namespace = cluster): Wanted[] {
  const group = `system:open-cluster-management:cluster:${cluster}:addon:${addonName}`;
  const subject = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group, namespace };
  const everywhere = { name: `${namespace}-endpoint-observability-mco-rolebinding`, labels: ownerLabel };
  const here = { name: 'endpoint-observability-res-rolebinding', namespace, labels: ownerLabel };
  return [
    binding('ClusterRole', everywhere, 'endpoint-observability-mco-role', [subject]),
    binding('ClusterRole', here, 'endpoint-observability-res-role', [subject]),
  ];
}
