import { expect, it } from 'vitest';
import { stack } from '../../src/checks/stack.ts';
import type { WithConditions } from '../../src/kinds.ts';
import { ApiError, type Sample } from '../../src/ports.ts';
import { asked, member } from './small-hub.ts';

const told = (about: string, cluster: string, value: number, reason?: string): Sample => ({
  labels: { about, cluster, ...(reason !== undefined && { reason }) },
  value,
  timestamp: 1_000,
});
const operator = (message: string): WithConditions => ({
  apiVersion: 'config.openshift.io/v1',
  kind: 'ClusterOperator',
  metadata: { name: 'monitoring' },
  status: { conditions: [{ type: 'Degraded', status: 'True', message }] },
});

async function said(samples: readonly Sample[], names: readonly string[], get: () => Promise<WithConditions>) {
  const visited: string[] = [];
  const reach = async ({ name }: { readonly name: string }) => {
    visited.push(name);
    return { get };
  };
  const found = await asked(stack, { members: names.map((name) => member(name)), samples, more: { reach } });
  return { found, visited };
}

it('is what the monitoring operator of each cluster says: well, refused, or something else; silence is no pass', async () => {
  const samples = [
    told('newest', 'well', 900),
    told('newest', 'broken', 900),
    told('degraded', 'broken', 900, 'InvalidConfiguration'),
    told('newest', 'users', 900),
    told('degraded', 'users', 900, 'UserWorkloadInvalidConfiguration'),
    told('newest', 'ill', 900),
    told('degraded', 'ill', 900, 'PlatformTasksFailed'),
  ];

  const { found } = await said(samples, ['well', 'broken', 'users', 'ill', 'eks'], async () => operator('line 3'));

  expect(found.well).toBe('pass: its monitoring operator is not degraded');
  expect(found.broken).toMatch(/^fail monitoring-config-refused: .*InvalidConfiguration: line 3; /);
  expect(found.users).toMatch(/^fail monitoring-config-refused: .*edit configmap user-workload-monitoring-config/);
  expect(found.ill).toMatch(/^warn monitoring-degraded: .*PlatformTasksFailed/);
  expect(found.eks).toBe('skip: no word of its monitoring operator arrives');
});

it('forgets what was so before: a reason of old is still seen for as long as a query looks back', async () => {
  const samples = [told('newest', 'one', 900), told('degraded', 'one', 600, 'InvalidConfiguration')];

  expect((await said(samples, ['one'], async () => operator(''))).found.one).toMatch(/^pass/);
});

it('visits a few clusters for the words, and is as sure without them', async () => {
  const names = Array.from({ length: 10 }, (_, at) => `cluster-${at}`);
  const samples = names.flatMap((name) => [
    told('newest', name, 900),
    told('degraded', name, 900, 'InvalidConfiguration'),
  ]);
  const refused = async () => {
    throw new ApiError(403, 'Forbidden', 'no View for you');
  };

  const { found, visited } = await said(samples, names, refused);

  expect(visited).toHaveLength(3);
  expect(Object.values(found).every((words) => words.startsWith('fail monitoring-config-refused'))).toBe(true);
  expect(found['cluster-0']).toContain('its words could not be read: no View for you');
});
