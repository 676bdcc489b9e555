/** `thanos.yaml`: what Thanos needs to know about the store, and nothing it does not know (acm.md §2). */
import { parse, stringify, YAMLParseError } from 'yaml';
import type { Config } from '../config/config.ts';
import { Problem } from '../engine/problem.ts';
import { isRecord } from './diff.ts';

/** Where the CA is mounted in the Thanos pods; both TLS fields of the object must be set (acm.md §2.3). */
export const tlsMountPath = '/etc/minio/certs';
export const tlsSecretName = 'thanos-object-storage-tls';
export const tlsKey = 'ca.crt';
/** Key of the secret that holds the configuration. */
export const thanosKey = 'thanos.yaml';

export interface ThanosInput {
  readonly storage: Config['storage'];
  readonly accessKey: string;
  readonly secretKey: string;
  /** The store has a private CA, which is mounted. */
  readonly privateCa: boolean;
}

/** The text of `thanos.yaml`, in a fixed order: the same input is the same text. Holds secrets. */
export function thanosYaml({ storage, accessKey, secretKey, privateCa }: ThanosInput): string {
  const { endpoint, insecure } = endpointOf(storage);
  const config = {
    bucket: storage.bucket,
    endpoint,
    insecure,
    ...(storage.region === undefined ? {} : { region: storage.region }),
    // Stores other than AWS rarely answer to bucket names in the host.
    ...(storage.endpoint === undefined ? {} : { bucket_lookup_type: 'path' }),
    access_key: accessKey,
    secret_key: secretKey,
    ...(privateCa ? { http_config: { tls_config: { ca_file: `${tlsMountPath}/${tlsKey}` } } } : {}),
  };
  return stringify({ type: 's3', config }, { lineWidth: 0 });
}

/** `host[:port]` as Thanos wants it, and whether it is plain HTTP: the scheme decides. */
export function endpointOf(storage: Config['storage']): { endpoint: string; insecure: boolean } {
  if (storage.endpoint === undefined) {
    // acm.md §2: AWS names its endpoint by region.
    return { endpoint: `s3.${storage.region ?? 'us-east-1'}.amazonaws.com`, insecure: false };
  }
  if (!URL.canParse(storage.endpoint)) {
    throw new Problem('configuration-invalid', `storage.endpoint ${storage.endpoint} is not a URL`);
  }
  const url = new URL(storage.endpoint);
  return { endpoint: url.host, insecure: url.protocol === 'http:' };
}

/** What Thanos takes below `config` of an S3 store; with any other key its pods end at their start (acm.md §2.2). */
const s3Keys = new Set([
  'access_key',
  'aws_sdk_auth',
  'bucket',
  'bucket_lookup_type',
  'disable_dualstack',
  'disable_multipart',
  'endpoint',
  'http_config',
  'insecure',
  'list_objects_version',
  'max_retries',
  'part_size',
  'put_user_metadata',
  'region',
  'secret_key',
  'send_content_md5',
  'session_token',
  'signature_version2',
  'sse_config',
  'sts_endpoint',
  'trace',
]);

/** What a `thanos.yaml` says about an S3 store. Holds secrets. */
export interface LiveStore {
  readonly bucket: string;
  readonly region?: string;
  /** URL */
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** `undefined` when it is another kind of store, or one without static keys. @throws Problem `thanos-yaml-invalid`. */
export function parseThanosYaml(text: string): LiveStore | undefined {
  const invalid = (why: string) => new Problem('thanos-yaml-invalid', why);
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    // The parser's message may quote the text, which holds secrets.
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    throw invalid(`it does not parse${line === undefined ? '' : `: line ${line}`}`);
  }
  if (!isRecord(value) || typeof value.type !== 'string') throw invalid('it has no type');
  if (value.type.toLowerCase() !== 's3') return undefined;
  if (!isRecord(value.config)) throw invalid('it has no config');
  const odd = Object.keys(value.config).find((key) => !s3Keys.has(key));
  if (odd !== undefined) throw invalid(`Thanos does not know config.${odd}`);
  const { bucket, endpoint, region, insecure, access_key: accessKey, secret_key: secretKey } = value.config;
  if (typeof bucket !== 'string' || typeof endpoint !== 'string') throw invalid('it lacks the bucket or the endpoint');
  // acm.md §2.2: pods log "Endpoint url cannot have fully qualified paths" and die.
  if (!/^[^/:]+(:\d+)?$/.test(endpoint)) throw invalid(`the endpoint ${endpoint} is not host[:port]`);
  if (typeof accessKey !== 'string' || typeof secretKey !== 'string') return undefined;
  return {
    bucket,
    endpoint: `${insecure === true ? 'http' : 'https'}://${endpoint}`,
    ...(typeof region === 'string' ? { region } : {}),
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
  };
}
