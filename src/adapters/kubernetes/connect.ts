/** From a kubeconfig to a cluster that can be asked. */
import type { Clock, Cluster, RequestCounts } from '../../ports.ts';
import type { Environment } from '../proxy.ts';
import { createCluster } from './cluster.ts';
import { type Kubeconfig, openKubeconfig } from './kubeconfig.ts';
import { createTransport } from './transport.ts';

export interface ConnectOptions {
  /** Paths, or a kubeconfig already opened; absent: where kubectl would look. */
  readonly kubeconfig?: readonly string[] | Kubeconfig | undefined;
  readonly context?: string | undefined;
  readonly as?: string | undefined;
  /** The ManagedCluster's name. */
  readonly name: string;
  readonly clock: Clock;
  readonly counts: RequestCounts;
  readonly env: Environment;
  /** Milliseconds for one try of one request; 30 s unless told. */
  readonly tryTimeoutMs?: number | undefined;
  /** Ends what is under way when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A cluster reached directly. Nothing is sent yet.
 * @throws Problem `kubeconfig-unreadable`, `context-unknown`, `unreachable` (a proxy that cannot be used).
 */
export async function connect(options: ConnectOptions): Promise<Cluster> {
  const { name, clock, counts, env, context, as, tryTimeoutMs, signal } = options;
  const kubeconfig = isOpen(options.kubeconfig)
    ? options.kubeconfig
    : await openKubeconfig({ paths: options.kubeconfig, context, as, env });
  const transport = createTransport({
    server: kubeconfig.server,
    credentials: kubeconfig.credentials,
    ...(kubeconfig.proxyUrl !== undefined && { proxyUrl: kubeconfig.proxyUrl }),
    env,
  });
  const limits = { signal, ...(tryTimeoutMs !== undefined && { tryTimeoutMs }) };
  return createCluster({ name, transport, clock, counts, ...limits });
}

function isOpen(kubeconfig: ConnectOptions['kubeconfig']): kubeconfig is Kubeconfig {
  return kubeconfig !== undefined && !Array.isArray(kubeconfig);
}
