/** A real API server held to the contract of the `Cluster` port. */

import { describe } from 'vitest';
import { clusterContract } from '../contract/cluster.contract.ts';
import { haveReferenceCrds, installCrds } from './servers/crds.ts';
import { startKube } from './servers/kube.ts';
import { need } from './servers/locate.ts';
import { lookAfterServers } from './servers/process.ts';

const needed = need('kube-apiserver', 'kube-controller-manager', 'etcd');
const without = haveReferenceCrds ? '' : ' (skipped: no reference CRDs beside the project)';

describe.skipIf(!needed.have || !haveReferenceCrds)(`a real API server${needed.note}${without}`, () => {
  lookAfterServers();
  clusterContract('kube-apiserver', async () => {
    if (!needed.have) throw new Error(needed.note);
    const kube = await startKube(needed.paths, [{ name: 'stranger', groups: [] }]);
    await installCrds(kube);
    await kube.startCollectors(needed.paths['kube-controller-manager']);
    return {
      as: (fieldManager) => kube.cluster(fieldManager),
      transport: kube.transport(),
      stranger: kube.cluster('stranger', 'stranger'),
      // A watch cache does not reach back before the server's start.
      forget: async () => {},
      collectsGarbage: true,
      stop: kube.stop,
    };
  });
});
