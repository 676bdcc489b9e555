import { expect, it } from 'vitest';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { createVirtualClock } from '../../src/adapters/virtual-clock.ts';
import { thanosRestart } from '../../src/resources/restart.ts';
import { createApiServer } from '../../src/sandbox/api/index.ts';

it('leaves a StatefulSet alone that went while its pods are still going', async () => {
  const namespace = 'open-cluster-management-observability';
  const clock = createVirtualClock({ startMs: Date.parse('2026-01-01T00:00:00Z') });
  const api = createApiServer({ name: 'hub', clock });
  const cluster = createCluster({ name: 'hub', transport: api.transport(), clock });
  const labels = { 'app.kubernetes.io/part-of': 'observatorium' };
  api.seed([{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'observability-thanos-rule-0', namespace, labels } }]);
  await clock.sleep(60_000);
  const data = { 'thanos.yaml': 'Yg==' };
  api.seed([{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'thanos', namespace }, data }]);
  const restart = thanosRestart({ cluster, secret: { name: 'thanos', namespace }, clock });

  const change = await restart.plan();
  await restart.apply(change);

  expect(change.kind).toBe('update');
  api.close();
  clock.stop();
});
