/**
 * The Grafanas of the hub, behind the API server's pod proxy: one in each Pod that runs a container `grafana`, with a
 * database on the Pod's own disk or on its volume, and a loader where the Pod has one.
 */
import {
  type ConfigMap,
  ConfigMapKind,
  PersistentVolumeClaimKind,
  type Pod,
  PodKind,
  type Secret,
  SecretKind,
} from '../../kinds.ts';
import { ApiError, type Clock } from '../../ports.ts';
import type { ApiServer, ProxyHook } from '../api/index.ts';
import { isReady } from '../controllers/kubelet/pods.ts';
import { hubNamespace } from '../controllers/names.ts';
import { isRecord, secretText } from '../controllers/objects.ts';
import { answerGrafana, type GrafanaAnswer } from './api.ts';
import { createDatabase, type Database } from './database.ts';
import { createLoader, isDashboardMap, type Loader } from './loader.ts';

/** What a person does in a browser: past the login, as who they are. */
export interface GrafanaVisit {
  /** The Deployment: `grafana-dev`, `observability-grafana`. */
  readonly of: string;
  readonly user: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
}

export interface Grafanas {
  readonly proxy: ProxyHook;
  /** Throws when no Pod of the Deployment is ready. */
  visit(visit: GrafanaVisit): GrafanaAnswer;
}

interface Running {
  readonly database: Database;
  readonly loader: Loader | undefined;
  /** The trusted header, in lower case; absent: no header is trusted. */
  readonly header: string | undefined;
}

export interface GrafanasOptions {
  /** Asked for late: the server is made with this very hook. */
  readonly hub: () => ApiServer;
  readonly clock: Clock;
  /** The loader deletes what has no ConfigMap (from 2.17). */
  readonly exclusive: boolean;
}

const ports = new Set(['3001', 'http']);

export function createGrafanas({ hub, clock, exclusive }: GrafanasOptions): Grafanas {
  const databases = new Map<string, Database>();
  const pods = new Map<string, Running>();

  const start = (pod: Pod): Running => {
    const settings = settingsOf(hub(), pod);
    const disk = diskOf(hub(), pod);
    const database = databases.get(disk) ?? createDatabase(settings.get('security.admin_user') ?? 'admin');
    databases.set(disk, database);
    const startedAt = Date.parse(
      pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '',
    );
    const hasLoader = pod.spec?.containers?.some(({ name }) => name === 'grafana-dashboard-loader') === true;
    const trusts = settings.get('auth.proxy.enabled') === 'true';
    return {
      database,
      loader: hasLoader ? createLoader({ database, exclusive, startedAt: startedAt || clock.now() }) : undefined,
      header: trusts ? (settings.get('auth.proxy.header_name') ?? 'X-WEBAUTH-USER').toLowerCase() : undefined,
    };
  };
  const running = (pod: Pod): Running => {
    const uid = pod.metadata.uid ?? pod.metadata.name;
    const found = pods.get(uid) ?? start(pod);
    pods.set(uid, found);
    const maps = hub().list<ConfigMap>(ConfigMapKind, hubNamespace).filter(isDashboardMap);
    found.loader?.catchUp(maps, clock.now());
    return found;
  };

  return {
    proxy: ({ through, namespace, name, port, method, path, query, body, headers }) => {
      if (through !== 'pods' || namespace !== hubNamespace) return undefined;
      const pod = hub().get<Pod>(PodKind, { namespace, name });
      if (pod === undefined) throw new ApiError(404, 'NotFound', `pods "${name}" not found`, { name, kind: 'pods' });
      if (!serves(pod) || !ports.has(port)) return undefined;
      const { database, header } = running(pod);
      const login = header === undefined ? undefined : headers[header];
      const answer = answerGrafana(database, { method, path, query: new URLSearchParams(query), body, login });
      return { status: answer.status, contentType: 'application/json', body: JSON.stringify(answer.body) };
    },
    visit({ of, user, method, path, body }) {
      const own = hub()
        .list<Pod>(PodKind, hubNamespace)
        .find((pod) => serves(pod) && pod.metadata.ownerReferences?.some(({ name }) => name === of));
      if (own === undefined) throw new Error(`no Pod of ${of} is ready`);
      const [pathname = '', query = ''] = path.split('?');
      const text = body === undefined ? '' : JSON.stringify(body);
      const request = { method, path: pathname, query: new URLSearchParams(query), body: text, login: user };
      return answerGrafana(running(own).database, request);
    },
  };
}

function serves(pod: Pod): boolean {
  return isReady(pod) && pod.spec?.containers?.some(({ name }) => name === 'grafana') === true;
}

function volumesOf(pod: Pod): Record<string, unknown>[] {
  const spec: unknown = pod.spec;
  const volumes = isRecord(spec) ? spec.volumes : undefined;
  return Array.isArray(volumes) ? volumes.filter(isRecord) : [];
}

/** The volume claim it writes to; without one, what it writes goes with the Pod. */
function diskOf(hub: ApiServer, pod: Pod): string {
  for (const { persistentVolumeClaim: claim } of volumesOf(pod)) {
    if (!isRecord(claim)) continue;
    const live = hub.get(PersistentVolumeClaimKind, { namespace: hubNamespace, name: String(claim.claimName) });
    if (live?.metadata.uid !== undefined) return live.metadata.uid;
  }
  return pod.metadata.uid ?? pod.metadata.name;
}

/** `section.key` → value of the grafana.ini it mounts. */
function settingsOf(hub: ApiServer, pod: Pod): Map<string, string> {
  const texts = volumesOf(pod).map(({ secret }) => {
    if (!isRecord(secret)) return undefined;
    const live = hub.get<Secret>(SecretKind, { namespace: hubNamespace, name: String(secret.secretName) });
    return secretText(live, 'grafana.ini');
  });
  const settings = new Map<string, string>();
  let section = '';
  for (const line of (texts.find((text) => text !== undefined) ?? '').split('\n')) {
    const [, title] = /^\[(.+)\]$/.exec(line.trim()) ?? [];
    const [, key, value = ''] = /^([^=;#]+?)\s*=\s*(.*)$/.exec(line.trim()) ?? [];
    if (title !== undefined) section = title;
    else if (key !== undefined) settings.set(`${section}.${key}`, value);
  }
  return settings;
}
