import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { chooseMembers, notApplicable } from '../../src/fleet/members.ts';
import type { Hub } from '../../src/hub.ts';
import type { ManagedCluster } from '../../src/kinds.ts';
import type { Cluster } from '../../src/ports.ts';

function cluster(labels: Record<string, string>, claims: Record<string, string> = {}): ManagedCluster {
  return {
    apiVersion: 'cluster.open-cluster-management.io/v1',
    kind: 'ManagedCluster',
    metadata: { name: 'one', labels },
    status: { clusterClaims: Object.entries(claims).map(([name, value]) => ({ name, value })) },
  };
}

const product = 'product.open-cluster-management.io';

describe('whether user-workload monitoring is for a cluster', () => {
  it.each([
    ['OpenShift', cluster({ vendor: 'OpenShift', openshiftVersion: '4.18.3' })],
    ['ARO', cluster({ vendor: 'OpenShift', openshiftVersion: '4.18.3' }, { [product]: 'ARO' })],
    ['OpenShift known by its claim only', cluster({ vendor: 'Other' }, { 'version.openshift.io': '4.16.1' })],
  ])('it is for %s', (_, object) => {
    expect(notApplicable(object)).toBeUndefined();
  });

  it.each([
    ['EKS', cluster({ vendor: 'EKS' }, { [product]: 'EKS' }), 'EKS is not OpenShift'],
    ['MicroShift', cluster({ vendor: 'Other', microshiftVersion: '4.17' }), 'MicroShift has no monitoring operator'],
    ['ROSA', cluster({ vendor: 'OpenShift', openshiftVersion: '4.17.1' }, { [product]: 'ROSA' }), 'service-owned'],
    ['an unknown vendor', cluster({}), 'has not detected its vendor'],
    ['a vendor being detected', cluster({ vendor: 'auto-detect' }), 'has not detected its vendor'],
    ['OpenShift of unknown version', cluster({ vendor: 'OpenShift' }, { [product]: 'OpenShift' }), 'version yet'],
  ])('it is not for %s, and says why', (_, object, reason) => {
    expect(notApplicable(object)).toContain(reason);
  });

  it('is not for a cluster that is being deleted', () => {
    const object = cluster({ vendor: 'OpenShift', openshiftVersion: '4.18.3' });

    const going = { ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-01-05T09:00:00Z' } };

    expect(notApplicable(going)).toBe('it is being deleted');
  });
});

describe('a cluster that the hub no longer hears', () => {
  const silent = (object: ManagedCluster): ManagedCluster => ({
    ...object,
    status: { ...object.status, conditions: [{ type: 'ManagedClusterConditionAvailable', status: 'Unknown' }] },
  });
  const memberOf = async (object: ManagedCluster) => {
    const hub = { managedClusters: [silent(object)] } as unknown as Hub;
    const config = { clusters: { select: { all: true }, exclude: [] } } as unknown as Config;
    // Nobody sleeps.
    const cluster = { list: async () => [] } as unknown as Cluster;
    return (await chooseMembers(hub, cluster, config, { exclude: [] }))[0];
  };

  it('is offline to what is to be done there', async () => {
    const away = 'it has not been heard of';

    expect(await memberOf(cluster({ vendor: 'OpenShift', openshiftVersion: '4.18.3' }))).toMatchObject({
      offline: away,
      away,
    });
  });

  it('is away where nothing is to be done, too', async () => {
    const member = await memberOf(cluster({ vendor: 'EKS' }, { [product]: 'EKS' }));

    expect(member).toMatchObject({ skip: 'EKS is not OpenShift', away: 'it has not been heard of' });
    expect(member?.offline).toBeUndefined();
  });
});
