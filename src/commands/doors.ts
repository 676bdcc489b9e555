/** The doors a session goes through: by default the kubeconfig's; a test or the demo may bring its own. */
import { connect } from '../adapters/kubernetes/connect.ts';
import { openKubeconfig } from '../adapters/kubernetes/kubeconfig.ts';
import type { GlobalOptions } from '../cli/options.ts';
import type { Shell } from '../cli/shell.ts';
import type { Cluster, ObjectStore, RequestCounts } from '../ports.ts';

export interface Doors {
  /** The hub; nothing is sent yet. */
  hub(): Promise<Cluster>;
  /** A managed cluster by a kubeconfig context. */
  context(context: string, member: string): Promise<Cluster>;
  /** The bearer token a person would show to a route; `undefined` where the credentials have none. */
  token(): Promise<string | undefined>;
  /** What a store goes through before it is used. */
  store(store: ObjectStore): ObjectStore;
}

/** @throws Problem `kubeconfig-unreadable`, `context-unknown`. */
export async function kubeconfigDoors(
  options: GlobalOptions,
  hubContext: string | undefined,
  shell: Shell,
  counts: RequestCounts,
): Promise<Doors> {
  const { env, clock, signal } = shell;
  const common = { clock, counts, env, signal, tryTimeoutMs: options.requestTimeout };
  const paths = options.kubeconfig === undefined ? undefined : [options.kubeconfig];
  const kubeconfig = await openKubeconfig({ paths, context: hubContext, as: options.as, env });
  return {
    hub: () => connect({ ...common, kubeconfig, name: 'hub' }),
    context: (context, name) => connect({ ...common, kubeconfig: paths, context, name }),
    async token() {
      const { headers } = await kubeconfig.credentials();
      const [, token] = /^Bearer (.+)$/.exec(String(headers.authorization ?? '')) ?? [];
      return token;
    },
    store: (store) => store,
  };
}
