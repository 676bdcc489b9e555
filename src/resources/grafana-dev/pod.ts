/**
 * The Pod of the development Grafana, from that of ACM's own: without the dashboard loader, which deletes or resets what
 * people draw (acm.md §10.2), with a volume that outlives it, and with an OAuth client of its own.
 */
import { isRecord } from '../diff.ts';
import { devName, oauthSecretName } from './names.ts';

type Fields = Readonly<Record<string, unknown>>;

const data = '/var/lib/grafana';
const clientFolder = '/etc/oauth-client';
const clientVolume = 'oauth-client';

/** Secrets that are another one for the development Grafana. */
const secretNames: Readonly<Record<string, string>> = {
  'grafana-config': 'grafana-dev-config',
  'grafana-tls': 'grafana-tls-dev',
};

/** The `spec` of a Pod template. Fields it does not know are taken over as they are. */
export function devPodSpec(production: Fields): Fields {
  const { affinity: _, serviceAccount: _account, ...rest } = production;
  const containers = records(production.containers)
    .filter((container) => !String(container.name).includes('dashboard-loader'))
    .map(devContainer);
  const inits = records(production.initContainers);
  const mounted = new Set([...containers, ...inits].flatMap(mountsOf).map((mount) => String(mount.name)));
  const storage = containers.flatMap(mountsOf).find((mount) => mount.mountPath === data)?.name;
  const volumes = records(production.volumes)
    .filter((volume) => mounted.has(String(volume.name)) && volume.name !== storage)
    .map(devVolume);
  return {
    ...rest,
    serviceAccountName: devName,
    containers,
    volumes: [
      ...volumes,
      { name: storage, persistentVolumeClaim: { claimName: devName } },
      { name: clientVolume, secret: { secretName: oauthSecretName } },
    ],
  };
}

function devContainer(container: Fields): Fields {
  if (container.name === 'grafana') return withStorage(container);
  if (container.name !== 'grafana-proxy') return container;
  const mount = { name: clientVolume, mountPath: clientFolder, readOnly: true };
  return {
    ...container,
    args: proxyArguments(texts(container.args)),
    volumeMounts: [...mountsOf(container), mount],
  };
}

/** Grafana keeps its database in a folder of its own; where nothing is mounted there, the volume is. */
function withStorage(container: Fields): Fields {
  const mounts = mountsOf(container);
  if (mounts.some(({ mountPath }) => mountPath === data)) return container;
  return { ...container, volumeMounts: [...mounts, { name: 'grafana-storage', mountPath: data }] };
}

/** The secret goes by a file: arguments are there for everybody to read who may see a Deployment. */
function proxyArguments(production: readonly string[]): string[] {
  const own = new Map([
    ['--client-id', 'grafana-proxy-client-dev'],
    ['--client-secret-file', `${clientFolder}/client-secret`],
    ['--openshift-service-account', devName],
  ]);
  const kept = production.filter((argument) => {
    const [name = ''] = argument.replace(/^-(?!-)/, '--').split('=');
    return !own.has(name) && name !== '--client-secret';
  });
  return [...kept, ...[...own].map(([name, value]) => `${name}=${value}`)];
}

function devVolume(volume: Fields): Fields {
  const { secret } = volume;
  if (!isRecord(secret)) return volume;
  const secretName = String(secret.secretName);
  return { ...volume, secret: { ...secret, secretName: secretNames[secretName] ?? secretName } };
}

function mountsOf(container: Fields): Fields[] {
  return records(container.volumeMounts);
}

function records(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
