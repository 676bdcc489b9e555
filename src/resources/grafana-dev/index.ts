/** The development Grafana as resources, in the order they are made; it is taken away backwards. */
import { randomBytes } from 'node:crypto';
import type { Context } from '../../context.ts';
import { NotYet, Problem } from '../../engine/problem.ts';
import type { Right, RightsMode } from '../../engine/rights.ts';
import type { Resource } from '../../engine/step.ts';
import { observabilityNamespace } from '../../hub.ts';
import {
  ClusterRoleKind,
  describe,
  EventKind,
  type KubeObject,
  type OAuthClient,
  type PersistentVolumeClaim,
  PodKind,
  type Route,
  type Secret,
  StorageClassKind,
  type Workload,
} from '../../kinds.ts';
import type { Cluster } from '../../ports.ts';
import { isOurs } from '../ownership.ts';
import { on, optional } from '../rights.ts';
import { rolledOut, whyNotReady } from '../workloads.ts';
import { grafanaAdmins } from './admins.ts';
import * as build from './build.ts';
import { development } from './names.ts';
import { type Place, production, type Read, reader } from './production.ts';
import { type DevObjectOptions, devObject, step } from './resource.ts';

export interface GrafanaDevOptions {
  /** Removing: also what another tool left under these names. */
  readonly removesLeftovers: boolean;
}

interface Parts {
  readonly context: Context;
  readonly read: Read;
  /** One of its objects; `desired` may be told what else it reads. */
  make<T extends KubeObject>(
    place: Place<T>,
    reads: readonly Place[],
    rest: Pick<DevObjectOptions<T>, 'desired' | 'ready' | 'keepsContent' | 'reads' | 'warnings'>,
  ): Resource;
}

export function grafanaDevResources(context: Context, { removesLeftovers }: GrafanaDevOptions): Resource[] {
  const { cluster, settings } = context;
  const parts: Parts = {
    context,
    read: reader(cluster),
    make: ({ kind, key }, reads, rest) =>
      devObject({
        cluster,
        kind,
        key,
        ...rest,
        reads: (mode) => [
          ...(mode === 'uninstall' ? [] : reads.flatMap((place) => on(cluster, place.kind, place.key, ['get']))),
          ...(rest.reads?.(mode) ?? []),
        ],
        forceConflicts: settings.forceConflicts,
        removesLeftovers,
      }),
  };
  const admins = context.config.grafana.admins.length > 0 ? [grafanaAdmins(context)] : [];
  return [...identity(parts), ...workload(parts), ...admins];
}

/**
 * What there is of it although the configuration does not ask for it. The first object to be made and the last to go tells.
 */
export async function grafanaDevLeft(context: Context): Promise<Resource[]> {
  const { kind, key } = development.oauth;
  const live = await context.cluster.get(kind, key);
  return live !== undefined && isOurs(live, step) ? grafanaDevResources(context, { removesLeftovers: false }) : [];
}

/** Who it is and how people come to it. */
function identity({ context, read, make }: Parts): Resource[] {
  const { oauth, account, binding, route } = development;
  return [
    make<Secret>(oauth, [], {
      // Random, and kept: the OAuth client has the same.
      desired: (live) =>
        build.oauthSecret(build.textOf(live, build.clientSecretKey) || randomBytes(32).toString('base64url')),
    }),
    make(account, [], { desired: () => build.account() }),
    make(binding, [production.binding], {
      desired: async () => build.binding(await read(production.binding)),
      reads: (mode) => (mode === 'apply' ? bindRights(context.cluster) : []),
    }),
    make<Route>(route, [production.route], {
      desired: async () => build.route(await read(production.route)),
      ready: (live) =>
        build.admittedHost(live) === undefined
          ? { state: 'waiting', message: 'no router has admitted it yet' }
          : { state: 'ready', note: `https://${build.admittedHost(live)}` },
    }),
  ];
}

/** Who binds a role must hold what it grants, or be allowed to bind it. */
function bindRights(cluster: Cluster): Right[] {
  const [right] = on(cluster, ClusterRoleKind, { name: 'open-cluster-management:grafana' }, ['get']);
  return right === undefined ? [] : [{ ...right, verb: 'bind' }];
}

function workload({ context, read, make }: Parts): Resource[] {
  const { cluster, config, hub } = context;
  const { configuration, service, volume, client, deployment, route, oauth } = development;
  const routeHost = () => host(cluster);
  return [
    make<Secret>(configuration, [production.configuration, route], {
      async desired() {
        const source = await read(production.configuration);
        return build.configuration(source, build.namesHost(source) ? await routeHost() : undefined);
      },
    }),
    make(service, [production.service], { desired: async () => build.service(await read(production.service)) }),
    make<PersistentVolumeClaim>(volume, [], {
      keepsContent: true,
      warnings: ['Its dashboards are on this volume: it stays until the development Grafana is removed.'],
      async desired(live) {
        const { storageClass } = config.observability;
        if (live === undefined) await requireStorageClass(cluster, storageClass);
        return build.volume(live, storageClass);
      },
      reads: (mode) => (mode === 'uninstall' || mode === 'verify' ? [] : on(cluster, StorageClassKind, {}, ['list'])),
    }),
    make<OAuthClient>(client, [production.client, route, oauth], {
      desired: async () => build.client(await read(production.client), await routeHost(), await clientSecret(cluster)),
    }),
    make<Workload>(deployment, [production.deployment, configuration, oauth], {
      async desired() {
        const kept = await cluster.get(configuration.kind, configuration.key);
        return build.deployment({
          production: await read(production.deployment),
          configuration: required(kept, configuration),
          clientSecret: await clientSecret(cluster),
          acmVersion: hub.acmVersion,
        });
      },
      ready: async (live) =>
        rolledOut(live)
          ? { state: 'ready' }
          : { state: 'waiting', message: await whyNotReady(cluster, observabilityNamespace, live) },
      reads: (mode) => podRights(cluster, mode),
    }),
  ];
}

async function host(cluster: Cluster): Promise<string> {
  const { kind, key } = development.route;
  const found = build.admittedHost(await cluster.get(kind, key));
  if (found === undefined) throw new NotYet(`${describe(kind, key)} has no host yet`);
  return found;
}

async function clientSecret(cluster: Cluster): Promise<string> {
  const { kind, key } = development.oauth;
  const secret = build.textOf(await cluster.get(kind, key), build.clientSecretKey);
  if (secret === undefined) throw new NotYet(`${describe(kind, key)} is not there yet`);
  return secret;
}

function required<T>(found: T | undefined, { kind, key }: Place): T {
  if (found === undefined) throw new NotYet(`${describe(kind, key)} is not there yet`);
  return found;
}

/** @throws Problem `storage-class-missing`: its volume would wait for ever. */
async function requireStorageClass(cluster: Cluster, name: string | undefined): Promise<void> {
  const classes = await cluster.list(StorageClassKind);
  const isDefault = ({ metadata }: KubeObject) =>
    metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
  if (classes.some((one) => (name === undefined ? isDefault(one) : one.metadata.name === name))) return;
  const known = classes.map(({ metadata }) => metadata.name).join(', ') || 'none';
  throw new Problem('storage-class-missing', `${name ?? 'no default class'} is not among ${known}`);
}

function podRights(cluster: Cluster, mode: RightsMode): Right[] {
  if (mode === 'uninstall') return [];
  const place = { namespace: observabilityNamespace };
  const looks = [...on(cluster, PodKind, place, ['list']), ...on(cluster, EventKind, place, ['list'])];
  return optional('why the development Grafana does not run', looks);
}
