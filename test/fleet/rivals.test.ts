import { describe, expect, it } from 'vitest';
import { findRivals } from '../../src/fleet/rivals.ts';
import { matchesLabels, parseSelector } from '../../src/fleet/selector.ts';
import type { Kind, KubeObject, ManagedCluster, ObjectMeta } from '../../src/kinds.ts';
import { ApiError, type Cluster, type ListQuery } from '../../src/ports.ts';
import { memoryCluster } from '../helpers/memory-cluster.ts';

const theMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'cluster-monitoring-config', namespace: 'openshift-monitoring' },
  data: { 'config.yaml': 'enableUserWorkload: true\n' },
};

function object(kind: string, path: string, rest: Record<string, unknown>, labels = {}): KubeObject {
  const [name = '', namespace] = path.split('/').toReversed();
  return { apiVersion: 'v1', kind, metadata: { name, ...(namespace && { namespace }), labels }, ...rest };
}

/** A hub with these objects; kinds in `refused` may not be listed. */
function hub(objects: readonly KubeObject[], refused: readonly string[] = []): Cluster {
  const of = (kind: Kind) => objects.filter((one) => one.kind === kind.kind);
  const list = async (
    kind: Kind,
    { labelSelector = '' }: ListQuery = {},
    keep = (object: KubeObject): unknown => object,
  ) => {
    if (refused.includes(kind.kind)) throw new ApiError(403, 'Forbidden', 'forbidden');
    const requirements = parseSelector(labelSelector);
    return of(kind)
      .filter(({ metadata }) => matchesLabels(metadata.labels ?? {}, requirements))
      .map(keep);
  };
  return {
    ...memoryCluster('local-cluster'),
    list: list as Cluster['list'],
    listMetadata: async (kind, query) => (await list(kind, query, ({ metadata }) => metadata)) as ObjectMeta[],
    get: (async (kind: Kind, { name }) => of(kind).find(({ metadata }) => metadata.name === name)) as Cluster['get'],
  };
}

const fleet: ManagedCluster[] = ['local-cluster', 'paris', 'lyon'].map((name) => ({
  apiVersion: 'cluster.open-cluster-management.io/v1',
  kind: 'ManagedCluster',
  metadata: { name, labels: name === 'local-cluster' ? { 'local-cluster': 'true' } : {} },
  status: { clusterClaims: [{ name: 'apiserverurl.openshift.io', value: `https://api.${name}:6443` }] },
}));

async function rivalsOn(cluster: string, ...objects: KubeObject[]): Promise<readonly string[]> {
  return (await findRivals(hub(objects), fleet)).on(cluster);
}

function policy(spec: Record<string, unknown>, template: Record<string, unknown>, labels = {}): KubeObject {
  const definition = { kind: 'ConfigurationPolicy', metadata: { name: 'uwm' }, spec: template };
  const status = { status: [{ clustername: 'paris' }] };
  return object(
    'Policy',
    'policies/uwm',
    { spec: { ...spec, 'policy-templates': [{ objectDefinition: definition }] }, status },
    labels,
  );
}

const literal = { 'object-templates': [{ complianceType: 'musthave', objectDefinition: theMap }] };

describe('who else declares the monitoring configuration', () => {
  it('is an enforced policy, on the clusters it is placed on', async () => {
    const enforced = policy({ remediationAction: 'enforce' }, literal);

    expect(await rivalsOn('paris', enforced)).toEqual(['Policy policies/uwm']);
    expect(await rivalsOn('lyon', enforced)).toEqual([]);
  });

  it.each([
    ['by its template alone', policy({}, { ...literal, remediationAction: 'Enforce' }), ['Policy policies/uwm']],
    [
      'as raw text',
      policy(
        { remediationAction: 'enforce' },
        {
          'object-templates-raw':
            '- objectDefinition: {metadata: {name: cluster-monitoring-config}, data: {config.yaml: x}}',
        },
      ),
      ['Policy policies/uwm'],
    ],
    ['not by informing', policy({ remediationAction: 'inform' }, { ...literal, remediationAction: 'enforce' }), []],
    ['not when disabled', policy({ remediationAction: 'enforce', disabled: true }, literal), []],
    [
      'not as a copy on a cluster',
      policy({ remediationAction: 'enforce' }, literal, {
        'policy.open-cluster-management.io/root-policy': 'policies.uwm',
      }),
      [],
    ],
    [
      'not by a policy of ours',
      policy({ remediationAction: 'enforce' }, literal, { 'app.kubernetes.io/managed-by': 'acm-observability' }),
      [],
    ],
  ])('is a policy %s', async (_, found, expected) => {
    expect(await rivalsOn('paris', found)).toEqual(expected);
  });

  it('is a ManifestWork in the cluster’s namespace, unless it only reads or creates', async () => {
    const workload = { manifests: [theMap] };
    const reads = { resourceIdentifier: { name: 'cluster-monitoring-config' }, updateStrategy: { type: 'ReadOnly' } };
    const work = object('ManifestWork', 'paris/config', { spec: { workload } });
    const harmless = object('ManifestWork', 'lyon/look', { spec: { workload, manifestConfigs: [reads] } });

    expect(await rivalsOn('paris', work, harmless)).toEqual(['ManifestWork paris/config']);
    expect(await rivalsOn('lyon', work, harmless)).toEqual([]);
  });

  it.each([
    ['a name', { name: 'paris' }, 'paris'],
    ['a URL', { server: 'https://api.lyon:6443' }, 'lyon'],
    ['the hub itself', { server: 'https://kubernetes.default.svc' }, 'local-cluster'],
  ])('is an Argo CD application whose destination is %s', async (_, destination, cluster) => {
    const { name, namespace } = theMap.metadata;
    const status = { resources: [{ kind: 'ConfigMap', name, namespace }] };
    const application = object('Application', 'argocd/monitoring', { spec: { destination }, status });

    const found = await findRivals(hub([application]), fleet);

    expect(
      fleet.filter(({ metadata }) => found.on(metadata.name).length > 0).map(({ metadata }) => metadata.name),
    ).toEqual([cluster]);
  });

  it('is a Hive sync set, by the name of its clusters or by their labels', async () => {
    const set = object('SyncSet', 'paris/uwm', {
      spec: { clusterDeploymentRefs: [{ name: 'paris' }], resources: [theMap] },
    });
    const selector = object('SelectorSyncSet', 'uwm', {
      spec: { clusterDeploymentSelector: { matchLabels: { env: 'prod' } }, resources: [theMap] },
    });
    const deployment = object('ClusterDeployment', 'lyon/lyon', {}, { env: 'prod' });

    expect(await rivalsOn('paris', set, selector, deployment)).toEqual(['SyncSet paris/uwm']);
    expect(await rivalsOn('lyon', set, selector, deployment)).toEqual(['SelectorSyncSet uwm']);
  });

  it('is told as not seen where looking is not permitted', async () => {
    const found = await findRivals(hub([], ['Application', 'Policy']), fleet);

    expect(found.on('paris')).toEqual([]);
    expect(found.unseen).toEqual(['policies (not permitted)', 'applications (not permitted)']);
  });
});
