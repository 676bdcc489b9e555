/**
 * The kinds the sandbox serves, once for all its servers: one line a kind, as `kubectl api-resources` lists them.
 * Scopes, names and short names of custom kinds are those of their CRDs (the tests compare them).
 */

/** One resource of the REST API. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  /** Has the subresource `status`, so that spec and status are written apart. */
  readonly status: boolean;
  /** Defined by a CustomResourceDefinition: no strategic merge patch, 422 where a built-in kind answers 400. */
  readonly custom: boolean;
  /** `metadata.generation` counts the changes of what is wanted. */
  readonly generation: boolean;
}

type Flag = 'ns' | 'status' | 'generation';

interface Group {
  readonly apiVersion: string;
  readonly custom: boolean;
}

const core: Group = { apiVersion: 'v1', custom: false };
const builtin = (apiVersion: string): Group => ({ apiVersion, custom: false });
const custom = (apiVersion: string): Group => ({ apiVersion, custom: true });

/** `Kind plural short,short flag flag`; the singular is the kind in lower case. */
function row(
  { apiVersion, custom }: Group,
  kind: string,
  plural: string,
  short: string,
  ...flags: Flag[]
): ResourceType {
  const [group, version] = splitApiVersion(apiVersion);
  return {
    group,
    version,
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: short === '' ? [] : short.split(','),
    namespaced: flags.includes('ns'),
    status: flags.includes('status'),
    custom,
    generation: custom || flags.includes('generation'),
  };
}

const apps = builtin('apps/v1');
const rbac = builtin('rbac.authorization.k8s.io/v1');
const admission = builtin('admissionregistration.k8s.io/v1');
const addon = custom('addon.open-cluster-management.io/v1alpha1');
const cluster = custom('cluster.open-cluster-management.io/v1');
const clusterBeta1 = custom('cluster.open-cluster-management.io/v1beta1');
const clusterBeta2 = custom('cluster.open-cluster-management.io/v1beta2');
const work = custom('work.open-cluster-management.io/v1');
const policy = custom('policy.open-cluster-management.io/v1');
const monitoring = custom('monitoring.coreos.com/v1');
const config = custom('config.openshift.io/v1');
const operator = custom('operator.open-cluster-management.io/v1');

export const resourceTypes: readonly ResourceType[] = [
  row(core, 'Namespace', 'namespaces', 'ns', 'status'),
  row(core, 'Node', 'nodes', 'no', 'status'),
  row(core, 'ConfigMap', 'configmaps', 'cm', 'ns'),
  row(core, 'Secret', 'secrets', '', 'ns'),
  row(core, 'ServiceAccount', 'serviceaccounts', 'sa', 'ns'),
  row(core, 'Service', 'services', 'svc', 'ns', 'status'),
  row(core, 'Endpoints', 'endpoints', 'ep', 'ns'),
  row(core, 'Pod', 'pods', 'po', 'ns', 'status', 'generation'),
  row(core, 'Event', 'events', 'ev', 'ns'),
  row(core, 'PersistentVolume', 'persistentvolumes', 'pv', 'status'),
  row(core, 'PersistentVolumeClaim', 'persistentvolumeclaims', 'pvc', 'ns', 'status'),
  row(apps, 'Deployment', 'deployments', 'deploy', 'ns', 'status', 'generation'),
  row(apps, 'StatefulSet', 'statefulsets', 'sts', 'ns', 'status', 'generation'),
  row(apps, 'DaemonSet', 'daemonsets', 'ds', 'ns', 'status', 'generation'),
  row(apps, 'ReplicaSet', 'replicasets', 'rs', 'ns', 'status', 'generation'),
  row(builtin('batch/v1'), 'Job', 'jobs', '', 'ns', 'status', 'generation'),
  row(builtin('batch/v1'), 'CronJob', 'cronjobs', 'cj', 'ns', 'status', 'generation'),
  row(builtin('policy/v1'), 'PodDisruptionBudget', 'poddisruptionbudgets', 'pdb', 'ns', 'status', 'generation'),
  row(builtin('networking.k8s.io/v1'), 'Ingress', 'ingresses', 'ing', 'ns', 'status', 'generation'),
  row(builtin('networking.k8s.io/v1'), 'NetworkPolicy', 'networkpolicies', 'netpol', 'ns', 'generation'),
  row(builtin('coordination.k8s.io/v1'), 'Lease', 'leases', '', 'ns'),
  row(builtin('certificates.k8s.io/v1'), 'CertificateSigningRequest', 'certificatesigningrequests', 'csr', 'status'),
  row(builtin('storage.k8s.io/v1'), 'StorageClass', 'storageclasses', 'sc'),
  row(rbac, 'ClusterRole', 'clusterroles', ''),
  row(rbac, 'ClusterRoleBinding', 'clusterrolebindings', ''),
  row(rbac, 'Role', 'roles', '', 'ns'),
  row(rbac, 'RoleBinding', 'rolebindings', '', 'ns'),
  row(admission, 'ValidatingWebhookConfiguration', 'validatingwebhookconfigurations', '', 'generation'),
  row(admission, 'MutatingWebhookConfiguration', 'mutatingwebhookconfigurations', '', 'generation'),
  row(
    builtin('apiextensions.k8s.io/v1'),
    'CustomResourceDefinition',
    'customresourcedefinitions',
    'crd,crds',
    'status',
    'generation',
  ),
  row(builtin('oauth.openshift.io/v1'), 'OAuthClient', 'oauthclients', ''),
  row(builtin('user.openshift.io/v1'), 'Group', 'groups', ''),
  row(builtin('image.openshift.io/v1'), 'ImageStream', 'imagestreams', 'is', 'ns', 'status', 'generation'),
  row(custom('route.openshift.io/v1'), 'Route', 'routes', '', 'ns', 'status'),
  row(config, 'ClusterVersion', 'clusterversions', '', 'status'),
  row(config, 'ClusterOperator', 'clusteroperators', 'co', 'status'),
  row(config, 'Infrastructure', 'infrastructures', '', 'status'),
  row(config, 'Proxy', 'proxies', '', 'status'),
  row(config, 'Ingress', 'ingresses', '', 'status'),
  row(custom('console.openshift.io/v1'), 'ConsoleLink', 'consolelinks', ''),
  row(operator, 'MultiClusterHub', 'multiclusterhubs', 'mch', 'ns', 'status'),
  row(custom('multicluster.openshift.io/v1'), 'MultiClusterEngine', 'multiclusterengines', 'mce', 'status'),
  row(cluster, 'ManagedCluster', 'managedclusters', 'mcl,mcls', 'status'),
  row(clusterBeta2, 'ManagedClusterSet', 'managedclustersets', 'mclset,mclsets', 'status'),
  row(
    clusterBeta2,
    'ManagedClusterSetBinding',
    'managedclustersetbindings',
    'mclsetbinding,mclsetbindings',
    'ns',
    'status',
  ),
  row(clusterBeta1, 'Placement', 'placements', '', 'ns', 'status'),
  row(clusterBeta1, 'PlacementDecision', 'placementdecisions', '', 'ns', 'status'),
  row(addon, 'ClusterManagementAddOn', 'clustermanagementaddons', 'cma,cmas', 'status'),
  row(addon, 'ManagedClusterAddOn', 'managedclusteraddons', 'mca,mcas', 'ns', 'status'),
  row(addon, 'AddOnDeploymentConfig', 'addondeploymentconfigs', '', 'ns'),
  row(work, 'ManifestWork', 'manifestworks', '', 'ns', 'status'),
  row(work, 'AppliedManifestWork', 'appliedmanifestworks', '', 'status'),
  row(
    custom('view.open-cluster-management.io/v1beta1'),
    'ManagedClusterView',
    'managedclusterviews',
    '',
    'ns',
    'status',
  ),
  row(
    custom('action.open-cluster-management.io/v1beta1'),
    'ManagedClusterAction',
    'managedclusteractions',
    '',
    'ns',
    'status',
  ),
  row(policy, 'Policy', 'policies', 'plc', 'ns', 'status'),
  row(policy, 'ConfigurationPolicy', 'configurationpolicies', '', 'ns', 'status'),
  row(policy, 'PlacementBinding', 'placementbindings', 'pb', 'ns', 'status'),
  row(
    custom('observability.open-cluster-management.io/v1beta2'),
    'MultiClusterObservability',
    'multiclusterobservabilities',
    'mco',
    'status',
  ),
  row(
    custom('observability.open-cluster-management.io/v1beta1'),
    'ObservabilityAddon',
    'observabilityaddons',
    'oba',
    'ns',
    'status',
  ),
  row(custom('core.observatorium.io/v1alpha1'), 'Observatorium', 'observatoria', '', 'ns', 'status'),
  row(monitoring, 'ServiceMonitor', 'servicemonitors', 'smon', 'ns', 'status'),
  row(monitoring, 'PodMonitor', 'podmonitors', 'pmon', 'ns', 'status'),
  row(monitoring, 'PrometheusRule', 'prometheusrules', 'promrule', 'ns', 'status'),
  row(custom('monitoring.rhobs/v1alpha1'), 'ScrapeConfig', 'scrapeconfigs', '', 'ns', 'status'),
  row(custom('monitoring.rhobs/v1alpha1'), 'PrometheusAgent', 'prometheusagents', '', 'ns', 'status'),
  row(custom('monitoring.rhobs/v1'), 'PrometheusRule', 'prometheusrules', '', 'ns', 'status'),
  row(custom('migration.k8s.io/v1alpha1'), 'StorageVersionMigration', 'storageversionmigrations', '', 'status'),
  row(custom('hive.openshift.io/v1'), 'ClusterDeployment', 'clusterdeployments', 'cd', 'ns', 'status'),
  row(custom('hive.openshift.io/v1'), 'SyncSet', 'syncsets', 'ss', 'ns', 'status'),
  row(custom('hive.openshift.io/v1'), 'SelectorSyncSet', 'selectorsyncsets', 'sss', 'status'),
  row(custom('argoproj.io/v1alpha1'), 'Application', 'applications', 'app,apps', 'ns'),
];

/** `['', 'v1']`, `['apps', 'v1']`. */
export function splitApiVersion(apiVersion: string): [group: string, version: string] {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

export function apiVersionOf({ group, version }: Pick<ResourceType, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The subresources objects of a kind are written through. Who approves a request writes its status, by a right of its own. */
export function doorsOf({ group, plural, status }: ResourceType): readonly string[] {
  if (!status) return [];
  return group === 'certificates.k8s.io' && plural === 'certificatesigningrequests'
    ? ['status', 'approval']
    : ['status'];
}

/** `configmaps`, `routes.route.openshift.io`: how messages and tables name a resource. */
export function qualified({ group, plural }: Pick<ResourceType, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}

const standard: ReadonlyMap<string, ResourceType> = new Map(resourceTypes.map((type) => [qualified(type), type]));
const standardByKind: ReadonlyMap<string, ResourceType> = new Map(
  resourceTypes.map((type) => [`${apiVersionOf(type)} ${type.kind}`, type]),
);

/** The kinds of one server: the common table, less what it was told not to have, and what its CRDs add. */
export interface KindTable {
  /** By `plural.group`. */
  find(group: string, plural: string): ResourceType | undefined;
  byKind(apiVersion: string, kind: string): ResourceType | undefined;
  all(): ResourceType[];
  add(type: ResourceType): void;
  /** By `plural.group`; the kind is unknown from now on. */
  remove(name: string): void;
}

/** Costs a server nothing until it differs from the common table. */
export function createKindTable(extra: readonly ResourceType[] = [], without: readonly string[] = []): KindTable {
  const own = new Map<string, ResourceType | undefined>();
  for (const type of extra) own.set(qualified(type), type);
  for (const name of without) own.set(name, undefined);
  const lookup = (name: string): ResourceType | undefined => (own.has(name) ? own.get(name) : standard.get(name));
  const all = (): ResourceType[] => {
    const added = [...own.values()].filter((type) => type !== undefined);
    return [...[...standard].filter(([name]) => !own.has(name)).map(([, type]) => type), ...added];
  };
  return {
    find: (group, plural) => lookup(qualified({ group, plural })),
    byKind(apiVersion, kind) {
      const found = standardByKind.get(`${apiVersion} ${kind}`);
      if (found !== undefined && !own.has(qualified(found))) return found;
      return [...own.values()].find((type) => type?.kind === kind && apiVersionOf(type) === apiVersion);
    },
    all,
    add: (type) => own.set(qualified(type), type),
    remove: (name) => own.set(name, undefined),
  };
}
