import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { KubeObject, ManagedCluster } from '../../src/kinds.ts';
import { qualified, resourceTypes } from '../../src/sandbox/api/kinds.ts';
import { clusterObjects } from '../../src/sandbox/scenarios/cluster-objects.ts';
import { hubObjects } from '../../src/sandbox/scenarios/hub-objects.ts';
import { hubSideObjects } from '../../src/sandbox/scenarios/managed-cluster.ts';
import { scenario } from '../../src/sandbox/scenarios/scenarios.ts';
import { hiddenOnHub, hiddenOnManaged } from '../../src/sandbox/scenarios/served-kinds.ts';
import { type ClusterSpec, type Scenario, scenarioNames } from '../../src/sandbox/scenarios/spec.ts';

const made = { seed: 1, since: '2026-01-01T00:00:00Z' };
const words = { ...made, acmVersion: '2.14.0' };

function onHub(found: Scenario): KubeObject[] {
  const [hub] = found.clusters;
  const members = found.clusters.flatMap((spec) => hubSideObjects(spec, spec === hub, made));
  return [...(hub ? clusterObjects(hub, made) : []), ...hubObjects(found, words), ...members];
}

function clusterNamed(found: Scenario, name: string): ClusterSpec {
  return found.clusters.find((spec) => spec.name === name) ?? expect.fail(`no cluster ${name}`);
}

function managedCluster(spec: ClusterSpec): ManagedCluster {
  const [object] = hubSideObjects(spec, false, made);
  return object as ManagedCluster;
}

function claims({ status }: ManagedCluster): Record<string, string> {
  return Object.fromEntries((status?.clusterClaims ?? []).map(({ name, value }) => [name, value]));
}

function monitoringConfig(spec: ClusterSpec): string | undefined {
  return typeof spec.monitoring === 'string' ? undefined : spec.monitoring.config;
}

describe.each(scenarioNames)('scenario %s', (name) => {
  const found = scenario(name, name === 'fleet' ? 210 : undefined);

  it('gives every object once, with a name, and in a namespace that was made before it', () => {
    for (const objects of [onHub(found), ...found.clusters.map((spec) => clusterObjects(spec, made))]) {
      const seen = new Set<string>();
      for (const { apiVersion, kind, metadata } of objects) {
        const id = `${apiVersion} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
        expect(seen).not.toContain(id);
        if (metadata.namespace) expect(seen).toContain(`v1 Namespace /${metadata.namespace}`);
        seen.add(id);
      }
    }
  });

  it('uses only kinds the cluster serves', () => {
    const [hub] = found.clusters;
    for (const spec of found.clusters) {
      const hidden = new Set(spec === hub ? hiddenOnHub(false) : hiddenOnManaged(spec));
      for (const { apiVersion, kind } of spec === hub ? onHub(found) : clusterObjects(spec, made)) {
        const type = resourceTypes.find(
          (row) => row.kind === kind && (row.group === '' ? row.version : `${row.group}/${row.version}`) === apiVersion,
        );
        expect(type, `${apiVersion} ${kind}`).toBeDefined();
        expect(hidden).not.toContain(type && qualified(type));
      }
    }
  });

  it('is the same for the same seed', () => {
    expect(onHub(found)).toEqual(onHub(scenario(name, found.clusters.length)));
  });
});

describe('quest', () => {
  it('is a hub, the cluster with the model and six teams, no two configured alike', () => {
    const found = scenario('quest');

    expect(found.clusters.map((spec) => spec.name)).toEqual([
      'local-cluster',
      'ai',
      ...[1, 2, 3, 4, 5, 6].map((number) => `quest-${number}`),
    ]);
    const teams = found.clusters.slice(2).map(monitoringConfig);
    expect(new Set(teams).size).toBe(6);
    expect(teams[0]).toBeUndefined();
    expect(teams[1]).toBe('');
    expect(parse(teams[4] ?? '')).toMatchObject({ enableUserWorkload: true });
  });

  it('grows and shrinks with its size', () => {
    expect(scenario('quest', 1).clusters.map(({ name }) => name)).toEqual(['local-cluster']);
    expect(scenario('quest', 20).clusters.at(-1)?.name).toBe('quest-18');
    expect(() => scenario('quest', 0)).toThrow(RangeError);
  });

  it('is all there and reachable', () => {
    for (const spec of scenario('quest').clusters) {
      const object = managedCluster(spec);
      const available = object.status?.conditions?.find(({ type }) => type === 'ManagedClusterConditionAvailable');
      expect(available?.status).toBe('True');
      expect(object.metadata.labels).toMatchObject({ vendor: 'OpenShift', openshiftVersion: spec.version });
      expect(claims(object)['id.openshift.io']).toBe(object.metadata.labels?.clusterID);
    }
  });
});

describe('mixed', () => {
  const found = scenario('mixed');
  const labelsOf = (name: string) => managedCluster(clusterNamed(found, name)).metadata.labels;
  const claimsOf = (name: string) => claims(managedCluster(clusterNamed(found, name)));

  it('holds clusters that are not OpenShift, and some nobody may configure', () => {
    expect(labelsOf('eks')).toMatchObject({ vendor: 'EKS' });
    expect(labelsOf('eks')).not.toHaveProperty('openshiftVersion');
    expect(claimsOf('eks')).toMatchObject({ 'product.open-cluster-management.io': 'EKS' });
    expect(claimsOf('edge')).toMatchObject({ 'product.open-cluster-management.io': 'MicroShift' });
    expect(labelsOf('edge')).toHaveProperty('microshiftVersion');
    expect(claimsOf('rosa')).toMatchObject({
      'product.open-cluster-management.io': 'ROSA',
      'version.openshift.io': '4.18.12',
    });
    expect(labelsOf('newcomer')).toMatchObject({ vendor: 'auto-detect' });
    expect(labelsOf('newcomer')).not.toHaveProperty('openshiftVersion');
  });

  it('holds clusters that are away: offline, or asleep with the ClusterDeployment that says so', () => {
    for (const name of ['offline', 'hibernating']) {
      const object = managedCluster(clusterNamed(found, name));
      const available = object.status?.conditions?.find(({ type }) => type === 'ManagedClusterConditionAvailable');
      expect(available).toMatchObject({ status: 'Unknown', reason: 'ManagedClusterLeaseUpdateStopped' });
      expect(object.spec).toMatchObject({ taints: [{ key: 'cluster.open-cluster-management.io/unreachable' }] });
    }
    const kinds = (name: string) => hubSideObjects(clusterNamed(found, name), false, made).map(({ kind }) => kind);
    expect(kinds('hibernating')).toContain('ClusterDeployment');
    expect(kinds('offline')).not.toContain('ClusterDeployment');
  });

  it('holds one whose configuration is no YAML', () => {
    expect(() => parse(monitoringConfig(clusterNamed(found, 'broken')) ?? '')).toThrow();
  });

  it('names its own pull secret', () => {
    const objects = onHub(found);

    expect(objects.find(({ kind }) => kind === 'MultiClusterHub')).toMatchObject({
      spec: { imagePullSecret: 'acm-pull-secret' },
    });
    expect(
      objects.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === 'acm-pull-secret'),
    ).toMatchObject({
      metadata: { namespace: 'open-cluster-management' },
      type: 'kubernetes.io/dockerconfigjson',
    });
  });
});

describe('fleet', () => {
  const found = scenario('fleet', 501);

  it('is slow at every tenth, and one in a hundred is offline or hostile', () => {
    const members = found.clusters.slice(1);

    expect(members).toHaveLength(500);
    expect(members.filter((spec) => spec.slow)).toHaveLength(50);
    expect(members.filter((spec) => spec.state === 'offline')).toHaveLength(5);
    const refused = members.map(monitoringConfig).filter((text) => {
      try {
        const document: unknown = parse(text ?? '{}');
        return Array.isArray(document) || Object.hasOwn((document ?? {}) as object, '__proto__');
      } catch {
        return true;
      }
    });
    expect(refused).toHaveLength(5);
  });
});
