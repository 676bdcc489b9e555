/** A real S3 gateway over a folder: one region, accounts in files, signatures checked; TLS where it is asked for. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreCredentials } from '../../../src/adapters/object-store/client.ts';
import { makeCertificates } from '../../../src/sandbox/serve/certificate.ts';
import { freePort, launch, temporaryFolder } from './process.ts';

export interface RunningGateway {
  /** `http://127.0.0.1:PORT`; `https` with TLS. */
  readonly url: string;
  /** PEM of the authority behind the certificate. */
  readonly ca: string;
  readonly region: string;
  readonly root: StoreCredentials;
  /** Another account, which may make buckets. */
  readonly other: StoreCredentials;
  /** A third one, which may not. */
  readonly limited: StoreCredentials;
  stop(): Promise<void>;
}

export async function startGateway(command: string, region: string, tls = false): Promise<RunningGateway> {
  const folder = await temporaryFolder('versitygw');
  const [data, accounts] = [join(folder.path, 'data'), join(folder.path, 'accounts')];
  const [cert, key] = [join(folder.path, 'cert.pem'), join(folder.path, 'key.pem')];
  for (const path of [data, accounts]) await mkdir(path);
  const certificates = await makeCertificates(Date.now());
  await writeFile(cert, certificates.cert);
  await writeFile(key, certificates.key, { mode: 0o600 });
  const root = { accessKeyId: 'rootaccess', secretAccessKey: 'root-secret-of-the-test' };
  const other = { accessKeyId: 'otheraccess', secretAccessKey: 'other-secret-of-the-test' };
  const limited = { accessKeyId: 'limitedaccess', secretAccessKey: 'limited-secret-of-the-test' };
  const kept = [account(other, 'userplus'), account(limited, 'user')];
  const byName = Object.fromEntries(kept.map((one) => [one.access, one]));
  await writeFile(join(accounts, 'users.json'), JSON.stringify({ accessAccounts: byName }));
  const port = await freePort();
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const server = await launch({
    name: 'versitygw',
    command,
    args: [
      `--port=127.0.0.1:${port}`,
      `--region=${region}`,
      `--iam-dir=${accounts}`,
      '--health=/healthz',
      ...(tls ? [`--cert=${cert}`, `--key=${key}`] : []),
      'posix',
      data,
    ],
    env: { ROOT_ACCESS_KEY_ID: root.accessKeyId, ROOT_SECRET_ACCESS_KEY: root.secretAccessKey },
    ready: () => isHealthy(url, certificates.ca),
  });
  return {
    url,
    ca: certificates.ca,
    region,
    root,
    other,
    limited,
    stop: async () => {
      await server.stop();
      await folder.remove();
    },
  };
}

/** As the gateway keeps it, in a file of its own format. */
function account({ accessKeyId: access, secretAccessKey: secret }: StoreCredentials, role: 'user' | 'userplus') {
  return { access, secret, role, userID: 0, groupID: 0 };
}

async function isHealthy(url: string, ca: string): Promise<boolean> {
  const { request } = url.startsWith('https:') ? await import('node:https') : await import('node:http');
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/healthz`, { ca }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode === 200));
    });
    asked.once('error', reject);
    asked.end();
  });
}
