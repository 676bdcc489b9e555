/** What a scenario is made of: clusters in a few words each. Objects are made from these (`hub-objects.ts`, `cluster-objects.ts`). */

/** `undetected`: ACM has not found out yet what it is. */
export type Product = 'OpenShift' | 'EKS' | 'MicroShift' | 'ROSA' | 'undetected';

/** `cluster-monitoring-config` of a cluster as somebody left it. */
export type Monitoring = { readonly config: string } | 'absent';

export interface ClusterSpec {
  readonly name: string;
  readonly product: Product;
  /** `4.18.12`; the Kubernetes version where the product is not OpenShift. */
  readonly version: string;
  readonly state: 'available' | 'offline' | 'hibernating';
  readonly monitoring: Monitoring;
  /** Its agents take seconds where others take milliseconds. */
  readonly slow?: boolean;
  readonly workers?: number;
  /** Labels people gave the ManagedCluster. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A hub with its managed clusters. The first cluster is the hub itself. */
export interface Scenario {
  readonly name: ScenarioName;
  readonly clusters: readonly ClusterSpec[];
  /** `MultiClusterHub.spec.imagePullSecret`; absent: the product's own default, and openshift-config/pull-secret. */
  readonly imagePullSecret?: string;
}

export const scenarioNames = ['quest', 'mixed', 'fleet'] as const;
export type ScenarioName = (typeof scenarioNames)[number];

/** What a cluster is besides its objects: looked up by product. */
export interface ProductFacts {
  /** Label `vendor` of the ManagedCluster (transport.md §1). */
  readonly vendor: string;
  /** Claim `product.open-cluster-management.io`. */
  readonly claim?: string;
  /** Has the OpenShift API groups and the cluster monitoring operator. */
  readonly openshift: boolean;
}

export const productFacts: Readonly<Record<Product, ProductFacts>> = {
  OpenShift: { vendor: 'OpenShift', claim: 'OpenShift', openshift: true },
  ROSA: { vendor: 'OpenShift', claim: 'ROSA', openshift: true },
  EKS: { vendor: 'EKS', claim: 'EKS', openshift: false },
  MicroShift: { vendor: 'MicroShift', claim: 'MicroShift', openshift: false },
  undetected: { vendor: 'auto-detect', openshift: true },
};

/** Kubernetes under each OpenShift minor release. */
const kubernetes: Readonly<Record<string, string>> = {
  '4.16': 'v1.29.14',
  '4.17': 'v1.30.12',
  '4.18': 'v1.31.9',
  '4.19': 'v1.32.6',
};

/** `v1.31.9` */
export function kubernetesVersion({ product, version }: ClusterSpec): string {
  if (!productFacts[product].openshift) return product === 'MicroShift' ? 'v1.31.9' : version;
  return kubernetes[version.split('.').slice(0, 2).join('.')] ?? 'v1.32.6';
}
