/**
 * A hub on real servers: the API server is real, and so are the object store and what answers queries. What ACM and
 * OpenShift do on it is done by the sandbox's controllers, as clients like any other. Managed clusters are the sandbox's.
 */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/adapters/clock.ts';
import { createTransport } from '../../src/adapters/kubernetes/transport.ts';
import type { Cluster } from '../../src/ports.ts';
import { createControllerClient } from '../../src/sandbox/controllers/client.ts';
import type { LogLine } from '../../src/sandbox/controllers/runtime.ts';
import { scenario } from '../../src/sandbox/scenarios/scenarios.ts';
import type { WorldCluster } from '../../src/sandbox/world.ts';
import type { Wires } from '../helpers/harness.ts';
import { startControllers } from './hub/controllers.ts';
import { fill } from './hub/fill.ts';
import { type RealRun, runIn, type SeenRequest } from './hub/run.ts';
import { installCrds } from './servers/crds.ts';
import { startFront } from './servers/front.ts';
import { kubeconfigOf, type RunningKube, startKube } from './servers/kube.ts';
import { temporaryFolder } from './servers/process.ts';
import { startPrometheus } from './servers/prometheus.ts';
import { startGateway } from './servers/versitygw.ts';

export interface RealPaths {
  readonly 'kube-apiserver': string;
  readonly 'kube-controller-manager': string;
  readonly etcd: string;
  readonly prometheus: string;
  readonly versitygw: string;
}

interface Ran extends RealRun {
  readonly requests: readonly SeenRequest[];
}

interface RunHow {
  /** A bearer token of somebody else than the administrator. */
  readonly token?: string;
  /** What stands between the program and the servers. */
  readonly wires?: Wires;
}

export interface RealHub {
  readonly clusters: readonly string[];
  readonly kube: RunningKube;
  /** The administrator's bearer token. */
  readonly admin: string;
  readonly bucket: string;
  /** The hub, as a person who edits by hand. */
  readonly person: Cluster;
  /** The API servers of the managed clusters. */
  readonly managed: ReadonlyMap<string, WorldCluster>;
  /** What the controllers logged as errors. */
  readonly errors: readonly LogLine[];
  /** A command line, by the administrator unless told. */
  run(line: string, how?: RunHow): Promise<Ran>;
  /** The path of a kubeconfig with this token, for other programs: to the API server itself, without our front. */
  kubeconfig(token: string): Promise<string>;
  stop(): Promise<void>;
}

/** Resolves when the hub is there and nothing is installed on it yet. */
export async function startRealHub(paths: RealPaths, size: number): Promise<RealHub> {
  const clock = systemClock();
  const { clusters } = scenario('quest', size);
  const folder = await temporaryFolder('hub');
  const kube = await startKube(paths);
  await installCrds(
    kube,
    ['scrapeconfigs', 'prometheusagents', 'prometheusrules'].map((name) => `${name}.monitoring.rhobs`),
  );
  await kube.startCollectors(paths['kube-controller-manager']);
  const prometheus = await startPrometheus(paths.prometheus, 600);
  const gateway = await startGateway(paths.versitygw, 'eu-west-3');
  const transport = kube.transport();
  const hub = createControllerClient({ name: 'hub', transport, clock, manager: 'installer' });
  await fill(hub, clusters, clock.now());
  const errors: LogLine[] = [];
  const controllers = await startControllers(kube, clusters, prometheus, (line) => {
    if (line.level === 'error') errors.push(line);
  });
  const requests: SeenRequest[] = [];
  const front = await startFront({
    certificates: kube.certificates,
    api: createTransport({ server: kube.url, credentials: async () => ({ headers: {}, ca: kube.certificates.ca }) }),
    metrics: prometheus.url,
    onRequest: ({ method, path }, status) => requests.push({ method, path, status }),
  });
  const admin = kube.tokens.get('admin') ?? '';
  const { ca } = kube.certificates;
  const kubeconfig = async (url: string, token: string): Promise<string> => {
    const path = join(folder.path, createHash('sha256').update(`${url} ${token}`).digest('hex'));
    await writeFile(path, kubeconfigOf({ url, ca, token }), { mode: 0o600 });
    return path;
  };
  const bucket = 'acm-metrics-real';
  const env = {
    AWS_ACCESS_KEY_ID: gateway.root.accessKeyId,
    AWS_SECRET_ACCESS_KEY: gateway.root.secretAccessKey,
    AWS_REGION: 'eu-west-3',
    S3_BUCKET_NAME: bucket,
    AWS_ENDPOINT_URL_S3: gateway.url,
    USER: 'anna',
  };
  return {
    clusters: clusters.map(({ name }) => name),
    kube,
    admin,
    bucket,
    person: kube.cluster('kubectl-edit'),
    managed: controllers.managed,
    errors,
    kubeconfig: (token) => kubeconfig(kube.url, token),
    run: async (line, { token = admin, wires } = {}) => {
      const from = requests.length;
      const place = { cwd: folder.path, env: { ...env, KUBECONFIG: await kubeconfig(front.url, token) } };
      const wired = wires && { wires, url: front.url, ca, token };
      const ran = await runIn({ ...place, ...(wired && { wired }) }, line);
      return Object.assign(ran, { requests: requests.slice(from) });
    },
    stop: async () => {
      await controllers.stop();
      await front.close();
      await gateway.stop();
      await prometheus.stop();
      await kube.stop();
      await folder.remove();
    },
  };
}
