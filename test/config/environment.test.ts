import { describe, expect, it } from 'vitest';
import { variableOf, variables } from '../../src/config/environment.ts';
import { configKeys } from '../../src/config/keys.ts';

describe('environment', () => {
  it('names variables after keys, in upper snake case', () => {
    expect(variableOf('storage.bucket')).toBe('ACM_OBSERVABILITY_STORAGE_BUCKET');
    expect(variableOf('userWorkloadMonitoring.mode')).toBe('ACM_OBSERVABILITY_USER_WORKLOAD_MONITORING_MODE');
    expect(variableOf('hub.clusterID')).toBe('ACM_OBSERVABILITY_HUB_CLUSTER_ID');
    expect(variableOf('observability.retention.fiveMinutes')).toBe(
      'ACM_OBSERVABILITY_OBSERVABILITY_RETENTION_FIVE_MINUTES',
    );
  });

  it('has one for every key of the configuration, with what it is for', () => {
    expect(configKeys.map(({ path }) => path)).toMatchInlineSnapshot(`
      [
        "team",
        "hub.clusterID",
        "hub.context",
        "storage.provider",
        "storage.bucket",
        "storage.region",
        "storage.endpoint",
        "storage.caFile",
        "storage.create",
        "storage.existingSecret.name",
        "storage.existingSecret.key",
        "observability.name",
        "observability.interval",
        "observability.instanceSize",
        "observability.storageClass",
        "observability.retention.raw",
        "observability.retention.fiveMinutes",
        "observability.retention.oneHour",
        "observability.spec",
        "clusters.select.all",
        "clusters.select.names",
        "clusters.select.selector",
        "clusters.exclude",
        "clusters.canary",
        "clusters.collection",
        "userWorkloadMonitoring.mode",
        "userWorkloadMonitoring.contexts",
        "packs",
        "metrics.platform",
        "metrics.userWorkload",
        "dashboards",
        "grafana.dev",
        "grafana.admins",
        "accept",
      ]
    `);
    expect(configKeys.filter(({ description }) => description === '')).toEqual([]);
    expect(variables).toHaveLength(configKeys.length + 2);
  });

  it('has no two of one name, the _FILE forms included', () => {
    const names = variables.flatMap(({ name }) => [name, `${name}_FILE`]);

    expect(new Set(names).size).toBe(names.length);
  });
});
