/** The ManifestWork that carries the add-on to one cluster: every object it holds, in its order. */
import {
  ConfigMapKind,
  DeploymentKind,
  type KubeObject,
  type MultiClusterObservability,
  Namespace,
  type Secret,
  SecretKind,
} from '../../../kinds.ts';
import {
  AddonKind,
  ClusterRoleBindingKind,
  ClusterRoleKind,
  CustomResourceDefinitionKind,
  ServiceAccountKind,
  WorkKind,
} from '../kinds.ts';
import {
  addonName,
  addonNameLabel,
  addonNamespace,
  allowlist,
  defaultPullSecret,
  domain,
  ownerLabel,
  workName,
} from '../names.ts';
import { objectOf, secretData, type Wanted } from '../objects.ts';
import { hubInfo, imagesList } from '../observability-operator/objects/configuration.ts';
import type { Context } from '../observability-operator/objects/context.ts';
import { deployment } from '../workload.ts';

export interface WorkContext extends Pick<Context, 'version' | 'features' | 'hub'> {
  readonly cr: MultiClusterObservability;
  /** Data of the allowlist ConfigMap. */
  readonly lists: Record<string, string>;
  /** The pull secret on the hub; where it is missing the clusters get none (acm.md §3). */
  readonly pullSecret: Secret | undefined;
  readonly accessorToken: string;
}

/** What is the cluster's own. */
export interface ForCluster {
  /** `spec` of its ObservabilityAddon on the hub. */
  readonly spec: unknown;
  /** By variable: the proxy that its add-on is configured with. */
  readonly proxy: Readonly<Record<string, string>>;
}

const namespace = addonNamespace;
const account = 'endpoint-observability-operator-sa';

/** `spec` of the ObservabilityAddon, as the CR says (acm.md §5.1). */
export function addonSpec({ spec }: MultiClusterObservability): Record<string, unknown> {
  const { enableMetrics = true, interval = 300, ...rest } = spec?.observabilityAddonSpec ?? {};
  return { enableMetrics, interval, ...rest };
}

/** The ManifestWork of a cluster. */
export function addonWork(context: WorkContext, cluster: string, { spec, proxy }: ForCluster): Wanted {
  const manifests = [addon(spec), ...objects(context, cluster, proxy)];
  const metadata = {
    name: workName(cluster),
    namespace: cluster,
    labels: { ...ownerLabel, [addonNameLabel]: addonName },
    annotations: { 'open-cluster-management/postpone-delete': '' },
  };
  return { kind: WorkKind, object: objectOf(WorkKind, metadata, { spec: { workload: { manifests } } }) };
}

function addon(spec: unknown): KubeObject {
  return objectOf(AddonKind, { name: 'observability-addon', namespace, labels: ownerLabel }, { spec });
}

function objects(context: WorkContext, cluster: string, proxy: ForCluster['proxy']): KubeObject[] {
  const { pullSecret } = context;
  return [
    objectOf(Namespace, { name: namespace }),
    secret('observability-managed-cluster-certs', { 'ca.crt': 'sandbox CA' }),
    secret('observability-alertmanager-accessor', { token: context.accessorToken }),
    ...access(),
    configMap(allowlist, context.lists),
    addonDefinition(),
    endpointOperator(pullSecret !== undefined, proxy),
    ...(pullSecret === undefined ? [] : [pullSecretCopy(pullSecret)]),
    configMap('images-list', imagesList(context)),
    secret('hub-info-secret', hubInfo(context, cluster)),
  ];
}

function secret(name: string, values: Record<string, string>): KubeObject {
  return objectOf(SecretKind, { name, namespace }, { type: 'Opaque', data: secretData(values) });
}

function configMap(name: string, data: Record<string, string>): KubeObject {
  return objectOf(ConfigMapKind, { name, namespace }, { data });
}

function pullSecretCopy({ type = '', data = {} }: Secret): KubeObject {
  return objectOf(SecretKind, { name: defaultPullSecret, namespace }, { type, data });
}

function access(): KubeObject[] {
  const role = `open-cluster-management:endpoint-observability-operator`;
  const everything = [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }];
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role };
  return [
    objectOf(ClusterRoleKind, { name: 'aggregate-observabilityaddons-edit' }, { rules: everything }),
    objectOf(ClusterRoleKind, { name: role }, { rules: everything }),
    objectOf(ClusterRoleBindingKind, { name: `${role}-rb` }, { roleRef, subjects }),
    objectOf(ServiceAccountKind, { name: account, namespace }),
  ];
}

/** The kind of the object that comes with it. */
function addonDefinition(): KubeObject {
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return objectOf(
    CustomResourceDefinitionKind,
    { name: `observabilityaddons.${domain}` },
    {
      spec: {
        group: domain,
        scope: 'Namespaced',
        names: {
          kind: 'ObservabilityAddon',
          listKind: 'ObservabilityAddonList',
          plural: 'observabilityaddons',
          singular: 'observabilityaddon',
          shortNames: ['oba'],
        },
        versions: [
          {
            name: 'v1beta1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: open },
            subresources: { status: {} },
          },
        ],
      },
    },
  );
}

function endpointOperator(withPullSecret: boolean, env: ForCluster['proxy']): KubeObject {
  return {
    ...deployment({
      name: 'endpoint-observability-operator',
      namespace,
      replicas: 1,
      podLabels: { name: 'endpoint-observability-operator' },
      containers: [{ name: 'endpoint-observability-operator', env }],
      serviceAccount: account,
      ...(withPullSecret && { imagePullSecret: defaultPullSecret }),
    }),
    ...{ apiVersion: DeploymentKind.apiVersion, kind: DeploymentKind.kind },
  };
}
