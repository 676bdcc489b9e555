/** The sandbox held to the contracts of the ports. The same contracts hold real servers in `npm run test:real`. */

import { systemClock } from '../../src/adapters/clock.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { clusterAdmin, createApiServer } from '../../src/sandbox/api/index.ts';
import { clusterContract } from './cluster.contract.ts';

clusterContract('sandbox', async () => {
  const clock = systemClock();
  const stranger = { name: 'stranger', groups: ['system:authenticated'] };
  const api = createApiServer({ name: 'hub', clock, tokens: new Map([['s', stranger]]) });
  const transport = api.transport({ user: clusterAdmin });
  return {
    as: (fieldManager) => createCluster({ name: 'hub', transport, clock, fieldManager }),
    transport,
    stranger: createCluster({ name: 'hub', transport: api.transport({ token: 's' }), clock }),
    forget: async () => api.compact(),
    collectsGarbage: true,
    stop: async () => api.close(),
  };
});
