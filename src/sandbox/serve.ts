/** A sandbox for other processes: its API servers behind one HTTPS socket, and the files that lead there. */
import type { Transport } from '../http.ts';
import type { RequestLog } from './requests.ts';
import { makeCertificates } from './serve/certificate.ts';
import { type ServedFiles, writeFiles, writeRequests } from './serve/files.ts';
import { startSocketServer } from './serve/server.ts';

/** The part of a sandbox that is served. */
export interface Servable {
  /** Managed clusters beside the hub. */
  readonly clusters: readonly string[];
  /** The API of the hub, or of a managed cluster, as clients meet it. `undefined`: there is none of that name. */
  endpoint(cluster?: string): Transport | undefined;
  /** The bearer token of an administrator. */
  readonly token: string;
  readonly store: ServedFiles['store'];
  readonly requests: RequestLog;
}

export interface Served {
  /** `https://127.0.0.1:PORT`, the hub's API. */
  readonly url: string;
  readonly dir: string;
  /** PEM of the authority that vouches for it. */
  readonly ca: string;
  /** TLS connections accepted so far. */
  connections(): number;
  /** Stops serving; the sandbox itself goes on. */
  close(): Promise<void>;
}

/** Writes `kubeconfig`, `env` and `requests.jsonl` into `dir`. Resolves when it may be used. */
export async function serveSandbox(sandbox: Servable, { dir }: { readonly dir: string }): Promise<Served> {
  const hub = sandbox.endpoint();
  if (hub === undefined) throw new Error('a sandbox without a hub cannot be served');
  const certificates = await makeCertificates(Date.now());
  const server = await startSocketServer({ certificates, hub, managed: (name) => sandbox.endpoint(name) });
  const { token, clusters, store } = sandbox;
  await writeFiles(dir, { url: server.url, ca: certificates.ca, token, clusters, store });
  const endRequests = writeRequests(dir, sandbox.requests);
  return {
    url: server.url,
    dir,
    ca: certificates.ca,
    connections: server.connections,
    close: async () => {
      await server.close();
      endRequests();
    },
  };
}
