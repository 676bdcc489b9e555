/** What OpenShift itself does on the hub for observability: gives Routes their hosts, and fills token Secrets. */
import { type Route, RouteKind, type Secret, SecretKind } from '../../kinds.ts';
import type { Clock } from '../../ports.ts';
import type { Delays } from './delays.ts';
import type { Informers } from './informer.ts';
import { hubNamespace } from './names.ts';
import { secretData, timestamp } from './objects.ts';
import { chance } from './random.ts';
import { type Log, type Running, startController, watching } from './runtime.ts';

export interface HubPlatformOptions {
  readonly informers: Informers;
  readonly clock: Clock;
  readonly delays: Delays;
  /** `apps.hub.example.com` */
  readonly appsDomain: string;
  readonly seed: number;
  readonly log?: Log;
}

const tokenType = 'kubernetes.io/service-account-token';

/** Starts router and token controller for the namespace of observability. */
export function startHubPlatform({ informers, clock, delays, appsDomain, seed, log }: HubPlatformOptions): Running {
  const { client } = informers;
  const routes = informers.of(RouteKind);
  const secrets = informers.of(SecretKind);

  const admit = async (route: Route): Promise<void> => {
    if (route.status?.ingress?.some(({ host }) => host)) return;
    const host = `${route.metadata.name}-${hubNamespace}.${appsDomain}`;
    const admitted = { type: 'Admitted', status: 'True', lastTransitionTime: timestamp(clock.now()) };
    const ingress = [{ host, routerName: 'default', conditions: [admitted] }];
    await client.as('openshift-router').status(RouteKind, { ...route, status: { ingress } } as Route);
  };
  const fill = async (secret: Secret): Promise<void> => {
    if (secret.type !== tokenType || secret.data?.token !== undefined) return;
    const token = `sandbox-token-${chance(seed, secret.metadata.uid ?? '')
      .toString(36)
      .slice(2)}`;
    const data = secretData({ 'ca.crt': 'sandbox CA', namespace: hubNamespace, token });
    await client.as('kube-controller-manager').replace(SecretKind, { ...secret, data });
  };
  return startController({
    name: 'openshift',
    cluster: client.name,
    clock,
    delays,
    ...(log && { log }),
    watches: [
      watching(
        routes,
        ({ type, object }) => (type === 'present' ? [`route ${object.metadata.name}`] : []),
        hubNamespace,
      ),
      watching(
        secrets,
        ({ type, object }) => (type === 'present' ? [`secret ${object.metadata.name}`] : []),
        hubNamespace,
      ),
    ],
    reconcile: async (key) => {
      const [kind, name = ''] = key.split(' ');
      const route = kind === 'route' ? routes.get({ namespace: hubNamespace, name }) : undefined;
      const secret = kind === 'secret' ? secrets.get({ namespace: hubNamespace, name }) : undefined;
      if (route !== undefined) await admit(route);
      if (secret !== undefined) await fill(secret);
      return undefined;
    },
  });
}
