/** Whether Thanos would start: it reads its store's configuration strictly, and its rules as they are (acm.md §2, §7.2). */
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { ConfigMapKind, type Pod } from '../../../kinds.ts';
import type { ControllerClient } from '../client.ts';
import type { StartCheck } from '../kubelet/index.ts';
import { customRules, hubNamespace } from '../names.ts';
import { isRecord } from '../objects.ts';

/** Asks a store whether this configuration opens it; the line Thanos would log when not. */
export type StoreProbe = (config: StoreConfig) => Promise<string | undefined>;

/** The `config` of a `thanos.yaml` of type S3. */
export interface StoreConfig {
  readonly bucket: string;
  readonly endpoint: string;
  readonly region?: string;
  readonly insecure: boolean;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Keys Thanos knows below `config` of an S3 store; any other stops it. */
const s3Keys = new Set([
  'bucket',
  'endpoint',
  'region',
  'disable_dualstack',
  'aws_sdk_auth',
  'access_key',
  'insecure',
  'signature_version2',
  'secret_key',
  'session_token',
  'put_user_metadata',
  'http_config',
  'trace',
  'list_objects_version',
  'bucket_lookup_type',
  'send_content_md5',
  'disable_multipart',
  'part_size',
  'sse_config',
  'sts_endpoint',
  'max_retries',
]);

/** The line a Thanos component logs before it ends, or nothing when its store's configuration is fine. */
export async function storeObstacle(text: string, probe?: StoreProbe): Promise<string | undefined> {
  const document = attempt(() => parse(text) as unknown);
  if (!isRecord(document.value)) return `parsing config YAML file: ${document.error ?? 'not a mapping'}`;
  const { type, config } = document.value;
  if (String(type).toUpperCase() !== 'S3') return undefined;
  if (!isRecord(config)) return 'no s3 bucket in config file';
  const unknown = Object.keys(config).find((key) => !s3Keys.has(key));
  if (unknown !== undefined)
    return `create S3 bucket: yaml: unmarshal errors: field ${unknown} not found in type s3.Config`;
  const { bucket, endpoint, region, insecure, access_key: accessKey, secret_key: secretKey } = config;
  if (typeof bucket !== 'string' || typeof endpoint !== 'string') return 'no s3 bucket or endpoint in config file';
  if (endpoint.includes('/')) return 'create S3 bucket: Endpoint url cannot have fully qualified paths.';
  return await probe?.({
    bucket,
    endpoint,
    ...(typeof region === 'string' && { region }),
    insecure: insecure === true,
    accessKey: String(accessKey ?? ''),
    secretKey: String(secretKey ?? ''),
  });
}

/** Why a rule file would not load, or nothing. */
export function rulesObstacle(text: string): string | undefined {
  const { value, error } = attempt(() => parse(text, { uniqueKeys: true }) as unknown);
  if (error !== undefined) return error;
  if (value === null || value === undefined) return undefined;
  if (!isRecord(value)) return 'the file is not a mapping';
  // Beside `groups` it takes any key; below, none it does not know.
  const groups = value.groups ?? [];
  if (!Array.isArray(groups)) return 'groups is not a list';
  const names = groups.filter(isRecord).map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return `groupname: "${twice}" is repeated in the same file`;
  return first(groups, groupObstacle);
}

const groupKeys = new Set(['name', 'interval', 'query_offset', 'limit', 'rules', 'partial_response_strategy']);
const ruleKeys = new Set(['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations']);
const unknownKey = (known: ReadonlySet<string>, value: object) => Object.keys(value).find((key) => !known.has(key));

function groupObstacle(group: unknown): string | undefined {
  if (!isRecord(group) || typeof group.name !== 'string' || group.name === '') return 'Groupname must not be empty';
  const odd = unknownKey(groupKeys, group);
  if (odd !== undefined) return `field ${odd} not found in type rulefmt.RuleGroup`;
  const rules = group.rules ?? [];
  if (!Array.isArray(rules)) return `group "${group.name}": rules is not a list`;
  return first(rules, (rule) => ruleObstacle(String(group.name), rule));
}

function ruleObstacle(group: string, rule: unknown): string | undefined {
  const where = `group "${group}"`;
  if (!isRecord(rule)) return `${where}: a rule is not a mapping`;
  const odd = unknownKey(ruleKeys, rule);
  if (odd !== undefined) return `field ${odd} not found in type rulefmt.RuleNode`;
  const { record, alert, expr } = rule;
  if ((record === undefined) === (alert === undefined)) return `${where}: one of 'record' and 'alert' must be set`;
  if (typeof expr !== 'string' || expr.trim() === '') return `${where}: field 'expr' must be set in rule`;
  return isPromQL(expr) ? undefined : `${where}, rule "${record ?? alert}": could not parse expression`;
}

/** Whether an expression is PromQL. */
export function isPromQL(expression: string): boolean {
  let fine = expression.trim() !== '';
  parser.parse(expression).iterate({
    enter: ({ type }) => {
      if (type.isError) fine = false;
    },
  });
  return fine;
}

/** The name of a Thanos component's Pod: `thanos-rule`, `thanos-store`, … */
export function componentOf(pod: Pod): string | undefined {
  return pod.metadata.labels?.['app.kubernetes.io/name'];
}

function first<T>(items: readonly unknown[], find: (item: unknown) => T | undefined): T | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function attempt<T>(work: () => T): { readonly value?: T; readonly error?: string } {
  try {
    return { value: work() };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** Thanos reads its store's configuration from the environment, its rules from a file, both at the start. */
export function thanosCheck(client: ControllerClient, probe: StoreProbe | undefined): StartCheck {
  return async (pod: Pod, env) => {
    const component = componentOf(pod);
    if (component === 'thanos-rule') {
      const custom = await client.get(ConfigMapKind, { name: customRules, namespace: hubNamespace });
      const obstacle = custom && rulesObstacle(custom.data?.['custom_rules.yaml'] ?? 'groups: missing');
      if (obstacle !== undefined) return `error executing rules: ${obstacle}`;
    }
    const config = env.OBJSTORE_CONFIG;
    return config === undefined ? undefined : await storeObstacle(config, probe);
  };
}
