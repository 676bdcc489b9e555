/** What the operator checks of the object storage Secret (acm.md §2.1). It never asks the store. */
import { parse } from 'yaml';
import type { Secret } from '../../../kinds.ts';
import { isRecord, secretText } from '../objects.ts';
import type { Features } from '../versions.ts';

export interface StorageProblem {
  readonly reason: 'ObjectStorageSecretNotFound' | 'ObjectStorageConfInvalid';
  readonly message: string;
}

/** What is wrong with the Secret the CR names, or nothing. */
export function storageProblem(
  secret: Secret | undefined,
  { name, key }: { readonly name: string; readonly key: string },
  conditions: Features['conditions'],
): StorageProblem | undefined {
  if (secret === undefined)
    return { reason: 'ObjectStorageSecretNotFound', message: `object storage secret ${name} not found` };
  const text = secretText(secret, key);
  const invalid = (message: string): StorageProblem => ({ reason: 'ObjectStorageConfInvalid', message });
  if (text === undefined)
    return invalid(`failed to found the object storage configuration key ${key} from secret ${name}`);
  const found = configurationProblem(text, conditions === 'exact');
  return found === undefined ? undefined : invalid(`object storage configuration is invalid: ${found}`);
}

/** What is wrong with a `thanos.yaml`; `lengths`: the bucket's name is measured too (from 2.16). */
export function configurationProblem(text: string, lengths: boolean): string | undefined {
  let document: unknown;
  try {
    document = parse(text);
  } catch {
    return 'failed to parse the configuration';
  }
  if (!isRecord(document)) return 'failed to parse the configuration';
  const config = isRecord(document.config) ? document.config : {};
  const missing = (field: string): boolean => typeof config[field] !== 'string' || config[field] === '';
  switch (String(document.type).toLowerCase()) {
    case 's3':
      if (missing('bucket')) return 'no s3 bucket in config file';
      if (missing('endpoint')) return 'no s3 endpoint in config file';
      return lengths ? bucketLength(String(config.bucket)) : undefined;
    case 'gcs':
      if (missing('bucket')) return 'no bucket as gcs bucket name in config file';
      if (missing('service_account')) return 'no service_account as google application credentials in config file';
      return lengths ? bucketLength(String(config.bucket)) : undefined;
    case 'azure': {
      const field = ['storage_account', 'storage_account_key', 'container', 'endpoint'].find(missing);
      return field === undefined ? undefined : `no ${field} in config file`;
    }
    default:
      return 'invalid object storage type config';
  }
}

function bucketLength(bucket: string): string | undefined {
  if (bucket.length < 3) return `bucket name '${bucket}' is too short (${bucket.length} characters), minimum is 3`;
  if (bucket.length > 63) return `bucket name '${bucket}' is too long (${bucket.length} characters), maximum is 63`;
  return undefined;
}
