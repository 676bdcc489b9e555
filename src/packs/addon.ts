/**
 * The same packs for the addon architecture (acm.md section 9.3): what the allowlist lists becomes a ScrapeConfig for each pack and
 * Prometheus, what it records a PrometheusRule beside it, evaluated by the cluster's own Prometheus. No escaping: neither
 * passes through an argument. What is recorded there has to be scraped too.
 */
import { Problem } from '../engine/problem.ts';
import { observabilityNamespace } from '../hub.ts';
import type { KubeObject } from '../kinds.ts';
import type { SingleNames, Source } from './allowlist.ts';
import { checkCollection } from './check.ts';
import type { Collection, Pack } from './pack.ts';
import { oneLine } from './promql.ts';

const components: Readonly<Record<Source, string>> = {
  platform: 'platform-metrics-collector',
  userWorkload: 'user-workload-metrics-collector',
};
const sources: readonly Source[] = ['platform', 'userWorkload'];

/** Where the rules over user workloads are put on a cluster: rules need a namespace there (acm.md section 9.3). */
const targetNamespace = 'openshift-user-workload-monitoring';
const domain = 'observability.open-cluster-management.io';

export interface ScrapeConfig extends KubeObject {
  spec?: { jobName?: string; metricsPath?: string; params?: { 'match[]'?: string[] } };
}
export interface PrometheusRule extends KubeObject {
  spec?: { groups: { name: string; rules: { record: string; expr: string }[] }[] };
}

/** What the names of a configuration's objects begin with: a reference of its own is known by it. */
export function scrapePrefix(team: string | undefined): string {
  return team === undefined ? 'acm-observability-' : `acm-observability.${team}.`;
}

/**
 * @throws Problem `pack-invalid` for a name or match that is none, `pack-collision` for a metric that two packs scrape (it
 *   would arrive twice and be refused) or a record with two meanings
 */
export function compileScrapes(
  packs: readonly Pack[],
  metrics: SingleNames,
  team?: string,
): (ScrapeConfig | PrometheusRule)[] {
  const parts = [
    ...packs.map(({ name, collect }) => ({ name, collect })),
    { name: 'metrics', collect: { platform: single(metrics.platform), userWorkload: single(metrics.userWorkload) } },
  ];
  for (const source of sources) refuseDoubles(source, parts);
  const prefix = scrapePrefix(team);
  return parts.flatMap(({ name, collect }) =>
    sources.flatMap((source) => objectsOf(`${prefix}${name}`, source, collect[source])),
  );
}

const single = (names: readonly string[]): Collection => ({ names, matches: [], recordingRules: [] });

type Part = { readonly name: string; readonly collect: Pack['collect'] };

function refuseDoubles(source: Source, parts: readonly Part[]): void {
  const owners = new Map<string, string>();
  for (const { name, collect } of parts) {
    const { names, recordingRules, matches } = collect[source];
    const issues = checkCollection(`${name}: ${source}`, { names, matches, recordingRules: [] });
    if (issues.length > 0) throw new Problem('pack-invalid', issues.join('\n'));
    for (const metric of new Set([...names, ...recordingRules.map((rule) => rule.record)])) {
      const other = owners.get(metric);
      if (other !== undefined) {
        throw new Problem(
          'pack-collision',
          `${metric} is scraped for ${other} and for ${name}: it would arrive twice.`,
        );
      }
      owners.set(metric, name);
    }
  }
}

/** @throws Problem `pack-collision` for a metric that another configuration's objects scrape: it would arrive twice. */
export function refuseScrapedByOthers(object: KubeObject, others: readonly KubeObject[]): void {
  const component = ({ metadata }: KubeObject) => metadata.labels?.['app.kubernetes.io/component'];
  const own = selectorsOf(object);
  for (const other of others.filter((one) => component(one) === component(object))) {
    const [both] = selectorsOf(other).filter((selector) => own.includes(selector));
    if (both === undefined) continue;
    throw new Problem('pack-collision', `${both} is scraped by ScrapeConfig ${other.metadata.name} already.`);
  }
}

/** Of an object that is no ScrapeConfig there are none. */
function selectorsOf({ spec }: ScrapeConfig): readonly string[] {
  return spec?.params?.['match[]'] ?? [];
}

function objectsOf(name: string, source: Source, collection: Collection): (ScrapeConfig | PrometheusRule)[] {
  const { names, matches, recordingRules } = collection;
  // A default to be removed (`-name`) has no counterpart: the default lists are objects of their own.
  const selectors = [
    ...[...names, ...recordingRules.map((rule) => rule.record)]
      .filter((metric) => !metric.startsWith('-'))
      .map((metric) => `{__name__="${metric}"}`),
    ...matches.filter((match) => !match.startsWith('-')).map((match) => `{${oneLine(match)}}`),
  ];
  if (selectors.length === 0) return [];
  const objectName = `${name}-${source === 'platform' ? 'platform' : 'user-workload'}`;
  const metadata = {
    name: objectName,
    namespace: observabilityNamespace,
    labels: { 'app.kubernetes.io/component': components[source] },
  };
  const scrape: ScrapeConfig = {
    apiVersion: 'monitoring.rhobs/v1alpha1',
    kind: 'ScrapeConfig',
    metadata,
    spec: { jobName: objectName, metricsPath: '/federate', params: { 'match[]': [...new Set(selectors)] } },
  };
  return recordingRules.length === 0 ? [scrape] : [rulesOf(metadata, source, recordingRules), scrape];
}

function rulesOf(
  metadata: PrometheusRule['metadata'],
  source: Source,
  recordingRules: Collection['recordingRules'],
): PrometheusRule {
  const target = source === 'platform' ? {} : { annotations: { [`${domain}/target-namespace`]: targetNamespace } };
  const rules = recordingRules.map(({ record, expr }) => ({ record, expr: expr.trim() }));
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { ...metadata, ...target },
    spec: { groups: [{ name: metadata.name, rules }] },
  };
}
