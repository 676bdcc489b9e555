/**
 * A hub with its managed clusters in this process: API servers, the controllers of ACM and OpenShift on them, an S3 store,
 * a metrics store with a ruler. Tests and the demo hold it in their hands; `serve.ts` puts it on a socket.
 */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../adapters/clock.ts';
import { createPace } from '../adapters/kubernetes/pace.ts';
import type { Transport } from '../http.ts';
import type { Clock } from '../ports.ts';
import { type AilmentBook, type Ailments, createAilments } from './ailments.ts';
import { type ApiServer, clusterAdmin, type ProxyHook, type User } from './api/index.ts';
import { observabilityWebhook } from './controllers/admission.ts';
import { type ControllerClient, createControllerClient } from './controllers/client.ts';
import type { Log } from './controllers/runtime.ts';
import { atLeast, featuresOf } from './controllers/versions.ts';
import { createDoors, type Doors, withToken } from './doors.ts';
import { clockSkewMs, strikes } from './faults/faults.ts';
import { ahead } from './faults/skew.ts';
import type { GrafanaAnswer } from './grafana/api.ts';
import { createGrafanas, type Grafanas, type GrafanaVisit } from './grafana/index.ts';
import { install } from './install.ts';
import { createRuler, type Ruler } from './metrics/ruler.ts';
import { createMetricsStore, type MetricsStore } from './metrics/store.ts';
import { type SandboxStore, startObjectStore, storeAccount } from './object-store.ts';
import { type SandboxOptions, type Settings, settingsOf } from './options.ts';
import { createPeople, type People } from './people.ts';
import { lookbackOf, queryProxy } from './query.ts';
import { createRequestLog, type RequestLog } from './requests.ts';
import { type Controllers, startControllers } from './running.ts';
import type { RunningS3 } from './s3/server.ts';
import { makeCertificates } from './serve/certificate.ts';
import type { ServedFiles } from './serve/files.ts';
import { states } from './states/index.ts';
import { buildWorld, type WorldCluster } from './world.ts';

export interface Sandbox {
  readonly hub: ApiServer;
  /** Managed clusters beside the hub, by name. */
  readonly clusters: readonly string[];
  /** The API server of any cluster. Throws for a name that is none. */
  managed(name: string): ApiServer;
  /** The API as clients meet it, faults and all; they bring their own credentials. Absent name: the hub. */
  endpoint(name?: string): Transport | undefined;
  /** The same with an administrator's token, or the one given. */
  transport(name: string, token?: string): Transport;
  /** An administrator's bearer token, good on every cluster. */
  readonly token: string;
  /** A token for somebody else; what they may do is up to RBAC objects. */
  addUser(user: User): string;
  readonly s3: RunningS3;
  /** What a client of the store needs. The bucket is not made yet, unless the state is `installed`. */
  readonly store: ServedFiles['store'];
  readonly metrics: MetricsStore;
  readonly requests: RequestLog;
  /** What a person does in a browser in one of the hub's Grafanas, past the login. */
  visitGrafana(visit: GrafanaVisit): GrafanaAnswer;
  /** What people do by hand. */
  readonly people: People;
  /** What goes wrong without any object telling. */
  readonly ailments: Ailments;
  /** Brings an installed sandbox into a broken state, on the cluster named or the last one. Throws a RangeError for a name that is none. */
  bring(state: string, cluster?: string): Promise<void>;
  /** Cuts a managed cluster off from everything, or brings it back. */
  setOffline(cluster: string, offline: boolean): void;
  stop(): Promise<void>;
}

export interface SandboxSurroundings {
  /** Told what the controllers would log in their Pods. */
  readonly log?: Log;
  /** Other processes use it, in real time: its controllers leave them their turn. */
  readonly served?: boolean;
}

/** Resolves when it may be used; with state `installed`, when metrics arrive. Throws a RangeError for wrong options. */
export async function createSandbox(
  options: SandboxOptions = {},
  surroundings: SandboxSurroundings = {},
): Promise<Sandbox> {
  const settings = settingsOf(options);
  const skewMs = strikes(settings.faults, 'clock-skew', settings.seed, 'hub') ? clockSkewMs : 0;
  const clock = ahead(options.clock ?? systemClock(), skewMs);
  const parts = await start(settings, clock, skewMs, surroundings);
  if (!settings.installed) return faceOf(parts);
  try {
    await bringUp(parts);
    return faceOf(parts);
  } catch (error) {
    await stop(parts);
    throw error;
  }
}

/** Everything a sandbox is made of, running. */
interface Parts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly world: ReadonlyMap<string, WorldCluster>;
  readonly hub: ApiServer;
  readonly users: ReturnType<typeof createUsers>;
  readonly requests: RequestLog;
  readonly metrics: MetricsStore;
  readonly ruler: Ruler;
  readonly grafanas: Grafanas;
  readonly objectStore: SandboxStore;
  readonly doors: Doors;
  readonly controllers: Controllers;
  readonly ailments: AilmentBook;
}

async function start(
  settings: Settings,
  clock: Clock,
  skewMs: number,
  { log, served = false }: SandboxSurroundings,
): Promise<Parts> {
  const { seed, faults, speed, version } = settings;
  // Before anything sleeps: virtual time would pass meanwhile.
  const certificates = await makeCertificates(clock.now());
  const requests = createRequestLog(clock);
  const users = createUsers();
  const metrics = createMetricsStore();
  const lookback = (): number => lookbackOf(hub);
  const ruler = createRuler({ store: metrics, clock, lookback, intervalMs: (seconds) => (seconds * 1000) / speed });
  const query = queryProxy(() => hub, { store: metrics, clock, lookback, rules: ruler.groups });
  const grafanas = createGrafanas({ hub: () => hub, clock, exclusive: atLeast(version, '2.17') });
  const proxies: ProxyHook = async (request) => (await query(request)) ?? grafanas.proxy(request);
  const webhook = observabilityWebhook({ features: featuresOf(version), hub: () => adminOf(hub, clock) });
  const filled = { ...settings, clock, acmVersion: version.text, tokens: users.tokens, proxies, admission: [webhook] };
  const world = buildWorld(filled);
  const hub = find(world, settings.scenario.clusters[0]?.name ?? '').server;
  const objectStore = await startObjectStore(seed, skewMs, requests);
  const doors = createDoors({ world, clock, requests, seed, faults });
  const ailments = createAilments();
  const controllers = startControllers({
    world,
    settings,
    clock,
    metrics,
    ruler,
    offline: doors.isOffline,
    ailments,
    certificates,
    probeStore: async (config) => objectStore.probe(config),
    ...(served && { pace: createPace() }),
    ...(log && { log }),
  });
  return {
    settings,
    clock,
    world,
    hub,
    users,
    requests,
    metrics,
    ruler,
    grafanas,
    objectStore,
    doors,
    controllers,
    ailments,
  };
}

async function bringUp({ settings, clock, hub, metrics, objectStore, controllers }: Parts): Promise<void> {
  const { addonArchitecture, speed } = settings;
  const { s3, store } = objectStore;
  s3.bucket(store.bucket, { owner: storeAccount, region: store.region });
  const sending = (): Set<string> => new Set([...metrics.series('up')].map(({ labels }) => labels.cluster ?? ''));
  // An hour in life; never less than what a slow machine needs, on which one process plays them all.
  const deadlineMs = Math.max(60_000, 3_600_000 / speed) + controllers.expected.length * 1_000;
  await install({ hub, clock, store, addonArchitecture, sending, expected: controllers.expected, deadlineMs });
}

function faceOf(parts: Parts): Sandbox {
  const { clock, world, hub, users, requests, metrics, grafanas, objectStore, doors, controllers, ailments } = parts;
  const serverOf = (name: string): ApiServer => find(world, name).server;
  const people = createPeople(serverOf, clock);
  const setOffline = (name: string, offline: boolean): void => {
    doors.setOffline(find(world, name).spec.name, offline);
    controllers.setOnline(name, !offline);
  };
  const client = (name: string): ControllerClient => adminOf(serverOf(name), clock);
  const pass = (seconds: number): Promise<void> => clock.sleep((seconds * 1000) / parts.settings.speed);
  return {
    hub,
    clusters: [...world.keys()].filter((name) => name !== hub.name),
    managed: serverOf,
    endpoint: (name = hub.name) => doors.endpoint(name),
    transport: (name, token = users.admin) => withToken(doors.endpoint(name) ?? serverOf(name).transport(), token),
    token: users.admin,
    addUser: users.add,
    s3: objectStore.s3,
    store: objectStore.store,
    metrics,
    requests,
    visitGrafana: grafanas.visit,
    people,
    ailments,
    bring: async (name, cluster) => {
      const state = states[name];
      if (state === undefined) throw new RangeError(`there is no state ${name}`);
      const victim = cluster ?? [...world.keys()].at(-1) ?? hub.name;
      const { s3, store } = objectStore;
      const site = { hub: hub.name, victim, people, ailments, s3, store, metrics, client, setOffline, pass };
      await state.cause({ ...site, now: () => clock.now() });
    },
    setOffline,
    stop: () => stop(parts),
  };
}

async function stop({ controllers, ruler, world, objectStore }: Parts): Promise<void> {
  await controllers.stop();
  await ruler.stop();
  for (const { server } of world.values()) server.close();
  await objectStore.s3.close();
}

/** The hub as its own operator sees it. */
function adminOf(hub: ApiServer, clock: Clock): ControllerClient {
  return createControllerClient({ name: hub.name, transport: hub.transport({ user: clusterAdmin }), clock });
}

function find(world: ReadonlyMap<string, WorldCluster>, name: string): WorldCluster {
  const found = world.get(name);
  if (found === undefined) throw new RangeError(`the sandbox has no cluster ${name}`);
  return found;
}

function createUsers() {
  const tokens = new Map<string, User>();
  const add = (user: User): string => {
    const token = `sandbox-${randomBytes(24).toString('base64url')}`;
    tokens.set(token, user);
    return token;
  };
  return { tokens, add, admin: add({ ...clusterAdmin, name: 'kube:admin' }) };
}
