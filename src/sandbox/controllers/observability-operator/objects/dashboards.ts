/** The dashboards ACM ships: one ConfigMap each (acm.md §10.1). */
import type { KubeObject } from '../../../../kinds.ts';
import { ConfigMapKind } from '../../../../kinds.ts';
import { domain, hubNamespace } from '../../names.ts';
import { objectOf } from '../../objects.ts';
import { atLeast, type Version } from '../../versions.ts';

const general = undefined;
const alerts = 'Alerts';
const platform = 'Platform - MCOA';
const hosted = 'Hosted Control Planes - MCOA';
const virtualization = 'ACM / OpenShift Virtualization';
const rightSizing = 'RightSizing Recommendation';
const cardinality = 'Metrics Cardinality';

interface Row {
  /** After `grafana-dashboard-`. */
  readonly name: string;
  readonly folder: string | undefined;
  /** Key in the ConfigMap, where it is not the name. */
  readonly key?: string;
  readonly since?: string;
}

/** Those that exist for both architectures: in the general folder, and once more with `-mcoa` in `Platform - MCOA`. */
const pairs: readonly { readonly name: string; readonly key?: string; readonly folder?: string }[] = [
  { name: 'acm-clusters-overview' },
  { name: 'acm-hcp-overview', folder: hosted },
  { name: 'acm-optimization-overview' },
  { name: 'acm-resources-hcp', key: 'acm-hcp-resources', folder: hosted },
  { name: 'cluster-rsrc-use' },
  { name: 'k8s-apiserver' },
  { name: 'k8s-compute-resources-cluster' },
  { name: 'k8s-compute-resources-namespace-pods' },
  { name: 'k8s-compute-resources-namespace-workloads' },
  { name: 'k8s-compute-resources-node-pods' },
  { name: 'k8s-compute-resources-pod' },
  { name: 'k8s-compute-resources-workload' },
  { name: 'k8s-etcd-cluster', key: 'k8s-etcd' },
  { name: 'k8s-networking-cluster' },
  { name: 'k8s-service-level-overview' },
  { name: 'k8s-service-level-overview-api-server-cluster' },
  { name: 'node-rsrc-use' },
];

const singles: readonly Row[] = [
  { name: 'acm-alert-analysis', folder: alerts },
  { name: 'acm-alert-by-clusters', folder: alerts },
  { name: 'acm-cluster-by-alerts', folder: alerts },
  { name: 'acm-clusters-overview-optimized', folder: general },
  { name: 'acm-incidents-overview', folder: 'Incidents' },
  { name: 'acm-incidents-overview-mcoa', folder: platform, key: 'acm-incidents-overview' },
  { name: 'acm-metrics-cardinality-cluster', folder: cardinality, since: '2.17' },
  { name: 'acm-metrics-cardinality-name', folder: cardinality, since: '2.17' },
  { name: 'acm-metrics-cardinality-overview', folder: cardinality, since: '2.17' },
  { name: 'acm-openshift-virtualization-clusters-overview', folder: virtualization },
  { name: 'acm-openshift-virtualization-load-aware-rebalancing', folder: virtualization, since: '2.17' },
  { name: 'acm-openshift-virtualization-single-cluster-view', folder: virtualization },
  { name: 'acm-openshift-virtualization-single-vm-view', folder: virtualization },
  { name: 'acm-right-sizing-namespaces', folder: rightSizing, key: 'namespace-max-overall' },
  { name: 'acm-right-sizing-virt-main', folder: rightSizing, key: 'virt-main', since: '2.17' },
  { name: 'acm-right-sizing-virt-overestimation', folder: rightSizing, key: 'virt-overestimation', since: '2.17' },
  { name: 'acm-right-sizing-virt-underestimation', folder: rightSizing, key: 'virt-underestimation', since: '2.17' },
  { name: 'acm-virtual-machines-by-time-in-status', folder: virtualization },
  { name: 'acm-virtual-machines-inventory', folder: virtualization, key: 'acm-openshift-virtual-machines-inventory' },
  {
    name: 'acm-virtual-machines-service-level',
    folder: virtualization,
    key: 'acm-openshift-virtual-machines-service-level',
  },
  {
    name: 'acm-virtual-machines-utilization',
    folder: virtualization,
    key: 'acm-openshift-virtual-machines-utilization',
  },
  { name: 'k8s-networking-namespace-pods', folder: platform },
  { name: 'k8s-networking-node-mcoa', folder: platform, key: 'k8s-networking-cluster' },
  { name: 'k8s-networking-pod', folder: platform },
];

/** Uids of the home dashboards of the two architectures (acm.md §9.5). */
export const homeUid = {
  legacy: '2b679d600f3b9e7676a7c5ac3643d448',
  addon: '89eaec849a6e4837a619fb0540c22b13',
} as const;

/** The dashboards of a version, without owner. */
export function dashboards(version: Version, addonArchitecture: boolean): KubeObject[] {
  const rows: Row[] = [
    ...pairs.flatMap(({ name, key = name, folder = platform }) => [
      { name, key, folder: general },
      { name: `${name}-mcoa`, key, folder },
    ]),
    ...singles,
  ];
  return rows
    .filter(({ since }) => since === undefined || atLeast(version, since))
    .map((row) => dashboard(row, atLeast(version, '2.15') ? home(row.name, addonArchitecture) : undefined));
}

interface Home {
  readonly uid: string;
  readonly set: boolean;
}

/** From 2.15 an annotation says which dashboard is the home (acm.md §10.1). */
function home(name: string, addonArchitecture: boolean): Home | undefined {
  if (name === 'acm-clusters-overview') return { uid: homeUid.legacy, set: !addonArchitecture };
  if (name === 'acm-clusters-overview-mcoa') return { uid: homeUid.addon, set: addonArchitecture };
  return undefined;
}

function dashboard({ name, folder, key = name }: Row, home: Home | undefined): KubeObject {
  const labels = {
    ...(folder === undefined && { 'general-folder': 'true' }),
    ...(home && { 'home-dashboard-uid': home.uid }),
  };
  const annotations = {
    ...(folder !== undefined && { [`${domain}/dashboard-folder`]: folder }),
    ...(home && { 'set-home-dashboard': String(home.set) }),
  };
  return objectOf(
    ConfigMapKind,
    {
      name: `grafana-dashboard-${name}`,
      namespace: hubNamespace,
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    { data: { [`${key}.json`]: JSON.stringify({ title: key, ...(home && { uid: home.uid }), panels: [] }) } },
  );
}
