import { expect, it } from 'vitest';
import { configuration } from '../../src/checks/cluster.ts';
import type { KubeObject } from '../../src/kinds.ts';
import { asked, member } from './small-hub.ts';

const work = (generation: number, observedGeneration?: number): KubeObject => ({
  apiVersion: 'work.open-cluster-management.io/v1',
  kind: 'ManifestWork',
  metadata: {
    name: 'one-observability',
    namespace: 'one',
    generation,
    labels: { owner: 'multicluster-observability-operator' },
  },
  status: {
    conditions: [{ type: 'Applied', status: 'True', ...(observedGeneration !== undefined && { observedGeneration }) }],
  },
});

it('what has been applied counts for the generation it speaks of, not for what was sent since', async () => {
  const said = async (one: KubeObject) =>
    (await asked(configuration, { members: [member('one')], objects: [one] })).one;

  expect(await said(work(3, 3))).toBe('pass: applied by the agent');
  expect(await said(work(3, 2))).toContain('fail config-pending: one: its ManifestWork has changed');
  expect(await said(work(3))).toBe('pass: applied by the agent');
});
