/**
 * A hub on real servers: the API server is real, and so are the object store and what answers queries. What ACM and
 * OpenShift do on it is done by the sandbox's controllers, as clients like any other. Managed clusters are the sandbox's.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { systemClock } from '../../src/adapters/clock.ts';
import { createTransport } from '../../src/adapters/kubernetes/transport.ts';
import { runProgram } from '../../src/cli/program.ts';
import { registry } from '../../src/cli/registry.ts';
import type { Cluster } from '../../src/ports.ts';
import type { Report } from '../../src/render/report.ts';
import { createControllerClient } from '../../src/sandbox/controllers/client.ts';
import type { LogLine } from '../../src/sandbox/controllers/runtime.ts';
import { scenario } from '../../src/sandbox/scenarios/scenarios.ts';
import type { WorldCluster } from '../../src/sandbox/world.ts';
import { startControllers } from './hub/controllers.ts';
import { fill } from './hub/fill.ts';
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

/** One request that reached the front. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

interface Ran {
  readonly exitCode: number;
  readonly report: Report;
  readonly requests: readonly SeenRequest[];
}

export interface RealHub {
  readonly clusters: readonly string[];
  readonly kube: RunningKube;
  readonly bucket: string;
  /** The hub, as a person who edits by hand. */
  readonly person: Cluster;
  /** The API servers of the managed clusters. */
  readonly managed: ReadonlyMap<string, WorldCluster>;
  /** What the controllers logged as errors. */
  readonly errors: readonly LogLine[];
  /** A command line with `-o json`. Throws an Error with what was said where there is no report. */
  run(line: string): Promise<Ran>;
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
  const controllers = startControllers(kube, clusters, prometheus, (line) => {
    if (line.level === 'error') errors.push(line);
  });
  const requests: SeenRequest[] = [];
  const front = await startFront({
    certificates: kube.certificates,
    api: createTransport({ server: kube.url, credentials: async () => ({ headers: {}, ca: kube.certificates.ca }) }),
    metrics: prometheus.url,
    onRequest: ({ method, path }, status) => requests.push({ method, path, status }),
  });
  const kubeconfig = join(folder.path, 'kubeconfig');
  const token = kube.tokens.get('admin') ?? '';
  await writeFile(kubeconfig, kubeconfigOf({ url: front.url, ca: kube.certificates.ca, token }), { mode: 0o600 });
  const bucket = 'acm-metrics-real';
  const env = {
    KUBECONFIG: kubeconfig,
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
    bucket,
    person: kube.cluster('kubectl-edit'),
    managed: controllers.managed,
    errors,
    run: async (line) => {
      const from = requests.length;
      const ran = await runIn(folder.path, env, line);
      return { ...ran, requests: requests.slice(from) };
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

async function runIn(cwd: string, env: Record<string, string>, line: string): Promise<Omit<Ran, 'requests'>> {
  const [stdout, stderr] = [capture(), capture()];
  const exitCode = await runProgram(line.split(' '), registry, {
    env,
    cwd,
    stdin: new PassThrough(),
    stdout: stdout.stream,
    stderr: stderr.stream,
    isTTY: false,
    columns: 100,
    signal: new AbortController().signal,
    clock: systemClock(),
    onInterrupt: () => () => {},
  });
  const text = stdout.text();
  if (!text.startsWith('{')) throw new Error(`${line} gave no report (exit ${exitCode}): ${stderr.text()}`);
  const report: Report = JSON.parse(text);
  return { exitCode, report };
}

function capture() {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}
