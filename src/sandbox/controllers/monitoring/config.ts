/**
 * The text in `cluster-monitoring-config` and its user-workload twin, as the two operators on a cluster read and write it.
 * Pure. The known keys are those of OpenShift's monitoring stack (transport.md §10.1).
 */
import { isMap, isScalar, type Node, parseDocument, stringify } from 'yaml';
import { isRecord } from '../objects.ts';

export type Config = Record<string, unknown>;

/** Text the reader could make nothing of. */
export class ConfigError extends Error {}

/** Reads the text as a mapping, forgiving duplicate keys (the last counts). Throws {@link ConfigError}. */
export function parseConfig(text: string): Config {
  const document = parseDocument(text, { version: '1.1', uniqueKeys: false });
  const [error] = document.errors;
  if (error !== undefined) throw new ConfigError(error.message.split('\n')[0]?.replace(/:$/, '') ?? 'invalid YAML');
  const value: unknown = document.toJS();
  if (value === null || value === undefined) return {};
  if (!isRecord(value)) throw new ConfigError('cannot unmarshal into a configuration: not a mapping');
  return value;
}

/** Keys sorted, comments and quoting gone: how a Go program writes it. */
export function formatConfig(config: Config): string {
  return Object.keys(config).length === 0
    ? '{}\n'
    : stringify(config, { sortMapEntries: true, indentSeq: false, lineWidth: 0 });
}

const component = [
  'nodeSelector',
  'tolerations',
  'resources',
  'topologySpreadConstraints',
  'logLevel',
  'volumeClaimTemplate',
];

/** Top-level keys, and the keys below those whose parts the operators know one by one. */
const known: Readonly<Record<string, readonly string[] | undefined>> = {
  alertmanagerMain: [...component, 'enabled', 'enableUserAlertmanagerConfig', 'secrets'],
  enableUserWorkload: undefined,
  http: undefined,
  k8sPrometheusAdapter: undefined,
  kubeStateMetrics: component,
  metricsServer: [...component, 'audit'],
  monitoringPlugin: component,
  nodeExporter: ['collectors', 'ignoredNetworkDevices', 'maxProcs', 'resources'],
  openshiftStateMetrics: component,
  prometheusK8s: [
    ...component,
    'additionalAlertmanagerConfigs',
    'collectionProfile',
    'enforcedBodySizeLimit',
    'externalLabels',
    'queryLogFile',
    'remoteWrite',
    'retention',
    'retentionSize',
  ],
  prometheusOperator: component,
  prometheusOperatorAdmissionWebhook: component,
  telemeterClient: [...component, 'enabled', 'clusterID', 'telemeterServerURL', 'token'],
  thanosQuerier: [...component, 'enableRequestLogging', 'enableCORS'],
  userWorkload: ['rulesWithoutLabelEnforcementAllowed'],
};

/** The configuration without what a non-strict reader does not know. */
export function withoutUnknown(config: Config): Config {
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => Object.hasOwn(known, key))
      .map(([key, value]) => {
        const parts = known[key];
        if (parts === undefined || !isRecord(value)) return [key, value];
        return [key, Object.fromEntries(Object.entries(value).filter(([part]) => parts.includes(part)))];
      }),
  );
}

/** How strictly the monitoring operator of an OpenShift version reads (transport.md §10.2). */
export interface Strictness {
  readonly unknown: 'ignored' | 'not upgradeable' | 'error';
  readonly sameCase: boolean;
  /** Failed attempts in a row before the ClusterOperator tells. */
  readonly attempts: number;
}

/** By OpenShift version, as `4.16.3`. */
export function strictnessOf(openshiftVersion: string): Strictness {
  const minor = Number(openshiftVersion.split('.')[1] ?? 0);
  return {
    unknown: minor >= 18 ? 'error' : minor === 17 ? 'not upgradeable' : 'ignored',
    sameCase: minor >= 19,
    attempts: minor >= 17 ? 4 : 3,
  };
}

export interface Read {
  readonly userWorkload: boolean;
  /** An unknown key that will stop an upgrade. */
  readonly warning?: string;
}

/** What the monitoring operator understands. Throws {@link ConfigError} where it would not go on. */
export function readAsOperator(text: string, strictness: Strictness): Read {
  const config = parseConfig(text);
  const odd = unknownKey(config, strictness) ?? duplicateKey(text);
  if (odd !== undefined && strictness.unknown === 'error')
    throw new ConfigError(`error unmarshaling: unknown or duplicate field "${odd}"`);
  const flag = Object.entries(config).find(([key]) => sameKey(key, 'enableUserWorkload', strictness))?.[1] ?? false;
  if (typeof flag !== 'boolean' && flag !== null)
    throw new ConfigError('cannot unmarshal into field enableUserWorkload of type bool');
  return {
    userWorkload: flag === true,
    ...(odd !== undefined && strictness.unknown === 'not upgradeable' && { warning: `unknown field "${odd}"` }),
  };
}

function sameKey(key: string, wanted: string, { sameCase }: Strictness): boolean {
  return sameCase ? key === wanted : key.toLowerCase() === wanted.toLowerCase();
}

function unknownKey(config: Config, strictness: Strictness): string | undefined {
  const find = (keys: readonly string[], key: string): boolean => keys.some((one) => sameKey(key, one, strictness));
  for (const [key, value] of Object.entries(config)) {
    if (!find(Object.keys(known), key)) return key;
    const parts = known[key];
    if (parts === undefined || !isRecord(value)) continue;
    const odd = Object.keys(value).find((part) => !find(parts, part));
    if (odd !== undefined) return `${key}.${odd}`;
  }
  return undefined;
}

function duplicateKey(text: string): string | undefined {
  const root: Node | null = parseDocument(text, { version: '1.1', uniqueKeys: false }).contents;
  if (!isMap(root)) return undefined;
  const keys = root.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''));
  return keys.find((key, at) => keys.indexOf(key) !== at);
}
