/** The objects of the development Grafana, each from its live counterpart of ACM's own (acm.md §10.2). Pure; never text. */
import { createHmac } from 'node:crypto';
import type {
  ConfigMap,
  Key,
  Kind,
  KubeObject,
  OAuthClient,
  PersistentVolumeClaim,
  Route,
  Secret,
  Service,
  Workload,
} from '../../kinds.ts';
import { isRecord } from '../diff.ts';
import { marks } from '../marks.ts';
import { devApp, development, devName } from './names.ts';
import { devPodSpec } from './pod.ts';

/** Annotation of the Pod: changes with what its containers read only once, at their start. */
const configurationMark = 'acm-observability/configuration';
/** Key of the Secret the OAuth client's secret is kept in. */
export const clientSecretKey = 'client-secret';

type Annotations = Record<string, string>;

function object<T extends KubeObject>(
  place: { kind: Kind<T>; key: Key },
  fields: object,
  annotations?: Annotations,
): T {
  const { kind, key } = place;
  const metadata = { ...key, ...(annotations === undefined ? {} : { annotations }) };
  // What is built here has the shape of its kind; what is copied has come from the API.
  return { apiVersion: kind.apiVersion, kind: kind.kind, metadata, ...fields } as T;
}

/** The annotations whose names match: the others are about the original. */
function annotationsLike(source: KubeObject, pattern: RegExp): Annotations {
  return Object.fromEntries(Object.entries(source.metadata.annotations ?? {}).filter(([name]) => pattern.test(name)));
}

export function oauthSecret(secret: string): Secret {
  return object(development.oauth, { type: 'Opaque', data: { [clientSecretKey]: base64(secret) } });
}

/** The text of a Secret's key. */
export function textOf(secret: Secret | undefined, key: string): string | undefined {
  const value = secret?.data?.[key];
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

export function account(): KubeObject {
  const reference = { kind: 'OAuthRedirectReference', apiVersion: 'v1', reference: { kind: 'Route', name: devName } };
  return object(
    development.account,
    {},
    {
      'serviceaccounts.openshift.io/oauth-redirectreference.grafana': JSON.stringify(reference),
    },
  );
}

/** Without the labels by which ACM deletes its own bindings (acm.md §12.1). */
export function binding(production: KubeObject): KubeObject {
  const { namespace, name } = development.account.key;
  const subjects = [{ kind: 'ServiceAccount', name, namespace }];
  return object(development.binding, { roleRef: production.roleRef, subjects });
}

/** The router chooses the host; certificates of the original are for the original's. */
export function route(production: Route): Route {
  const { port, tls } = production.spec ?? {};
  const kept = ['termination', 'insecureEdgeTerminationPolicy', 'destinationCACertificate'];
  const fields = Object.fromEntries(Object.entries(tls ?? {}).filter(([name]) => kept.includes(name)));
  const to = { kind: 'Service', name: devName, weight: 100 };
  const spec = { to, ...(port && { port }), ...(tls && { tls: fields }) };
  return object(development.route, { spec }, annotationsLike(production, /^haproxy\.router\.openshift\.io\//));
}

/** The host a router has admitted; `undefined` while there is none. */
export function admittedHost(route: Route | undefined): string | undefined {
  const admitted = route?.status?.ingress?.find(({ conditions = [] }) =>
    conditions.some(({ type, status }) => type === 'Admitted' && status === 'True'),
  );
  return admitted?.host;
}

const rootUrl = /^(\s*root_url\s*=).*$/m;

/** Whether the configuration names the host people come by. */
export function namesHost(production: Secret): boolean {
  return rootUrl.test(textOf(production, 'grafana.ini') ?? '');
}

/** `grafana.ini` as it is, but for the URL people come by. */
export function configuration(production: Secret, host: string | undefined): Secret {
  const ini = textOf(production, 'grafana.ini') ?? '';
  const own = host === undefined ? ini : ini.replace(rootUrl, (_, key: string) => `${key} https://${host}/`);
  return object(development.configuration, { type: 'Opaque', data: { 'grafana.ini': base64(own) } });
}

export function service(production: Service): Service {
  const ports = (production.spec?.ports ?? []).map(({ name, port, targetPort, protocol }) => ({
    ...(name && { name }),
    port,
    ...(targetPort && { targetPort }),
    ...(protocol && { protocol }),
  }));
  const certificate = /^service\.(alpha|beta)\.openshift\.io\/serving-cert-secret-name$/;
  const annotations = Object.fromEntries(
    Object.keys(annotationsLike(production, certificate)).map((name) => [name, 'grafana-tls-dev']),
  );
  return object(development.service, { spec: { ports, selector: { app: devApp } } }, annotations);
}

/** One that is there keeps its class and its size: neither can be changed, and somebody may have enlarged it. */
export function volume(
  live: PersistentVolumeClaim | undefined,
  wantedClass: string | undefined,
): PersistentVolumeClaim {
  const storageClass = live === undefined ? wantedClass : live.spec?.storageClassName;
  return object(development.volume, {
    spec: {
      accessModes: live?.spec?.accessModes ?? ['ReadWriteOnce'],
      resources: { requests: { storage: live?.spec?.resources?.requests?.storage ?? '1Gi' } },
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    },
  });
}

export function client(production: OAuthClient, host: string, secret: string): OAuthClient {
  const { grantMethod = 'auto' } = production;
  return object(development.client, { grantMethod, secret, redirectURIs: [`https://${host}`] });
}

export interface DeploymentInputs {
  readonly production: Workload;
  readonly configuration: Secret;
  readonly clientSecret: string;
  /** `2.14.1` */
  readonly acmVersion: string;
}

/** Stamped with the release it was built from, so that an upgrade of ACM shows. */
export function deployment({ production, acmVersion, ...read }: DeploymentInputs): Workload {
  const spec = fieldsOf(production.spec);
  const template = fieldsOf(spec.template);
  const { labels } = fieldsOf(template.metadata);
  const fields = {
    replicas: 1,
    // One volume, one writer: the old Pod goes before the new one comes.
    strategy: { type: 'Recreate' },
    selector: { matchLabels: { ...fieldsOf(fieldsOf(spec.selector).matchLabels), app: devApp } },
    template: {
      metadata: {
        labels: { ...fieldsOf(labels), app: devApp },
        annotations: { [configurationMark]: fingerprint(read.configuration, read.clientSecret) },
      },
      spec: devPodSpec(fieldsOf(template.spec)),
    },
  };
  return object(development.deployment, { spec: fields }, { [marks.builtFrom]: `ACM ${acmVersion}` });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

/** Tells that something has changed, and nothing else: keyed, so that nobody can try values. */
function fingerprint({ data = {} }: Pick<ConfigMap, 'data'>, key: string): string {
  return createHmac('sha256', key).update(JSON.stringify(data)).digest('hex').slice(0, 16);
}
