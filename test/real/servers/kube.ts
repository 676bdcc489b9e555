/** A real API server with its etcd: RBAC on, users by token; and the two controllers it needs to forget what has gone. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../src/adapters/clock.ts';
import { createCluster } from '../../../src/adapters/kubernetes/cluster.ts';
import { createTransport, type SocketTransport } from '../../../src/adapters/kubernetes/transport.ts';
import type { Cluster } from '../../../src/ports.ts';
import { type Certificates, makeCertificates } from '../../../src/sandbox/serve/certificate.ts';
import { freePort, type Launched, launch, temporaryFolder } from './process.ts';

export interface KubeUser {
  readonly name: string;
  readonly groups: readonly string[];
}

export interface RunningKube {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  readonly certificates: Certificates;
  /** Bearer tokens by user name. */
  readonly tokens: ReadonlyMap<string, string>;
  transport(user?: string): SocketTransport;
  cluster(fieldManager: string, user?: string): Cluster;
  /** Starts garbage and namespace collector; kinds installed before are known to them at once. */
  startCollectors(command: string): Promise<void>;
  stop(): Promise<void>;
}

/** In `system:masters`, as the first user of every cluster is. */
const admin: KubeUser = { name: 'admin', groups: ['system:masters'] };

/** Ready when `/readyz` says so; everything it keeps is in a temporary folder. */
export async function startKube(
  paths: { readonly 'kube-apiserver': string; readonly etcd: string },
  users: readonly KubeUser[] = [],
): Promise<RunningKube> {
  const folder = await temporaryFolder('kube');
  const certificates = await makeCertificates(Date.now());
  const tokens = new Map([admin, ...users].map(({ name }) => [name, randomBytes(16).toString('hex')]));
  const etcd = await startEtcd(paths.etcd, join(folder.path, 'etcd'));
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  const transport = (user = admin.name): SocketTransport =>
    createTransport({
      server: url,
      credentials: async () => ({
        ca: certificates.ca,
        headers: { authorization: `Bearer ${tokens.get(user) ?? ''}` },
      }),
    });
  const probe = transport();
  const args = [
    ...(await filesOf(folder.path, certificates, tokens, [admin, ...users])),
    `--etcd-servers=${etcd.url}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--service-account-issuer=https://kubernetes.default.svc',
    // Nobody here makes the `default` accounts that this plugin would ask of every Pod.
    '--disable-admission-plugins=ServiceAccount',
    // Old versions of a watch are asked for in the tests; nothing else may forget them meanwhile.
    '--etcd-compaction-interval=0',
  ];
  const server = await launch({
    name: 'kube-apiserver',
    command: paths['kube-apiserver'],
    args,
    ready: async () => {
      const answer = await probe.send({ method: 'GET', path: '/readyz', headers: {}, timeoutMs: 2_000 });
      return answer.status === 200;
    },
  });
  let collectors: Launched | undefined;
  return {
    url,
    certificates,
    tokens,
    transport,
    startCollectors: async (command) => {
      collectors = await startCollectors(command, folder.path, {
        url,
        ca: certificates.ca,
        token: tokens.get(admin.name) ?? '',
      });
    },
    cluster: (fieldManager, user) =>
      createCluster({ name: 'hub', transport: transport(user), clock: systemClock(), fieldManager }),
    stop: async () => {
      await probe.close();
      await collectors?.stop();
      await server.stop();
      await etcd.stop();
      await folder.remove();
    },
  };
}

/** Writes what the server reads at its start; gives the arguments that name the files. */
async function filesOf(
  folder: string,
  { cert, key }: Certificates,
  tokens: ReadonlyMap<string, string>,
  users: readonly KubeUser[],
): Promise<string[]> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const rows = users.map(({ name, groups }) => `${tokens.get(name)},${name},${name},"${groups.join(',')}"`);
  const files = {
    'tls-cert-file': cert,
    'tls-private-key-file': key,
    'service-account-signing-key-file': privateKey,
    'service-account-key-file': publicKey,
    'token-auth-file': `${rows.join('\n')}\n`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 });
  return Object.keys(files).map((name) => `--${name}=${join(folder, name)}`);
}

async function startEtcd(command: string, data: string): Promise<{ url: string; stop(): Promise<void> }> {
  const [client, peer] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${client}`;
  const peerUrl = `http://127.0.0.1:${peer}`;
  const server = await launch({
    name: 'etcd',
    command,
    args: [
      `--data-dir=${data}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      '--log-level=warn',
      // A power cut may lose what a test wrote.
      '--unsafe-no-fsync',
    ],
    ready: async () => (await fetch(`${url}/readyz`)).status === 200,
  });
  return { url, stop: server.stop };
}

/** What somebody needs to reach the server. */
export interface Access {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
}

/** A kubeconfig with one context. JSON is YAML. */
export function kubeconfigOf({ url, ca, token }: Access): string {
  const cluster = { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'hub', cluster }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'hub', context: { cluster: 'hub', user: 'admin' } }],
    'current-context': 'hub',
  });
}

async function startCollectors(command: string, folder: string, access: Access): Promise<Launched> {
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf(access), { mode: 0o600 });
  const port = await freePort();
  const server = `https://127.0.0.1:${port}`;
  const probe = createTransport({ server, credentials: async () => ({ headers: {}, ca: access.ca }) });
  return launch({
    name: 'kube-controller-manager',
    command,
    args: [
      `--kubeconfig=${kubeconfig}`,
      '--controllers=garbage-collector-controller,namespace-controller',
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      `--tls-cert-file=${join(folder, 'tls-cert-file')}`,
      `--tls-private-key-file=${join(folder, 'tls-private-key-file')}`,
      '--authentication-skip-lookup=true',
    ],
    ready: async () => {
      const { status } = await probe.send({ method: 'GET', path: '/healthz', headers: {}, timeoutMs: 2_000 });
      return status === 200;
    },
  });
}
