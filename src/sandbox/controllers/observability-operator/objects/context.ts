/** What the operator's objects are made from. */
import type { KubeObject, MultiClusterObservability, ObjectMeta } from '../../../../kinds.ts';
import { hubNamespace } from '../../names.ts';
import { isRecord } from '../../objects.ts';
import type { Features, Version } from '../../versions.ts';

/** What the hub is: its ManagedCluster name, its cluster ID, and where its routes live. */
export interface HubFacts {
  readonly name: string;
  readonly clusterID: string;
  /** `apps.hub.example.com` */
  readonly appsDomain: string;
  /** What the operator's own authorities sign; PEM. */
  readonly certificates: { readonly ca: string; readonly cert: string; readonly key: string };
}

export interface Context {
  readonly version: Version;
  readonly features: Features;
  readonly cr: MultiClusterObservability;
  readonly hub: HubFacts;
  /** The addon architecture (MCOA) collects instead of the legacy add-on. */
  readonly addonArchitecture: boolean;
  /** The class volumes get: the one asked for where it exists, else the default one. */
  readonly storageClass: string | undefined;
  /** Whether the user's rules are there. */
  readonly customRules: boolean;
  /** The token of the alertmanager accessor, once somebody filled it. */
  readonly accessorToken: string | undefined;
  /** Value of the allowlist ConfigMap, the user's list merged in for the hub's own collector. */
  readonly allowlist: Record<string, string>;
}

/** Metadata in the hub's namespace. */
export function local(name: string, more: Partial<ObjectMeta> = {}): ObjectMeta {
  return { name, namespace: hubNamespace, ...more };
}

/** A field of the CR by path. */
export function field(cr: KubeObject, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), cr.spec);
}

/** `spec.advanced.<component>.replicas`, or the default size's. */
export function replicasOf(cr: KubeObject, component: string, otherwise: number): number {
  const replicas = field(cr, 'advanced', component, 'replicas');
  return typeof replicas === 'number' ? replicas : otherwise;
}

/** Seconds between two pushes. */
export function intervalOf(cr: MultiClusterObservability): number {
  return cr.spec?.observabilityAddonSpec?.interval ?? 300;
}

/** Whether the CR switches the addon architecture on, by the name its version gives the switch (acm.md §9.1). */
export function wantsAddonArchitecture(cr: KubeObject, features: Features): boolean {
  if (features.addonSwitch === 'none') return false;
  return ['platform', 'userWorkloads'].some(
    (side) => field(cr, 'capabilities', side, 'metrics', features.addonSwitch, 'enabled') === true,
  );
}
