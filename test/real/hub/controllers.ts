/** What ACM and OpenShift do: the sandbox's controllers, on a real hub and on managed clusters of the sandbox. */
import { systemClock } from '../../../src/adapters/clock.ts';
import type { Sample } from '../../../src/ports.ts';
import { clusterAdmin } from '../../../src/sandbox/api/index.ts';
import { createControllerClient } from '../../../src/sandbox/controllers/client.ts';
import { createDelays } from '../../../src/sandbox/controllers/delays.ts';
import {
  type ClusterFacts,
  startHubControllers,
  startManagedControllers,
} from '../../../src/sandbox/controllers/index.ts';
import type { Log } from '../../../src/sandbox/controllers/runtime.ts';
import { appsDomainOf } from '../../../src/sandbox/scenarios/hub-objects.ts';
import { uuidOf } from '../../../src/sandbox/scenarios/identity.ts';
import type { ClusterSpec } from '../../../src/sandbox/scenarios/spec.ts';
import { seriesOf } from '../../../src/sandbox/series.ts';
import { makeCertificates } from '../../../src/sandbox/serve/certificate.ts';
import { buildWorld, type WorldCluster } from '../../../src/sandbox/world.ts';
import type { RunningKube } from '../servers/kube.ts';
import type { RunningPrometheus } from '../servers/prometheus.ts';
import { acm, seed } from './fill.ts';

const speed = 60;

export interface Controllers {
  /** The managed clusters' API servers, by name. */
  readonly managed: ReadonlyMap<string, WorldCluster>;
  stop(): Promise<void>;
}

/** Samples and rules go to a real Prometheus. */
export async function startControllers(
  kube: RunningKube,
  clusters: readonly ClusterSpec[],
  prometheus: RunningPrometheus,
  log: Log,
): Promise<Controllers> {
  const clock = systemClock();
  const begin = clock.now();
  const failed = (what: string) => (error: unknown) =>
    log({ controller: what, cluster: 'hub', level: 'error', message: String(error) });
  let pushed: Promise<void> = Promise.resolve();
  const sink = {
    push: (samples: readonly Sample[]) => {
      pushed = pushed.then(() => prometheus.push(samples)).catch(failed('remote write'));
    },
  };
  const common = { clock, version: acm, sink, seed, log, delays: createDelays(speed) };
  const factsOf = (spec: ClusterSpec): ClusterFacts => ({
    cluster: spec.name,
    clusterID: uuidOf(seed, spec.name),
    openshiftVersion: spec.version,
    series: seriesOf({ spec, seed, speed, begin }),
  });
  const [own, ...members] = clusters;
  if (own === undefined) throw new RangeError('a scenario has a hub');
  const appsDomain = appsDomainOf({ name: 'quest', clusters });
  const hub = startHubControllers({
    ...common,
    hub: createControllerClient({ name: own.name, transport: kube.transport(), clock }),
    facts: { ...factsOf(own), appsDomain, certificates: await makeCertificates(begin) },
    rulesLoaded: (files) => {
      pushed = pushed.then(() => prometheus.load(files)).catch(failed('rules'));
    },
  });
  const world = buildWorld({
    scenario: { name: 'quest', clusters },
    seed,
    clock,
    acmVersion: acm.text,
    addonArchitecture: false,
    tokens: new Map(),
    proxies: () => undefined,
    admission: [],
  });
  const managed = new Map([...world].filter(([name]) => name !== own.name));
  const running = members.map((spec) => {
    const server = managed.get(spec.name)?.server;
    if (server === undefined) throw new RangeError(`no server for ${spec.name}`);
    const client = createControllerClient({
      name: spec.name,
      transport: server.transport({ user: clusterAdmin }),
      clock,
    });
    return startManagedControllers({ ...common, hub: hub.informers, managed: client, facts: factsOf(spec) });
  });
  return {
    managed,
    stop: async () => {
      await Promise.all(running.map((one) => one.stop()));
      await hub.stop();
      await pushed;
      for (const { server } of world.values()) server.close();
    },
  };
}
