/** The names of the development Grafana: those that ACM's own script gives, so that what it left is found (acm.md §10.2). */
import { observabilityNamespace as namespace } from '../../hub.ts';
import {
  ClusterRoleBindingKind,
  DeploymentKind,
  OAuthClientKind,
  PersistentVolumeClaimKind,
  RouteKind,
  SecretKind,
  ServiceAccountKind,
  ServiceKind,
} from '../../kinds.ts';

export const devName = 'grafana-dev';
/** Only ours: where the secret of the OAuth client is kept. */
export const oauthSecretName = 'grafana-dev-oauth';
/** The label its Service selects, and by which its Pod is found. */
export const devApp = 'multicluster-observability-grafana-dev';

/** How the Pods of each Grafana and its configuration are found. */
export const grafanaNames = {
  development: { app: devApp, configuration: 'grafana-dev-config' },
  production: { app: 'multicluster-observability-grafana', configuration: 'grafana-config' },
} as const;

const named = { namespace, name: devName };

export const development = {
  oauth: { kind: SecretKind, key: { namespace, name: oauthSecretName } },
  account: { kind: ServiceAccountKind, key: named },
  binding: { kind: ClusterRoleBindingKind, key: { name: 'open-cluster-management:grafana-crb-dev' } },
  route: { kind: RouteKind, key: named },
  configuration: { kind: SecretKind, key: { namespace, name: 'grafana-dev-config' } },
  service: { kind: ServiceKind, key: named },
  volume: { kind: PersistentVolumeClaimKind, key: named },
  client: { kind: OAuthClientKind, key: { name: 'grafana-proxy-client-dev' } },
  deployment: { kind: DeploymentKind, key: named },
} as const;
