/** The hops about metrics, answered by a real Prometheus and a real Thanos Query: nothing there, old within the lookback, ahead. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { createTransport } from '../../src/adapters/kubernetes/transport.ts';
import { createMetrics } from '../../src/adapters/metrics.ts';
import { arrive, clocks } from '../../src/checks/arrival.ts';
import { query } from '../../src/checks/hub.ts';
import { stack } from '../../src/checks/stack.ts';
import type { Context } from '../../src/context.ts';
import { run } from '../../src/engine/run.ts';
import type { Check, Finding } from '../../src/engine/step.ts';
import { createLooks } from '../../src/looks.ts';
import type { Cluster, Sample } from '../../src/ports.ts';
import type { SocketServer } from '../../src/sandbox/serve/server.ts';
import { memoryCluster } from '../helpers/memory-cluster.ts';
import { startFront } from './servers/front.ts';
import { type RunningKube, startKube } from './servers/kube.ts';
import { need } from './servers/locate.ts';
import { lookAfterServers } from './servers/process.ts';
import { startPrometheus } from './servers/prometheus.ts';
import { startQuery } from './servers/thanos.ts';

interface Server {
  readonly url: string;
  push(samples: readonly Sample[]): Promise<void>;
  stop(): Promise<void>;
}

const proxy = '/api/v1/namespaces/open-cluster-management-observability/services/observability-thanos-query:9090/proxy';
const names = ['fresh', 'late', 'silent', 'ahead'];

/** What the hops need of a run; `path` is what happens to a request on its way. */
function contextFor({ url }: Server, path: (asked: string) => string = (asked) => asked): Context {
  return contextBy(async (asked) => {
    const response = await fetch(url + path(asked.slice(proxy.length)));
    const contentType = response.headers.get('content-type') ?? '';
    return { status: response.status, contentType, body: await response.text() };
  });
}

/** `raw`: who asks the API server's service proxy. */
function contextBy(raw: Cluster['raw']): Context {
  const clock = systemClock();
  const hub = memoryCluster('hub');
  const counts = { kubernetes: 0, objectStore: 0, metrics: 0 };
  const metrics = createMetrics({ hub: { raw }, namespace: 'open-cluster-management-observability', counts });
  const members = names.map((name) => ({ name, isHub: false }));
  const parts = { cluster: hub, hub: { name: 'hub' }, members, metrics, clock };
  // The hops under test ask for no more than this of a context.
  return {
    ...parts,
    looks: createLooks({ cluster: hub, metrics, clock, clusters: [] }),
    reach: async () => hub,
    config: { observability: { interval: 60 } },
  } as unknown as Context;
}

async function ask(check: Check<Context>, context: Context): Promise<Record<string, string>> {
  const found = await check.run(context, names);
  return Object.fromEntries([...found].map(([name, finding]) => [name, inShort(finding)]));
}

function inShort(finding: Finding): string {
  return finding.verdict === 'pass' || finding.verdict === 'skip'
    ? finding.verdict
    : `${finding.verdict} ${finding.problem.code}`;
}

const cores = (cluster: string, age: number): Sample => ({
  labels: { __name__: 'machine_cpu_cores', cluster },
  value: 4,
  timestamp: Math.floor(Date.now() / 1000) - age,
});

const degraded = (cluster: string, reason: string, value: number, age: number): Sample => ({
  labels: { __name__: 'cluster_operator_conditions', name: 'monitoring', condition: 'Degraded', reason, cluster },
  value,
  timestamp: Math.floor(Date.now() / 1000) - age,
});

function hopsOn(name: string, note: string, have: boolean, start: () => Promise<Server>): void {
  describe.skipIf(!have)(`the hops about metrics on ${name}${note}`, () => {
    let server: Server;
    lookAfterServers();
    beforeEach(async () => {
      server = await start();
    }, 120_000);
    afterEach(() => server?.stop());

    it('call an empty tenant empty, not well', async () => {
      expect(await ask(query, contextFor(server))).toEqual({ hub: 'fail metrics-empty' });
    });

    it('call what somebody without a cluster gets empty too: every selector is narrowed to none, and the answer is 200', async () => {
      await server.push([cores('fresh', 5)]);
      const narrowed = (asked: string) =>
        asked.replaceAll('machine_cpu_cores', 'machine_cpu_cores%7Bcluster%3D~%22%22%7D');

      expect(await ask(query, contextFor(server))).toEqual({ hub: 'pass' });
      expect(await ask(query, contextFor(server, narrowed))).toEqual({ hub: 'fail metrics-empty' });
    });

    it('tell an old sample that is still within the lookback from a fresh one, and a silent cluster from both', async () => {
      await server.push([cores('fresh', 20), cores('late', 220), cores('ahead', 20)]);

      expect(await ask(arrive, contextFor(server))).toEqual({
        fresh: 'pass',
        late: 'warn metrics-stale',
        silent: 'fail metrics-absent',
        ahead: 'pass',
      });
    });

    it('find a clock that is ahead, which no query as of now shows', async () => {
      await server.push([cores('fresh', 20), cores('ahead', 20)]);
      await server.push([cores('ahead', -400)]);

      const context = contextFor(server);
      expect((await ask(arrive, context)).ahead).toBe('pass');
      expect(await ask(clocks, context)).toEqual({
        fresh: 'pass',
        late: 'pass',
        silent: 'pass',
        ahead: 'warn clock-ahead',
      });
    });

    it('find one that is ahead by less than a query looks back, too', async () => {
      await server.push([cores('fresh', 20), cores('ahead', -120)]);

      expect(await ask(clocks, contextFor(server))).toMatchObject({ fresh: 'pass', ahead: 'warn clock-ahead' });
    });

    it('hear of a monitoring operator that is degraded, and no longer of what it has got over', async () => {
      await server.push([degraded('late', 'InvalidConfiguration', 1, 90), degraded('ahead', 'AsExpected', 0, 90)]);
      await server.push([
        degraded('fresh', 'AsExpected', 0, 20),
        degraded('late', 'AsExpected', 0, 20),
        degraded('ahead', 'InvalidConfiguration', 1, 20),
      ]);

      expect(await ask(stack, contextFor(server))).toEqual({
        fresh: 'pass',
        late: 'pass',
        silent: 'skip',
        ahead: 'fail monitoring-config-refused',
      });
    });
  });
}

/** What a whole run makes of the hops: what could not be asked is a finding too. */
async function runOf(context: Context, checks: readonly Check<Context>[]): Promise<string[]> {
  const { clock } = context;
  const work = { mode: 'verify' as const, steps: [], context, hub: 'hub', clusters: ['fresh'], checks };
  const limits = { parallel: 1, timeoutMs: 60_000, deadlineMs: 60_000, wait: false, failFast: false, evidence: true };
  const told: string[] = [];
  for await (const event of run(work, { ...limits, clock, signal: new AbortController().signal })) {
    if (event.type !== 'finding') continue;
    const { check, cluster, finding } = event;
    const why = finding.verdict === 'skip' ? `: ${finding.reason}` : '';
    told.push(`${check} on ${cluster}: ${inShort(finding)}${why}`);
  }
  return told;
}

const kubeNeeded = need('kube-apiserver', 'etcd', 'prometheus');
describe.skipIf(!kubeNeeded.have)(`the hops about metrics behind a real API server${kubeNeeded.note}`, () => {
  let kube: RunningKube;
  let server: Server;
  let front: SocketServer;
  lookAfterServers();
  beforeAll(async () => {
    if (!kubeNeeded.have) throw new Error(kubeNeeded.note);
    kube = await startKube(kubeNeeded.paths, [{ name: 'denied', groups: [] }]);
    server = await startPrometheus(kubeNeeded.paths.prometheus);
    const { ca } = kube.certificates;
    front = await startFront({
      certificates: kube.certificates,
      api: createTransport({ server: kube.url, credentials: async () => ({ headers: {}, ca }) }),
      metrics: server.url,
    });
    await server.push([cores('fresh', 5)]);
  }, 240_000);
  afterAll(async () => {
    await front?.close();
    await server?.stop();
    await kube?.stop();
  });

  /** The API server, whose word on the proxy counts, asked by this user. */
  const as = (user: string): Context => {
    const headers = { authorization: `Bearer ${kube.tokens.get(user) ?? ''}` };
    const credentials = async () => ({ headers, ca: kube.certificates.ca });
    const transport = createTransport({ server: front.url, credentials });
    return contextBy(createCluster({ name: 'hub', transport, clock: systemClock() }).raw);
  };

  it('pass for who may use the service proxy', async () => {
    expect(await runOf(as('admin'), [query, arrive])).toEqual(['query on hub: pass', 'arrive on fresh: pass']);
  });

  it('are unknown, and never a pass, to who may not: the API server’s own words are the proof', async () => {
    expect(await runOf(as('denied'), [query, arrive])).toEqual([
      'query on hub: unknown metrics-denied',
      'arrive on fresh: skip: needs query',
    ]);
    await expect(query.run(as('denied'), ['hub'])).rejects.toMatchObject({
      code: 'metrics-denied',
      proof: expect.stringContaining('cannot get resource \\"services/proxy\\"'),
    });
  });
});

const prometheus = need('prometheus');
const thanos = need('thanos');
hopsOn('a real Prometheus', prometheus.note, prometheus.have, async () => {
  if (!prometheus.have) throw new Error(prometheus.note);
  return startPrometheus(prometheus.paths.prometheus);
});
hopsOn('a real Thanos Query', thanos.note, thanos.have, async () => {
  if (!thanos.have) throw new Error(thanos.note);
  return startQuery(thanos.paths.thanos);
});
