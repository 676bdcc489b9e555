/**
 * The operator's admission webhook for MultiClusterObservability (measured.md §1.1, acm.md §1.6): to 2.14 it minds changes of
 * volume sizes, from 2.15 to 2.17 it is called and refuses nothing, from 5.0 it also wants the object storage Secret.
 */
import {
  DeploymentKind,
  type KubeObject,
  type MultiClusterObservability,
  SecretKind,
  type StorageClass,
  StorageClassKind,
} from '../../kinds.ts';
import { ApiError } from '../../ports.ts';
import type { AdmissionReview } from '../api/index.ts';
import type { ControllerPort } from './client.ts';
import { isDefaultClass } from './kubelet/volumes.ts';
import { hubNamespace, operatorName } from './names.ts';
import { isRecord, secretText } from './objects.ts';
import { configurationProblem } from './observability-operator/storage.ts';
import type { Features } from './versions.ts';

export interface WebhookOptions {
  readonly features: Features;
  /** The hub, to look Secrets and storage classes up. Needed only when the first CR is written. */
  readonly hub: () => ControllerPort;
  /** Where the operator's Deployment is; `open-cluster-management` unless told. */
  readonly operatorNamespace?: string;
}

const webhook = 'vmulticlusterobservability.observability.open-cluster-management.io';

/** A hook for the hub's API server. */
export function observabilityWebhook({ features, hub, operatorNamespace = 'open-cluster-management' }: WebhookOptions) {
  return async (review: AdmissionReview): Promise<void> => {
    const { type, subresource, operation, object, oldObject } = review;
    if (type.kind !== 'MultiClusterObservability' || subresource !== undefined || object === undefined) return;
    if (operation === 'DELETE') return;
    await answered(hub(), operatorNamespace);
    if (features.webhook === 'inert') return;
    if (features.webhook === 'full' && object.metadata.deletionTimestamp !== undefined) return;
    if (features.webhook === 'full') await checkSecret(hub(), object);
    if (operation === 'UPDATE' && oldObject !== undefined) await checkSizes(hub(), oldObject, object);
  };
}

/** Without the operator's Pod nobody answers, and no CR can be written. */
async function answered(hub: ControllerPort, namespace: string): Promise<void> {
  const operator = await hub.get(DeploymentKind, { name: operatorName, namespace });
  if ((operator?.status?.readyReplicas ?? 0) > 0) return;
  const service = 'multicluster-observability-webhook-service';
  throw new ApiError(
    500,
    'InternalError',
    `Internal error occurred: failed calling webhook "${webhook}": failed to call webhook: Post "https://${service}.${namespace}.svc:443/validate?timeout=10s": no endpoints available for service "${service}"`,
  );
}

function denied(status: number, reason: string, message: string): ApiError {
  return new ApiError(status, reason, `admission webhook "${webhook}" denied the request: ${message}`);
}

const sizes = [
  'alertmanagerStorageSize',
  'compactStorageSize',
  'receiveStorageSize',
  'ruleStorageSize',
  'storeStorageSize',
] as const;

async function checkSizes(hub: ControllerPort, before: KubeObject, after: KubeObject): Promise<void> {
  const classes = await hub.list(StorageClassKind);
  const storageClass = selectedClass(classes, storageOf(before).storageClass);
  if (storageClass === undefined)
    throw denied(500, 'InternalError', 'failed to get default storage class: no default storage class found');
  if (storageClass.allowVolumeExpansion === true) return;
  const changed = sizes.filter((size) => storageOf(before)[size] !== storageOf(after)[size]);
  if (changed.length === 0) return;
  const fields = changed.map((size) => `spec.storageConfig.${size}: Forbidden: is forbidden to update.`);
  const name = `MultiClusterObservability.observability.open-cluster-management.io "${after.metadata.name}"`;
  throw denied(422, 'Invalid', `${name} is invalid: ${fields.join(', ')}`);
}

function storageOf({ spec }: KubeObject): Record<string, unknown> {
  return isRecord(spec) && isRecord(spec.storageConfig) ? spec.storageConfig : {};
}

function selectedClass(classes: readonly StorageClass[], wanted: unknown): StorageClass | undefined {
  return classes.find(({ metadata }) => metadata.name === wanted) ?? classes.find(isDefaultClass);
}

async function checkSecret(hub: ControllerPort, object: MultiClusterObservability): Promise<void> {
  const { name = '', key = '' } = object.spec?.storageConfig?.metricObjectStorage ?? {};
  const secret = name === '' ? undefined : await hub.get(SecretKind, { name, namespace: hubNamespace });
  if (secret === undefined)
    throw denied(403, 'Forbidden', `object storage secret not found in namespace ${hubNamespace}: "${name}"`);
  const text = secretText(secret, key);
  if (text === undefined) throw denied(403, 'Forbidden', `key '${key}' not found in secret '${name}'`);
  const problem = configurationProblem(text, true);
  if (problem !== undefined) throw denied(403, 'Forbidden', `invalid object storage configuration: ${problem}`);
}
