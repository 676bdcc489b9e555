/** What the endpoint operator adds to a monitoring configuration, and takes out again (acm.md §5.4, measured.md §9). Pure. */
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../objects.ts';
import type { Features } from '../versions.ts';
import { type Config, formatConfig, parseConfig, withoutUnknown } from './config.ts';

/** Where alerts go, and how this cluster is called in them. */
export interface Forwarding {
  /** Host of the hub's Alertmanager, without scheme. */
  readonly alertmanager: string;
  readonly clusterID: string;
  /** Names of the Secrets with the token and the CA. */
  readonly secrets: { readonly accessor: string; readonly authority: string };
}

/** The Secrets' names carry the hub they belong to, by version. */
export function secretNames(
  suffix: Features['alertSecretSuffix'],
  hubID: string,
  cluster: string,
): Forwarding['secrets'] {
  // Without hyphens, so that the name cannot end in one; so short because a volume's name is made of it.
  const hub = hubID.replaceAll('-', '').slice(0, 19);
  const end = suffix === 'none' ? '' : `-${suffix === 'cluster' ? cluster : hub}`;
  return { accessor: `observability-alertmanager-accessor${end}`, authority: `hub-alertmanager-router-ca${end}` };
}

/** The part of the map that is written to: the platform's Prometheus, or that of user workloads. */
export type Part = 'prometheusK8s' | 'prometheus';

function entryOf({ alertmanager, secrets }: Forwarding): Record<string, unknown> {
  return {
    apiVersion: 'v2',
    bearerToken: { key: 'token', name: secrets.accessor },
    pathPrefix: '/',
    scheme: 'https',
    staticConfigs: [alertmanager],
    tlsConfig: { ca: { key: 'service-ca.crt', name: secrets.authority }, insecureSkipVerify: false },
  };
}

/** Recognised by the CA's Secret, whatever hub it is of. */
function isOurs(entry: unknown, { secrets }: Forwarding): boolean {
  const tls = isRecord(entry) && isRecord(entry.tlsConfig) ? entry.tlsConfig.ca : undefined;
  return isRecord(tls) && tls.name === secrets.authority;
}

const collectors = [
  'buddyinfo',
  'cpufreq',
  'ksmd',
  'mountstats',
  'netclass',
  'netdev',
  'processes',
  'systemd',
  'tcpstat',
] as const;

function section(config: Config, part: Part): Record<string, unknown> {
  const value = config[part];
  return isRecord(value) ? value : {};
}

function alertmanagers(config: Config, part: Part): unknown[] {
  const value = section(config, part).additionalAlertmanagerConfigs;
  return Array.isArray(value) ? value : [];
}

/**
 * The text with forwarding in it; `undefined` when it is there already, whatever else is in the text. A rewrite loses
 * comments and unknown keys. Throws `ConfigError` for text that is no mapping.
 */
export function withForwarding(text: string, part: Part, forwarding: Forwarding): string | undefined {
  const config = parseConfig(text);
  const present = alertmanagers(config, part);
  const labels = section(config, part).externalLabels;
  const labelled = part === 'prometheus' || (isRecord(labels) && labels.managed_cluster === forwarding.clusterID);
  const entry = entryOf(forwarding);
  if (labelled && present.some((one) => isDeepStrictEqual(one, entry))) return undefined;
  const kept = part === 'prometheusK8s' ? withoutUnknown(config) : config;
  const changed = {
    ...section(kept, part),
    additionalAlertmanagerConfigs: [...present.filter((one) => !isOurs(one, forwarding)), entry],
    ...(part === 'prometheusK8s' && {
      externalLabels: { ...(isRecord(labels) && labels), managed_cluster: forwarding.clusterID },
    }),
  };
  const exporter = isRecord(kept.nodeExporter) ? kept.nodeExporter : {};
  const written = isRecord(exporter.collectors) ? exporter.collectors : {};
  const empty = Object.fromEntries(collectors.map((name) => [name, {}]));
  return formatConfig({
    ...kept,
    [part]: changed,
    ...(part === 'prometheusK8s' && { nodeExporter: { ...exporter, collectors: { ...empty, ...written } } }),
  });
}

/** The text without our parts: `undefined` when none was in it, `''` when nothing else is left. */
export function withoutForwarding(text: string, part: Part, forwarding: Forwarding): string | undefined {
  const config = parseConfig(text);
  const before = section(config, part);
  const { additionalAlertmanagerConfigs: _entries, externalLabels, ...rest } = before;
  const others = alertmanagers(config, part).filter((one) => !isOurs(one, forwarding));
  const labels = isRecord(externalLabels) ? { ...externalLabels } : {};
  const hadLabel = part === 'prometheusK8s' && labels.managed_cluster === forwarding.clusterID;
  if (hadLabel) delete labels.managed_cluster;
  if (!hadLabel && others.length === alertmanagers(config, part).length) return undefined;
  const changed = {
    ...rest,
    ...(others.length > 0 && { additionalAlertmanagerConfigs: others }),
    ...(Object.keys(labels).length > 0 && { externalLabels: labels }),
  };
  const { [part]: _part, ...remaining } = withoutNoise(config);
  const result = Object.keys(changed).length > 0 ? { ...remaining, [part]: changed } : remaining;
  return Object.keys(result).length === 0 ? '' : formatConfig(result);
}

/** The empty collectors that writing added count for nothing. */
function withoutNoise(config: Config): Config {
  const { nodeExporter, ...rest } = config;
  if (!isRecord(nodeExporter)) return config;
  const { collectors: written, ...others } = nodeExporter;
  const filled = Object.entries(isRecord(written) ? written : {}).filter(([, value]) => !isDeepStrictEqual(value, {}));
  const kept = { ...others, ...(filled.length > 0 && { collectors: Object.fromEntries(filled) }) };
  return Object.keys(kept).length > 0 ? { ...rest, nodeExporter: kept } : rest;
}
