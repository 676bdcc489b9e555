/** The operator's admission webhook as a server of its own, which a real API server calls. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { json } from 'node:stream/consumers';
import type { Kind, KubeObject } from '../../../src/kinds.ts';
import { ApiError, type Cluster } from '../../../src/ports.ts';
import { resourceTypes } from '../../../src/sandbox/api/kinds.ts';
import type { AdmissionHook, AdmissionReview } from '../../../src/sandbox/api/server.ts';
import { makeCertificates } from '../../../src/sandbox/serve/certificate.ts';

/** What we read of an `AdmissionReview`. */
interface Asked {
  readonly request: {
    readonly uid: string;
    readonly kind: { readonly kind: string };
    readonly operation: AdmissionReview['operation'];
    readonly subResource?: string;
    readonly namespace?: string;
    readonly name: string;
    readonly object: KubeObject | null;
    readonly oldObject: KubeObject | null;
    readonly dryRun?: boolean;
    readonly userInfo: { readonly username: string; readonly groups?: readonly string[] };
  };
}

export interface RunningWebhook {
  /** From now on this is asked; at first everything is allowed. */
  serve(hook: AdmissionHook): void;
  /** Reviews answered so far. */
  asked(): number;
  stop(): Promise<void>;
}

const name = 'vmulticlusterobservability.observability.open-cluster-management.io';
const ConfigurationKind: Kind = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  namespaced: false,
};

/** Serves on 127.0.0.1 with an authority of its own, and registers itself for MultiClusterObservability as ACM does. */
export async function startWebhook(cluster: Cluster): Promise<RunningWebhook> {
  const { ca, cert, key } = await makeCertificates(Date.now());
  let hook: AdmissionHook = () => {};
  let asked = 0;
  const server = createServer({ cert, key }, (request, response) => {
    void review(request, hook).then((answer) => {
      asked += 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a socket without a port');
  const url = `https://127.0.0.1:${address.port}/validate`;
  await cluster.create(ConfigurationKind, configuration(url, ca));
  return {
    serve: (next) => {
      hook = next;
    },
    asked: () => asked,
    stop: async () => {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

function configuration(url: string, ca: string): KubeObject & { webhooks: readonly object[] } {
  const rule = {
    apiGroups: ['observability.open-cluster-management.io'],
    apiVersions: ['v1beta2'],
    operations: ['CREATE', 'UPDATE'],
    resources: ['multiclusterobservabilities'],
  };
  const webhook = {
    name,
    clientConfig: { url, caBundle: Buffer.from(ca).toString('base64') },
    rules: [rule],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    failurePolicy: 'Fail',
  };
  const { apiVersion, kind } = ConfigurationKind;
  return { apiVersion, kind, metadata: { name: 'multicluster-observability-operator' }, webhooks: [webhook] };
}

async function review(message: IncomingMessage, hook: AdmissionHook): Promise<object> {
  const { request } = (await json(message)) as Asked;
  const type = resourceTypes.find(({ kind }) => kind === request.kind.kind);
  if (type === undefined) throw new Error(`nobody asked to review a ${request.kind.kind}`);
  const { operation, subResource: subresource, namespace, dryRun = false, userInfo } = request;
  const [object, oldObject] = [request.object ?? undefined, request.oldObject ?? undefined];
  const user = { name: userInfo.username, groups: userInfo.groups ?? [] };
  const answer = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' };
  try {
    await hook({ operation, type, subresource, namespace, name: request.name, object, oldObject, dryRun, user });
    return { ...answer, response: { uid: request.uid, allowed: true } };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { status: code, reason } = error;
    // The API server says by itself whose refusal it is.
    const text = error.message.replace(`admission webhook "${name}" denied the request: `, '');
    return { ...answer, response: { uid: request.uid, allowed: false, status: { code, reason, message: text } } };
  }
}
