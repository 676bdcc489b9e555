/** The sandbox held to the contracts of the ports. The same contracts hold real servers in `npm run test:real`. */

import { systemClock } from '../../src/adapters/clock.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { Clock } from '../../src/ports.ts';
import { clusterAdmin, createApiServer } from '../../src/sandbox/api/index.ts';
import { answerMetrics } from '../../src/sandbox/metrics/http.ts';
import { createRuler } from '../../src/sandbox/metrics/ruler.ts';
import { createMetricsStore } from '../../src/sandbox/metrics/store.ts';
import { startS3 } from '../../src/sandbox/s3/server.ts';
import { makeCertificates } from '../../src/sandbox/serve/certificate.ts';
import { clusterContract } from './cluster.contract.ts';
import { metricsContract } from './metrics.contract.ts';
import { objectStoreContract } from './object-store.contract.ts';

clusterContract('sandbox', async () => {
  const clock = systemClock();
  const stranger = { name: 'stranger', groups: ['system:authenticated'] };
  const api = createApiServer({ name: 'hub', clock, tokens: new Map([['s', stranger]]) });
  const transport = api.transport({ user: clusterAdmin });
  // Refusals that are asked again are the same again: no need to wait as long as for a real server.
  const hurried: Clock = { now: clock.now, sleep: (ms, signal) => clock.sleep(Math.min(ms, 10), signal) };
  return {
    as: (fieldManager) => createCluster({ name: 'hub', transport, clock: hurried, fieldManager }),
    transport,
    stranger: createCluster({ name: 'hub', transport: api.transport({ token: 's' }), clock: hurried }),
    forget: async () => api.compact(),
    collectsGarbage: true,
    stop: async () => api.close(),
  };
});

objectStoreContract('sandbox', async () => {
  const clock = systemClock();
  const region = 'eu-west-3';
  const { ca, cert, key } = await makeCertificates(Date.now());
  const plain = await startS3({ clock, region });
  const tls = await startS3({ clock, region, tls: { cert, key } });
  const us = plain.account('us');
  tls.account('us', us);
  return {
    endpoint: plain.url,
    region,
    us,
    others: plain.account('others'),
    tls: { endpoint: tls.url, ca },
    stop: async () => {
      await plain.close();
      await tls.close();
    },
  };
});

metricsContract('sandbox', async () => {
  const clock = systemClock();
  const store = createMetricsStore();
  const lookback = () => 300;
  const ruler = createRuler({ store, clock, lookback, intervalMs: (seconds) => seconds * 10 });
  const api = { store, clock, lookback, rules: ruler.groups };
  return {
    ask: async (path) => answerMetrics(api, path),
    push: async (samples) => store.push(samples),
    load: async (name, text) => {
      ruler.load([{ name, text }]);
      await clock.sleep(100);
    },
    now: () => clock.now() / 1000,
    stop: () => ruler.stop(),
  };
});
