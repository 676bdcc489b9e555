/** The files a served sandbox writes for its users (cli.md "The sandbox"). */
import { closeSync, openSync, writeSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { makeFolder } from '../../adapters/folder.ts';
import { quoted } from '../../engine/shell-word.ts';
import type { RequestEntry, RequestLog } from '../requests.ts';

export interface ServedFiles {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** PEM */
  readonly ca: string;
  readonly token: string;
  /** Managed clusters with a context of their own. */
  readonly clusters: readonly string[];
  readonly store: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly region: string;
    readonly bucket: string;
    readonly endpoint: string;
  };
}

/** `https://127.0.0.1:PORT/clusters/NAME`: where a managed cluster is served. */
function clusterUrl(url: string, name: string): string {
  return `${url}/clusters/${encodeURIComponent(name)}`;
}

/** Writes `kubeconfig` and `env`, readable by their owner only. Both are replaced when they are there. */
export async function writeFiles(dir: string, served: ServedFiles): Promise<void> {
  await makeFolder(dir, 0o700);
  const owner = { mode: 0o600 };
  await writeFile(join(dir, 'kubeconfig'), kubeconfig(served), owner);
  await writeFile(join(dir, 'env'), environment(resolve(dir), served), owner);
}

function kubeconfig({ url, ca, token, clusters }: ServedFiles): string {
  const authority = Buffer.from(ca).toString('base64');
  const entries = [{ name: 'hub', server: url }, ...clusters.map((name) => ({ name, server: clusterUrl(url, name) }))];
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'hub',
    clusters: entries.map(({ name, server }) => ({
      name,
      cluster: { server, 'certificate-authority-data': authority },
    })),
    contexts: entries.map(({ name }) => ({ name, context: { cluster: name, user: 'sandbox-admin' } })),
    users: [{ name: 'sandbox-admin', user: { token } }],
  });
}

function environment(dir: string, { store }: ServedFiles): string {
  const variables: Readonly<Record<string, string>> = {
    KUBECONFIG: join(dir, 'kubeconfig'),
    AWS_ACCESS_KEY_ID: store.accessKeyId,
    AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
    AWS_REGION: store.region,
    S3_BUCKET_NAME: store.bucket,
    AWS_ENDPOINT_URL_S3: store.endpoint,
  };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`);
  // What a shell may hold of another account must not mix with these keys.
  return ['unset AWS_SESSION_TOKEN AWS_PROFILE AWS_CA_BUNDLE AWS_ENDPOINT_URL', ...lines, ''].join('\n');
}

/** Appends every request to `requests.jsonl` as soon as it is served. Returns the way to end it. */
export function writeRequests(dir: string, log: RequestLog): () => void {
  const file = openSync(join(dir, 'requests.jsonl'), 'w', 0o600);
  // One synchronous write a line, so that the file is complete whenever somebody looks.
  const end = log.subscribe((entry: RequestEntry) => void writeSync(file, `${JSON.stringify(entry)}\n`));
  return () => {
    end();
    closeSync(file);
  };
}
