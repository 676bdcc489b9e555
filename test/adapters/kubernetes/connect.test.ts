import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { systemClock } from '../../../src/adapters/clock.ts';
import { connect } from '../../../src/adapters/kubernetes/connect.ts';
import { openKubeconfig } from '../../../src/adapters/kubernetes/kubeconfig.ts';
import { Namespace } from '../../../src/kinds.ts';
import { json, selfSigned, startServer, type TestServer } from '../support/servers.ts';

describe('connect', () => {
  let folder: string;
  let server: TestServer;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'connect-'));
    path = join(folder, 'config');
    const pems = await selfSigned();
    server = await startServer((seen, response) => {
      if (seen.headers.authorization !== 'Bearer good')
        json(response, 401, { kind: 'Status', code: 401, message: 'Unauthorized' });
      else json(response, 200, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'here' } });
    }, pems);
    await writeFile(
      path,
      stringify({
        'current-context': 'hub',
        contexts: [{ name: 'hub', context: { cluster: 'hub', user: 'hub' } }],
        clusters: [
          {
            name: 'hub',
            cluster: { server: server.url, 'certificate-authority-data': Buffer.from(pems.cert).toString('base64') },
          },
        ],
        users: [{ name: 'hub', user: { tokenFile: 'token' } }],
      }),
    );
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  const counts = () => ({ kubernetes: 0, objectStore: 0, metrics: 0 });

  it('makes a cluster out of a kubeconfig, and follows its token when that is replaced', async () => {
    await writeFile(join(folder, 'token'), 'bad');
    const cluster = await connect({ kubeconfig: [path], name: 'hub', clock: systemClock(), counts: counts(), env: {} });

    await expect(cluster.get(Namespace, { name: 'here' })).rejects.toMatchObject({ code: 'not-logged-in' });
    await cluster.close();
    await writeFile(join(folder, 'token'), 'good');
    const again = await connect({ kubeconfig: [path], name: 'hub', clock: systemClock(), counts: counts(), env: {} });

    expect(await again.get(Namespace, { name: 'here' })).toMatchObject({ metadata: { name: 'here' } });
    await again.close();
  });

  it('takes a kubeconfig that is already open', async () => {
    await writeFile(join(folder, 'token'), 'good');
    const kubeconfig = await openKubeconfig({ paths: [path], env: {} });

    const cluster = await connect({ kubeconfig, name: 'hub', clock: systemClock(), counts: counts(), env: {} });

    expect(await cluster.get(Namespace, { name: 'here' })).toBeDefined();
    expect(cluster.server).toBe(server.url);
    await cluster.close();
  });

  it('ends what is under way when the run is interrupted, and still lets it tidy up', async () => {
    await writeFile(join(folder, 'token'), 'good');
    const silent = await startServer((seen, response) => {
      if (seen.method === 'DELETE') json(response, 200, { kind: 'Status', status: 'Success' });
    });
    await writeFile(
      path,
      stringify({
        'current-context': 'hub',
        contexts: [{ name: 'hub', context: { cluster: 'hub', user: 'hub' } }],
        clusters: [{ name: 'hub', cluster: { server: silent.url } }],
        users: [{ name: 'hub', user: { token: 'good' } }],
      }),
    );
    const stop = new AbortController();
    const given = { name: 'hub', clock: systemClock(), counts: counts(), env: {}, signal: stop.signal };
    const cluster = await connect({ kubeconfig: [path], ...given });

    const asked = Promise.allSettled(Array.from({ length: 20 }, () => cluster.get(Namespace, { name: 'here' })));
    stop.abort(new Error('interrupted here'));
    const reasons = (await asked).map((one) => (one.status === 'rejected' ? one.reason : one));
    const tidied = await cluster.delete(Namespace, { name: 'here' });

    expect(reasons.map(String)).toEqual(Array.from({ length: 20 }, () => 'Error: interrupted here'));
    expect(tidied).toBe('deleted');
    await cluster.close();
    await silent.close();
  });
});
