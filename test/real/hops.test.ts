/** The hops about metrics, answered by a real Prometheus and a real Thanos Query: nothing there, old within the lookback, ahead. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { createMetrics } from '../../src/adapters/metrics.ts';
import { arrive, clocks } from '../../src/checks/cluster.ts';
import { query } from '../../src/checks/hub.ts';
import type { Context } from '../../src/context.ts';
import type { Check, Finding } from '../../src/engine/step.ts';
import { createLooks } from '../../src/looks.ts';
import type { Sample } from '../../src/ports.ts';
import { memoryCluster } from '../helpers/memory-cluster.ts';
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
  const clock = systemClock();
  const hub = memoryCluster('hub');
  const raw = async (asked: string) => {
    const response = await fetch(url + path(asked.slice(proxy.length)));
    const contentType = response.headers.get('content-type') ?? '';
    return { status: response.status, contentType, body: await response.text() };
  };
  const counts = { kubernetes: 0, objectStore: 0, metrics: 0 };
  const metrics = createMetrics({ hub: { raw }, namespace: 'open-cluster-management-observability', counts });
  const members = names.map((name) => ({ name, isHub: false }));
  const parts = { cluster: hub, hub: { name: 'hub' }, members, metrics, clock };
  // The hops under test ask for no more than this of a context.
  return {
    ...parts,
    looks: createLooks(hub, metrics, clock, []),
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
  });
}

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
